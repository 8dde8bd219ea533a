-- KL both ways, free-energy differences, their gradients and their Hessians against independent exact sums.
local gibbs = require "gibbs"
local truth = require "truth"
local targets = require "targets"

local NAMES = { "W", "a", "b" }

local function check_gradient(id, objective, out, prefix)
  local gradient = objective:gradient()
  for _, name in ipairs(NAMES) do truth.same(id .. " " .. prefix .. name, gradient[name], out[prefix .. name]) end
end

local function check_hessian(id, objective, matrix, eigenvalues)
  local hessian = objective:hessian()
  local tolerance = 1e-10 -- of central differences of an exact gradient, extrapolated
  if matrix then truth.same(id .. " matrix", hessian, matrix, tolerance) end
  if eigenvalues then truth.same(id .. " eigenvalues", gibbs.eigenvalues(hessian), eigenvalues, tolerance) end
end

local function check_model(id, P, Q, F, out)
  truth.same(id .. " F_lambda", Q:free_energy().value, out.F_lambda)
  truth.same(id .. " U_lambda", Q:mean(Q.H).value, out.U_lambda)
  truth.same(id .. " S_lambda", Q:entropy().value, out.S_lambda)
  truth.same(id .. " KL", gibbs.kl(P, Q):value().value, out.KL)
  truth.same(id .. " cross entropy", P:mean(Q.H).value - Q:free_energy().value, out.cross_entropy)
  truth.same(id .. " dF", F - Q:free_energy().value, out.dF)
end

-- What only a target with a Hamiltonian has.
local function check_target(id, P, Q, out)
  truth.same(id .. " F", P:free_energy().value, out.F)
  truth.same(id .. " S_P", P:entropy().value, out.S_P)
  truth.same(id .. " reverse KL", gibbs.kl(Q, P):value().value, out.reverse_KL)
  -- F_lambda - F = <D>_P - KL = <D>_Q + reverse KL
  local D = Q.H - P.H
  truth.same(id .. " budget", P:mean(D).value - out.KL, -out.dF)
  truth.same(id .. " reverse budget", Q:mean(D).value + out.reverse_KL, -out.dF)
  local reverse = gibbs.kl(Q, P):check()
  truth.holds(id .. " gradient of the reverse KL", reverse.ok, "differs from finite differences by " .. reverse.max_error)
end

for _, case in ipairs(truth.cases "B2_rbm_kl_gradients") do
  local id, out, kind = case.id, case.out, case.target.kind
  local v = gibbs[case.visible](case.n)
  local P = targets[kind](case, v)
  local Q = gibbs.rbm{ visible = v, hidden = gibbs[case.hidden](case.m), W = case.W, a = case.a, b = case.b }
  local F = kind == "bas" and out.F or gibbs.free_energy(P)
  local kl, free_energy, gap = gibbs.kl(P, Q), gibbs.free_energy(Q), F - gibbs.free_energy(Q)
  check_model(id, P, Q, out.F, out)
  if kind ~= "bas" then check_target(id, P, Q, out) end
  truth.same(id .. " J", (gap ^ 2):value().value, out.J)
  check_gradient(id, kl, out, "grad_KL_")
  check_gradient(id, free_energy, out, "grad_F_")
  check_gradient(id, gap ^ 2, out, "grad_J_")
  if out.eig_hess_KL then
    check_hessian(id .. " Hessian of KL", kl, out.hess_KL, out.eig_hess_KL)
    check_hessian(id .. " Hessian of F", free_energy, out.hess_F, out.eig_hess_F)
    check_hessian(id .. " Hessian of J", gap ^ 2, nil, out.eig_hess_J)
  end
end

truth.finish()

-- KL both ways, free-energy differences, their gradients and their Hessians against independent exact sums.
local gibbs = require "gibbs"
local truth = require "truth"

local NAMES = { "W", "a", "b" }

-- The configuration of a state number: bit i of the number is site i, from 0.
local function configuration(index, sites)
  local bits = {}
  for i = 1, sites do bits[i] = (index >> (i - 1)) & 1 end
  return bits
end

-- The state number of a configuration of spins or bits.
local function state_number(v)
  local index = 0
  for i = 1, #v do
    if v[i] > 0 then index = index | (1 << (i - 1)) end
  end
  return index
end

-- The targets: each gives a distribution over v (the free energy in the tables is that of its Hamiltonian).
local targets = {}

local function ising_target(case, v, lattice)
  local s = case.visible == "bits" and 2 * v - 1 or v
  return gibbs.boltzmann{
    energy = -case.target.K * gibbs.bonds(s, lattice) - case.target.h * gibbs.sum(s), visible = v,
  }
end

function targets.ising(case, v)
  return ising_target(case, v, gibbs.lattice.square(case.target.Ly, case.target.Lx))
end

function targets.ring(case, v) return ising_target(case, v, gibbs.lattice.chain(case.target.N)) end

function targets.bas(case)
  local rows = {}
  for k, index in ipairs(case.target.patterns_index) do rows[k] = configuration(index, case.n) end
  return gibbs.data(gibbs.tensor(rows))
end

-- Probabilities listed by state: an energy that only a function can say.
function targets.table(case, v)
  local P = case.target.P
  return gibbs.boltzmann{
    energy = gibbs.lua_energy{
      visible = v,
      energy = function(s) return -math.log(P[state_number(truth.plain(s)) + 1]) end,
    },
    visible = v,
  }
end

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

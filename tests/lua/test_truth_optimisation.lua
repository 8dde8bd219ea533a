-- Minima of KL, of KL + t (F - F_lambda)^2 and of KL on F_lambda = const, from random starts, against a catalogue of
-- minima found by other means; and the honesty of `converged` where the infimum is not attained.
local gibbs = require "gibbs"
local truth = require "truth"

local lattices = {
  ring = function(target) return gibbs.lattice.chain(target.N) end,
  square = function(target) return gibbs.lattice.square(target.Ly, target.Lx) end,
}

-- Minima that few starts reach (three hidden units at small t) need more of them.
local function starts(case) return case.m == 3 and 16 or 6 end

local function minimize(case, objective, Q, more)
  local options = { method = "lbfgs", restarts = starts(case), spread = 0.7, seed = 11, tolerance = 1e-11, steps = 3000 }
  for key, value in pairs(more or {}) do options[key] = value end
  for _, name in ipairs{ "W", "a", "b" } do Q:set(name, 0.1 * math.random()) end
  return gibbs.minimize(objective, Q, options)
end

-- <grad H>_P = factor <grad H>_Q, each mean taken by itself.
local function check_stationarity(id, P, Q, factor)
  for _, parameter in ipairs{ Q.W, Q.a, Q.b } do
    local slope = gibbs.grad(Q.H, parameter)
    local residual = P:mean(slope).value - factor * Q:mean(slope).value
    truth.holds(id .. " stationarity", truth.largest(residual) < 1e-8, truth.largest(residual))
  end
end

local function check_kl_minimum(case, P, Q)
  local expected, id = case.kl_minimum, case.id .. " min KL"
  local fit = minimize(case, gibbs.kl(P, Q), Q)
  if not expected.attained then
    truth.holds(id .. " is not attained", not fit.converged, "reported as converged: " .. fit.reason)
    truth.holds(id .. " approaches its infimum", fit.value < 1e-5, fit.value)
    return
  end
  truth.holds(id .. " converged", fit.converged, fit.reason)
  truth.same(id, fit.value, expected.KL)
  truth.same(id .. " F_lambda", Q:free_energy().value, expected.F_lambda)
  check_stationarity(id, P, Q, 1)
end

local function check_curve(case, P, Q)
  local kl, gap = gibbs.kl(P, Q), case.F - gibbs.free_energy(Q)
  for _, point in ipairs(case.kl_t_curve) do
    local id = ("%s t=%g"):format(case.id, point.t)
    local fit = minimize(case, kl + point.t * gap ^ 2, Q)
    truth.holds(id .. " converged", fit.converged, fit.reason)
    truth.same(id .. " objective", fit.value, point.objective)
    truth.same(id .. " KL", kl:value().value, point.KL)
    truth.same(id .. " F_lambda", Q:free_energy().value, point.F_lambda)
    check_stationarity(id, P, Q, 1 + 2 * point.t * gap:value().value)
  end
end

local function check_constrained(case, P, Q)
  local kl, free_energy = gibbs.kl(P, Q), gibbs.free_energy(Q)
  for _, point in ipairs(case.constrained) do
    local id = ("%s F_lambda = %.6f"):format(case.id, point.target_F)
    local fit = minimize(case, kl, Q, { subject_to = { free_energy, equals = point.target_F } })
    truth.holds(id .. " converged", fit.converged, fit.reason)
    truth.same(id .. " KL", fit.value, point.KL)
    truth.same(id .. " constraint", Q:free_energy().value, point.target_F)
    truth.same(id .. " multiplier", fit.multiplier, point.multiplier_mu, 1e-8)
    check_stationarity(id, P, Q, 1 - fit.multiplier)
  end
end

-- F_lambda = F out of reach without an offset: the constraint cannot be met, and the fit says so.
local function check_infeasible(case, P, Q)
  if case.F_attainable_without_offset then return end
  local fit = minimize(case, gibbs.kl(P, Q), Q, { subject_to = { gibbs.free_energy(Q), equals = case.F }, restarts = 1 })
  truth.holds(case.id .. " cannot reach F", not fit.converged, "reported as converged at F_lambda = F")
end

-- At lambda = 0 the free energy is greatest, and the transition sits where the largest correlation says.
local function check_origin(case, P, Q)
  for _, name in ipairs{ "W", "a", "b" } do Q:set(name, 0) end
  truth.same(case.id .. " F_lambda at 0", Q:free_energy().value, case.F_lambda_max)
  local correlation = gibbs.eigenvalues(P:mean(gibbs.outer(P.visible, P.visible)).value):table()
  truth.same(case.id .. " largest correlation", correlation[case.n], case.lambda_max_of_spin_correlation_matrix)
  if case.t_c_zero_becomes_local_min then
    local t_c = (correlation[case.n] - 1) / (2 * (case.F + (case.n + case.m) * math.log(2)))
    truth.same(case.id .. " t_c", t_c, case.t_c_zero_becomes_local_min.value)
  end
end

math.randomseed(5)
for _, case in ipairs(truth.cases "C_optimisation") do
  local v = gibbs.spins(case.n)
  local P = gibbs.ising{ lattice = lattices[case.target.kind](case.target), J = case.target.K, visible = v }
  local Q = gibbs.rbm{ visible = v, hidden = gibbs.spins(case.m) }
  truth.same(case.id .. " F", P:free_energy().value, case.F)
  check_origin(case, P, Q)
  check_kl_minimum(case, P, Q)
  check_constrained(case, P, Q)
  check_infeasible(case, P, Q)
  check_curve(case, P, Q)
end

truth.finish()

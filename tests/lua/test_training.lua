-- Training on samples: gibbs.minimize with a way to sample.
local gibbs = require "gibbs"
local support = require "support"
local truth = require "truth"
local test, near, expect_error = support.test, support.near, support.expect_error

local function same(a, b)
  if a ~= b then error(("%s is not %s"):format(tostring(a), tostring(b)), 2) end
end

local function below(value, limit)
  if not (math.abs(value) < limit) then error(("|%.6g| is not below %.6g"):format(value, limit), 2) end
end

-- ---- the constrained optimum ------------------------------------------------------------------------------------

-- Steps, and what errors become when there are fewer of them.
local steps = math.max(600, math.floor(3000 * support.effort))
local wider = math.sqrt(3000 / steps)

-- min KL subject to F_lambda = const on the 3 x 3 torus, from small random weights: the tail's means agree with the
-- exact optimum within their own errors, and the mean of the parameters is the optimum as far as the noise allows.
-- 4 standard errors, 3 comparisons of each point: a false alarm in about 0.1 % of all seeds.
local function check_constrained(case, point, P, v)
  local Q = gibbs.rbm{ visible = v, hidden = gibbs.spins(case.m), init = gibbs.normal(0, 0.1) }
  local best = gibbs.rbm{ visible = v, hidden = gibbs.spins(case.m), init = gibbs.normal(0, 0.1) }
  local exact = gibbs.minimize(gibbs.kl(P, best), best, { subject_to = { gibbs.free_energy(best), equals = point.target_F }, restarts = 3 })
  local kl, free_energy = gibbs.kl(P, Q), gibbs.free_energy(Q)
  local fit = gibbs.minimize(kl, Q, {
    estimate = gibbs.pcd{ chains = 200 }, method = "sgd", steps = steps, rate = 0.1, schedule = "inverse",
    rate_end = 0.01, average = 0.5, keep_every = 10, subject_to = { free_energy, equals = point.target_F } })
  local id = ("%s F_lambda = %.6f"):format(case.id, point.target_F)
  local violation = free_energy:value().value - point.target_F
  local excess = kl:value().value - fit.multiplier * -violation - point.KL -- of the Lagrangian: second order in the noise
  truth.same(id .. " exact KL", exact.value, point.KL)
  truth.holds(id .. " ended", fit.verdict == "steps" and fit.averaged == steps // 2, fit.reason)
  truth.holds(id .. " errors", fit.value_error < 0.02 * wider and fit.constraint_error < 0.02 * wider,
    ("%g and %g"):format(fit.value_error, fit.constraint_error))
  truth.holds(id .. " value", math.abs(fit.value - point.KL) < 4 * fit.value_error,
    ("%g(%g), exactly %g"):format(fit.value, fit.value_error, point.KL))
  truth.holds(id .. " constraint", math.abs(fit.constraint) < 4 * fit.constraint_error,
    ("%g(%g)"):format(fit.constraint, fit.constraint_error))
  truth.holds(id .. " constraint of the mean", math.abs(violation) < 4 * fit.constraint_error,
    ("%g(%g)"):format(violation, fit.constraint_error))
  truth.holds(id .. " multiplier", math.abs(fit.multiplier - point.multiplier_mu) < 0.02 * wider,
    ("%g, exactly %g"):format(fit.multiplier, point.multiplier_mu))
  truth.holds(id .. " KL of the mean", math.abs(excess) < 0.002 * wider ^ 2, ("%g above the optimum"):format(excess))
  local apart = gibbs.kl(best, Q):value().value
  truth.holds(id .. " distance of the distributions", apart < 0.005 * wider ^ 2, ("KL %g from the exact one"):format(apart))
end

gibbs.seed(21)
for _, case in ipairs(truth.cases "C_optimisation") do
  if case.target.kind == "square" and case.target.Lx == 3 and case.target.Ly == 3 and case.m <= 2 then
    local v = gibbs.spins(case.n)
    local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = case.target.K, visible = v }
    for _, point in ipairs(case.constrained) do check_constrained(case, point, P, v) end
  end
end

-- ---- data --------------------------------------------------------------------------------------------------------

-- Samples of a machine to learn from, and more to judge by.
local function data_of(count, seed)
  gibbs.seed(seed)
  local M = gibbs.rbm{ visible = gibbs.bits(6), hidden = gibbs.bits(2), init = gibbs.normal(0, 1.5) }
  local rows = M:sample{ n = count }
  return gibbs.data(rows)
end

local function machine(seed)
  gibbs.seed(seed)
  return gibbs.rbm{ visible = gibbs.bits(6), hidden = gibbs.bits(2), init = gibbs.normal(0, 0.1) }
end

local function loss_of(data, Q) return -gibbs.log_likelihood(data, Q) end

test("every method and way to sample trains on data, in batches", function()
  local data = data_of(400, 3)
  local exact = machine(5)
  gibbs.minimize(loss_of(data, exact), exact, { restarts = 3 })
  local lowest = loss_of(data, exact):value().value
  local ways = {
    { method = "adam", rate = 0.02, estimate = gibbs.pcd{ chains = 100 } },
    { method = "momentum", rate = 0.02, estimate = gibbs.cd{ k = 5 } },
    { method = "sgd", rate = 0.2, estimate = gibbs.pcd{ chains = 100 }, centred = true },
    { method = "natural", rate = 0.05, estimate = gibbs.pcd{ chains = 100 } },
    { method = "rmsprop", rate = 0.02, estimate = gibbs.chains{ n = 100, sweeps = 2, burn = 20 } },
    { method = "sgd", rate = 0.05, estimate = gibbs.pcd{ chains = 100 }, standardised = true, clip = 3 },
  }
  for k, options in ipairs(ways) do
    local Q = machine(5)
    local start = loss_of(data, Q):value().value
    options.steps, options.batch, options.schedule, options.average = 1500, 50, "cosine", 0.3
    local fit = gibbs.minimize(loss_of(data, Q), Q, options)
    local gained = (start - loss_of(data, Q):value().value) / (start - lowest)
    if not (gained > 0.9) then error(("way %d: %.3f of what can be gained"):format(k, gained)) end
    same(fit.averaged, 450)
  end
end)

test("the same seed gives the same run, another one another", function()
  local data = data_of(100, 3)
  local function train(seed)
    local Q = machine(5)
    local fit = gibbs.minimize(loss_of(data, Q), Q, { estimate = gibbs.pcd{ chains = 20 }, steps = 30, batch = 10, seed = seed })
    return Q:parameters().W:table(), fit
  end
  local a, b, c = train(1), train(1), train(2)
  local differs = false
  for i = 1, 6 do
    for j = 1, 2 do
      same(a[i][j], b[i][j])
      differs = differs or a[i][j] ~= c[i][j]
    end
  end
  assert(differs)
end)

test("a held-out objective stops the run, and the best point is the result", function()
  local few, rest = data_of(12, 3), data_of(400, 3)
  local Q = machine(5)
  local held_out = loss_of(rest, Q)
  local fit = gibbs.minimize(loss_of(few, Q), Q, {
    estimate = gibbs.pcd{ chains = 100 }, steps = 20000, rate = 0.05, check_every = 20,
    patience = 5, held_out = -gibbs.pseudo_likelihood(rest, Q) })
  same(fit.verdict, "patience")
  assert(fit.steps < 20000)
  same(fit.steps, fit.best_step + 5 * 20)
  near(fit.held_out, -gibbs.pseudo_likelihood(rest, Q):value().value, 1e-10)
  assert(held_out:value().value > 0)
end)

-- Two sides of 2^21 states are no cheap sum, so that the free energy to begin with is annealed; it is a sum that the test
-- can do.  5 standard errors of weights and annealing: a false alarm in 10^6.
test("weights that are carried begin with an annealed free energy where it is not known", function()
  gibbs.seed(31)
  local Q = gibbs.rbm{ visible = gibbs.spins(21), hidden = gibbs.spins(21), init = gibbs.normal(0, 0.05) }
  local data = gibbs.data(Q:chains{ n = 50, seed = 2 }:advance(20):batch())
  local exact
  local fit = gibbs.minimize(loss_of(data, Q), Q, {
    estimate = gibbs.jarzynski{ chains = 64, burn = 50, seed = 4 }, steps = 12, rate = 0.01,
    watch = function(record) if record.step == 11 then exact = Q:free_energy(gibbs.exact()).value end end })
  local last = fit.history[12]
  assert(last.free_energy_error > 0 and last.free_energy_error < 0.1, last.free_energy_error)
  below((last.free_energy - exact) / last.free_energy_error, 5)
  assert(fit.value == fit.value)
end)

-- ---- watching ------------------------------------------------------------------------------------------------------

local function small_run(more)
  local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.3 }
  gibbs.seed(9)
  local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), init = gibbs.normal(0, 0.1) }
  local options = { estimate = gibbs.pcd{ chains = 20 }, steps = 12 }
  for key, value in pairs(more or {}) do options[key] = value end
  return gibbs.minimize(gibbs.kl(P, Q), Q, options), Q, gibbs.kl(P, Q)
end

test("watch sees each step; false stops, an error is the script's own", function()
  local seen = {}
  local fit = small_run{ watch = function(record)
    seen[#seen + 1] = record
    return record.step < 5
  end }
  same(#seen, 5)
  same(fit.verdict, "stopped")
  same(fit.reason, "stopped by watch")
  same(fit.steps, 5)
  assert(seen[1].value and seen[1].value_error > 0 and seen[1].gradient_norm > 0 and seen[1].rate == 0.01)
  same(seen[1].constraint, nil)
  same(seen[1].held_out, nil)
  expect_error(function() return seen[1].vlaue end, "training record: no field 'vlaue'; did you mean 'value'?")
  expect_error(function() small_run{ watch = function() error "my own" end } end, "my own")
end)

test("watch sees the steps of exact runs too", function()
  local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.3 }
  local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), init = gibbs.normal(0, 0.1) }
  local seen = {}
  local fit = gibbs.minimize(gibbs.kl(P, Q), Q, { method = "adam", watch = function(record)
    seen[#seen + 1] = record
    return #seen < 4
  end })
  same(#seen, 4)
  same(fit.verdict, "stopped")
  same(fit.converged, false)
  near(fit.value, seen[4].value)
  near(gibbs.kl(P, Q):value().value, fit.value)
  expect_error(function() gibbs.minimize(gibbs.kl(P, Q), Q, { watch = function() error "my own" end }) end, "my own")
  expect_error(function() gibbs.minimize(gibbs.kl(P, Q), Q, { watch = true }) end, "option 'watch' is true; it must be a function")
end)

test("the history keeps one step in so many, and the last", function()
  local fit = small_run{ keep_every = 5 }
  same(#fit.history, 3)
  same(fit.history[1].step, 5)
  same(fit.history[3].step, 12)
  assert(tostring(fit):find("^fit: value %-?[%d.]+%(%d+%) after 12 steps: all steps were done$"), tostring(fit))
  expect_error(function() return fit.histroy end, "fit: no field 'histroy'; did you mean 'history'?")
  same(fit.held_out, nil)
end)

test("steps without a value are seen without one", function()
  local without = 0
  small_run{ keep_every = 5, watch = function(record) if not record.value then without = without + 1 end end }
  same(without, 9)
end)

-- ---- refusals ---------------------------------------------------------------------------------------------------------

test("options of the other kind of run are told apart from misspelt ones", function()
  expect_error(function() small_run{ restarts = 3 } end, "option 'restarts' is for exact gradients, and this is training on samples")
  expect_error(function() small_run{ method = "lbfgs" } end, "method 'lbfgs' is for exact gradients")
  expect_error(function() small_run{ clpi = 3 } end, "unknown option 'clpi'; did you mean 'clip'?")
  expect_error(function() small_run{ method = "adma" } end, "did you mean 'adam'?")
  expect_error(function() small_run{ schedule = "linaer" } end, "did you mean 'linear'?")
  expect_error(function() small_run{ rate_end = 0.1 } end, "the schedule 'constant' keeps the rate")
  expect_error(function() small_run{ patience = 3 } end, "patience needs a held-out objective")
  expect_error(function() small_run{ watch = 3 } end, "option 'watch' is 3; it must be a function")
  expect_error(function() small_run{ centred = true, standardised = true } end, "take one of them")
  local Q = machine(5)
  local loss = gibbs.free_energy(Q) ^ 2
  expect_error(function() gibbs.minimize(loss, Q, { clip = 3 }) end, "option 'clip' is for training on samples, and this is exact gradients")
  expect_error(function() gibbs.minimize(loss, Q, { method = "natural" }) end, "method 'natural' is for training on samples")
end)

test("centred gradients are refused where there are no two layers", function()
  local v = gibbs.spins(4)
  local J = gibbs.parameter("J", 1, 0.1)
  local Q = gibbs.boltzmann{ energy = -J[1] * gibbs.sum(v * v:shift{ 1 }), visible = v }
  local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.3, visible = v }
  expect_error(function()
    gibbs.minimize(gibbs.kl(P, Q), Q, { estimate = gibbs.pcd{ chains = 20 }, steps = 10, centred = true })
  end, "centred gradients are for two layers")
  gibbs.minimize(gibbs.kl(P, Q), Q, { estimate = gibbs.pcd{ chains = 100 }, method = "natural", rate = 0.2, steps = 300, average = 0.5 })
  below(Q:parameters().J:table()[1] - 0.3, 0.05)
end)

truth.finish()
support.finish()

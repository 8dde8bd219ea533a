--- What a script reads from recorded chains: means and their errors, functions of means, autocorrelation, kept values, and
--- runs at several temperatures taken together.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
gibbs.threads(1) -- small systems, for which two would wait for each other most of the time
local test, same, near, expect_error = support.test, support.same, support.near, support.expect_error

local lattice = gibbs.lattice.square(3, 3)
local P = gibbs.ising{ lattice = lattice, J = 0.3 }
local v = P.visible
local m2 = gibbs.sum(v)^2

local function agrees(estimate, exact, most)
  if not (estimate.error > 0 and math.abs(estimate.value - exact) <= (most or 5) * estimate.error) then
    error(("%s is not near %.10g"):format(estimate, exact), 2)
  end
end

local function record(options)
  options = options or {}
  options.observables = options.observables or { energy = P.H, energy2 = P.H^2, m2 = m2, m4 = m2^2, spins = v }
  options.sweeps = options.sweeps or 4000
  return P:chains{ n = 10, seed = options.seed or 5, kernel = "heat_bath" }:record(options)
end
local function observables(options) return { sweeps = options.sweeps, observables = { energy = P.H }, keep = options.keep } end

-- ---- means -----------------------------------------------------------------------------------------------------------

test("means of what was recorded agree with exact sums", function()
  local s = record()
  same(s.names, { "energy", "energy2", "m2", "m4", "spins" })
  same({ s.rows, s.sweeps, s.every }, { 4000, 4000, 1 })
  for name, f in pairs{ energy = P.H, energy2 = P.H^2, m2 = m2, m4 = m2^2 } do
    agrees(s:mean(name), P:mean(f).value)
    local e = s:mean(name)
    assert(e.converged and e.tau > 0.5 and e.tau_error > 0 and e.ess > 1000 and e.ess < 80000)
    near(s:tau(name), e.tau)
    near(s:means()[name].value, e.value)
  end
  local spins = s:mean("spins")
  same(spins.value:shape(), { 3, 3 })
  for i = 1, 3 do for j = 1, 3 do assert(math.abs(spins.value:get(i, j)) < 6 * spins.error:get(i, j)) end end
  same(tostring(s), "series of 4000 rows of 10 chains: energy, energy2, m2, m4, spins")
end)

test("a run in parts is the run in one piece", function()
  local whole = record{ sweeps = 600 }
  local parts = record{ sweeps = 100 }:extend{ sweeps = 200 }:extend(300)
  same(parts.sweeps, 600)
  for _, name in ipairs{ "energy", "m4" } do
    same(parts:mean(name).value, whole:mean(name).value)
    same(parts:mean(name).error, whole:mean(name).error)
  end
end)

test("sweeps between rows are counted", function()
  local s = record{ sweeps = 1000, every = 5 }
  same({ s.rows, s.sweeps, s.every }, { 200, 1000, 5 })
  local e = s:mean("energy")
  assert(e.sweeps + e.warm_up == 1000 and e.tau >= 2, e.tau)
end)

test("a warm-up that is given is done before and not recorded; one that is detected is reported", function()
  local given = record{ sweeps = 300, warm_up = 50 }
  same({ given.warm_up, given.sweeps, given:mean("energy").warm_up, given:mean("energy").sweeps }, { 50, 300, 50, 300 })
  local cold = gibbs.ising{ lattice = gibbs.lattice.square(12, 12), J = 0.2 }
  local s = cold:chains{ n = 20, start = 1, kernel = "heat_bath" }:record{ sweeps = 400, observables = { energy = cold.H } }
  local e = s:mean("energy")
  assert(e.warm_up > 0 and e.warm_up < 200 and s.warm_up == e.warm_up, e.warm_up)
  agrees(e, gibbs.kaufman(12, 12, 0.2).energy, 6)
end)

test("an observable has the present values of its parameters, of whatever distribution they are", function()
  local w = gibbs.parameter("w", {}, 1)
  local other = gibbs.boltzmann{ visible = v, energy = w * gibbs.sum(v) }
  local s = P:chains{ n = 4, kernel = "exact" }:record{ sweeps = 200, warm_up = 0, keep = true,
    observables = { one = gibbs.sum(v), w = w * gibbs.sum(v) } }
  other:set("w", 3)
  s:extend(200)
  local one, with = s:values("one"):table(), s:values("w"):table()
  for c = 1, 4 do for t = 1, 400 do assert(with[c][t] == (t > 200 and 3 or 1) * one[c][t]) end end
end)

test("measures of the kernel are recorded by their names", function()
  local c = P:chains{ n = 4, kernel = "metropolis" }
  local s = c:record{ sweeps = 400, measures = { "acceptance" }, observables = { energy = P.H } }
  same(s.names, { "energy", "acceptance" })
  local rate = s:mean("acceptance")
  assert(rate.value > 0 and rate.value < 1)
  same(c:measure("acceptance"):shape(), { 4 })
  expect_error(function() c:record{ measures = { "acceptance", "acceptance" } } end, "'acceptance' is recorded twice")
  expect_error(function() c:record{ measures = { "acceptence" } } end, "did you mean 'acceptance'?")
  expect_error(function() c:record{ measures = "acceptance" } end, "a list of names")
end)

test("numbers of thousands of observables are pooled over chains", function()
  local wide = gibbs.ising{ lattice = gibbs.lattice.square(40, 40), J = 0.1 }
  local e = wide:chains{ n = 8 }:mean(wide.visible, { sweeps = 60 })
  same(e.value:shape(), { 40, 40 })
  assert(e.r_hat ~= e.r_hat)
end)

-- ---- functions of means ------------------------------------------------------------------------------------------------

local function heat(m) return m.energy2 - m.energy^2 end
local function binder(m) return 1 - m.m4 / (3 * m.m2^2) end

test("the jackknife gives functions of means with their errors", function()
  local s = record()
  local exact = {}
  for name, f in pairs{ energy = P.H, energy2 = P.H^2, m2 = m2, m4 = m2^2 } do exact[name] = P:mean(f).value end
  local c, u = s:jackknife(function(m) return heat(m), binder(m) end)
  agrees(c, heat(exact))
  agrees(u, binder(exact))
  assert(c.method == "heat_bath" and c.converged and c.ess > 0)
  local alone = s:jackknife(heat)
  same(alone.value, c.value)
  local linear, mean = s:jackknife(function(m) return m.energy end), s:mean("energy")
  near(linear.value, mean.value, 1e-3)
  assert(linear.error / mean.error > 0.7 and linear.error / mean.error < 1.4, linear.error / mean.error)
  near(s:jackknife(function(m) return m.spins:get(2, 2) end).value, s:mean("spins").value:get(2, 2), 1e-2)
end)

test("the bootstrap agrees with the jackknife, and repeats", function()
  local s = record()
  local jackknife = s:jackknife(heat)
  local bootstrap = s:bootstrap(heat, { resamples = 400, seed = 3, quantiles = { 0.16, 0.5, 0.84 } })
  local ratio = bootstrap.error / jackknife.error
  assert(ratio > 0.6 and ratio < 1.6, ratio)
  assert(math.abs(bootstrap.value - jackknife.value) < jackknife.error)
  local q = bootstrap.quantiles
  assert(#q == 3 and q[1] < q[2] and q[2] < q[3] and q[1] < bootstrap.value and bootstrap.value < q[3])
  same(s:bootstrap(heat, { resamples = 400, seed = 3 }).error, bootstrap.error)
end)

test("errors of the function arrive unchanged, and it may not add to the series", function()
  local s = record{ sweeps = 100 }
  local calls = 0
  local ok, problem = pcall(function() s:jackknife(function(m) calls = calls + 1 if calls > 3 then error({ code = 5 }) end return m.m2 end) end)
  assert(not ok and type(problem) == "table" and problem.code == 5)
  expect_error(function() s:jackknife(function(m) s:extend(10) return m.m2 end) end, "cannot add to it")
  calls = 0
  expect_error(function() s:jackknife(function(m) calls = calls + 1 if calls > 1 then s:extend(10) end return m.m2 end) end, "cannot add to it")
  expect_error(function() s:jackknife(function(m) return m.m3 end) end, "means: no field 'm3'")
  expect_error(function() s:jackknife(function() return "x" end) end, "it must give finite numbers")
  expect_error(function() s:jackknife(function() end) end, "the function gave 0 values")
  expect_error(function() s:jackknife(function() return 0 / 0 end) end, "the function gave nan")
  calls = 0
  expect_error(function() s:jackknife(function() calls = calls + 1 if calls > 2 then return 1, 2 end return 1 end) end, "always give as many")
  expect_error(function() s:jackknife(3) end, "argument 'f' is 3; it must be a function")
  expect_error(function() s:bootstrap(heat, { resample = 3 }) end, "did you mean 'resamples'?")
  expect_error(function() s:bootstrap(heat, { quantiles = { 2 } }) end, "probabilities between 0 and 1")
  s:extend(100)
  same(s.sweeps, 200)
end)

test("a series outlives the box of its chains, and may be closed while it is read", function()
  local s
  do
    local c <close> = P:chains{ n = 3 }
    s = c:record(observables{ sweeps = 50 })
  end
  collectgarbage()
  same(s:extend(50).sweeps, 100)
  assert(s:mean("energy").value < 0)
  local closing = record{ sweeps = 50 }
  expect_error(function()
    closing:jackknife(function(m) do local gone <close> = closing end return m.m2 end)
  end, "the series is closed")
end)

-- ---- autocorrelation ----------------------------------------------------------------------------------------------------

test("binning gives errors that grow to the right one", function()
  local slow = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.42 }
  local s = slow:chains{ n = 1, kernel = "heat_bath" }:record{ sweeps = 16000, observables = { m2 = gibbs.sum(slow.visible)^2 } }
  local levels, e = s:binning("m2"), s:mean("m2")
  assert(#levels > 5 and levels[2].length == 2 * levels[1].length)
  assert(levels[1].error < e.error and e.tau > 5)
  local largest = 0
  for _, level in ipairs(levels) do largest = math.max(largest, level.error) end
  assert(largest > 0.6 * e.error)
  expect_error(function() record{ sweeps = 50 }:binning("spins") end, "binning is for one number")
end)

test("kept values are those of the series, and their autocorrelation is the one that the estimate knows", function()
  local s = record{ sweeps = 3000, keep = true, observables = { energy = P.H, spins = v } }
  local values = s:values("energy")
  same(values:shape(), { 10, 3000 })
  same(s:values("spins"):shape(), { 10, 3000, 9 })
  local all, total = values:table(), 0
  for c = 1, 10 do for t = 1, 3000 do total = total + all[c][t] end end
  near(total / 30000, record{ sweeps = 3000, warm_up = 0, observables = { energy = P.H } }:mean("energy").value, 1e-12)
  local first, energies = s:values("spins"):table()[4][17], values:get(4, 17)
  local rows = {}
  for i = 1, 3 do rows[i] = { first[3 * i - 2], first[3 * i - 1], first[3 * i] } end
  near(P:hamiltonian(rows), energies)
  local a = gibbs.autocorrelation(all[1], { lags = 20 })
  assert(a.rho:get(1) == 1 and #a.rho:table() == 20 and a.error > 0)
  assert(math.abs(a.tau - s:tau("energy")) < 6 * a.error, a.tau)
  expect_error(function() gibbs.autocorrelation({ 1, 2 }) end, "gibbs.autocorrelation: ")
  expect_error(function() record{ sweeps = 20 }:values("energy") end, "keep = true")
end)

-- ---- several temperatures ---------------------------------------------------------------------------------------------------

local bonds = gibbs.bonds(v, lattice)
local function model(beta) return gibbs.ising{ lattice = lattice, J = beta, visible = v } end
local betas = { 0.2, 0.3, 0.4 }
local runs = {}
for k, beta in ipairs(betas) do
  runs[k] = model(beta):chains{ n = 10, seed = k, kernel = "heat_bath" }:record{ sweeps = 1500, keep = true,
    observables = { energy = -bonds, energy2 = bonds^2, m2 = m2, m4 = m2^2 } }
end

test("runs at several temperatures give means and free energies between them", function()
  local r = gibbs.reweight{ beta = betas, samples = runs }
  same(r.beta:table(), betas)
  for _, beta in ipairs{ 0.2, 0.25, 0.33, 0.42 } do
    local Q = model(beta)
    agrees(r:mean("energy", beta), Q:mean(-bonds).value)
    agrees(r:mean("m2", beta), Q:mean(m2).value)
    local c, u = r:estimate(function(m) return m.energy2 - m.energy^2, binder(m) end, beta)
    agrees(c, Q:mean(bonds^2).value - Q:mean(bonds).value^2)
    agrees(u, 1 - Q:mean(m2^2).value / (3 * Q:mean(m2).value^2))
    local F = r:free_energy(beta)
    if beta ~= 0.2 then agrees(F, Q:free_energy().value - model(0.2):free_energy().value) end
    assert(F.method == "reweighting" and F.ess > 100 and F.converged)
  end
  for _, row in ipairs(r:overlap():table()) do near(row[1] + row[2] + row[3], 1, 1e-9) end
  assert(r.tau:get(1) > 0)
  assert(tostring(r):find("at 3 temperatures", 1, true))
end)

test("lists and matrices of values do as well as series", function()
  local samples = {}
  for k, run in ipairs(runs) do samples[k] = { E = run:values("energy"), m2 = run:values("m2"):table() } end
  local r = gibbs.reweight{ beta = betas, samples = samples, energy = "E" }
  agrees(r:mean("m2", 0.35), model(0.35):mean(m2).value)
  local one = gibbs.reweight{ beta = { 0.3 }, samples = { { energy = runs[2]:values("energy"):table()[3] } } }
  agrees(one:mean("energy", 0.32), model(0.32):mean(-bonds).value)
end)

test("what cannot be reweighted is refused", function()
  local r = gibbs.reweight{ beta = betas, samples = runs }
  expect_error(function() r:mean("m3", 0.3) end, "did you mean 'm2'?")
  local list = {}
  for i = 1, 40 do list[i] = i * 37 % 40 end
  local far = gibbs.reweight{ beta = { 0 }, samples = { { energy = list } } }
  near(far:mean("energy", 0).value, 19.5)
  expect_error(function() far:mean("energy", 50) end, "reweight:mean: ")
  expect_error(function() r:mean("m2") end, "argument 'beta' is missing")
  expect_error(function() r:estimate(function(m) return r:mean("m2", 0.3).value end, 0.3) end, "cannot ask for others")
  expect_error(function() gibbs.reweight{ beta = betas } end, "option 'samples' is missing")
  expect_error(function() gibbs.reweight{ beta = betas, samples = { runs[1] } } end, "1 runs for 3 values of beta")
  expect_error(function() gibbs.reweight{ beta = betas, samples = runs, energy = "enrgy" } end, "did you mean 'energy'?")
  expect_error(function() gibbs.reweight{ beta = betas, samples = { runs[1], runs[2], 3 } } end, "option 'samples' is 3")
  expect_error(function() gibbs.reweight{ beta = { 1 }, samples = { record{ sweeps = 20 } } } end, "keep = true")
  expect_error(function() gibbs.reweight{ beta = { 1, 2 }, samples = { { energy = { 1, 2, 3 } }, { e = { 1, 2 } } } } end, "no observable 'energy'")
  expect_error(function() gibbs.reweight{ beta = { 1 }, samples = { { energy = { 1, 2, 3 }, m = { 1, 2 } } } } end, "2 values of 'm'")
  expect_error(function() gibbs.reweight{ beta = { 1, 200 }, samples = { { energy = { 1, 2, 3, 2 } }, { energy = { 90, 91, 92, 91 } } } } end, "gibbs.reweight: ")
end)

support.finish()

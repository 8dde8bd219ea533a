-- Does a free-energy term help to train?  The square Ising model at J = 0.408 (that of Mehta and Schwab) is learned by
-- machines whose hidden units share one filter, by four objectives from the same starts: the divergence KL(P‖P_λ), the
-- free energy alone, both together, and KL on F_λ = F; by exact sums on the 4x4 torus, on samples beyond.
local gibbs = require "gibbs"

local J = gibbs.option("J", 0.408, "coupling of the Ising model")
local sizes = gibbs.option("sizes", "16", "linear sizes of the sampled tori, L or L:starts, separated by commas")
local filter = gibbs.option("filter", 3, "linear size of the filter")
local weight = gibbs.option("weight", 300, "weight t of the gap in KL/N + t ((F - F_λ)/N)²")
local seeds = gibbs.option("seeds", 2, "starts of every objective, the same for all")
local first = gibbs.option("first", 1, "number of the first of them")
local steps = gibbs.option("steps", 600, "steps of training")
local rate = gibbs.option("rate", 0.003, "step size of gradient descent with momentum; three times that for KL alone")
local chains = gibbs.option("chains", 64, "chains of P and of the machine")
local temperatures = gibbs.option("temperatures", 500, "steps of the annealing that measures F_λ")
local sweeps = gibbs.option("sweeps", 500, "sweeps of the chains by which machines are judged, half of them warm-up")
local exact_steps = gibbs.option("exact_steps", 200, "most steps of a minimisation by exact sums")
local small = gibbs.option("small", true, "the 4x4 torus by exact sums")
local ways = gibbs.option("ways", true, "plain trace, normalised trace and fitted offset side by side, at the first size")

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/free_energy_training" }
gibbs.threads(1) -- models this small gain little from a second one; other starts (--first) can run beside
local known = study.known()

local function show(name, columns, rows)
  study.table(columns, rows)
  study.csv(run:path(name .. ".csv"), columns, rows)
end

-- ---- the model, and machines ------------------------------------------------------------------------------------------

-- Every second site of both directions of an L x L tensor.
local function every_second(x, L)
  local rows = {}
  for j = 1, 2 * L do
    rows[j] = {}
    for k = 1, L // 2 do rows[j][k] = j == 2 * k - 1 and 1 or 0 end
  end
  return x:reshape{ L // 2, 2 * L }:mul(gibbs.tensor(rows))
end

-- A hidden unit at every site, or at every fourth, sees the spins about it through one filter W.  The trace over hidden
-- units is a sum ("plain") or an average ("normalised"), or there is a constant to be fitted ("offset").
local function machine(L, trace, quarter)
  local P = gibbs.ising{ lattice = gibbs.lattice.square(L, L), J = J }
  local v, N, field, middle = P.visible, L * L, 0, filter // 2 + 1
  local W = gibbs.parameter("W", { filter, filter }, gibbs.normal(0, 0.1))
  for a = 1, filter do
    for b = 1, filter do field = field + W[a][b] * v:shift{ a - middle, b - middle } end
  end
  if quarter then field = every_second(field, L) end
  local h = gibbs.spins(quarter and { L // 2, L // 2 } or { L, L }, "h")
  local m = quarter and N // 4 or N
  local energy = -gibbs.sum(h * field)
  if trace == "normalised" then energy = energy + m * math.log(2) end
  if trace == "offset" then energy = energy + N * gibbs.parameter("offset", 1, 0)[1] end
  local Q = gibbs.boltzmann{ visible = v, hidden = h, energy = energy }
  local F = P:free_energy().value
  local correlation = {}
  for _, r in ipairs{ 1, 2, 4 } do
    if 2 * r <= L then correlation[r] = (gibbs.sum(v * v:shift{ 0, r }) + gibbs.sum(v * v:shift{ r, 0 })) / (2 * N) end
  end
  return {
    L = L, N = N, m = m, trace = trace, P = P, Q = Q, v = v, F = F, correlation = correlation,
    kl = gibbs.kl(P, Q) / N, gap = (gibbs.free_energy(P) - gibbs.free_energy(Q)) / N,
  }
end

-- The objectives, all a spin, so that a weight means the same at every size.
local function objective(M, name, t)
  if name == "KL" then return M.kl end
  if name == "free energy" then return M.gap ^ 2 end
  if name == "hybrid" then return M.kl + t * M.gap ^ 2 end
  return M.kl, { M.gap, equals = 0 } -- "constrained"
end
local OBJECTIVES = { "KL", "free energy", "hybrid", "constrained" }

-- ---- (a) what can be attained -------------------------------------------------------------------------------------------

local function attainable(lengths)
  study.section("(a) What can be attained", [[Machines of ±1 units have F_λ ≤ -(n + m) log 2, reached where they have learned
    nothing. With the plain trace F_λ = F asks for m/n ≤ -F/(N log 2) - 1; where hidden units are averaged over instead of
    summed, F_λ ≤ -n log 2, above F for any m.]])
  local rows = {}
  for _, L in ipairs(lengths) do
    local F = gibbs.kaufman(L, L, J).free_energy / L ^ 2
    rows[#rows + 1] = { L, F, -math.log(2), -F / math.log(2) - 1 }
  end
  show("attainable", { { "L", "%d" }, { "F/N", "%.6f" }, { "-log 2", "%.6f" }, { "largest m/n, plain trace", "%.4f" } }, rows)
end

-- ---- (b) exact sums -----------------------------------------------------------------------------------------------------

-- Normal weights, the same for the same seed whatever ran before.
local function start(M, seed, deviation)
  math.randomseed(seed)
  study.randomize(M.Q, deviation)
  if M.trace == "offset" then M.Q:set("offset", 0) end
end

-- The better of two starts.
local function minimize_exactly(M, name, t)
  local what, constraint = objective(M, name, t)
  local best, place
  for seed = 1, 2 do
    start(M, seed, 0.3)
    local fit = gibbs.minimize(what, M.Q, { method = "lbfgs", steps = exact_steps, tolerance = 1e-8, subject_to = constraint })
    if not best or fit.value < best.value and fit.verdict ~= "infeasible" then best, place = fit, study.vector(M.Q) end
  end
  study.put(M.Q, place)
  return best
end

local ENDS = { steps = "still falling", infeasible = "F_λ = F not met" }

local function exact_row(M, name, t, fit)
  local Q, P, N = M.Q, M.P, M.N
  local e, e2 = Q:mean(P.E).value, Q:mean(P.E ^ 2).value
  return { M.trace, M.m / N, name, t, M.kl:value().value, M.gap:value().value, e / N, (e2 - e ^ 2) / N,
    Q:mean(M.correlation[1]).value, Q:mean(M.correlation[2]).value, study.largest(Q.W:value()),
    fit.converged and "minimum" or ENDS[fit.verdict] or fit.verdict }
end

local function exact()
  study.section("(b) Exact sums: the 4x4 torus", ("The better of two starts of each objective, at most %d steps. t weighs the " ..
    "square of the gap a spin. P itself stands in the first row."):format(exact_steps))
  local first, solved = machine(4, "normalised"), gibbs.kaufman(4, 4, J)
  local rows, curves = { { "P", nil, nil, nil, 0, 0, solved.energy / 16, solved.specific_heat / 16,
    first.P:mean(first.correlation[1]).value, first.P:mean(first.correlation[2]).value } }, {}
  for _, kind in ipairs{ { "normalised" }, { "plain", true }, { "plain" }, { "offset" } } do
    local M = machine(4, kind[1], kind[2])
    local curve = { name = ("%s, m/n = %g"):format(M.trace, M.m / M.N), x = {}, y = {}, style = "both" }
    for _, case in ipairs{ { "KL" }, { "hybrid", 1 }, { "hybrid", 10 }, { "hybrid", weight }, { "constrained" }, { "free energy" } } do
      local fit = minimize_exactly(M, case[1], case[2])
      local row = exact_row(M, case[1], case[2], fit)
      rows[#rows + 1] = row
      local top = -math.log(2) * (M.trace == "plain" and 1 + M.m / M.N or 1)
      if M.trace ~= "offset" then
        known:holds(("%s, %s: F_λ is at most %.4f a spin"):format(M.trace, case[1], top), row[6] >= M.F / M.N - top - 1e-9)
      end
      local D = M.P:mean(M.Q.H - M.P.H).value / M.N
      known:same(("%s, %s: F_λ - F = <D>_P - KL"):format(M.trace, case[1]), -row[6], D - row[5], 1e-10)
      if case[1] ~= "free energy" then curve.x[#curve.x + 1], curve.y[#curve.y + 1] = math.abs(row[6]), row[5] end
    end
    curves[#curves + 1] = curve
  end
  show("exact", { { "trace" }, { "m/n", "%.2f" }, { "objective" }, { "t", "%g" }, { "KL/N", "%.6f" }, { "(F - F_λ)/N", "%.6f" },
    { "energy/N", "%.5f" }, { "specific heat/N", "%.5f" }, { "<ss'> at 1", "%.5f" }, { "at 2", "%.5f" }, { "largest W", "%.2f" },
    { "end" } }, rows)
  run:figure("trade.svg", "lines", { x_label = "|F - F_λ| / N", y_label = "KL(P‖P_λ) / N", series = curves })
end

-- ---- (c) training on samples --------------------------------------------------------------------------------------------

local function descend(M, what, options, sampling, estimate)
  options.estimate = sampling(estimate)
  return gibbs.minimize(what, M.Q, options)
end

-- The same with F_λ measured at the start; where that cannot be trusted, again with twice the steps.  The machine that
-- all start from is nearly free, and takes few.
local function descend_carried(M, what, options, leg, seed)
  local estimate, most = { chains = chains, seed = seed, burn = 200 }, leg == 2 and temperatures or math.ceil(temperatures / 10)
  for attempt = 0, 3 do
    estimate.free_energy = gibbs.ais{ chains = chains, temperatures = most << attempt, both = leg == 2, seed = seed }
    local ok, fit = pcall(descend, M, what, options, gibbs.jarzynski, estimate)
    if ok then return fit end
    if attempt == 3 or not tostring(fit):find "cannot be trusted" then error(fit, 0) end
  end
end

local LONGER = { KL = 3, ["free energy"] = 10 }

-- Train from start number `seed`: the same W, chains, sweeps and steps for every objective, in two legs.  Where the
-- objective asks for F_λ it is measured by annealing at the start of a leg, and carried along from there by Jarzynski's
-- equality.  The square of the gap is steep, so that steps are a third as long with it as for KL alone.
local function train(M, name, seed)
  local what, constraint = objective(M, name, weight)
  local step, curve = rate * (LONGER[name] or 1), { step = {}, gap = {} }
  start(M, seed, 0.05)
  for leg, count in ipairs{ steps // 2, steps - steps // 2 } do
    local options = { method = "momentum", steps = count, rate = step, schedule = "linear", clip = 0.3,
      rate_end = leg == 1 and step or step / 10, subject_to = constraint, penalty = 30, multiplier_rate = 60,
      keep_every = math.max(1, steps // 200) }
    local fit = name == "KL" and descend(M, what, options, gibbs.pcd, { chains = chains, seed = 10 * seed + leg, burn = 200 })
      or descend_carried(M, what, options, leg, 10 * seed + leg)
    for _, r in ipairs(fit.history) do
      if r.free_energy and r.free_energy_error and r.free_energy_error < 0.01 * M.N then
        curve.step[#curve.step + 1] = r.step + (leg - 1) * (steps // 2)
        curve.gap[#curve.gap + 1] = (M.F - r.free_energy) / M.N
      end
    end
  end
  return curve
end

-- What a machine has learned, by samples that training has not seen: F_λ by annealing both ways, KL = <D>_P - (F_λ - F)
-- with D = H_λ - H, and the observables of P in P_λ.  A list {value, error} each.
local function judge(M, seed)
  local N, Q = M.N, M.Q
  local F = Q:free_energy(gibbs.ais{ both = true, chains = chains, temperatures = temperatures, seed = 1000 + seed })
  local D = M.P:mean(Q.H - M.P.H, gibbs.chains{ n = chains, sweeps = sweeps, seed = 1000 + seed, kernel = "swendsen_wang" })
  local observables = { energy = M.P.H, square = M.P.H ^ 2 }
  for r, f in pairs(M.correlation) do observables["at " .. r] = f end
  local series = Q:chains{ n = chains, seed = 2000 + seed }:record{ sweeps = 2 * sweeps, warm_up = sweeps,
    observables = observables }
  local function pair(e) return { e.value, e.error } end
  local result = {
    gap = { (M.F - F.value) / N, F.error / N }, kl = { (D.value - F.value + M.F) / N, math.sqrt(D.error ^ 2 + F.error ^ 2) / N },
    energy = pair((series:jackknife(function(m) return m.energy / N end))),
    heat = pair((series:jackknife(function(m) return (m.square - m.energy ^ 2) / N end))),
    tau = { series:mean("energy").tau, 0 }, largest = { study.largest(Q.W:value()), 0 },
    trusted = F.converged and D.converged and series:mean("energy").converged,
    why = not F.converged and F.why or not D.converged and D.why or series:mean("energy").why,
  }
  for r in pairs(M.correlation) do result["at " .. r] = pair(series:mean("at " .. r)) end
  return result
end

-- A run that was made before with these settings, by this or another process, is not made again.
local function trained(L, trace, quarter, name, seed)
  local settings = table.concat({ J, filter, weight, steps, rate, chains, temperatures, sweeps }, " ")
  local path = run:path(("run_%d_%s%s_%s_%d.json"):format(L, trace, quarter and "_quarter" or "", name:gsub(" ", "_"), seed))
  local file = io.open(path)
  local before = file and gibbs.read(path)
  if file then file:close() end
  if before and before.settings == settings then return before end
  local M, began = machine(L, trace, quarter), gibbs.clock()
  local curve = train(M, name, seed)
  local seconds = gibbs.clock() - began
  local result = judge(M, seed)
  result.curve, result.settings, result.m_over_n = curve, settings, M.m / M.N
  result.seconds = { seconds, 0 }
  gibbs.write(path, result)
  return result
end

-- The mean of runs, and its standard error: from how they scatter, of one run its own.
local function average(runs, field)
  local sum, squares, own, n = 0, 0, 0, #runs
  for _, r in ipairs(runs) do
    if not r[field] then return nil end
    sum, squares, own = sum + r[field][1], squares + r[field][1] ^ 2, own + r[field][2] ^ 2
  end
  local scatter = n > 1 and math.sqrt(math.max(0, squares / n - (sum / n) ^ 2) / (n - 1)) or 0
  return { sum / n, math.max(scatter, math.sqrt(own) / n) }
end

local function text(pair)
  if not pair then return nil end
  local digits = pair[2] > 1e-6 and math.max(0, 1 - math.floor(math.log(pair[2], 10))) or 7
  local scaled = pair[2] * 10 ^ digits
  return pair[2] > 0 and ("%." .. digits .. "f(%.0f)"):format(pair[1], scaled) or ("%.3g"):format(pair[1])
end

local FIELDS = { "kl", "gap", "energy", "heat", "at 1", "at 2", "at 4", "tau", "largest", "seconds" }
local COLUMNS = { { "KL/N" }, { "(F - F_λ)/N" }, { "energy/N" }, { "specific heat/N" }, { "<ss'> at 1" }, { "at 2" }, { "at 4" },
  { "tau" }, { "largest W" }, { "seconds" } }

local function cells(first, runs)
  for _, field in ipairs(FIELDS) do first[#first + 1] = text(average(runs, field)) or "-" end
  local doubts = 0
  for _, r in ipairs(runs) do doubts = doubts + (r.trusted and 0 or 1) end
  first[#first + 1] = doubts
  return first
end

local function with_columns(...)
  local list = { ... }
  for _, column in ipairs(COLUMNS) do list[#list + 1] = column end
  list[#list + 1] = { "runs in doubt", "%d" }
  return list
end

-- P itself: F, energy and specific heat by Kaufman, correlations sampled (also as numbers, by distance).
local function truth_row(L)
  local M, solved = machine(L, "normalised"), gibbs.kaufman(L, L, J)
  local row, correlation = { "P", nil, 0, 0, solved.energy / M.N, solved.specific_heat / M.N }, {}
  local observables = {}
  for r, f in pairs(M.correlation) do observables["at " .. r] = f end
  local series = M.P:chains{ n = chains, kernel = "swendsen_wang", seed = 1 }:record{ sweeps = 2 * sweeps, warm_up = 100,
    observables = observables }
  for _, r in ipairs{ 1, 2, 4 } do
    local e = M.correlation[r] and series:mean("at " .. r)
    row[#row + 1] = e and text{ e.value, e.error } or "-"
    correlation[r] = e and e.value
  end
  for c = 3, 6 do row[c] = ("%.5f"):format(row[c]) end
  return row, correlation
end

-- All objectives from the same starts, and what they make of each other: differences of pairs of runs.
local function compare(L, count)
  study.section(("(c) Training on samples: the %dx%d torus, normalised trace, m = n"):format(L, L), ([[Means over %d starts and
    their standard errors. %d steps of %d chains each; 'in doubt' counts runs of which the program says that its own judgement
    may be off.]]):format(count, steps, chains))
  local first_row, correlation = truth_row(L)
  local all, rows = {}, { first_row }
  for _, name in ipairs(OBJECTIVES) do
    all[name] = {}
    for k = 1, count do all[name][k] = trained(L, "normalised", false, name, first + k - 1) end
    rows[#rows + 1] = cells({ name, count }, all[name])
  end
  show("objectives_" .. L, with_columns({ "objective" }, { "starts", "%d" }), rows)
  local pairs_rows = {}
  for _, name in ipairs{ "free energy", "hybrid", "constrained" } do
    local differences = {}
    for k, r in ipairs(all[name]) do
      local base, difference = all.KL[k], { trusted = true }
      for _, field in ipairs(FIELDS) do
        if r[field] then
          difference[field] = { r[field][1] - base[field][1], math.sqrt(r[field][2] ^ 2 + base[field][2] ^ 2) }
        end
      end
      differences[k] = difference
    end
    local row = { name .. " - KL" }
    for c = 1, 7 do row[#row + 1] = text(average(differences, FIELDS[c])) or "-" end
    pairs_rows[#pairs_rows + 1] = row
  end
  print ""
  show("pairs_" .. L, { { "from the same starts" }, table.unpack(COLUMNS, 1, 7) }, pairs_rows)
  local series = {}
  for _, name in ipairs{ "free energy", "hybrid", "constrained" } do
    local curve, x, y = all[name][1].curve, {}, {}
    for k, gap in ipairs(curve.gap) do x[k], y[k] = curve.step[k], math.max(1e-7, math.abs(gap)) end
    series[#series + 1] = { name = name, x = x, y = y, style = "lines" }
  end
  run:figure(("gap_%d.svg"):format(L), "lines", { x_label = "step", y_label = "|F - F_λ| / N as training knows it, at least 10^{-7}",
    y_scale = "log", series = series })
  return all, correlation
end

-- What the term buys and costs, in numbers.
local function conclude(L, all, correlation)
  local function mean(name, field) return average(all[name], field)[1] end
  local solved = gibbs.kaufman(L, L, J)
  print(([[

  KL alone ends at KL = %.5f a spin, with F_λ off by %.4f and the energy by %.4f a spin.
  The free energy alone closes the gap (%.1e) and learns nothing: KL = %.3f a spin, a machine without weights has %.3f.
  Both together: gap %.1e, KL = %.5f a spin, energy off by %.4f; on F_λ = F: gap %.1e, KL = %.5f.
  What the term buys is the gap, and chains that decorrelate in %.0f sweeps instead of %.0f; it costs %.4f of KL a spin.]])
    :format(mean("KL", "kl"), mean("KL", "gap"), mean("KL", "energy") - solved.energy / L ^ 2, mean("free energy", "gap"),
      mean("free energy", "kl"), (solved.free_energy - solved.energy) / L ^ 2 + math.log(2), mean("hybrid", "gap"),
      mean("hybrid", "kl"), mean("hybrid", "energy") - solved.energy / L ^ 2, mean("constrained", "gap"),
      mean("constrained", "kl"), mean("hybrid", "tau"), mean("KL", "tau"), mean("hybrid", "kl") - mean("KL", "kl")))
  if correlation[4] then
    print(("  Of P's correlations the machine of both together has %.0f %% at distance 1, %.0f %% at 2 and %.0f %% at 4."):format(
      100 * mean("hybrid", "at 1") / correlation[1], 100 * mean("hybrid", "at 2") / correlation[2],
      100 * mean("hybrid", "at 4") / correlation[4]))
  end
end

-- ---- (d) the three ways to make F_λ = F attainable -------------------------------------------------------------------------

local function compare_ways(L)
  study.section(("(d) Plain trace, normalised trace, fitted offset: the %dx%d torus"):format(L, L), [[One start each. With
    the plain trace and m = n the term destroys the machine: F_λ = F is out of reach, and what comes nearest has learned
    nothing. With an offset to be fitted the term is empty: the gap is closed whatever was learned.]])
  local rows = {}
  for _, w in ipairs{ { "plain", false, "hybrid" }, { "plain", true, "KL" }, { "plain", true, "hybrid" }, { "normalised", false, "KL" },
    { "normalised", false, "hybrid" }, { "offset", false, "hybrid" } } do
    local r = trained(L, w[1], w[2], w[3], first)
    rows[#rows + 1] = cells({ w[1], r.m_over_n, w[3] }, { r })
  end
  show("ways_" .. L, with_columns({ "trace" }, { "m/n", "%.2f" }, { "objective" }), rows)
end

-- ---- all of it --------------------------------------------------------------------------------------------------------------

local lengths, counts = {}, {}
for word in sizes:gmatch "[^,]+" do
  local L, count = word:match "^(%d+):?(%d*)$"
  lengths[#lengths + 1] = assert(math.tointeger(tonumber(L)), "sizes: not a whole number: " .. word)
  counts[#counts + 1] = math.tointeger(tonumber(count)) or seeds
end
attainable{ 4, table.unpack(lengths) }
if small then exact() end
for k, L in ipairs(lengths) do
  local all, correlation = compare(L, counts[k])
  conclude(L, all, correlation)
  local closest = math.huge
  for _, r in ipairs(all.hybrid) do closest = math.min(closest, math.abs(r.gap[1]) + r.gap[2]) end
  if L >= 32 and steps >= 1000 then
    known:holds(("L = %d: a hybrid run comes within 0.001 of F a spin, its error included"):format(L), closest < 1e-3)
  end
  for _, r in ipairs(all.hybrid) do
    known:holds(("L = %d: the term leaves a smaller gap than KL alone"):format(L), math.abs(r.gap[1]) < all.KL[1].gap[1])
  end
end
if ways then compare_ways(lengths[1]) end
print(("\ntables and figures are in %s"):format(run.folder))
study.section("Known values")
known:finish()

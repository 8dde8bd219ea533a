-- Does a free-energy term help to train?  The square Ising model at J = 0.408 (that of Mehta and Schwab) is learned by
-- machines whose hidden units share one filter, by four objectives from the same starts: the divergence KL(P‖P_λ), the
-- free energy alone, both together, and KL on F_λ = F; by exact sums on the 4x4 torus, on samples beyond.
local gibbs = require "gibbs"

local J = gibbs.option("J", 0.408, "coupling of the Ising model")
local sizes = gibbs.option("sizes", "16", "linear sizes of the sampled tori, separated by commas")
local filter = gibbs.option("filter", 3, "linear size of the filter")
local weight = gibbs.option("weight", 1000, "weight t of the gap in KL/N + t ((F - F_λ)/N)²")
local seeds = gibbs.option("seeds", 3, "starts of every objective, the same for all")
local steps = gibbs.option("steps", 600, "steps of training")
local rate = gibbs.option("rate", 0.01, "step size of Adam at the start; it falls to a hundredth of it")
local chains = gibbs.option("chains", 64, "chains of P and of the machine")
local temperatures = gibbs.option("temperatures", 400, "steps of the annealing by which machines are judged")
local sweeps = gibbs.option("sweeps", 500, "sweeps of the chains by which machines are judged")
local exact_steps = gibbs.option("exact_steps", 60, "most steps of a minimisation by exact sums")
local out = gibbs.option("out", "runs/free_energy_training", "folder for the tables (CSV) and the figures (SVG)")

local study = require "gibbs.study"
local known = study.known()
study.make_folder(out)

local function show(name, columns, rows)
  study.table(columns, rows)
  study.csv(("%s/%s.csv"):format(out, name), columns, rows)
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
    for _, run in ipairs{ { "KL" }, { "hybrid", 1 }, { "hybrid", 10 }, { "hybrid", weight }, { "constrained" }, { "free energy" } } do
      local fit = minimize_exactly(M, run[1], run[2])
      local row = exact_row(M, run[1], run[2], fit)
      rows[#rows + 1] = row
      if run[1] ~= "free energy" then curve.x[#curve.x + 1], curve.y[#curve.y + 1] = math.abs(row[6]), row[5] end
    end
    curves[#curves + 1] = curve
  end
  show("exact", { { "trace" }, { "m/n", "%.2f" }, { "objective" }, { "t", "%g" }, { "KL/N", "%.6f" }, { "(F - F_λ)/N", "%.6f" },
    { "energy/N", "%.5f" }, { "specific heat/N", "%.5f" }, { "<ss'> at 1", "%.5f" }, { "at 2", "%.5f" }, { "largest W", "%.2f" },
    { "end" } }, rows)
  gibbs.plot.lines{ file = out .. "/exact.svg", x_label = "|F - F_λ| / N", y_label = "KL(P‖P_λ) / N", series = curves }
end

-- ---- (c) training on samples --------------------------------------------------------------------------------------------

-- Train from start number `seed`: the same W, chains, steps and samples for every objective.  F_λ is carried along by
-- Jarzynski's equality from the start on.
local function train(M, name, seed)
  local what, constraint = objective(M, name, weight)
  start(M, seed, 0.1)
  return gibbs.minimize(what, M.Q, { method = "adam", steps = steps, rate = rate, schedule = "exponential", rate_end = rate / 100,
    estimate = gibbs.jarzynski{ chains = chains, seed = seed, free_energy = gibbs.ais{ chains = chains, temperatures = 100 } },
    subject_to = constraint, multiplier_rate = 10, penalty = 100 })
end

-- What a machine has learned, by samples that training has not seen: F_λ by annealing both ways, KL = <D>_P - (F_λ - F)
-- with D = H_λ - H, and the observables of P in P_λ.
local function judge(M, seed)
  local how = { n = chains, sweeps = sweeps, seed = 1000 + seed }
  local F = M.Q:free_energy(gibbs.ais{ both = true, chains = chains, temperatures = temperatures, seed = 1000 + seed })
  local D = M.P:mean(M.Q.H - M.P.H, gibbs.chains(how))
  local observables = { energy = M.P.H, square = M.P.H ^ 2 }
  for r, f in pairs(M.correlation) do observables["at " .. r] = f end
  local series = M.Q:chains{ n = chains, seed = 2000 + seed }:record{ sweeps = 2 * sweeps, warm_up = sweeps // 2,
    observables = observables }
  local N = M.N
  local row = {
    gap = (M.F - F.value) / N, gap_error = F.error / N, kl = (D.value - F.value + M.F) / N,
    kl_error = math.sqrt(D.error ^ 2 + F.error ^ 2) / N, doubt = not F.converged and F.why or nil,
    energy = series:jackknife(function(m) return m.energy / N end),
    specific_heat = series:jackknife(function(m) return (m.square - m.energy ^ 2) / N end),
    tau = series:mean("energy").tau, largest = study.largest(M.Q.W:value()), correlation = {},
  }
  for r in pairs(M.correlation) do row.correlation[r] = series:mean("at " .. r) end
  return row
end

local lengths = {}
for word in sizes:gmatch "[^,]+" do lengths[#lengths + 1] = assert(math.tointeger(tonumber(word)), "sizes: not a whole number: " .. word) end
attainable{ 4, table.unpack(lengths) }
exact()

-- The square-lattice Ising model through its critical point: energy, specific heat, susceptibility and Binder cumulant of
-- several sizes, sampled, against Kaufman's exact tori and Onsager's infinite lattice; and where the cumulants cross.
local gibbs = require "gibbs"

local sizes = gibbs.option("sizes", "8,16,32", "linear sizes, each twice the one before, separated by commas")
local chains = gibbs.option("chains", 8, "chains at each temperature")
local sweeps = gibbs.option("sweeps", 2000, "sweeps of each chain")
local kernel = gibbs.option("kernel", "swendsen_wang", "kernel of the chains")
local seed = gibbs.option("seed", 1, "seed of the chains")

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/ising_critical" }
local KC = math.log(1 + math.sqrt(2)) / 2
local known = study.known()
local lengths = {}
for word in sizes:gmatch "[^,]+" do lengths[#lengths + 1] = assert(math.tointeger(tonumber(word)), "sizes: not a whole number: " .. word) end

-- ---- one series ------------------------------------------------------------------------------------------------------

local series_made = 0

-- Chains of the L x L torus at coupling K.  `bonds` is minus the energy in units of the coupling.
local function sampled(L, K, keep)
  local lattice = gibbs.lattice.square(L, L)
  local P = gibbs.ising{ lattice = lattice, J = K }
  local bonds, m = gibbs.bonds(P.visible, lattice), gibbs.sum(P.visible) / L ^ 2
  series_made = series_made + 1
  return P:chains{ n = chains, kernel = kernel, seed = 1000 * seed + series_made }:record{
    sweeps = sweeps, warm_up = 100 + sweeps // 10, keep = keep,
    observables = { energy = -bonds, energy2 = bonds ^ 2, abs_m = gibbs.abs(m), m2 = m ^ 2, m4 = m ^ 4 },
  }
end

local function binder(m) return 1 - m.m4 / (3 * m.m2 ^ 2) end

-- Energy per site in units of the coupling, specific heat, connected susceptibility per site, Binder cumulant.
local function quantities(L, K)
  local N = L ^ 2
  return function(m)
    return m.energy / N, K ^ 2 * (m.energy2 - m.energy ^ 2) / N, N * (m.m2 - m.abs_m ^ 2), binder(m)
  end
end

-- ---- (a) from order to disorder --------------------------------------------------------------------------------------

study.section("(a) Energy and specific heat against Kaufman's torus",
  "Every point is a run of its own; 'off' is the distance from the exact value in standard errors.")

local temperatures = {}
for k = 0, 14 do temperatures[#temperatures + 1] = 1.6 + 0.1 * k end
temperatures[#temperatures + 1] = 1 / KC
table.sort(temperatures)

local scan, rows, farthest = {}, {}, 0
for _, L in ipairs(lengths) do
  local curve = { T = {}, value = { {}, {}, {}, {} }, error = { {}, {}, {}, {} } }
  for i, T in ipairs(temperatures) do
    local K = 1 / T
    local series, exact = sampled(L, K), gibbs.kaufman(L, L, K)
    local found = { series:jackknife(quantities(L, K)) }
    curve.T[i] = T
    for q = 1, 4 do curve.value[q][i], curve.error[q][i] = found[q].value, found[q].error end
    local off_u = (found[1].value - exact.energy / K / L ^ 2) / found[1].error
    local off_c = (found[2].value - exact.specific_heat / L ^ 2) / found[2].error
    farthest = math.max(farthest, math.abs(off_u), math.abs(off_c))
    rows[#rows + 1] = { L, T, tostring(found[1]), exact.energy / K / L ^ 2, off_u, tostring(found[2]),
      exact.specific_heat / L ^ 2, off_c, tostring(found[3]), tostring(found[4]), found[1].tau }
  end
  scan[L] = curve
end
local columns = { { "L", "%d" }, { "T", "%.4f" }, { "u" }, { "exact", "%.6f" }, { "off", "%.1f" }, { "c" }, { "exact", "%.5f" },
  { "off", "%.1f" }, { "chi" }, { "U" }, { "tau", "%.1f" } }
study.table(columns, rows)
study.csv(run:path "scan.csv", columns, rows)
known:holds(("all %d energies and specific heats within 4.5 errors of the exact ones (farthest %.1f)"):format(2 * #rows, farthest),
  farthest <= 4.5)

-- ---- (b) at the critical point ---------------------------------------------------------------------------------------

study.section("(b) The critical point", "Runs at five couplings about Kc, taken together by reweighting: the cumulant " ..
  "U = 1 - <m^4> / 3 <m^2>^2 as a curve with its error, its value at Kc, and where the curves of two sizes cross.")

local near = {}
for _, L in ipairs(lengths) do
  local betas, samples = {}, {}
  for k = -2, 2 do
    betas[#betas + 1] = KC + 0.15 * k / L
    samples[#samples + 1] = sampled(L, betas[#betas], true)
  end
  near[L] = gibbs.reweight{ beta = betas, samples = samples }
end

local function cumulant(L, K) return (near[L]:estimate(binder, K)) end
local function difference(L, K) return cumulant(2 * L, K).value - cumulant(L, K).value end

-- Where U of 2L passes U of L, by bisection, and the error that both curves leave.
local function crossing(L)
  local low, high = KC - 0.15 / L, KC + 0.15 / L
  if difference(L, low) > 0 or difference(L, high) < 0 then return nil end
  for _ = 1, 16 do
    local middle = (low + high) / 2
    if difference(L, middle) < 0 then low = middle else high = middle end
  end
  local K, h, U = (low + high) / 2, 0.05 / L, cumulant(L, (low + high) / 2)
  local slope = (difference(L, K + h) - difference(L, K - h)) / (2 * h)
  return { value = K, error = math.sqrt(U.error ^ 2 + cumulant(2 * L, K).error ^ 2) / slope, U = U }
end

local at_critical = {}
for i, L in ipairs(lengths) do
  local U, c = cumulant(L, KC), (near[L]:estimate(function(m) return KC ^ 2 * (m.energy2 - m.energy ^ 2) / L ^ 2 end, KC))
  local exact = gibbs.kaufman(L, L, KC).specific_heat / L ^ 2
  local cross = near[2 * L] and crossing(L)
  at_critical[i] = { L, tostring(U), tostring(c), exact, cross and cross.value, cross and cross.error,
    cross and (cross.value - KC) / cross.error, cross and tostring(cross.U) }
  known:holds(("L = %d: specific heat at Kc within 4 errors"):format(L), math.abs(c.value - exact) <= 4 * c.error)
  -- exact cumulants of small tori, and the universal one, which larger ones approach as 1/L^2 (0.0024 at L = 8)
  local reference = ({ [6] = 0.6143562391, [8] = 0.6130453849 })[L] or 0.61069014
  local drift = (L == 6 or L == 8) and 0 or 0.16 / L ^ 2
  known:holds(("L = %d: U = %s at Kc, known to be %.5f"):format(L, tostring(U), reference),
    math.abs(U.value - reference) <= 4 * U.error + drift)
  if cross then
    known:holds(("L = %d: the cumulants cross at Kc, within 4 errors and the drift of small sizes"):format(L),
      math.abs(cross.value - KC) <= 4 * cross.error + 0.6 / L ^ 3)
  end
end
columns = { { "L", "%d" }, { "U at Kc" }, { "c at Kc" }, { "exact", "%.5f" }, { "K where U_2L = U_L", "%.6f" }, { "error", "%.6f" },
  { "from Kc, in errors", "%.1f" }, { "U there" } }
study.table(columns, at_critical)
study.csv(run:path "critical.csv", columns, at_critical)

-- ---- figures --------------------------------------------------------------------------------------------------------

-- Points of all sizes over the exact curves (functions of L and T; of T alone for the infinite lattice).
local function draw(name, q, label, torus, infinite)
  local series = {}
  for _, L in ipairs(lengths) do
    local color = ({ "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00" })[(#series // (torus and 2 or 1)) % 5 + 1]
    series[#series + 1] = { name = "L = " .. L, x = scan[L].T, y = scan[L].value[q], error = scan[L].error[q],
      style = torus and "points" or "both", color = color }
    if torus then
      local x, y = {}, {}
      for k = 0, 200 do x[k + 1] = 1.6 + 1.4 * k / 200 y[k + 1] = torus(L, x[k + 1]) end
      series[#series + 1] = { x = x, y = y, style = "lines", color = color }
    end
  end
  if infinite then
    local x, y = {}, {}
    for k = 0, 400 do
      local T = 1.6 + 1.4 * k / 400
      if math.abs(T * KC - 1) > 5e-4 then x[#x + 1] = T y[#y + 1] = infinite(T) end
    end
    series[#series + 1] = { name = "infinite", x = x, y = y, style = "lines", dashed = true, color = "#000000" }
  end
  run:figure(name .. ".svg", "lines", { x_label = "T", y_label = label, series = series })
end

draw("energy", 1, "energy per site", function(L, T) return gibbs.kaufman(L, L, 1 / T).energy * T / L ^ 2 end,
  function(T) return gibbs.onsager(1 / T).energy * T end)
draw("specific_heat", 2, "specific heat per site", function(L, T) return gibbs.kaufman(L, L, 1 / T).specific_heat / L ^ 2 end,
  function(T) return gibbs.onsager(1 / T).specific_heat end)
draw("susceptibility", 3, "susceptibility per site, N (<m^2> - <|m|>^2)")
draw("binder", 4, "Binder cumulant")

local zoom = {}
for _, L in ipairs(lengths) do
  local x, y, e = {}, {}, {}
  for k = 0, 12 do
    x[k + 1] = KC + 0.3 / lengths[#lengths] * (k - 6) / 6
    local U = cumulant(L, x[k + 1])
    y[k + 1], e[k + 1] = U.value, U.error
  end
  zoom[#zoom + 1] = { name = "L = " .. L, x = x, y = y, error = e, style = "both" }
end
run:figure("crossing.svg", "lines", { x_label = "K", y_label = "Binder cumulant", series = zoom })
print(("\ntables and figures are in %s"):format(run.folder))

study.section("Known values")
known:finish()

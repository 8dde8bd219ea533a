-- Every kernel at the critical point of the square-lattice Ising model: autocorrelation times, what a sweep costs, and
-- effective samples per second; and how the autocorrelation time grows with the size of the lattice.
local gibbs = require "gibbs"

local sizes = gibbs.option("sizes", "8,16,32", "linear sizes, separated by commas")
local chains = gibbs.option("chains", 16, "chains of each kernel")
local sweeps = gibbs.option("sweeps", 8000, "sweeps of each chain; less for kernels whose sweeps cost more")
local seed = gibbs.option("seed", 1, "seed of the chains")

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/kernels" }
local KC = math.log(1 + math.sqrt(2)) / 2
local known, rows, curves, order = study.known(), {}, {}, {}
local SHARE = { informed = 0.05, tempering = 0.1, exact = 0.1 } -- of the sweeps
local LARGEST = { informed = 16 }                               -- each proposal evaluates the whole energy

-- What the kernel's chains say after a warm-up, and the seconds that a sweep of one chain took; nil where it cannot.
local function measure(kernel, L)
  if L > (LARGEST[kernel] or L) then return nil end
  local P = gibbs.ising{ lattice = gibbs.lattice.square(L, L), J = KC }
  local ok, Q = pcall(P.chains, P, { n = chains, kernel = kernel, seed = seed, start = 1 })
  if not ok then return nil end
  local count = math.max(200, math.floor(sweeps * (SHARE[kernel] or 1)))
  Q:warm_up{ sweeps = 50 }
  local start = gibbs.clock()
  Q:advance(count // 4)
  local sweep = (gibbs.clock() - start) / (count // 4)
  local series = Q:record{ sweeps = count, warm_up = 0, observables = { energy = P.E, m2 = (gibbs.sum(P.visible) / L ^ 2) ^ 2 } }
  return { energy = series:mean("energy"), m2 = series:mean("m2"), sweep = sweep / chains, sites = L ^ 2,
    exact = gibbs.kaufman(L, L, KC).energy }
end

for word in sizes:gmatch "[^,]+" do
  local L = assert(math.tointeger(tonumber(word)), "sizes: not a whole number: " .. word)
  for _, kernel in ipairs(gibbs.kernels()) do
    local found = measure(kernel.name, L)
    if found then
      local m2, e = found.m2, found.energy
      rows[#rows + 1] = { L, kernel.name, tostring(e):match "^%S+", (e.value - found.exact) / e.error, e.tau, m2.tau, 1e9 * found.sweep / found.sites,
        1 / (found.sweep * math.max(e.tau, m2.tau)), m2.converged and "yes" or "no" }
      if m2.converged and e.converged then
        known:holds(("%s, L = %d: the energy within 4.5 errors"):format(kernel.name, L), math.abs(e.value - found.exact) <= 4.5 * e.error)
        if not curves[kernel.name] then
          curves[kernel.name] = { name = (kernel.name:gsub("_", " ")), x = {}, y = {}, style = "both", dashed = #order >= 7 }
          order[#order + 1] = curves[kernel.name]
        end
        local curve = curves[kernel.name]
        curve.x[#curve.x + 1], curve.y[#curve.y + 1] = L, m2.tau
      end
    end
  end
end

study.section("Kernels at the critical point", "tau: integrated autocorrelation times of the energy and of m^2, in sweeps (1: " ..
  "independent). ns: what a sweep of one chain costs a site. ess/s: effective samples of the slower of the two per second.")
local columns = { { "L", "%d" }, { "kernel" }, { "energy" }, { "off", "%.1f" }, { "tau E", "%.1f" }, { "tau m^2", "%.1f" },
  { "ns", "%.2f", volatile = true }, { "ess/s", "%.0f", volatile = true }, { "converged" } }
study.table(columns, rows)
study.csv(run:path "kernels.csv", columns, rows)
run:figure("kernels.svg", "lines", { x_label = "L", y_label = "tau of m^2 in sweeps", x_scale = "log", y_scale = "log", series = order })
print(("\nthe table and a figure are in %s"):format(run.folder))

study.section("Known values")
known:finish()

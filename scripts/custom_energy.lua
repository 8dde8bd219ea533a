-- A three-body energy written by hand: what is recognised in it, and every kernel that can sample it against exact sums.
local gibbs = require "gibbs"

local size = gibbs.option("size", 4, "linear size of the lattice")
local J3 = gibbs.option("J3", 0.35, "coupling of three neighbouring spins")
local field = gibbs.option("field", 0.15, "field")
local chains = gibbs.option("chains", 32, "chains of each kernel")
local sweeps = gibbs.option("sweeps", 2000, "sweeps of each chain")
local seed = gibbs.option("seed", 1, "seed of the chains")

-- the model: a corner of the square lattice, its right and its lower neighbour
local s = gibbs.spins({ size, size }, "s")
local triangles = gibbs.sum(s * s:shift{ 0, 1 } * s:shift{ 1, 0 })
local magnetisation = gibbs.sum(s)
local P = gibbs.boltzmann{ visible = s, energy = -J3 * triangles - field * magnetisation }
print(P:describe())

-- the study
local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/custom_energy" }
local observables = { { "energy", P.E }, { "triangles", triangles }, { "m^2", (magnetisation / size ^ 2) ^ 2 } }
local enumerable = size * size <= 20
local known, rows = study.known(), {}

for _, kernel in ipairs(gibbs.kernels()) do
  local how = enumerable or kernel.name ~= "exact"
  local ok, series = pcall(function()
    local Q = P:chains{ n = chains, kernel = kernel.name, seed = seed }
    local record = {}
    for _, row in ipairs(observables) do record[row[1]] = row[2] end
    Q:warm_up{ sweeps = 100 }
    return Q:record{ sweeps = kernel.name == "exact" and math.min(sweeps, 200) or sweeps, observables = record }
  end)
  if ok and how then
    for _, row in ipairs(observables) do
      local found = series:mean(row[1])
      local exact = enumerable and P:mean(row[2]).value or nil
      rows[#rows + 1] = { kernel.name, row[1], tostring(found), exact, exact and (found.value - exact) / found.error, found.tau,
        found.converged and "yes" or found.why }
      if exact then
        known:holds(("%s: %s within 4 errors of the exact mean"):format(kernel.name, row[1]),
          math.abs(found.value - exact) <= 4 * found.error)
      end
    end
  end
end

study.section("Sampled against exact")
local columns = { { "kernel" }, { "mean of" }, { "sampled" }, { "exact", "%.6f" }, { "errors off", "%.2f" }, { "tau", "%.1f" },
  { "converged" } }
study.table(columns, rows)
study.csv(run:path "custom_energy.csv", columns, rows)
if enumerable then
  study.section("Known values")
  known:finish()
end

-- Monte Carlo renormalization of the square Ising model: exponents by level and by number of operators, and the couplings of the
-- blocks, from cluster chains blocked again and again (Swendsen 1979, 1984); and the same off the critical point.
local gibbs = require "gibbs"

local size = gibbs.option("size", 64, "linear size of the lattice")
local rule = gibbs.option("rule", { "majority", "decimation", "block_spin" }, "how blocks are made")
local p = gibbs.option("p", 0.8, "strength of block_spin")
local b = gibbs.option("b", 2, "length of a block")
local chains = gibbs.option("chains", 64, "chains")
local measurements = gibbs.option("measurements", 1000, "measurements of each chain")
local every = gibbs.option("every", 1, "sweeps between measurements")
local seed = gibbs.option("seed", 1, "seed of the chains")

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/mcrg" }
local known = study.known()
local KC = math.log(1 + math.sqrt(2)) / 2
local settings = { kind = rule, b = b, p = rule == "block_spin" and p or nil }
local critical_reference = size == 64 and rule == "majority" and b == 2

-- A longer run of the same (2e6 measurements of the 64x64 torus, majority, b = 2): value, error.
local Y_T = { [1] = { { 0.9106, 6e-4 }, { 0.9625, 7e-4 }, { 0.9570, 7e-4 }, { 0.9429, 6e-4 } },
  [3] = { { 0.9687, 7e-4 }, { 1.0004, 7e-4 }, { 1.0000, 7e-4 }, { 0.9974, 7e-4 } } }
local Y_H = { { 1.8812, 1e-4 }, { 1.8760, 1e-4 }, { 1.8746, 1e-4 }, { 1.8744, 1e-4 } }
local FIRST = { [1] = { nearest = { 0.41880, 1.3e-4 } },
  [3] = { nearest = { 0.35815, 3.9e-4 }, diagonal = { 0.07357, 2.3e-4 }, plaquette = { -0.00724, 2.7e-4 } },
  [7] = { nearest = { 0.36417, 4.1e-4 }, diagonal = { 0.08178, 4.1e-4 }, plaquette = { -0.00814, 2.7e-4 }, second = { -0.00692, 2.6e-4 },
    knight = { -0.00393, 2.2e-4 }, diamond = { 0.00235, 2.5e-4 }, second_diagonal = { -0.00182, 2.5e-4 } } }

local function agrees(what, found, reference)
  local off = math.abs(found.value - reference[1]) / math.sqrt(found.error ^ 2 + reference[2] ^ 2)
  known:holds(("%s is %s, known to be %.5f: within 4 errors"):format(what, tostring(found), reference[1]), off <= 4)
end

local function renormalise(L, K, couplings_every)
  local P = gibbs.ising{ lattice = gibbs.lattice.square(L, L), J = K }
  local c = P:chains{ n = chains, kernel = "swendsen_wang", seed = seed }
  c:warm_up{ sweeps = 100 + 2 * L }
  return gibbs.rg.mcrg{ chains = c, rule = settings, measurements = measurements, every = every, couplings_every = couplings_every,
    seed = seed }
end

-- ---- exponents -------------------------------------------------------------------------------------------------------

study.section(("Exponents at the critical point, %d x %d"):format(size, size),
  "y = ln(largest eigenvalue of dK'/dK) / ln b, by the number of operators kept; exactly y_t = 1 and y_h = 15/8.")

local began = gibbs.clock()
local m = renormalise(size, KC, 20)
run:note(("%d measurements in %.1f s"):format(m.measurements, gibbs.clock() - began))
local rows = {}
for step = 1, m.steps do
  local row = { step, ("%d to %d"):format(size / b ^ (step - 1), size / b ^ step) }
  for _, count in ipairs{ 1, 3, 7 } do
    local fine, y = pcall(m.exponent, m, step, { operators = count })
    row[#row + 1] = fine and tostring(y) or nil
    if fine then run:log{ step = step, operators = count, y_t = y } end
    if fine and critical_reference and Y_T[count] and Y_T[count][step] then
      agrees(("y_t of step %d by %d operators"):format(step, count), y, Y_T[count][step])
    end
    if not fine then row[#row + 1] = "-" end
  end
  local fine, y = pcall(m.exponent, m, step, { odd = true })
  row[#row + 1] = fine and tostring(y) or "-"
  if fine and critical_reference and Y_H[step] then agrees(("y_h of step %d"):format(step), y, Y_H[step]) end
  rows[#rows + 1] = row
end
local columns = { { "step", "%d" }, { "lattice" }, { "y_t, 1 operator" }, { "3" }, { "7" }, { "y_h, " .. #m.odd .. " operators" } }
study.table(columns, rows)
study.csv(run:path "exponents.csv", columns, rows)

-- ---- couplings ---------------------------------------------------------------------------------------------------------

study.section("Couplings of the blocks", "By maximum pseudo-likelihood in a basis of 1, 3 or 7 operators; level 0 is the lattice itself.")

rows = {}
for level = 0, math.min(3, m.steps) do
  for _, count in ipairs{ 1, 3, 7 } do
    local fine, K = pcall(m.couplings, m, level, { operators = count })
    local row = { level, count }
    for k = 1, 7 do row[k + 2] = fine and k <= count and tostring(K[m.even[k]]) or "-" end
    rows[#rows + 1] = row
    if level == 0 and fine then agrees(("nearest of level 0 by %d"):format(count), K.nearest, { KC, 0 }) end
    if level == 1 and critical_reference then
      for name, reference in pairs(FIRST[count]) do agrees(("%s of level 1 by %d"):format(name, count), K[name], reference) end
    end
  end
end
columns = { { "level", "%d" }, { "operators", "%d" } }
for k = 1, 7 do columns[k + 2] = { m.even[k] } end
study.table(columns, rows)
study.csv(run:path "couplings.csv", columns, rows)

-- ---- off the critical point ----------------------------------------------------------------------------------------------

study.section("The control, at K = 0.408", "The couplings of blocks of a 40 x 40 lattice above the critical temperature flow to 0.")

local control = renormalise(40, 0.408, 20)
local off = { { 0.34851, 4.5e-4 }, { 0.29312, 7.2e-4 } }
rows = {}
for level = 0, 2 do
  local K = control:couplings(level, { operators = 1 })
  rows[#rows + 1] = { level, K.nearest.value, K.nearest.error }
  if rule == "majority" and b == 2 and off[level] then agrees(("nearest of level %d at 0.408"):format(level), K.nearest, off[level]) end
end
columns = { { "level", "%d" }, { "nearest", "%.5f" }, { "error", "%.5f" } }
study.table(columns, rows)
study.csv(run:path "control.csv", columns, rows)

study.section("Known values")
known:finish()

-- The chain of spins, decimated: couplings, fields and the constants that carry the free energy, step by step, against the
-- transfer matrix; and the same step as a distribution, summed over all states of a small ring.
local gibbs = require "gibbs"

local K = gibbs.option("K", 1.0, "coupling of neighbours")
local h = gibbs.option("h", 0.0, "field")
local b = gibbs.option("b", 2, "every b-th spin stays")
local steps = gibbs.option("steps", 12, "steps of the flow")

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/decimation" }
local known = study.known()
local chain = gibbs.rg.chain{ b = b }

-- Of the larger eigenvalue of the transfer matrix.
local function free_energy(K_, h_)
  local cosh = (math.exp(h_) + math.exp(-h_)) / 2
  return -K_ - math.log(cosh + math.sqrt(cosh ^ 2 - 1 + math.exp(-4 * K_)))
end

local function tanh(x) return 1 - 2 / (math.exp(2 * x) + 1) end

-- ---- the flow --------------------------------------------------------------------------------------------------------

study.section("The flow", "g is the constant a surviving spin; the free energy that the constants up to a step make, with what is " ..
  "left taken from its own transfer matrix, is that of the whole chain at every step.")

local rows, at, collected, share = { { 0, K, h, nil, free_energy(K, h), free_energy(K, h) } }, { K = K, h = h }, 0, 1
for step = 1, steps do
  local g
  at, g = chain:step(at)
  share = share / b
  collected = collected + share * g
  local whole = -collected + share * free_energy(at.K, at.h)
  rows[#rows + 1] = { step, at.K, at.h, g, free_energy(at.K, at.h), whole }

  known:same(("F of the chain after step %d"):format(step), whole, free_energy(K, h), 1e-13)
end
local columns = { { "step", "%d" }, { "K", "%.10f" }, { "h", "%.10f" }, { "g", "%.10f" }, { "F of what is left", "%.10f" }, { "F of the chain", "%.12f" } }
study.table(columns, rows)
study.csv(run:path "flow.csv", columns, rows)
known:same("F by all constants", chain:free_energy{ K = K, h = h }, free_energy(K, h), 1e-13)
if h == 0 then
  known:same("tanh K' = tanh^b K", tanh(rows[2][2]), tanh(K) ^ b, 1e-14)
end

-- ---- a ring, by sums ---------------------------------------------------------------------------------------------------

local stay = math.min(4, 20 // (b - 1)) -- at most 2^20 states are summed for each state of what stays
if stay >= 3 then
  study.section("A ring, by sums over all states", "The step as a distribution of the spins that stay: its free energy is the ring's, its couplings " ..
    "are the flow's, and the trace condition holds.")

  local P = gibbs.ising{ lattice = gibbs.lattice.chain(stay * b), J = K, field = h }
  local step = gibbs.rg.decimation{ visible = P.visible, b = b }
  local C = step:step(P)
  local found, next_couplings = gibbs.rg.couplings(C), chain:step{ K = K, h = h }
  rows = {}
  for _, row in ipairs(found) do rows[#rows + 1] = { row.name, row.value } end
  study.table({ { "coupling" }, { "value", "%.12f" } }, rows)
  print(("  F of the ring of %d %.12f, of the %d spins that stay %.12f"):format(stay * b, P:free_energy().value, stay, C:free_energy().value))
  known:same("F of the ring", C:free_energy().value, P:free_energy().value, 1e-12)
  known:same("K'", found["pair {1}"], next_couplings.K, 1e-12)
  known:same("h'", found.field, next_couplings.h, 1e-12)
  known:holds("trace condition", step:trace(P).holds)
end

study.section("Known values")
known:finish()

-- ---- the figure ----------------------------------------------------------------------------------------------------------

local series = {}
for _, start in ipairs{ 2.5, 2, 1.5, 1, 0.5 } do
  local x, y = {}, {}
  for i, couplings in ipairs(chain:flow({ K = start, h = h }, steps)) do x[i], y[i] = i - 1, couplings.K end
  series[#series + 1] = { name = ("from K = %g"):format(start), x = x, y = y, style = "both" }
end
run:figure("flow.svg", "lines", { series = series, x_label = "step", y_label = "coupling K of neighbours",
  title = ("Decimation of the chain, b = %d, h = %g"):format(b, h) })

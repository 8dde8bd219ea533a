-- Variational Monte Carlo renormalization of the critical square Ising model (Wu and Car 2017): the bias that makes block spins free is
-- minus their Hamiltonian.  Beside it the same couplings by pseudo-likelihood, and how fast biased block spins forget.
local gibbs = require "gibbs"

local size = gibbs.option("size", 32, "linear size of the lattice")
local levels = gibbs.option("levels", 2, "how often blocks are made")
local replicas = gibbs.option("replicas", 16, "independent optimisations")
local steps = gibbs.option("steps", 300, "of each optimisation")
local sweeps = gibbs.option("sweeps", 20, "a step")
local measured = gibbs.option("measured", 4000, "sweeps afterwards")
local seed = gibbs.option("seed", 1, "seed of everything")

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/vmcrg" }
local known = study.known()
local KC = math.log(1 + math.sqrt(2)) / 2
local operators = { "nearest", "diagonal", "plaquette" }

study.section(("Couplings of the blocks of %d x %d spins at the critical point"):format(size, size),
  "Majority of 2 x 2 blocks.  tau: sweeps that the block spins' energy takes to be forgotten, biased, and without a bias.")

-- Unbiased: local chains for tau, cluster chains for the couplings.
local P = gibbs.ising{ lattice = gibbs.lattice.square(size, size), J = KC }
local clusters = P:chains{ n = 32, kernel = "swendsen_wang", seed = seed }
clusters:warm_up{ sweeps = 100 + 2 * size }
local unbiased = gibbs.rg.mcrg{ chains = clusters, rule = "majority", levels = levels, measurements = 2000, couplings_every = 10, even = operators,
  odd = {}, seed = seed }
local energy = P:chains{ n = 8, kernel = "metropolis", seed = seed }:record{ sweeps = 4000, warm_up = 1000, observables = { E = P.E } }:mean "E"

local rows = {}
for level = 1, levels do
  local v = gibbs.rg.vmcrg{ lattice = { size, size }, K = { nearest = KC }, rule = "majority", operators = operators, levels = level,
    replicas = replicas, steps = steps, sweeps = sweeps, measured = measured, seed = seed }
  local K = unbiased:couplings(level)
  for i, name in ipairs(operators) do
    run:log{ level = level, number = i, biased = v.couplings[name], pseudo_likelihood = K[name] }
    rows[#rows + 1] = { level, name, tostring(v.couplings[name]), tostring(K[name]), v.residual[name], name == operators[1] and tostring(v.tau) or "-",
      name == operators[1] and tostring(energy.tau) or "-", name == operators[1] and tostring(v.exponent) or "-" }
  end
  for _, name in ipairs{ "nearest", "diagonal" } do
    local apart, error = math.abs(v.couplings[name].value - K[name].value), math.sqrt(v.couplings[name].error ^ 2 + K[name].error ^ 2)
    known:holds(("level %d, %s: %s within 0.01 of pseudo-likelihood's %s, or 4 errors"):format(level, name, tostring(v.couplings[name]), tostring(K[name])),
      apart <= math.max(0.01, 4 * error))
  end
  known:holds(("level %d: block spins forget within 20 sweeps (%s)"):format(level, tostring(v.tau)), v.tau.value < 20)
end
local columns = { { "level", "%d" }, { "operator" }, { "from the bias" }, { "pseudo-likelihood" }, { "residual", "%.1f" }, { "tau" }, { "tau of E, no bias" },
  { "y_t" } }
study.table(columns, rows)
study.csv(run:path "couplings.csv", columns, rows)
print("  residual: the last step of the couplings, which takes off what was left of <S> of the biased blocks, in their errors")

study.section("Known values")
known:finish()

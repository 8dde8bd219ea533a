-- The acid test of free energies: the bond machine of the square-lattice Ising model, exp(K s s') = (exp(-K) / 2) sum_h
-- exp(w h (s + s')) with cosh 2w = exp(2K), is a machine with one hidden spin a bond whose log Z Kaufman's torus gives at
-- any size.  Every estimator is held against it, in the disordered phase, near the critical point, and at it.
local gibbs = require "gibbs"

local size = gibbs.option("size", 40, "linear size of the torus: size^2 visible and 2 size^2 hidden spins")
local couplings = gibbs.option("couplings", "0.2,0.408,critical", "couplings K, separated by commas")
local chains = gibbs.option("chains", 128, "chains of every estimator")
local temperatures = gibbs.option("temperatures", 4000, "steps from independent spins to the machine, where chains are annealed")
local stations = gibbs.option("stations", 64, "temperatures of ti and mbar")
local sweeps = gibbs.option("sweeps", 50, "sweeps at each of these; ti takes four times as many, bar ten times")
local seed = gibbs.option("seed", 1, "seed of everything that is drawn")

local study = require "gibbs.study"
local known = study.known()
local run = gibbs.run{ folder = "runs/bond_machine" }

-- The machine, and its free energy.
local function bond_machine(K)
  local s, right, down = gibbs.spins{ size, size }, gibbs.spins{ size, size }, gibbs.spins{ size, size }
  local e = math.exp(2 * K)
  local w = math.log(e + math.sqrt(e * e - 1)) / 2
  local E = -w * gibbs.sum(down * (s + s:shift{ 1, 0 })) - w * gibbs.sum(right * (s + s:shift{ 0, 1 }))
  local Q = gibbs.boltzmann{ energy = E, visible = s, hidden = { right, down } }
  return Q, gibbs.kaufman(size, size, K).free_energy - 2 * size ^ 2 * (K + math.log(2))
end

-- Steps that become finer towards the end, where the chains are slow.
local function ladder()
  local betas = {}
  for k = 0, temperatures do betas[k + 1] = 1 - (1 - k / temperatures) ^ 3 end
  return betas
end

-- Of the lattice itself, all that is left is rounding; the energies of one nearby fluctuate against the machine's.
local function lattice(Q, K)
  local P = gibbs.ising{ lattice = gibbs.lattice.square(size, size), J = K, visible = Q.visible }
  return P, gibbs.kaufman(size, size, K).free_energy
end

-- Estimators of one machine, each with a seed of its own.
local function ways(Q, K)
  local used = 100 * seed
  local function make(kind, ...)
    used = used + 1
    local options = { chains = chains, seed = used }
    for _, more in ipairs{ ... } do
      for name, value in pairs(more) do options[name] = value end
    end
    return gibbs[kind](options)
  end
  local annealed = { temperatures = ladder() }
  local back = { temperatures = annealed.temperatures, burn = temperatures // 4 }
  local few = { chains = math.max(32, chains // 4), temperatures = stations }
  local P, F = lattice(Q, K)
  local near, near_F = lattice(Q, K - 0.4 / size)
  return {
    { "ais", make("ais", annealed) },
    { "reverse ais", make("ais", back, { reverse = true }) },
    { "ais, both", make("ais", back, { both = true }) },
    { "jarzynski", make("jarzynski", annealed) },
    { "integration", make("ti", few, { sweeps = 4 * sweeps, burn = 2 * sweeps }) },
    { "mbar", make("mbar", few, { sweeps = sweeps, burn = sweeps // 2 }) },
    { "bar, the lattice", make("bar", { from = P, free_energy = F, sweeps = sweeps, burn = sweeps }) },
    { "bar, one nearby", make("bar", { from = near, free_energy = near_F, sweeps = 10 * sweeps, burn = 10 * sweeps }) },
  }
end

local columns = { { "K", "%.4f" }, { "estimator" }, { "F - exact", "%+.4f" }, { "error", "%.4f" }, { "off", "%+.1f" }, { "ess", "%.0f" },
  { "trusted" }, { "seconds", "%.1f" } }
local rows, doubts, trusted = {}, {}, 0

local function judge(K, Q, exact, name, how)
  local start = gibbs.clock()
  local fine, f = pcall(Q.free_energy, Q, how)
  local seconds = gibbs.clock() - start
  if not fine then
    rows[#rows + 1] = { K, name, nil, nil, nil, nil, "fails", seconds }
    doubts[#doubts + 1] = ("K = %.4f, %s: %s"):format(K, name, f)
    return
  end
  local off = (f.value - exact) / f.error
  rows[#rows + 1] = { K, name, f.value - exact, f.error, off, f.ess, f.converged and "yes" or "no", seconds }
  if not f.converged then
    doubts[#doubts + 1] = ("K = %.4f, %s: %s"):format(K, name, f.why)
    return
  end
  trusted = trusted + 1
  known:holds(("K = %.4f, %s: %s within 4 errors of %.6f"):format(K, name, f, exact), math.abs(off) <= 4)
end

for word in couplings:gmatch "[^,]+" do
  local K = word == "critical" and math.log(1 + math.sqrt(2)) / 2 or assert(tonumber(word), "couplings: not a number: " .. word)
  local Q, exact = bond_machine(K)
  for _, way in ipairs(ways(Q, K)) do judge(K, Q, exact, way[1], way[2]) end
end

study.section(("The bond machine of the %d x %d torus: %d visible and %d hidden spins"):format(size, size, size ^ 2, 2 * size ^ 2),
  "F against Kaufman's; 'off' is the distance in the estimator's own errors; what is not trusted says why below.")
study.table(columns, rows)
for _, doubt in ipairs(doubts) do print("  " .. doubt) end
study.csv(run:path "bond_machine.csv", columns, rows)
print(("\nthe table is in %s"):format(run.folder))

study.section("Known values", ("%d of %d estimates trust themselves; each of these has to agree."):format(trusted, #rows))
known:finish()

-- The targets of reference table B2: each gives a distribution over v (the free energy in the table is that of its
-- Hamiltonian).
local gibbs = require "gibbs"
local truth = require "truth"

-- The configuration of a state number: bit i of the number is site i, from 0.
local function configuration(index, sites)
  local bits = {}
  for i = 1, sites do bits[i] = (index >> (i - 1)) & 1 end
  return bits
end

-- The state number of a configuration of spins or bits.
local function state_number(v)
  local index = 0
  for i = 1, #v do
    if v[i] > 0 then index = index | (1 << (i - 1)) end
  end
  return index
end

local targets = {}

local function ising_target(case, v, lattice)
  local s = case.visible == "bits" and 2 * v - 1 or v
  return gibbs.boltzmann{
    energy = -case.target.K * gibbs.bonds(s, lattice) - case.target.h * gibbs.sum(s), visible = v,
  }
end

function targets.ising(case, v)
  return ising_target(case, v, gibbs.lattice.square(case.target.Ly, case.target.Lx))
end

function targets.ring(case, v) return ising_target(case, v, gibbs.lattice.chain(case.target.N)) end

function targets.bas(case)
  local rows = {}
  for k, index in ipairs(case.target.patterns_index) do rows[k] = configuration(index, case.n) end
  return gibbs.data(gibbs.tensor(rows))
end

-- Probabilities listed by state: an energy that only a function can say.
function targets.table(case, v)
  local P = case.target.P
  return gibbs.boltzmann{
    energy = gibbs.lua_energy{
      visible = v,
      energy = function(s) return -math.log(P[state_number(truth.plain(s)) + 1]) end,
    },
    visible = v,
  }
end

return targets

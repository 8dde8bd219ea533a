-- Rules, lattices and models that Monte Carlo renormalization refuses.
local gibbs = require "gibbs"
local rg = gibbs.rg

local function try(...)
  local _, message = pcall(...)
  print(message)
end

local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local function chains(model, n) return (model or P):chains{ n = n or 16, kernel = "metropolis", seed = 1 } end
local c = chains()
-- Rules and lattices.
try(rg.mcrg, { chains = c, rule = { kind = "majority", b = 3 } })
try(rg.mcrg, { chains = c, rule = { kind = "majority", b = 1 } })
try(rg.mcrg, { chains = chains(gibbs.ising{ lattice = gibbs.lattice.square(10, 10), J = 0.4 }), rule = { kind = "majority", b = 5 } })
try(rg.mcrg, { chains = chains(gibbs.ising{ lattice = gibbs.lattice.square(12, 12), J = 0.4 }), rule = "majority", levels = 3 })
try(rg.mcrg, { chains = c, rule = "majority", levels = 3 })
try(rg.mcrg, { chains = c, rule = { kind = "block_spin", p = 1 / 0 } })
try(rg.mcrg, { chains = c, rule = { kind = "block_spin", p = 0 / 0 } })
try(rg.mcrg, { chains = c, rule = { kind = "filter" } })
try(rg.mcrg, { chains = c, rule = { kind = "filter", offsets = {}, weights = {} } })
try(rg.mcrg, { chains = c, rule = { kind = "filter", offsets = 3, weights = {} } })
try(rg.mcrg, { chains = c, rule = { kind = "filter", offsets = {}, weights = 3 } })
try(rg.mcrg, { chains = c, rule = { kind = "filter", offsets = { { 0, 0 } }, weights = { 1, 2 } } })
try(rg.mcrg, { chains = c, rule = { kind = "filter", offsets = { { 0, 0 } }, weights = { "x" } } })
try(rg.mcrg, { chains = c, rule = { kind = "filter", offsets = { { 0, 0 } }, weights = { 0 / 0 } } })
try(rg.mcrg, { chains = c, rule = { kind = "filter", offsets = { 0 }, weights = { 1 } } })
try(rg.mcrg, { chains = c, rule = { kind = "majority", p = 3 } })
try(rg.mcrg, { chains = c, rule = { kind = "majority", weights = { 3 } } })
try(rg.mcrg, { chains = c, rule = rg.bond_moving{ visible = P.visible, J = 0.4 } })
try(rg.mcrg, { chains = c, rule = rg.rbm(gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2) }) })
try(rg.mcrg, { chains = gibbs.rbm{ visible = gibbs.bits(8), hidden = gibbs.spins(3) }:chains{ n = 16 }, rule = "majority" })
local s4 = gibbs.spins{ 2, 2, 2, 2 }
try(rg.mcrg, { chains = gibbs.boltzmann{ visible = s4, energy = gibbs.sum(s4) }:chains{ n = 16 }, rule = "majority", measurements = 8 })

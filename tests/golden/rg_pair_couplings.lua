local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(5, 5), J = 0.4 }
local reals = gibbs.reals(3)
local function say(f, ...) print((select(2, pcall(f, ...)))) end
say(function() gibbs.rg.pair_couplings(3) end)
say(function() gibbs.rg.pair_couplings(gibbs.boltzmann{ visible = reals, energy = gibbs.sum(reals ^ 2) }) end)
say(function() gibbs.rg.pair_couplings(P, 4) end)
say(function() gibbs.rg.pair_couplings(P, { sample = 5000 }) end)
say(function() gibbs.rg.pair_couplings(P, { samples = 10 }) end)
say(function() gibbs.rg.pair_couplings(P, { seed = -1 }) end)
say(function() gibbs.rg.pair_couplings(gibbs.ising{ lattice = gibbs.lattice.square(50, 50), J = 0.4 }) end)
say(function() gibbs.rg.couplings(P) end)

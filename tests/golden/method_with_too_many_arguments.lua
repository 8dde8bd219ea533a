local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
P:chains{ n = 2 }:record(100, { energy = P.E })

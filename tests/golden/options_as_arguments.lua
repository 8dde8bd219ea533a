local gibbs = require "gibbs"
local P = gibbs.ising(gibbs.lattice.square(3, 3), 0.3)

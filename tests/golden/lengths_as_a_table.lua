local gibbs = require "gibbs"
local lattice = gibbs.lattice.square{ 4, 4 }

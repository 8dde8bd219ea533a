local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
local c = P:chains{ n = 2, kernel = "metropolis" }:advance(3)
c:measure("acceptence")

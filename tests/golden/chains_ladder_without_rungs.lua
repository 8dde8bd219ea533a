local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
P:chains{ n = 2, kernel = "heat_bath", ladder = { 1, 0.5 } }

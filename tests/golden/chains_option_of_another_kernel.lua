local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
P:chains{ kernel = "heat_bath", rungs = 4 }

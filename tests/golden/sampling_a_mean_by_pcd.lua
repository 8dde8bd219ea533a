local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
print(P:mean(P.E, gibbs.pcd{}))

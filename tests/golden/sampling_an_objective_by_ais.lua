local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
print(gibbs.entropy(P):value(gibbs.ais{}))

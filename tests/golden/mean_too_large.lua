local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.4 }
print(P:mean(P.H))

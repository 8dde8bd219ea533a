local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }
print(P:free_energy("exact"))

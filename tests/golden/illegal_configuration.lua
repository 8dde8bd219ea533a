local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }
print(P:hamiltonian{ 1, -1, 0, 1 })

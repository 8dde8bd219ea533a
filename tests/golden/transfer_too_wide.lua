local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(20, 20), J = 0.4 }
print(P:free_energy(gibbs.transfer()))

local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 1 }
print(P:free_energy(gibbs.mbar{ temperatures = 2, chains = 8, sweeps = 10, burn = 5 }))

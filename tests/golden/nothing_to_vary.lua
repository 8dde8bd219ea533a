local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }
gibbs.minimize(gibbs.free_energy(P), P)

local gibbs = require "gibbs"
gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3, temperature = 2 }

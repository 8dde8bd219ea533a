local gibbs = require "gibbs"
gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = { 0.1, 0.2, 0.3, 0.4 } }

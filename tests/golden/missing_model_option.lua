local gibbs = require "gibbs"
gibbs.ising{ lattice = gibbs.lattice.chain(4) }

local gibbs = require "gibbs"
gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }:save("model.npz")

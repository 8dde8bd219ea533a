local gibbs = require "gibbs"
gibbs.lattice.square(3, 3, { periodc = true })

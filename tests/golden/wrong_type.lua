local gibbs = require "gibbs"
gibbs.spins("four")

local gibbs = require "gibbs"
gibbs.rbm{ visible = gibbs.spins(9), hidden = 4 }

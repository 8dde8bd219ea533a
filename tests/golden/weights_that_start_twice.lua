local gibbs = require "gibbs"
gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2), W = 0, init = gibbs.normal(0, 1) }

local gibbs = require "gibbs"
gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2), W = { { 1, 2 }, { 3, 4 } } }

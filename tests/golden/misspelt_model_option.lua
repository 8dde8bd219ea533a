local gibbs = require "gibbs"
gibbs.rbm{ visible = gibbs.spins(4), hiden = gibbs.spins(2) }

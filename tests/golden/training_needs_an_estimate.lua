local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(40), hidden = gibbs.spins(40), init = gibbs.normal(0, 0.1) }
gibbs.minimize(gibbs.free_energy(Q), Q)

local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(4), hidden = gibbs.spins(3) }
gibbs.minimize(gibbs.free_energy(Q), Q, { lr = 0.1 })

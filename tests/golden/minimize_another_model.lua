local gibbs = require "gibbs"
local v = gibbs.bits(3)
local Q = gibbs.rbm{ visible = v, hidden = gibbs.bits(1), init = gibbs.normal(0, 0.1) }
local R = gibbs.rbm{ visible = v, hidden = gibbs.bits(2), init = gibbs.normal(0, 0.1) }
gibbs.minimize(gibbs.kl(Q, R) + gibbs.free_energy(R), Q.W)
gibbs.minimize(gibbs.free_energy(R), Q)

local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2) }
gibbs.minimize(gibbs.free_energy(Q)^2, Q, { rate = -0.1 })

local gibbs = require "gibbs"
local data = gibbs.data{ { 0, 1 }, { 1, 1 }, { 1, 0 } }
local Q = gibbs.rbm{ visible = gibbs.bits(2), hidden = gibbs.bits(1), init = gibbs.normal(0, 0.1) }
local loss = -gibbs.log_likelihood(data, Q)
gibbs.minimize(loss, Q, { estimate = gibbs.pcd{}, batch = 1, held_out = -gibbs.pseudo_likelihood(data, Q), patience = 3 })

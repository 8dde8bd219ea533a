local gibbs = require "gibbs"
local data = gibbs.data{ { 0, 1 }, { 1, 1 }, { 1, 0 } }
local Q = gibbs.rbm{ visible = gibbs.bits(2), hidden = gibbs.bits(1), init = gibbs.normal(0, 0.1) }
gibbs.minimize(-gibbs.log_likelihood(data, Q), Q, { estimate = gibbs.pcd{}, batch = 100 })

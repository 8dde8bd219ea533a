local gibbs = require "gibbs"
local data = gibbs.data(gibbs.tensor{ { 0, 1, 1 }, { 1, 1, 1 }, { 0, 0, 1 } })
local others = gibbs.data{ { 1, 1, 0 } }
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2) }
local loss = -gibbs.log_likelihood(data, Q)
gibbs.minimize(loss, Q, { estimate = gibbs.pcd{ chains = 16 }, held_out = -gibbs.log_likelihood(others, Q), check_every = 5, steps = 10 })

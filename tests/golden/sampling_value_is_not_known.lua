local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(40), hidden = gibbs.spins(40), init = gibbs.normal(0, 0.1) }
local data = gibbs.data(Q:chains{ n = 20, seed = 1 }:batch())
print(gibbs.log_likelihood(data, Q):value(gibbs.pcd{ chains = 20, burn = 10, seed = 1 }))

local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2) }
print(gibbs.log_likelihood(gibbs.data{ { 1, -1, 1 }, { 1, 0, 1 } }, Q):value())

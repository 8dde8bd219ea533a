local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(2), hidden = gibbs.spins(2) }
print(gibbs.score_matching(gibbs.data(gibbs.tensor{ { 1, -1 } }), Q))

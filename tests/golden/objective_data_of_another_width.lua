local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.bits(2), hidden = gibbs.bits(2) }
print(gibbs.ratio_matching(gibbs.data(gibbs.tensor{ { 1, 0, 1 } }), Q))

local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.potts(2, 3), hidden = gibbs.bits(2) }
print(gibbs.ratio_matching(gibbs.data(gibbs.tensor{ { 1, 3 } }), Q))

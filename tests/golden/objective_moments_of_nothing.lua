local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.bits(2), hidden = gibbs.bits(2) }
print(gibbs.moment_matching(gibbs.data(gibbs.tensor{ { 1, 0 } }), Q, {}))

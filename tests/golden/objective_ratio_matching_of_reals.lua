local gibbs = require "gibbs"
local x = gibbs.reals(2)
local Q = gibbs.boltzmann{ energy = gibbs.sum(x * x), visible = x }
print(gibbs.ratio_matching(gibbs.data(gibbs.tensor{ { 0.5, 1 } }), Q))

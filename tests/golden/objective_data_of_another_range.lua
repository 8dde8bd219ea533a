local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.bits(2), hidden = gibbs.bits(2) }
local data = gibbs.data(gibbs.tensor{ { 1, 0 }, { 1, 0.5 } })
print(gibbs.minimum_probability_flow(data, Q):value())

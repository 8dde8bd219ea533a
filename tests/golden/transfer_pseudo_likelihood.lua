local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(2), hidden = gibbs.spins(2) }
local data = gibbs.data(gibbs.tensor{ { 1, 1 }, { -1, 1 } })
print(gibbs.pseudo_likelihood(data, Q):value(gibbs.transfer()))

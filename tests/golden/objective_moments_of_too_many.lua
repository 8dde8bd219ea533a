local gibbs = require "gibbs"
local v = gibbs.bits(100)
local Q = gibbs.rbm{ visible = v, hidden = gibbs.bits(2) }
print(gibbs.moment_matching(Q, Q, gibbs.outer(v, v)))

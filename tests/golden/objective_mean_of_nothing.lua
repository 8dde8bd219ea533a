local gibbs = require "gibbs"
local v = gibbs.bits(2)
print(gibbs.mean("data", gibbs.sum(v)))

local gibbs = require "gibbs"
local s = gibbs.spins(3)
print(gibbs.sum(s):at(s, { 1, 0, 1 }))

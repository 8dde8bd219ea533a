local gibbs = require "gibbs"
local s = gibbs.spins(3)
print(gibbs.sum(s * s:shift{ 1 }):value())

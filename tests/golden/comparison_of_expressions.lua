local gibbs = require "gibbs"
local v = gibbs.spins(4)
if v[1] > 0 then print("never") end

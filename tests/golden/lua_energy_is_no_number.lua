local gibbs = require "gibbs"
local v = gibbs.spins(2)
local E = gibbs.lua_energy{ visible = v, energy = function(s) return "low" end }
print(E:at(v, {1, 1}))

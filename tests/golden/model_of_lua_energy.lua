local gibbs = require "gibbs"
local v = gibbs.spins(3)
local Q = gibbs.boltzmann{ visible = v, energy = gibbs.lua_energy{ visible = v, energy = function(s) return s[1] end } }
Q:save("model.h5")

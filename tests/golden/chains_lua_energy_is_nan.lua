local gibbs = require "gibbs"
local s = gibbs.spins(4)
local E = gibbs.lua_energy{ visible = s, energy = function(x) return x[2] > 0 and 0 / 0 or x[1] end }
gibbs.boltzmann{ energy = E, visible = s }:chains{ n = 3, start = -1 }:advance(50)

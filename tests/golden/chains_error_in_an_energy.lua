local gibbs = require "gibbs"
local s = gibbs.spins(4)
local E = gibbs.lua_energy{ visible = s, energy = function(x) return x[1] + weight end }
gibbs.boltzmann{ energy = E, visible = s }:chains{ n = 3 }:advance(5)

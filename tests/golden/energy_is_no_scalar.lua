local gibbs = require "gibbs"
local v, h = gibbs.spins(4), gibbs.spins(2)
local W = gibbs.parameter("W", { 4, 2 })
gibbs.boltzmann{ energy = -W:mul(h), visible = v, hidden = h }

local gibbs = require "gibbs"
local v, h = gibbs.spins(4, "v"), gibbs.spins(2, "h")
local W = gibbs.parameter("W", { 4, 2 })
gibbs.boltzmann{ energy = -v:dot(W:mul(h)), visible = v }

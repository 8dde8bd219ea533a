-- command: check check_wrong_shape.lua
local gibbs = require "gibbs"
local v, W = gibbs.spins(4), gibbs.parameter("W", { 3, 3 }, 0)
local Q = gibbs.boltzmann{ energy = -v:dot(W:mul(v)), visible = v }

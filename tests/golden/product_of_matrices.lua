local gibbs = require "gibbs"
local W, v, h = gibbs.parameter("W", { 4, 3 }), gibbs.bits(4), gibbs.bits(3)
local energy = -v * W * h

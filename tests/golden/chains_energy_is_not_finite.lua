local gibbs = require "gibbs"
local s = gibbs.spins(4)
local Q = gibbs.boltzmann{ energy = gibbs.log(gibbs.sum(s) + 1), visible = s }
Q:chains{ n = 3, start = 1 }:advance(50)

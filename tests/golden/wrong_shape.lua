-- Both shapes are named, and the line is the script's.
local gibbs = require "gibbs"
local v = gibbs.spins{4, 4}
local W = gibbs.parameter("W", {4, 3})
print(v + W)

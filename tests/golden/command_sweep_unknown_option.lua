-- command: sweep command_sweep_unknown_option.lua --sise 8,16
local gibbs = require "gibbs"
local size = gibbs.option("size", 8, "linear size")
local weight = gibbs.option("weight", 0.5, "weight of the free energy")
local method = gibbs.option("method", { "adam", "newton" }, "how to train")
local centred = gibbs.option("centred", false, "centre the units")
gibbs.run():log { step = 1, size = size }

-- command: sweep command_sweep_limit_behind_the_script.lua --size 8,16 --time 1h
local gibbs = require "gibbs"
local size = gibbs.option("size", 8, "linear size")
gibbs.run():log { step = 1, size = size }

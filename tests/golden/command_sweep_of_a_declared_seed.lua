-- command: sweep command_sweep_of_a_declared_seed.lua --seed 1,2
local gibbs = require "gibbs"
local seed = gibbs.option("seed", 1, "where to begin")
gibbs.run():log { step = 1, seed = seed }

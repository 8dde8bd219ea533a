-- command: sweep command_sweep_of_no_options.lua --size 8,16
local gibbs = require "gibbs"
gibbs.run():log { step = 1 }

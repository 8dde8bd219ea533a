-- command: sweep command_sweep_of_a_script_with_an_error.lua --size 8,16
local gibbs = require "gibbs"
local size = gibbs.option("size", 8, "linear size"

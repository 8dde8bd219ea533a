-- command: check check_misspelt_flag.lua --sise 3
local gibbs = require "gibbs"
local size = gibbs.option("size", 4, "linear size")
print(gibbs.bits(size))

-- args: --memory 500M
local gibbs = require "gibbs"
local size = gibbs.option("size", 3, "linear size")
print(gibbs.spins(size))

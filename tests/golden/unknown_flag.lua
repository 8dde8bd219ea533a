-- args: --sise 5
local gibbs = require "gibbs"
local size = gibbs.option("size", 4, "linear size of the lattice")
print(gibbs.spins(size))

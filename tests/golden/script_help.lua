-- args: --help
local gibbs = require "gibbs"
local size = gibbs.option("size", 4, "linear size of the lattice")
local weight = gibbs.option("weight", 0.5, "weight of the free-energy term, 0 to 1")
local kind = gibbs.option("kind", {"square", "chain"}, "lattice")
print(gibbs.spins(size), weight, kind) -- not reached

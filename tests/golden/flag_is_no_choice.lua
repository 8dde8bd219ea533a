-- args: --kind sqare
local gibbs = require "gibbs"
local kind = gibbs.option("kind", {"square", "chain"}, "lattice")
print(kind, gibbs.seed())

-- args: --size=6 --rate -2 --fast --no-plots --kind chain --seed 9 words --name=a=b
local gibbs = require "gibbs"
local size = gibbs.option("size", 4, "linear size of the lattice")
local rate = gibbs.option("rate", 1.0, "rate")
local fast = gibbs.option("fast", false, "whether to hurry")
local plots = gibbs.option("plots", true, "whether to draw")
local kind = gibbs.option("kind", {"square", "chain"}, "lattice")
local name = gibbs.option("name", "none", "name of the run")
print(size, rate, fast, plots, kind, name, gibbs.seed())

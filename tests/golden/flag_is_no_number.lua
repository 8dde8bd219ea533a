-- args: --rate fast
local gibbs = require "gibbs"
local rate = gibbs.option("rate", 0.5, "rate")
print(rate, gibbs.seed())

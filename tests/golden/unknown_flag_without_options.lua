-- args: --size 5
local gibbs = require "gibbs"
print(gibbs.spins(3))

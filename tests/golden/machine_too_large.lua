local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(784), hidden = gibbs.spins(64) }
print(Q:free_energy())

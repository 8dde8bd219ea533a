local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(4), hidden = gibbs.spins(2) }
print(gibbs.free_energy(Q):gradient(gibbs.transfer()))

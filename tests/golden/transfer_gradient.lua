local gibbs = require "gibbs"
local Q = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = gibbs.parameter("J", 6, 0.1) }
print(gibbs.entropy(Q):gradient(gibbs.transfer()))

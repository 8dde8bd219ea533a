local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.cubic(6, 6, 6), J = 0.1 }
print(P:log_probability(gibbs.tensor{ 1 }))

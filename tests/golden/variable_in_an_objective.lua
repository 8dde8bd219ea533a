local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }
local loss = gibbs.free_energy(P) + gibbs.sum(P.visible)
print(loss:value())

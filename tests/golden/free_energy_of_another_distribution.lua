local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(80) }
print(Q:free_energy(gibbs.bar{ from = P }))

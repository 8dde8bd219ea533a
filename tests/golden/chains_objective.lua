local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(3) }
print(gibbs.kl(P, Q):value(gibbs.chains{ sweeps = 100 }))

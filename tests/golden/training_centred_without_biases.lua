local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.3 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(3) }
gibbs.minimize(gibbs.kl(P, Q), Q.W, { estimate = gibbs.pcd{}, centred = true })

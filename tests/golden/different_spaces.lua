local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }
local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2) }
print(gibbs.kl(P, Q):value())

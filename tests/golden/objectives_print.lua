local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), W = gibbs.normal(0, 0.1) }
print(gibbs.kl(P, Q))
print(gibbs.kl(P, Q) + 2 * (gibbs.free_energy(P) - gibbs.free_energy(Q)) ^ 2)
print(gibbs.relu(-2), gibbs.step(-2), gibbs.relu(gibbs.tensor{ -1, 2 }))

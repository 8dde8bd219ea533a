local gibbs = require "gibbs"
local v = gibbs.spins(2)
local x = gibbs.parameter("x", 2, 1)
local P = gibbs.ising{ lattice = gibbs.lattice.chain(2), J = 0.3, visible = v }
local Q = gibbs.boltzmann{ energy = -gibbs.sum(v * x), visible = v }
gibbs.minimize(gibbs.kl(P, Q) + gibbs.exp(x[1]^2) * 1e-3, Q, { estimate = gibbs.pcd{ chains = 16 }, method = "sgd", rate = 100 })

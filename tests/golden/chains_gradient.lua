local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(4), hidden = gibbs.spins(3) }
gibbs.mean(Q, gibbs.sum(Q.visible)):gradient(gibbs.chains{ sweeps = 100 })

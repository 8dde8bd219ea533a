local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(4), hidden = gibbs.spins(4), init = gibbs.normal(0, 0.1) }
print(gibbs.entropy(Q):hessian(gibbs.pcd{}))

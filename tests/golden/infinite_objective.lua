local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2) }
local loss = gibbs.log(gibbs.free_energy(Q))
print(loss:value())

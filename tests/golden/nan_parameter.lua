local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(4), hidden = gibbs.spins(2) }
Q:set("b", gibbs.log(gibbs.tensor{ -1, 2 }))
print(Q:free_energy())

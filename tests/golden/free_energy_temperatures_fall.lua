local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(4), hidden = gibbs.spins(2) }
Q:free_energy(gibbs.ti{ temperatures = { 0, 0.7, 0.3, 1 } })

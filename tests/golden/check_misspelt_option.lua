-- command: check check_misspelt_option.lua
local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2) }
gibbs.minimize(gibbs.free_energy(Q), Q, { stepz = 10 })

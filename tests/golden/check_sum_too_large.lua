-- command: check check_sum_too_large.lua
local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.bits(60), hidden = gibbs.bits(50) }
print(Q:free_energy())

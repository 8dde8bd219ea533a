-- command: check check_energy_is_nan.lua
local gibbs = require "gibbs"
local v = gibbs.reals(2)
local Q = gibbs.boltzmann{ energy = gibbs.sum(gibbs.sqrt(v - 3)), visible = v }
print(Q:mean(v, gibbs.chains{ sweeps = 100000 }))

local gibbs = require "gibbs"
local s = gibbs.spins(3)
local field = gibbs.parameter("field", 3, 0.5)
local energy = gibbs.sum(gibbs.log(field * s))
print(gibbs.boltzmann{ energy = energy, visible = s }:free_energy())

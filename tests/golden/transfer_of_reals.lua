local gibbs = require "gibbs"
local x = gibbs.reals(3, "x")
local P = gibbs.boltzmann{ energy = gibbs.sum(x ^ 2), visible = x }
print(P:free_energy(gibbs.transfer()))

local gibbs = require "gibbs"
local s = gibbs.spins(24)
local P = gibbs.boltzmann{ energy = -gibbs.sum(s * s:shift{1} * s:shift{2}), visible = s }
print(P:free_energy())

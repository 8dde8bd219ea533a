local gibbs = require "gibbs"
local s = gibbs.spins(26)
local field = gibbs.sum(s * s:shift{1} * s:shift{2})
local P = gibbs.boltzmann{ energy = -field + gibbs.abs(field) / 10, visible = s }
print(P:free_energy())

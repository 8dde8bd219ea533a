local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }
print("F = " .. P:free_energy() .. " in units of k_B T")
print(("%.3f"):format(P:free_energy()))

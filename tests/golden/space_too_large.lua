local gibbs = require "gibbs"
local lattice = gibbs.lattice.square(11, 11)
local P = gibbs.ising{ lattice = lattice, J = gibbs.parameter("J", 242, gibbs.normal(0, 1)) }
print(P:free_energy())

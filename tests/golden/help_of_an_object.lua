-- An object, a result, a number.
local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.5 }
gibbs.help(gibbs.lattice.chain(4))
gibbs.help(P:free_energy())
gibbs.help(0.25)

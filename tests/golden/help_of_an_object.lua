-- An object, a result, a number.
local gibbs = require "gibbs"
gibbs.help(gibbs.lattice.chain(4))
gibbs.help(gibbs.onsager(0.5))
gibbs.help(0.25)

local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 20), J = 0.4 }
print(P:mean(gibbs.abs(gibbs.sum(P.visible)), gibbs.transfer()))

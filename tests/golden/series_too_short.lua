local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
local s = P:chains{ n = 2 }:record{ sweeps = 3, warm_up = 0, observables = { energy = P.H } }
print(s:mean("energy"))

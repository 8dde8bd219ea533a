local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.graph{ edges = {}, sites = 4 }, J = 0.4, field = 0.2 }
local c = P:chains{ n = 100, seed = 1 }
local m = c:mean(gibbs.sum(P.visible), { sweeps = 400 })
print(math.abs(m.value - 4 * (math.exp(0.2) - math.exp(-0.2)) / (math.exp(0.2) + math.exp(-0.2))) < 5 * m.error)

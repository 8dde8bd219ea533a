local gibbs = require "gibbs"
local function nearest(seed)
  gibbs.seed(seed)
  return gibbs.rg.vmcrg{ lattice = { 8, 8 }, K = { nearest = 0.2 }, rule = "majority", operators = { "nearest" }, replicas = 4, steps = 8,
    sweeps = 2, measured = 64 }.couplings.nearest.value
end
print(nearest(3) == nearest(3), nearest(3) == nearest(4)) -- drawn by the seed of the session

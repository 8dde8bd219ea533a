-- What variational Monte Carlo renormalization refuses, and when it says that it has not come to rest.
local gibbs = require "gibbs"
local rg = gibbs.rg

local function try(...)
  local _, message = pcall(...)
  print(message)
end


local L = { 4, 4 }
try(rg.vmcrg)
try(rg.vmcrg, {})
try(rg.vmcrg, { lattice = 4 })
try(rg.vmcrg, { lattice = {} })
try(rg.vmcrg, { lattice = { 4, 4, 4, 4 } })
try(rg.vmcrg, { lattice = { 4, 4.5 } })
try(rg.vmcrg, { lattice = { 4, 70000 } })
try(rg.vmcrg, { lattice = L })
try(rg.vmcrg, { lattice = L, rule = "majority" })
try(rg.vmcrg, { lattice = L, rule = "majority", K = 3 })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { 0.4 } })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { neerest = 0.4 } })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = "x" } })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0 / 0 } })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0.4 }, operators = {} })
try(rg.vmcrg, { lattice = L, rule = "majority", K = {}, operators = {} })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0.4 }, operators = { "diagonal" } })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0.4 } })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0.4 }, operators = { "nearest", "knight" } })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { spin = 0.4 }, operators = { "spin" } })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0.4 }, replicas = 3 })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0.4 }, steps = 1 })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0.4 }, step = 1 })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0.4 }, operators = { "nearest" }, levels = 3 })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0.4 }, operators = { "nearest" }, levels = 2 })
try(rg.vmcrg, { lattice = { 6, 6 }, rule = { kind = "majority", b = 4 }, K = { nearest = 0.4 }, operators = { "nearest" } })
try(rg.vmcrg, { lattice = { 6, 6 }, rule = { kind = "filter", offsets = { { 0, 0 }, { 0, 1 }, { 0, 2 } }, weights = { 1, 1, 1 } }, K = { nearest = 0.4 }, operators = { "nearest" } })
try(rg.vmcrg, { lattice = L, rule = { kind = "filter", offsets = { { 0, 0 }, { 0, 4 } }, weights = { 1, 1 } }, K = { nearest = 0.4 }, operators = { "nearest" } })
try(rg.vmcrg, { lattice = L, rule = { kind = "filter", offsets = { { 0, 0 } }, weights = { 0 }, bias = 50 }, K = { nearest = 0.4 }, operators = { "nearest" }, replicas = 4, steps = 2000, sweeps = 1, measured = 20, seed = 1 })
try(rg.vmcrg, { lattice = L, rule = "majority", K = { nearest = 0.4 }, operators = { "nearest" }, steps = 1000000000 })
local far = { kind = "filter", offsets = { { 0, 0 } }, weights = { 0 }, bias = 50 }
try(rg.vmcrg, { lattice = { 8, 8 }, rule = far, K = { nearest = 0.4 }, operators = { "nearest" }, replicas = 4, steps = 4000, sweeps = 1, seed = 1 })
try(rg.vmcrg, { lattice = { 65536, 65536, 2 }, rule = "majority", K = { nearest = 0.4 }, operators = { "nearest" } })
local short = rg.vmcrg{ lattice = { 8, 8 }, rule = "majority", K = { nearest = 0.5 }, operators = { "nearest" }, steps = 2, sweeps = 1, measured = 400, seed = 1 }
print(short.couplings.nearest.converged, short.couplings.nearest.why)

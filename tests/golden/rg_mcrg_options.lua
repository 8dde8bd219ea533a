-- Options and operators that Monte Carlo renormalization refuses.
local gibbs = require "gibbs"
local rg = gibbs.rg

local function try(...)
  local _, message = pcall(...)
  print(message)
end

local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local function chains(model, n) return (model or P):chains{ n = n or 16, kernel = "metropolis", seed = 1 } end
local c = chains()
try(rg.mcrg)
try(rg.mcrg, 5)
try(rg.mcrg, {})
try(rg.mcrg, { chains = c })
try(rg.mcrg, { chains = P, rule = "majority" })
try(rg.mcrg, { chains = c, rule = 7 })
try(rg.mcrg, { chains = c, rule = "mayority" })
try(rg.mcrg, { chains = c, rule = { kind = "majority", length = 2 } })
try(rg.mcrg, { chains = c, rule = "majority", measurments = 10 })
try(rg.mcrg, { chains = c, rule = "majority", measurements = 0 })
try(rg.mcrg, { chains = c, rule = "majority", levels = 13 })
try(rg.mcrg, { chains = c, rule = "majority", coupling_operators = 9, couplings_every = 1 })
try(rg.mcrg, { chains = c, rule = "majority", even = 3 })
try(rg.mcrg, { chains = c, rule = "majority", even = { "neerest" } })
try(rg.mcrg, { chains = c, rule = "majority", even = { "spin" } })
try(rg.mcrg, { chains = c, rule = "majority", odd = { "nearest" } })
try(rg.mcrg, { chains = c, rule = "majority", even = { 5 } })
try(rg.mcrg, { chains = c, rule = "majority", even = { {} } })
try(rg.mcrg, { chains = c, rule = "majority", even = { { { 0, 0 }, { 0 } } } })
try(rg.mcrg, { chains = c, rule = "majority", even = { { { 0, 0 }, { 0, 0.5 } } } })
try(rg.mcrg, { chains = c, rule = "majority", even = { { { 0, 0 }, { 0, 2000 } } } })
try(rg.mcrg, { chains = c, rule = "majority", even = { { { 0, 0 }, { 0, 0 } } } })
try(rg.mcrg, { chains = c, rule = "majority", even = { { { 0, 0 } } } })
try(rg.mcrg, { chains = c, rule = "majority", odd = { { { 0, 0 }, { 0, 1 } } } })
try(rg.mcrg, { chains = c, rule = "majority", even = { "nearest", { { 1, 1 }, { 2, 1 } } } })
try(rg.mcrg, { chains = c, rule = "majority", even = { "nearest", "nearest" } })
local many = {}
for i = 1, 25 do many[i] = { { 0, 0 }, { i, 31 } } end
try(rg.mcrg, { chains = c, rule = "majority", even = many })
local rows = {}
for i = 1, 20 do rows[i] = { { 0, 0 }, { i, 31 } } end
try(rg.mcrg, { chains = c, rule = "majority", even = rows, couplings_every = 1 })

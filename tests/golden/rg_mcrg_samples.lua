-- What can not be said of what was measured.
local gibbs = require "gibbs"
local rg = gibbs.rg

local function try(...)
  local _, message = pcall(...)
  print(message)
end

local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local function chains(model, n) return (model or P):chains{ n = n or 16, kernel = "metropolis", seed = 1 } end
local c = chains()
try(rg.mcrg, { chains = chains(P, 2), rule = "majority", measurements = 20 })
try(rg.mcrg, { chains = chains(P, 2), rule = "majority", measurements = 100, couplings_every = 50 })
local m = rg.mcrg{ chains = chains(P, 32):warm_up(50), rule = "majority", measurements = 50, couplings_every = 1, seed = 1 }
local plain = rg.mcrg{ chains = c, rule = "majority", measurements = 20, odd = {}, seed = 1 }
try(m.exponent, m)
try(m.exponent, m, 0)
try(m.exponent, m, 2)
try(m.exponent, m, 1, 3)
try(m.exponent, m, 1, { operator = 3 })
try(m.exponent, m, 1, { operators = 9 })
try(m.exponent, m, 1, { operators = -1 })
try(m.exponent, m, 1, { odd = true, operators = 5 })
try(plain.exponent, plain, 1, { odd = true })
try(m.exponent, m, 1, { operators = 4 })
try(m.exponent, m, 1, { odd = true, operators = 3 })
try(m.matrix, m, 1, { operators = 5 })
try(m.eigenvalues, m, 1)
try(m.exponent, m, 1, {}, 2)
try(m.couplings, m, 2)
try(m.couplings, m, 1, { odd = true })
try(m.couplings, m, 1)
try(plain.couplings, plain, 1)
try(m.mean, m, 1)
try(m.mean, m, 1, "neerest")
try(m.mean, m, 3, "nearest")
try(m.mean, plain, 0, "spin")
try(function() return m.exponents end)
try(function() m.x = 1 end)
local cold = rg.mcrg{ chains = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 4 }:chains{ n = 16, kernel = "swendsen_wang", seed = 1 }:warm_up(50), rule = "majority", measurements = 20, couplings_every = 1, seed = 1 }
try(cold.exponent, cold, 1, { operators = 1 })
try(cold.couplings, cold, 1, { operators = 1 })
try(cold.couplings, cold, 0, { operators = 1 })
print(cold:mean(0, "nearest"))
local field = rg.mcrg{ chains = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3, field = 0.1 }:chains{ n = 32, seed = 1 }:warm_up(50), rule = "majority", measurements = 50, seed = 1 }
try(field.exponent, field, 1, { odd = true, operators = 1 })

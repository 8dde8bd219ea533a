local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
local ok, message = pcall(function()
  P:chains{ kernel = "heatbath" }
end)
print((message:gsub("must be .- or [%w_]+;", "must be <all kernels>;")))

local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
local path = os.tmpname() .. ".h5"
P:chains{ n = 2 }:save(path)
local Q = gibbs.ising{ lattice = gibbs.lattice.square(2, 3), J = 0.4 }
local ok, message = pcall(Q.chains, Q, { load = path })
os.remove(path)
print((message:gsub(path:gsub("%p", "%%%0"), "FILE")))

local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
local path = os.tmpname() .. ".json"
gibbs.write(path, { a = 1 })
local ok, message = pcall(P.chains, P, { load = path })
os.remove(path)
print((message:gsub(path:gsub("%p", "%%%0"), "FILE")))

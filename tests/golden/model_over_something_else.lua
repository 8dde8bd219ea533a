local gibbs = require "gibbs"
local path = os.tmpname() .. ".h5"
gibbs.write(path, { x = 1 })
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }
local ok, message = pcall(P.save, P, path)
os.remove(path)
print((message:gsub(path:gsub("%p", "%%%0"), "FILE")))

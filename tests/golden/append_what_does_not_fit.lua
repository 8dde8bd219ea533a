-- Each says what is there, and leaves it as it was.
local gibbs = require "gibbs"
local base = os.tmpname()

local function try(ending, first, second)
  local path = base .. ending
  if first then gibbs.write(path, first) end
  local ok, message = pcall(gibbs.append, path, second)
  os.remove(path)
  print((message:gsub(path:gsub("%p", "%%%0"), "FILE" .. ending)))
end

try(".csv", { K = { 1 }, F = { 2 } }, { K = { 1 }, G = { 2 } })
try(".csv", { K = { 1 }, F = { 2 } }, { { 1, 2 } })
try(".csv", { K = { 1 }, F = { 2 } }, { K = { 1 }, F = { 2, 3 } })
try(".csv", { { 1, 2 } }, { { 1, 2, 3 } })
try(".csv", { { 1, 2 } }, { K = { 1 } })
try(".npy", { { 1, 2 } }, { 1, 2 })
try(".h5", { fits = { a = 1 } }, { fits = { a = 2 } })
try(".json", { 1, 2 }, { a = 1 })
try(".npz", { a = 1 }, { b = "text" })
try(".txt", nil, 1)
try(".json", nil, { print })

local path = base .. ".h5"
gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }:save(path)
local ok, message = pcall(gibbs.append, path, { note = "mine" })
print((message:gsub(path:gsub("%p", "%%%0"), "FILE")))
os.remove(path)
os.remove(base)

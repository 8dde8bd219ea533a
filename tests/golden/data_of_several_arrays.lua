local gibbs = require "gibbs"
local path = os.tmpname() .. ".npz"
gibbs.write(path, { train = { { 1, 0 } }, test = { { 0, 1 } } })
local ok, message = pcall(gibbs.data, path)
os.remove(path)
print(ok, (tostring(message):gsub(path:gsub("%p", "%%%0"), "FILE")))

local gibbs = require "gibbs"
local path = os.tmpname() .. ".idx"
local file = assert(io.open(path, "wb"))
file:write("\0\0\x0A\x01\0\0\0\x01a")
file:close()
local ok, message = pcall(gibbs.data, path)
os.remove(path)
print(ok, (tostring(message):gsub(path:gsub("%p", "%%%0"), "FILE")))

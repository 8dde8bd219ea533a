local gibbs = require "gibbs"
local path = os.tmpname() .. ".idx"
local file = assert(io.open(path, "wb"))
file:write("\0\0\x08\x03\x3B\x9A\xCA\0\0\0\0\x1C\0\0\0\x1C" .. ("\0"):rep(1008))
file:close()
local ok, message = pcall(gibbs.data, path)
os.remove(path)
print(ok, (tostring(message):gsub(path:gsub("%p", "%%%0"), "FILE")))

local gibbs = require "gibbs"
local path = os.tmpname() .. ".idx.gz"
local file = assert(io.open(path, "wb"))
file:write("\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\xFF\x63\x60\xE0\x60\x62\x60\x60\x00\x61\x66\x46\x26\x66\x16\x56\x36\x00\x48\x94\x3F\xE5\x12\x00\x00\x00")
file:close()
local ok, message = pcall(gibbs.data, path)
os.remove(path)
print(ok, (tostring(message):gsub(path:gsub("%p", "%%%0"), "FILE")))

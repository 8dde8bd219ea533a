local gibbs = require "gibbs"
local path = os.tmpname() .. ".idx.gz"
local file = assert(io.open(path, "wb"))
file:write("\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\xFF\x63\x60\xE0\x60\xB6\x9E\x75\x8A\x01\x08\x64\xA0\x78\x14\x8C\x82\x51\x30\x42\x00\x00\xAD\x5C\xD0\xBE\x00\x04\x00\x00")
file:close()
local ok, message = pcall(gibbs.data, path)
os.remove(path)
print(ok, (tostring(message):gsub(path:gsub("%p", "%%%0"), "FILE")))

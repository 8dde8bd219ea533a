local gibbs = require "gibbs"
local path = os.tmpname() .. ".idx"
local file = assert(io.open(path, "wb"))
file:write("\x89PNG\r\n\x1A\n")
file:close()
local ok, message = pcall(gibbs.data, path)
os.remove(path)
print(ok, (tostring(message):gsub(path:gsub("%p", "%%%0"), "FILE")))

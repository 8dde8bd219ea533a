local gibbs = require "gibbs"
local path = os.tmpname() .. ".csv"
local file = assert(io.open(path, "wb"))
file:write("1,2\n3,four\n")
file:close()
local ok, message = pcall(gibbs.data, path)
os.remove(path)
print(ok, (tostring(message):gsub(path:gsub("%p", "%%%0"), "FILE")))

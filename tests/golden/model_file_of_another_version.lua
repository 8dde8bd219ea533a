-- A later version without a seal, as another program could write it.
local gibbs = require "gibbs"
local path = os.tmpname() .. ".h5"
gibbs.write(path, { ["@format"] = "gibbs model", ["@version"] = 2, ["@gibbs"] = "0.9.0", ["@family"] = "rbm" })
local ok, message = pcall(gibbs.load, path)
os.remove(path)
print((message:gsub(path:gsub("%p", "%%%0"), "FILE")))

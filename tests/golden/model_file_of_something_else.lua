-- Files that are no models, one after the other.
local gibbs = require "gibbs"
local base = os.tmpname()
local path = base .. ".h5"
local function try(name)
  local ok, message = pcall(gibbs.load, path, name)
  os.remove(path)
  print((message:gsub(path:gsub("%p", "%%%0"), "FILE")))
end
local function text(bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

gibbs.write(path, { x = 1 })
try()
gibbs.write(path, { Q = { x = 1 } })
try "P"
gibbs.write(path, { ["@format"] = "gibbs training 1" })
try()
text ""
try()
text "a letter to a friend"
try()
text("gibbs model 2\nsize 600\n" .. ("\0"):rep(600))
try()
text("gibbs checkpoint 1\nsize 600\n" .. ("\0"):rep(600))
try()
os.remove(base)

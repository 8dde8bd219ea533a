-- Cut off, longer, and with one bit changed in the head and in the content.
local gibbs = require "gibbs"
local path = os.tmpname() .. ".h5"
gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.4 }:save(path)
local file = assert(io.open(path, "rb"))
local whole = file:read "a"
file:close()

local function try(bytes)
  file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
  local ok, message = pcall(gibbs.load, path)
  message = message:gsub(path:gsub("%p", "%%%0"), "FILE")
  print((message:gsub("%d%d%d%d+", "NNNN"):gsub("checksum of its content is %x+, and was %x+", "checksum of its content is X, and was Y")))
end
local function flip(at) return whole:sub(1, at - 1) .. string.char(whole:byte(at) ~ 1) .. whole:sub(at + 1) end

try(whole:sub(1, 100))
try(whole:sub(1, 600))
try(whole .. "more")
try(flip(20))
try(flip(5000))
os.remove(path)

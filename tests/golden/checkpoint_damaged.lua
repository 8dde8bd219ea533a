local gibbs = require "gibbs"
local path = os.tmpname() .. ".h5"
local data = gibbs.data{ { 1, -1, 1 }, { 1, 1, 1 }, { -1, -1, 1 } }
local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2) }
local options = { steps = 6, estimate = gibbs.pcd{ chains = 4, burn = 2 }, checkpoint = path, checkpoint_every = 3 }
gibbs.minimize(-gibbs.log_likelihood(data, Q), Q, options)
options.resume = true

local file = io.open(path, "rb")
local whole = file:read("a")
file:close()

local function refuse(bytes)
  file = io.open(path, "wb")
  file:write(bytes)
  file:close()
  local _, message = pcall(gibbs.minimize, -gibbs.log_likelihood(data, Q), Q, options)
  message = message:gsub(path:gsub("%p", "%%%0"), "FILE"):gsub("%x%x%x%x%x%x%x%x", "SUM"):gsub("it has %d+ of its %d+", "it has N of its M")
  print((message:gsub("has %d+ bytes, ", "has N bytes, ")))
end

refuse(whole:sub(1, 3000))
refuse(whole:sub(1, 100))
refuse(whole .. "x")
refuse(whole:sub(1, 4000) .. string.char(whole:byte(4001) ~ 16) .. whole:sub(4002))
refuse(whole:sub(1, 30) .. string.char(whole:byte(31) ~ 1) .. whole:sub(32))
file = io.open(path .. ".previous", "wb")
file:write("x")
file:close()
refuse(whole:sub(1, -2))
os.remove(path)
os.remove(path .. ".previous")

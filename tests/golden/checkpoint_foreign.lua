local gibbs = require "gibbs"
local path = os.tmpname() .. ".h5"
local data = gibbs.data{ { 1, -1, 1 }, { 1, 1, 1 }, { -1, -1, 1 } }
local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2) }
local options = { steps = 6, estimate = gibbs.pcd{ chains = 4, burn = 2 }, checkpoint = path, resume = true }

local function refuse()
  local _, message = pcall(gibbs.minimize, -gibbs.log_likelihood(data, Q), Q, options)
  print((message:gsub(path:gsub("%p", "%%%0"), "FILE")))
end

local function refuse_text(text)
  local file = io.open(path, "wb")
  file:write(text)
  file:close()
  refuse()
end

gibbs.write(path, { W = gibbs.tensor{ 1, 2, 3 } })
refuse()
Q:chains{ n = 2 }:save(path)
refuse()
refuse_text "step,value\n1,2\n"
refuse_text ""
refuse_text "gibbs checkpoint 9\n"
os.remove(path)
os.execute("mkdir " .. path)
refuse()
os.remove(path)

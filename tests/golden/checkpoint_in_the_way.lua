local gibbs = require "gibbs"
local path = os.tmpname() .. ".h5"
local data = gibbs.data{ { 1, -1, 1 }, { 1, 1, 1 }, { -1, -1, 1 } }
local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2) }

local function train(options)
  options.steps, options.estimate, options.checkpoint = 6, gibbs.pcd{ chains = 4, burn = 2 }, path
  return gibbs.minimize(-gibbs.log_likelihood(data, Q), Q, options)
end

local function refuse(options)
  local _, message = pcall(train, options)
  print((message:gsub(path:gsub("%p", "%%%0"), "FILE")))
end

train{}
refuse{}
refuse{ resume = false }
refuse{ resume = "another.h5" }
os.remove(path)
refuse{}
refuse{ resume = true }
os.remove(path .. ".previous")

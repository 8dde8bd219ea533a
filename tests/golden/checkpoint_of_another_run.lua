local gibbs = require "gibbs"
local path = os.tmpname() .. ".h5"
local data = gibbs.data{ { 1, -1, 1 }, { 1, 1, 1 }, { -1, -1, 1 } }
local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2) }

local function train(options, model)
  options.steps, options.estimate = options.steps or 6, options.estimate or gibbs.pcd{ chains = 4, burn = 2 }
  options.checkpoint = path
  return gibbs.minimize(-gibbs.log_likelihood(data, model or Q), model or Q, options)
end

local function refuse(options, model)
  options.resume = true
  local _, message = pcall(train, options, model)
  print((message:gsub(path:gsub("%p", "%%%0"), "FILE")))
end

train{}
refuse{ rate = 0.5 }
refuse{ method = "momentum" }
refuse{ schedule = "cosine", rate_end = 0.001 }
refuse{ seed = 8 }
refuse{ centred = true }
refuse{ steps = 5 }
refuse{ estimate = gibbs.pcd{ chains = 4, burn = 2, k = 3 } }
refuse{ estimate = gibbs.pcd{ chains = 8, burn = 2 } }
refuse{ estimate = gibbs.cd{ chains = 4, burn = 2 } }
refuse({}, gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(4) })
os.remove(path)
os.remove(path .. ".previous")

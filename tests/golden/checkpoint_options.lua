local gibbs = require "gibbs"
local data = gibbs.data{ { 1, -1, 1 }, { 1, 1, 1 }, { -1, -1, 1 } }
local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2) }

local function refuse(options)
  if options.estimate == nil then options.estimate = gibbs.pcd{ chains = 4 } end
  print((select(2, pcall(gibbs.minimize, -gibbs.log_likelihood(data, Q), Q, options))))
end

refuse{ checkpoint = 5 }
refuse{ checkpoint = "run.npz" }
refuse{ checkpoint = "no_such_folder/run.h5" }
refuse{ checkpoint = "run.h5", resume = 3 }
refuse{ checkpoint = "run.h5", resume = true, overwrite = true }
refuse{ checkpoint = "run.h5", resume = "no_such_run.h5" }
refuse{ checkpoint = "run.h5", checkpoint_every = -1 }
refuse{ checkpoint = "run.h5", checkpoint_evry = 1 }
refuse{ resume = true }
refuse{ resume = "no_such_run.h5" }
refuse{ overwrite = true }
refuse{ checkpoint_every = 10 }
refuse{ checkpoint = "run.h5", estimate = gibbs.exact() }

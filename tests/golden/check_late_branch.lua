-- command: check check_late_branch.lua
local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2) }
local steps = 100000
local fit = gibbs.minimize(gibbs.free_energy(Q), Q, { steps = steps })
if fit.steps > 1000 then
  print("done", stepps)
  gibbs.writte("fit.json", { fit.value })
end
local function finish() counter = 1 end

local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2) }
local loss = gibbs.objective{
  model = Q,
  value = function(c) return c.F end,
  weight = function(c) return c.p end,
}
print(loss:gradient())

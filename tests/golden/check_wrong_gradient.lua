-- command: check check_wrong_gradient.lua
local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.5, field = 0.2 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), a = { 0.1, 0.2, 0.3, 0.4 } }
local kl = gibbs.objective{ model = Q, target = P,
  value = function(c) return gibbs.sum(c.target.P * (c.target.log_P - c.log_P)) end,
  weight = function(c) return c.P - c.target.P end } -- the other way round
gibbs.minimize(kl, Q)

local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.spins(2) }
Q:set("w", 0)

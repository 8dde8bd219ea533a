local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.spins(4), hidden = gibbs.spins(3) }
Q:chains{ n = 2, hidden = "summed" }:batch(Q.hidden)

local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.3 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(3) }
gibbs.minimize(gibbs.kl(P, Q), Q, { estimate = gibbs.pcd{ chains = 16 }, steps = 10, watch = function(record)
  print(record.step, record.gradeint_norm)
end })

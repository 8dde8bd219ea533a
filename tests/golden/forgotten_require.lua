local s = gibbs.spins(4)

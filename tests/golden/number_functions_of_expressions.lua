local gibbs = require "gibbs"
print(math.abs(gibbs.sum(gibbs.spins(4))))

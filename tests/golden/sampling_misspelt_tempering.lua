local gibbs = require "gibbs"
print(gibbs.pcd{ tempering = { rngs = 4 } })

local gibbs = require "gibbs"
print(gibbs.pcd{ tempering = 8 })

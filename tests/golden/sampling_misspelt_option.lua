local gibbs = require "gibbs"
print(gibbs.pcd{ chians = 100 })

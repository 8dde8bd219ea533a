local gibbs = require "gibbs"
print(gibbs.pcd{ ladder = { J = { 0.4, 0.3 } } })

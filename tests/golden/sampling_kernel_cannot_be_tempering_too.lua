local gibbs = require "gibbs"
print(gibbs.pcd{ kernel = "heat_bath", tempering = { rungs = 4 } })

local gibbs = require "gibbs"
print(gibbs.pcd{ free_energy = gibbs.chains{} })

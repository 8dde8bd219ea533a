local gibbs = require "gibbs"
print(gibbs.cd{ k = 0 })

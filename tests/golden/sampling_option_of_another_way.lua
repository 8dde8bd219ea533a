local gibbs = require "gibbs"
print(gibbs.cd{ k = 3, tempering = true })

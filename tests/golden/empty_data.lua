local gibbs = require "gibbs"
print(gibbs.data({}))

local gibbs = require "gibbs"
print(gibbs.l1())

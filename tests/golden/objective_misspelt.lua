local gibbs = require "gibbs"
print(gibbs.ratio_maching)

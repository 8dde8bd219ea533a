local gibbs = require "gibbs"
print(gibbs.data{ { 0, 13 } }:binarize{ threshold = 1 })

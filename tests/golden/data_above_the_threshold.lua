local gibbs = require "gibbs"
print(gibbs.data{ { 0, 13 } }:binarise{})

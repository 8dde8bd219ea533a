local gibbs = require "gibbs"
print(gibbs.data{ { 0, 1 }, { 0.5, -0.25 } }:binarise{ probability = true })

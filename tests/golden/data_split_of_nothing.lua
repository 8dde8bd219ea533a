local gibbs = require "gibbs"
print(gibbs.data{ { 0 }, { 1 } }:split{ test = 0.2 })

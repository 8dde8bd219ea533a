local gibbs = require "gibbs"
gibbs.plot.lines{ file = "no/such/folder/kl.svg", series = { { y = { 1, 2 } } } }

local gibbs = require "gibbs"
gibbs.plot.lines{ file = "kl.svg", y_lable = "KL", series = { { y = { 1, 2 } } } }

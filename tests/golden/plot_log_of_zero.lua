local gibbs = require "gibbs"
gibbs.plot.points{ file = "kl.svg", y_scale = "log", series = { { name = "KL", y = { 1, 0 } } } }

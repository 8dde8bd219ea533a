local gibbs = require "gibbs"
gibbs.plot.lines{ file = "kl.svg", x = { 1, 2, 3 }, y = { 1, 4, 9 } }

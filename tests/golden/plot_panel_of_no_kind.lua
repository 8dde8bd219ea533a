local gibbs = require "gibbs"
gibbs.plot.sheet{ file = "all.svg", { kind = "histogramm", values = { 1, 2 } } }

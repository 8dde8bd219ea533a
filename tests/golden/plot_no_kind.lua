local gibbs = require "gibbs"
gibbs.plot.heat_map{ file = "landscape.svg" }

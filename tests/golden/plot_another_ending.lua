local gibbs = require "gibbs"
gibbs.plot.histogram{ file = "energies.jpeg", values = { 1, 2 } }

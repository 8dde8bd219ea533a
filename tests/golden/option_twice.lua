local gibbs = require "gibbs"
gibbs.option("size", 3)
gibbs.option("size", 4)

local gibbs = require "gibbs"
gibbs.option("size", nil, "linear size")

local gibbs = require "gibbs"
gibbs.spin(4)

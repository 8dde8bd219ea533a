local gibbs = require "gibbs"
gibbs.ais{ reference = 3 }

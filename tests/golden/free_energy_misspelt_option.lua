local gibbs = require "gibbs"
gibbs.ais{ chain = 100 }

local gibbs = require "gibbs"
gibbs.load("no_such_model.h5")

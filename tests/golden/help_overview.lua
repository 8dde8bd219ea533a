-- Without an argument: how to get help, and what there is.
local gibbs = require "gibbs"
gibbs.help()

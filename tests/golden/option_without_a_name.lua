local gibbs = require "gibbs"
local size = gibbs.option{ name = "size", default = 8 }

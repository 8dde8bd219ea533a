-- command: --sandbox sandbox_unknown_name.lua
local gibbs = require "gibbs"
gibbs.minimise()

-- command: check check_syntax_error.lua
local gibbs = require "gibbs"
local x = gibbs.(3)

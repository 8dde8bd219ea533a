-- command: check check_missing_data.lua
local gibbs = require "gibbs"
local data = gibbs.data("no_such_rows.csv")

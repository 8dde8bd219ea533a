-- A script that Lua cannot read.
local x = = 3

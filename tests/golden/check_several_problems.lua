-- command: check check_several_problems.lua
local gibbs = require "gibbs"
gibbs.write("nowhere/x.csv", { { 1 } })
if os.time() < 0 then gibbs.minimise() end
gibbs.bits(3):dot(gibbs.bits(4))

-- A function of gibbs, a method, a function of Lua and one of the script.
local gibbs = require "gibbs"
local function own() end
gibbs.help(gibbs.kl)
gibbs.help(gibbs.lattice.chain(4).bonds)
gibbs.help(string.format)
gibbs.help(own)

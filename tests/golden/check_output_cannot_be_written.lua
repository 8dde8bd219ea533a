-- command: check check_output_cannot_be_written.lua
local gibbs = require "gibbs"
gibbs.write("tables/of/results.csv", { { 1, 2 } })
gibbs.write("check_output_cannot_be_written.lua/results.json", { 1 })
local file = assert(io.open("nowhere/notes.txt", "w"))
file:close()
gibbs.plot.lines{ file = "figures/x.svg", series = { { x = { 1, 2 }, y = { 3, 4 } } } }

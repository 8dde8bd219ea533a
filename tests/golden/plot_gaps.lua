local gibbs = require "gibbs"
local base = os.tmpname()
gibbs.plot.lines{ file = base .. ".svg", series = { { name = "KL", y = { 1, 0 / 0, 2, math.huge } } } }
gibbs.plot.histogram{ file = base .. ".svg", values = { 1, 2, 9, 0 / 0 }, bins = { 0, 5 } }
gibbs.plot.heatmap{ file = base .. ".svg", x = { 0, 1, 2 }, y = { 0, 1, 2 }, z = { { 0, 1, 2 }, { 1, 2, 3 }, { 2, 3, 0 / 0 } } }
for _, ending in ipairs{ "", ".svg", ".csv" } do os.remove(base .. ending) end

--- Figures: gibbs.plot.lines, points, histogram, heatmap, contour, image_grid, flow, and several of them in one sheet.
--- Every function takes one table of named options and writes a figure (.svg, .png or .pdf by the ending of `file`) and,
--- beside it under the same name, its data as .csv.  Labels may hold `_` and `^`: F_λ, m^2, 10^{-3}.

local figure = require "gibbs.plot.figure"
local kinds = require "gibbs.plot.kinds"

local plot = {}

for name, kind in pairs(kinds.by_name) do
  plot[name] = function(options) figure.draw(kind, options) end
end

---Several figures in one file: options of the sheet, and a list of { kind = "lines", ... } with those of its panels.
---@param options table
function plot.sheet(options) figure.draw_sheet(kinds.by_name, options) end

return plot

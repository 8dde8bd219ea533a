--- The kinds of figures: one list for the functions, their help and the panels of sheets (see gibbs.plot.figure for what a
--- kind is).

local curves = require "gibbs.plot.curves"
local landscapes = require "gibbs.plot.heatmap"

local list = {
  curves[1], curves[2], require "gibbs.plot.histogram", landscapes[1], landscapes[2], require "gibbs.plot.image_grid",
  (require "gibbs.plot.flow"),
}

local by_name = {}
for _, kind in ipairs(list) do by_name[kind.name] = kind end

return { list = list, by_name = by_name }

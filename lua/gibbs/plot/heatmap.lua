--- A landscape over two parameters, in colours or contour lines: gibbs.plot.heatmap and gibbs.plot.contour.

local options = require "gibbs.plot.options"
local gnuplot = require "gibbs.plot.gnuplot"
local look = require "gibbs.plot.look"
local surface = require "gibbs.plot.surface"
local contours = require "gibbs.plot.contours"

local curve_colours = { "#D55E00", "#000000", "#CC79A7", "#E69F00" }

local function identity(z) return z end

local function title_of(one) return one.name and "title " .. gnuplot.text(one.name) or "notitle" end

--- Each curve's points, with an empty row after each of its pieces.
local function trace_curves(panel)
  for _, curve in ipairs(panel.curves) do
    curve.lines = {}
    for _, found in ipairs(surface.trace(panel, curve.z, { curve.level }, identity)) do
      table.move(found.points, 1, #found.points, #curve.lines + 1, curve.lines)
      curve.lines[#curve.lines + 1] = {}
    end
  end
end

--- Each curve is drawn twice, first broader and white, so that it stands out from any colour beneath.
local function draw_curves(panel)
  for i, curve in ipairs(panel.curves) do
    panel:block("curve" .. i, #curve.lines > 0 and curve.lines or { { 0 / 0, 0 / 0 } })
    panel:drawing(("$curve%d using 1:2 with lines linecolor rgb '#ffffff' linewidth 4 notitle"):format(i))
    panel:drawing(("$curve%d using 1:2 with lines linecolor rgb '%s' linewidth 2.2 dashtype %s %s"):format(i,
      curve.color or look.nth(curve_colours, i), look.nth(look.dashes, i), title_of(curve)))
  end
end

--- A set's points, as places.
local function places_of(panel, set)
  local x, y, list = surface.map(panel, "x"), surface.map(panel, "y"), {}
  for k = 1, #set.x do list[k] = { x(set.x[k]), y(set.y[k]) } end
  return list
end

local function draw_points(panel)
  for i, set in ipairs(panel.points) do
    local symbol = look.nth(look.symbols, i)
    panel:block("points" .. i, places_of(panel, set))
    panel:drawing(("$points%d using 1:2 with points pointtype %d %s linecolor rgb '#ffffff' notitle"):format(i, symbol, panel:symbol(1.3)))
    panel:drawing(("$points%d using 1:2 with points pointtype %d %s linecolor rgb '%s' %s"):format(i, symbol,
      panel:symbol(0.9), set.color or "#000000", title_of(set)))
  end
end

--- What labels keep away from: marked points, and the curves.
local function taken_places(panel)
  local taken = {}
  for _, set in ipairs(panel.points) do
    local places = places_of(panel, set)
    table.move(places, 1, #places, #taken + 1, taken)
  end
  for _, curve in ipairs(panel.curves) do
    for _, point in ipairs(curve.lines) do
      if point[1] then taken[#taken + 1] = point end
    end
  end
  return taken
end

local function draw_colours(panel)
  local given = panel.options
  panel:add(look.colour_box(given.palette, given.z_scale, panel.z_range, given.z_label))
  panel:block("grid", surface.refine(panel))
  panel:drawing("$grid using 1:2:3 with image notitle")
end

--- Contours over colours are white, or black where the colours are white.
local function draw_heatmap(panel, levels)
  surface.frame(panel)
  trace_curves(panel)
  draw_colours(panel)
  local color = panel.options.palette == "viridis" and "#ffffff" or "#000000"
  contours.draw(panel, contours.trace(panel, levels), taken_places(panel), "contours", "linewidth 0.8", color)
  draw_curves(panel)
  draw_points(panel)
end

--- Contours alone: solid above 0, dashed below it.
local function draw_contour(panel)
  if panel.options.heatmap then return draw_heatmap(panel, "levels") end
  surface.frame(panel)
  panel:add("unset colorbox")
  trace_curves(panel)
  local above, below, taken = {}, {}, taken_places(panel)
  for _, curve in ipairs(contours.trace(panel, "levels")) do
    local list = curve.level < 0 and below or above
    list[#list + 1] = curve
  end
  panel:block("nothing", { { 0 / 0, 0 / 0 } })
  panel:drawing("$nothing using 1:2 with lines notitle") -- a flat surface has no contours
  contours.draw(panel, above, taken, "above", "linewidth 1.2", "#0072B2")
  contours.draw(panel, below, taken, "below", "linewidth 1.2 dashtype (5,3)", "#0072B2")
  draw_curves(panel)
  draw_points(panel)
end

return {
  {
    name = "heatmap",
    what = "A landscape over two parameters in colours, with contour lines that carry their values, lines on which other surfaces "
      .. "have a value, and marked points.",
    options = options.join(surface.rows, { { "contours", "levels", "how many contour lines, about, or a list of values", 8 } }),
    parts = surface.parts, axes = true, read = surface.read, draw = function(panel) draw_heatmap(panel, "contours") end,
  },
  {
    name = "contour",
    what = "Contour lines that carry their values, dashed below 0, alone or over colours.",
    options = options.join(surface.rows, {
      { "levels", "levels", "how many contour lines, about, or a list of values", 10 },
      { "heatmap", "boolean", "over colours", false },
    }),
    parts = surface.parts, axes = true, read = surface.read, draw = draw_contour,
  },
}

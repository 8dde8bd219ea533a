--- How often values occur: gibbs.plot.histogram.

local _, core = ...
local options = require "gibbs.plot.options"
local values = require "gibbs.plot.values"
local gnuplot = require "gibbs.plot.gnuplot"
local look = require "gibbs.plot.look"
local marks = require "gibbs.plot.marks"

local series_rows = {
  { "name", "string", "in the legend" },
  { "values", "values", "numbers of any shape: a list, nested lists, a tensor, data, a series of one observable" },
  { "color", "color", "by default one of seven that all people tell apart" },
}

local curve_rows = {
  { "name", "string", "in the legend" },
  { "x", "values", "with 'y'" },
  { "y", "values", "the density, or the count, at x" },
  { "of", "callable", "instead of x and y: function(x) that gives the density, or the count in a bin" },
}

local rows = options.join({
  { "values", "values", "what is counted, of any shape; or 'series'" },
  { "series", "table", "a list of { name, values, color }, counted in the same bins" },
  { "bins", "bins", "how many, or their edges; by default bins are as wide as 2 IQR / n^(1/3) (Freedman and Diaconis; n and IQR of all "
    .. "series together), at most 200; where all values lie on a grid, as whole numbers and energies of lattices do, each of its points "
    .. "has a bin, or of more than 60 points all bins hold equally many" },
  { "density", "boolean", "counts are divided by their sum and by the bins' widths, so that the area is 1", false },
  { "curves", "table", "reference curves: a list of { name, x, y } or { name, of = function(x) ... end }" },
}, marks.rows)

local MOST_BINS = 200
local MOST_GRID = 1e5 -- points; finer grids are none
local POINTS_WITH_BINS = 60 -- a grid of up to so many points has a bin for each

-- ---- bins --------------------------------------------------------------------------------------------------

--- The number below which a share of a sorted list lies.
local function quantile(sorted, share)
  local at = 1 + share * (#sorted - 1)
  local below = math.floor(at)
  return sorted[below] + (at - below) * (sorted[math.min(below + 1, #sorted)] - sorted[below])
end

local function even_edges(low, high, count)
  local edges = {}
  for k = 0, count - 1 do edges[k + 1] = low + (high - low) * (k / count) end
  edges[count + 1] = high -- rounding must not leave the highest value out
  return edges
end

--- The step of a grid that all values lie on, as magnetisations and energies of lattices do; nil where there is none.
local function grid_step(sorted)
  local low, range = sorted[1], sorted[#sorted] - sorted[1]
  local step = math.huge
  for i = 2, #sorted do
    local gap = sorted[i] - sorted[i - 1]
    if gap > 1e-9 * range then step = math.min(step, gap) end -- less is rounding
  end
  if step == math.huge then return low == math.floor(low) and 1 or nil end
  if range / step > MOST_GRID then return nil end
  for _, x in ipairs(sorted) do
    local places = (x - low) / step
    if math.abs(places - math.floor(places + 0.5)) > 1e-4 then return nil end
  end
  return step
end

--- How wide bins are by Freedman and Diaconis; by Sturges where half of all values are equal.
local function width_for(sorted)
  local width = 2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / (#sorted) ^ (1 / 3)
  local range = sorted[#sorted] - sorted[1]
  if not (width > 0) then width = range / (math.log(#sorted, 2) + 1) end
  return math.max(width, range / MOST_BINS)
end

--- Bins that hold equally many points of the grid each, which lie in their middle.
local function grid_edges(sorted, step)
  local points = math.floor((sorted[#sorted] - sorted[1]) / step + 0.5) + 1
  local each = points <= POINTS_WITH_BINS and 1 or math.ceil(width_for(sorted) / step)
  local edges = {}
  for k = 0, (points + each - 1) // each do edges[k + 1] = sorted[1] + (k * each - 0.5) * step end
  return edges
end

local function own_edges(sorted)
  local low, high = sorted[1], sorted[#sorted]
  local step = grid_step(sorted)
  if step then return grid_edges(sorted, step) end
  if low == high then return { low - 0.05 * math.abs(low), high + 0.05 * math.abs(low) } end
  return even_edges(low, high, math.max(1, math.ceil((high - low) / width_for(sorted) - 1e-9)))
end

local function check_edges(who, edges)
  if #edges < 2 then core.raise(("%s: 'bins' has one edge; it must have at least two"):format(who)) end
  for i = 2, #edges do
    if not (edges[i] > edges[i - 1]) then core.raise(("%s: 'bins'[%d] is %s; edges must rise"):format(who, i, edges[i])) end
  end
  return edges
end

local function find_edges(panel, sorted)
  local bins = panel.options.bins
  if bins == nil then return own_edges(sorted) end
  if math.type(bins) == nil then return check_edges(panel.who, (values.list(panel.who, "bins", bins))) end
  local low, high = sorted[1], sorted[#sorted]
  if low == high then low, high = low - 0.5, high + 0.5 end
  return even_edges(low, high, bins)
end

--- The bin of a value, or nil outside of all; the last bin holds its upper edge too.
local function bin_of(edges, x)
  local low, high = 1, #edges
  if x < edges[low] or x > edges[high] then return nil end
  while high - low > 1 do
    local middle = (low + high) // 2
    if x >= edges[middle] then low = middle else high = middle end
  end
  return low
end

-- ---- reading -----------------------------------------------------------------------------------------------

local function finite_only(panel, name, list)
  local kept = {}
  for _, x in ipairs(list) do
    if options.finite(x) then kept[#kept + 1] = x end
  end
  if #kept < #list then panel:notice(("%s: %d of %d values are not finite; they are not counted"):format(name, #list - #kept, #list)) end
  if #kept == 0 then core.raise(("%s: %s: none of the %d values is finite"):format(panel.who, name, #list)) end
  return kept
end

local function read_series(panel)
  local given = panel.options
  if given.values ~= nil and given.series then core.raise(panel.who .. ": both 'values' and 'series' are given; give one of them") end
  if given.values == nil and (not given.series or #given.series == 0) then
    core.raise(panel.who .. ": option 'values' is missing; it must be numbers, or 'series' a list of { name = ..., values = ... }")
  end
  local list = {}
  for i, one in ipairs(given.series or { { values = given.values } }) do
    local where = given.series and ("%s: series %d"):format(panel.who, i) or panel.who
    local series = options.check(where, one, series_rows)
    options.need(where, series, "values", "numbers, a tensor, data or a series")
    series.title = series.name and ("series '%s'"):format(series.name) or ("series %d"):format(i)
    series.values = finite_only(panel, series.title, values.all(where, "values", series.values))
    series.color = series.color or look.nth(look.colors, i)
    list[i] = series
  end
  return list
end

local function count(panel, series, edges)
  local counts, outside = values.constant(0, #edges - 1), 0
  for _, x in ipairs(series.values) do
    local k = bin_of(edges, x)
    if k then counts[k] = counts[k] + 1 else outside = outside + 1 end
  end
  if outside > 0 then panel:notice(("%s: %d of %d values lie outside of the bins"):format(series.title, outside, #series.values)) end
  series.counts, series.heights = counts, {}
  local sum = #series.values - outside
  for k, n in ipairs(counts) do
    series.heights[k] = panel.options.density and (sum > 0 and n / (sum * (edges[k + 1] - edges[k])) or 0) or n
  end
end

local function read_curves(panel, edges)
  local list = {}
  for i, one in ipairs(panel.options.curves or {}) do
    local where = ("%s: curves[%d]"):format(panel.who, i)
    local curve = options.check(where, one, curve_rows)
    if curve.of then
      curve.x, curve.y = even_edges(edges[1], edges[#edges], 400), {}
      for k, x in ipairs(curve.x) do curve.y[k] = curve.of(x) end
    end
    options.need(where, curve, "x", "a list of numbers, with 'y'; or give 'of', a function")
    options.need(where, curve, "y", "a list of numbers")
    curve.x, curve.y = values.list(where, "x", curve.x), values.list(where, "y", curve.y)
    if #curve.x ~= #curve.y then core.raise(("%s: %d numbers for x and %d for y"):format(where, #curve.x, #curve.y)) end
    list[i] = curve
  end
  return list
end

local function save(panel)
  local header, columns = { "series", "from", "to", "count", "density" }, { {}, {}, {}, {}, {} }
  local edges = panel.edges
  for i, series in ipairs(panel.series) do
    local sum = 0
    for _, n in ipairs(series.counts) do sum = sum + n end
    for k, n in ipairs(series.counts) do
      local row = { series.name or tostring(i), edges[k], edges[k + 1], n, sum > 0 and n / (sum * (edges[k + 1] - edges[k])) or 0 }
      for c, value in ipairs(row) do table.insert(columns[c], value) end
    end
  end
  panel:save("", header, columns)
  if #panel.curves == 0 then return end
  local lines = { {}, {}, {} }
  for i, curve in ipairs(panel.curves) do
    for k, x in ipairs(curve.x) do
      for c, value in ipairs { curve.name or tostring(i), x, curve.y[k] } do table.insert(lines[c], value) end
    end
  end
  panel:save("-curves", { "curve", "x", "y" }, lines)
end

local function fit_ranges(panel)
  local given, heights = panel.options, marks.places(panel, "y")
  local least = math.huge
  for _, series in ipairs(panel.series) do
    for _, y in ipairs(series.heights) do
      heights[#heights + 1] = y
      if y > 0 then least = math.min(least, y) end
    end
  end
  for _, curve in ipairs(panel.curves) do table.move(curve.y, 1, #curve.y, #heights + 1, heights) end
  local places = marks.places(panel, "x")
  table.move(panel.edges, 1, #panel.edges, #places + 1, places)
  given.x_range = given.x_range or look.range_of(places, given.x_scale)
  local range = look.range_of(heights, given.y_scale) or { 0, 1 }
  given.y_range = given.y_range or (given.y_scale == "log" and { math.min(least, range[2]) / 2, range[2] } or { 0, range[2] })
end

local function read(panel)
  local given = panel.options
  marks.read(panel)
  panel.series = read_series(panel)
  local sorted = {}
  for _, series in ipairs(panel.series) do table.move(series.values, 1, #series.values, #sorted + 1, sorted) end
  table.sort(sorted)
  panel.edges = find_edges(panel, sorted)
  if given.x_scale == "log" and panel.edges[1] <= 0 then
    core.raise(("%s: the first bin begins at %s, which a log axis cannot show"):format(panel.who, panel.edges[1]))
  end
  for _, series in ipairs(panel.series) do count(panel, series, panel.edges) end
  panel.curves = read_curves(panel, panel.edges)
  save(panel)
  fit_ranges(panel)
  if not given.y_label then
    given.y_label = given.density and "density" or "count in bins of " .. look.number(panel.edges[2] - panel.edges[1], 3)
    if given.bins and math.type(given.bins) == nil and not given.density then given.y_label = "count" end
  end
end

-- ---- drawing -----------------------------------------------------------------------------------------------

--- The outline of all bins: up from the axis, along the tops, down again.
local function outline(edges, heights, floor)
  local points = { { edges[1], floor } }
  for k, height in ipairs(heights) do
    local top = math.max(height, floor)
    points[#points + 1], points[#points + 2] = { edges[k], top }, { edges[k + 1], top }
  end
  points[#points + 1] = { edges[#edges], floor }
  return points
end

--- Bins of few values have edges between them; many would be all edge.
local function inner_edges(edges, heights, floor)
  local points = {}
  if #heights > 80 then return points end
  for k = 2, #heights do
    local low = math.max(floor, math.min(heights[k - 1], heights[k]))
    points[#points + 1], points[#points + 2], points[#points + 3] = { edges[k], floor }, { edges[k], low }, {}
  end
  return points
end

local function title_of(one) return one.name and "title " .. gnuplot.text(one.name) or "notitle" end

local function draw_series(panel, series, index, floor)
  local block, several = "$bins" .. index, #panel.series > 1
  panel:block("bins" .. index, outline(panel.edges, series.heights, floor))
  panel:drawing(("%s using 1:2 with filledcurves closed fillcolor rgb '%s' fillstyle transparent solid %g noborder notitle"):format(
    block, series.color, several and 0.15 or 0.35))
  local inner = several and {} or inner_edges(panel.edges, series.heights, floor)
  if #inner > 0 then
    panel:block("edges" .. index, inner)
    panel:drawing(("$edges%d using 1:2 with lines linecolor rgb '#ffffff' linewidth 0.8 notitle"):format(index))
  end
  panel:drawing(("%s using 1:2 with lines linecolor rgb '%s' linewidth 1.5 dashtype %s %s"):format(
    block, series.color, several and look.nth(look.dashes, index) or "1", title_of(series)))
end

local function draw_curve(panel, curve, index)
  local points = {}
  for k, x in ipairs(curve.x) do points[k] = { x, curve.y[k] } end
  panel:block("curve" .. index, points)
  panel:drawing(("$curve%d using 1:2 with lines linecolor rgb '%s' linewidth 2 dashtype %s %s"):format(
    index, index == 1 and "#000000" or look.nth(look.colors, #panel.series + index), look.nth(look.dashes, index + 1), title_of(curve)))
end

local function draw(panel)
  panel:add(look.frame(panel.options))
  marks.draw(panel)
  local floor = panel.options.y_scale == "log" and panel.options.y_range[1] or 0
  for index, series in ipairs(panel.series) do draw_series(panel, series, index, floor) end
  for index, curve in ipairs(panel.curves) do draw_curve(panel, curve, index) end
end

return {
  name = "histogram",
  what = "How often values occur, of one series or of several in the same bins, with reference curves over them.",
  options = rows, parts = { { "A series", series_rows }, { "A curve", curve_rows } }, axes = true, read = read, draw = draw,
}

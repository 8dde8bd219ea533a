--- Lines and points with error bars or bands: gibbs.plot.lines and gibbs.plot.points.

local _, core = ...
local options = require "gibbs.plot.options"
local values = require "gibbs.plot.values"
local gnuplot = require "gibbs.plot.gnuplot"
local look = require "gibbs.plot.look"
local marks = require "gibbs.plot.marks"
local thin = require "gibbs.plot.thin"

local finite = options.finite

local series_rows = {
  { "name", "string", "in the legend" },
  { "x", "values", "by default 1, 2, 3, ..." },
  { "y", "values", "numbers, or estimates, whose errors come along" },
  { "error", "errors", "one standard error of y: a number, or one for each point" },
  { "x_error", "errors", "the same of x" },
  { "low", "values", "lower ends of bars or band, with 'high' and instead of 'error'" },
  { "high", "values", "upper ends" },
  { "errors", "errors_as", "how errors are shown; by default as the figure says" },
  { "style", "style", "by default as the figure says" },
  { "dashed", "boolean", "by default lines without symbols differ in their dashes" },
  { "color", "color", "by default one of seven that all people tell apart" },
}

local rows = options.join({
  { "series", "table", "a list of { name, x, y, error, x_error, low, high, errors, style, dashed, color }" },
  { "style", "style", "of series that say none; by default what the function is called" },
  { "errors", "errors_as", "of series that say none: how errors are shown", "bars" },
}, marks.rows)

-- ---- reading -----------------------------------------------------------------------------------------------

local function check_length(who, name, list, count)
  if #list ~= count then
    core.raise(("%s: '%s' has %d numbers and 'y' has %d; they must be as many"):format(who, name, #list, count))
  end
end

--- A logarithm has no place for zero, and gnuplot would leave such points out without a word.
local function check_positive(who, name, list, scale)
  if scale ~= "log" then return end
  for i, x in ipairs(list) do
    if x <= 0 then
      core.raise(("%s: '%s'[%d] is %s, which a log axis cannot show; leave it out or use a linear axis"):format(who, name, i, x))
    end
  end
end

local function read_errors(where, name, given, count)
  if not given then return nil end
  local list = math.type(given) and values.constant(given, count) or values.list(where, name, given)
  check_length(where, name, list, count)
  for i, error in ipairs(list) do
    if error < 0 then core.raise(("%s: '%s'[%d] is %s; an error must not be negative"):format(where, name, i, error)) end
  end
  return list
end

--- The ends of the bars.
local function read_ends(where, series)
  if not series.low ~= not series.high then core.raise(where .. ": options 'low' and 'high' go together") end
  if series.low then
    if series.error then core.raise(where .. ": 'error' goes without 'low' and 'high'; give one of them") end
    for _, name in ipairs { "low", "high" } do
      series[name] = values.list(where, name, series[name])
      check_length(where, name, series[name], #series.y)
    end
  elseif series.error then
    series.low, series.high = {}, {}
    for i, y in ipairs(series.y) do series.low[i], series.high[i] = y - series.error[i], y + series.error[i] end
  end
end

local function read_x(where, series)
  if series.x then
    local errors
    series.x, errors = values.list(where, "x", series.x)
    series.x_error = series.x_error or errors
  else
    series.x = {}
    for i = 1, #series.y do series.x[i] = i end
  end
  check_length(where, "x", series.x, #series.y)
  series.x_error = read_errors(where, "x_error", series.x_error, #series.y)
end

--- A line of one point would not be seen.
local function is_alone(series)
  local count = 0
  for i, y in ipairs(series.y) do
    if finite(y) and finite(series.x[i]) then count = count + 1 end
  end
  return count == 1
end

local function read_one(panel, given, index)
  local where = ("%s: series %d"):format(panel.who, index)
  local series = options.check(where, given, series_rows)
  options.need(where, series, "y", "a list of numbers or a tensor")
  local errors
  series.y, errors = values.list(where, "y", series.y)
  series.error = read_errors(where, "error", series.error or not series.low and errors or nil, #series.y)
  read_x(where, series)
  read_ends(where, series)
  check_positive(where, "x", series.x, panel.options.x_scale)
  check_positive(where, "y", series.y, panel.options.y_scale)
  series.style = series.style or panel.options.style
  if series.style == "lines" and is_alone(series) then series.style = "points" end
  series.errors = series.errors or panel.options.errors
  series.color = series.color or look.nth(look.colors, index)
  return series
end

--- Points that are no points are gaps, and the user hears of them.
local function tell_gaps(panel, series, index)
  local count, first = 0, nil
  for i, y in ipairs(series.y) do
    if not (finite(y) and finite(series.x[i])) then count, first = count + 1, first or i end
  end
  if count == 0 then return end
  local verb, they = "are", "they are"
  if count == 1 then verb, they = "is", "it is" end
  panel:notice(("series %s: %d of %d points %s not finite, the first at %d; %s left out"):format(
    series.name and "'" .. series.name .. "'" or index, count, #series.y, verb, first, they))
end

local function save(panel, list)
  local header, columns = { "series", "x", "y", "error" }, { {}, {}, {}, {} }
  local more = {}
  for _, series in ipairs(list) do
    for _, name in ipairs { "x_error", "low", "high" } do
      if series[name] and not (name ~= "x_error" and series.error) then more[name] = true end
    end
  end
  for _, name in ipairs { "x_error", "low", "high" } do
    if more[name] then header[#header + 1], columns[#columns + 1] = name, {} end
  end
  for index, series in ipairs(list) do
    for i, y in ipairs(series.y) do
      local n = #columns[1] + 1
      columns[1][n], columns[2][n], columns[3][n] = series.name or tostring(index), series.x[i], y
      columns[4][n] = series.error and series.error[i] or 0
      for k = 5, #header do columns[k][n] = series[header[k]] and series[header[k]][i] or header[k] == "x_error" and 0 or y end
    end
  end
  panel:save("", header, columns)
end

--- Ranges that hold all points, their error bars and the reference lines.
local function fit_ranges(panel, list)
  local reach = { x = marks.places(panel, "x"), y = marks.places(panel, "y") }
  local function add(axis, numbers) table.move(numbers, 1, #numbers, #reach[axis] + 1, reach[axis]) end
  for _, series in ipairs(list) do
    add("x", series.x)
    for i, error in ipairs(series.x_error or {}) do add("x", { series.x[i] - error, series.x[i] + error }) end
    for _, name in ipairs { "y", "low", "high" } do add("y", series[name] or {}) end
  end
  local given = panel.options
  for axis, numbers in pairs(reach) do
    local name, scale = axis .. "_range", given[axis .. "_scale"]
    if scale == "log" and given[name] and given[name][1] <= 0 then
      core.raise(("%s: option '%s' begins at %s; a log axis must begin above 0"):format(panel.who, name, given[name][1]))
    end
    given[name] = given[name] or look.range_of(numbers, scale) or { 0, 1 }
  end
end

local function read(panel, style)
  local given = panel.options
  given.style = given.style or style
  if not given.series or #given.series == 0 then
    core.raise(panel.who .. ": option 'series' is missing; it must be a list of { name = ..., x = ..., y = ... }")
  end
  marks.read(panel)
  panel.series = {}
  for index, one in ipairs(given.series) do
    panel.series[index] = read_one(panel, one, index)
    tell_gaps(panel, panel.series[index], index)
  end
  save(panel, panel.series)
  fit_ranges(panel, panel.series)
end

-- ---- drawing -----------------------------------------------------------------------------------------------

--- Dashes: those that the script asked for; or, where it says nothing, one pattern for each line without symbols.
local function dash_of(list, index)
  local series = list[index]
  for _, other in ipairs(list) do
    if other.dashed ~= nil then return series.dashed and "(6,4)" or "1" end
  end
  return series.style == "lines" and look.nth(look.dashes, index) or "1"
end

--- The lower end of a bar that a log axis cannot show lies below the figure.
local function clip(low, range, scale) return scale == "log" and low <= 0 and range[1] * 1e-3 or low end

local nothing = values.constant(0 / 0, 6)

--- Columns x, y, and the ends of bars: of y, or of x and y. An empty row is a gap.
local function data_rows(panel, series, places)
  local given, rows_of = panel.options, {}
  for n = 1, places and #places or #series.y do
    local i = places and places[n] or n
    local x, y = series.x[i], series.y[i]
    if finite(x) and finite(y) then
      local low, high = series.low and series.low[i] or y, series.high and series.high[i] or y
      local row = { x, y, clip(low, given.y_range, given.y_scale), high }
      if series.x_error then row[5], row[6] = clip(x - series.x_error[i], given.x_range, given.x_scale), x + series.x_error[i] end
      rows_of[#rows_of + 1] = row
    else
      rows_of[#rows_of + 1] = {}
    end
  end
  return rows_of
end

local styles = { lines = "lines", points = "points", both = "linespoints" }

local function draw_errors(panel, series, block)
  if not (series.low or series.x_error) then return end
  if series.errors == "band" then
    panel:drawing(("%s using 1:3:4 with filledcurves fillcolor rgb '%s' fillstyle transparent solid 0.2 noborder notitle"):format(
      block, series.color))
  else
    local using = series.x_error and "1:2:5:6:3:4 with xyerrorbars" or "1:2:3:4 with yerrorbars"
    panel:drawing(("%s using %s linecolor rgb '%s' linewidth 1 pointtype 0 notitle"):format(block, using, series.color))
  end
end

local function draw_line(panel, series, index, block)
  local points = series.style == "lines" and "" or (" pointtype %d %s"):format(look.nth(look.symbols, index), panel:symbol(0.7))
  panel:drawing(("%s using 1:2 with %s linecolor rgb '%s' linewidth 2 dashtype %s%s %s"):format(block, styles[series.style], series.color,
    dash_of(panel.series, index), points, series.name and "title " .. gnuplot.text(series.name) or "notitle"))
end

local function draw(panel)
  local before, after = 0, 0
  panel:add(look.frame(panel.options))
  marks.draw(panel)
  for index, series in ipairs(panel.series) do
    local places = thin.places(series.x, series.y, panel.options, series.style)
    if places then before, after = before + #series.x, after + #places end
    local block = data_rows(panel, series, places)
    block[#block + 1] = nothing -- gnuplot refuses a block without a row
    panel:block("series" .. index, block)
    draw_errors(panel, series, "$series" .. index)
  end
  for index, series in ipairs(panel.series) do draw_line(panel, series, index, "$series" .. index) end
  if before > after then panel:notice(("%d points are drawn as %d that look the same; all of them are in the CSV file"):format(before, after)) end
end

local function kind(name, what)
  return {
    name = name, what = what, options = rows, parts = { { "A series", series_rows } }, axes = true, draw = draw,
    read = function(panel) read(panel, name) end,
  }
end

return {
  kind("lines", "Curves: y over x, with error bars or bands and reference lines. What is not finite is a gap, and is told."),
  kind("points", "Points with error bars, of y and of x. What is not finite is left out, and is told."),
}

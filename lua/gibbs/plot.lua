--- Figures: lines and points with error bars, landscapes over two parameters, and images.
--- Every function takes one table of named options and writes a figure (.svg, .png or .pdf by the ending of `file`) and,
--- beside it under the same name, its data as .csv. Labels may hold subscripts and superscripts: "F_λ", "10^{-3}".

local _, core = ...
local gibbs = core.gibbs
local figure = require "gibbs.figure"
local gnuplot = require "gibbs.gnuplot"

local plot = { heatmap = require "gibbs.heatmap", image_grid = require "gibbs.image_grid" }

---@class gibbs.plot.Series
---@field name? string        in the legend
---@field x any               a list or tensor of one axis; default 1, 2, 3, ...
---@field y any
---@field error? any          one standard error of y: a number, or one for each point
---@field style? string       "lines", "points" or "both"
---@field dashed? boolean
---@field color? string       "#rrggbb"

local series_rows = {
  name = "string", x = "values", y = "values", error = "errors", style = "style", dashed = "boolean", color = "color",
}
local curve_rows = figure.with_frame {
  series = "table", style = "style", x_scale = "scale", y_scale = "scale", x_marks = "table", y_marks = "table",
}

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

local function check_series(who, given, index, options)
  local where = ("%s: series %d"):format(who, index)
  local series = figure.check(where, given, series_rows)
  if not series.y then core.raise(where .. ": option 'y' is missing; it must be a list of numbers or a tensor") end
  series.y = figure.numbers(where, "y", series.y)
  series.x = series.x and figure.numbers(where, "x", series.x) or {}
  if not given.x then for i = 1, #series.y do series.x[i] = i end end
  if math.type(series.error) then
    local error = series.error
    series.error = {}
    for i = 1, #series.y do series.error[i] = error end
  elseif series.error then
    series.error = figure.numbers(where, "error", series.error)
    check_length(where, "error", series.error, #series.y)
  end
  check_length(where, "x", series.x, #series.y)
  check_positive(where, "x", series.x, options.x_scale)
  check_positive(where, "y", series.y, options.y_scale)
  series.style = series.style or options.style
  series.color = series.color or gnuplot.colors[(index - 1) % #gnuplot.colors + 1]
  return series
end

local styles = { lines = "lines", points = "points", both = "linespoints" }
local symbols = { 7, 5, 9, 13, 11, 6, 4 }

--- One series may need two drawings: error bars lie under the line.
local function draw_series(series, index)
  local block = ("$series%d"):format(index)
  local look = ("linecolor rgb '%s' linewidth 2 dashtype %s"):format(series.color, series.dashed and "(6,4)" or "1")
  local points = series.style == "lines" and "" or (" pointtype %d pointsize 0.7"):format(symbols[(index - 1) % #symbols + 1])
  local parts = {}
  if series.error then
    parts[1] = ("%s using 1:2:3 with yerrorbars linecolor rgb '%s' linewidth 1 pointtype 0 notitle"):format(block, series.color)
  end
  parts[#parts + 1] = ("%s using 1:2 with %s %s%s %s"):format(block, styles[series.style], look, points,
    series.name and "title " .. gnuplot.quote(series.name) or "notitle")
  return table.concat(parts, ", ")
end

local function save_series(options, list)
  local rows = {}
  for index, series in ipairs(list) do
    for i, y in ipairs(series.y) do
      local error = series.error and series.error[i] or 0
      rows[#rows + 1] = { series.name or tostring(index), series.x[i], y, error }
    end
  end
  gibbs.write(options.base .. ".csv", { header = { "series", "x", "y", "error" }, rows = rows })
end

--- Reference lines across the figure, each with its name beside it.
local function mark_lines(who, axis, marks)
  local lines = {}
  for i, given in ipairs(marks or {}) do
    local mark = figure.check(("%s: %s_marks[%d]"):format(who, axis, i), given, { at = "number", name = "string" })
    if not mark.at then core.raise(("%s: %s_marks[%d]: option 'at' is missing"):format(who, axis, i)) end
    local at = gnuplot.number(mark.at)
    local from, to = ("first %s, graph 0"):format(at), ("first %s, graph 1"):format(at)
    local label = ("first %s, graph 0.97 offset 0.5,0"):format(at)
    if axis == "y" then
      from, to, label = "graph 0, first " .. at, "graph 1, first " .. at, ("graph 0.99, first %s right offset 0,0.6"):format(at)
    end
    lines[#lines + 1] = ("set arrow from %s to %s nohead dashtype 3 linecolor rgb '#606060' linewidth 1 back"):format(from, to)
    if mark.name then
      lines[#lines + 1] = ("set label %s at %s textcolor rgb '#404040' front"):format(gnuplot.quote(mark.name), label)
    end
  end
  return lines
end

--- Ranges that hold all points, their error bars and the reference lines.
local function fit_ranges(options, list)
  local reach = { x = {}, y = {} }
  for _, series in ipairs(list) do
    for i, y in ipairs(series.y) do
      local error = series.error and series.error[i] or 0
      table.insert(reach.x, series.x[i])
      for _, end_of_bar in ipairs { y - error, y + error } do table.insert(reach.y, end_of_bar) end
    end
  end
  for axis, numbers in pairs(reach) do
    for _, mark in ipairs(options[axis .. "_marks"] or {}) do table.insert(numbers, mark.at) end
    options[axis .. "_range"] = options[axis .. "_range"] or figure.range_of(numbers, options[axis .. "_scale"]) or { 0, 1 }
  end
end

local function curves(who, given, style)
  local options = figure.check_figure(who, given, curve_rows)
  options.style = options.style or style
  if not options.series or #options.series == 0 then
    core.raise(who .. ": option 'series' is missing; it must be a list of { name = ..., x = ..., y = ... }")
  end
  local list, drawings = {}, {}
  for index, series in ipairs(options.series) do list[index] = check_series(who, series, index, options) end
  local x_marks, y_marks = mark_lines(who, "x", options.x_marks), mark_lines(who, "y", options.y_marks)
  save_series(options, list)
  fit_ranges(options, list)
  local script = figure.frame(options)
  table.move(x_marks, 1, #x_marks, #script + 1, script)
  table.move(y_marks, 1, #y_marks, #script + 1, script)
  for index, series in ipairs(list) do
    local rows = {}
    for i, y in ipairs(series.y) do rows[i] = { series.x[i], y, series.error and series.error[i] or nil } end
    script[#script + 1] = gnuplot.block(("series%d"):format(index), rows)
    drawings[index] = draw_series(series, index)
  end
  script[#script + 1] = "plot " .. table.concat(drawings, ", ")
  gnuplot.draw(who, options.file, options.terminal, script)
end

---Curves: `series` is a list of { name, x, y, error, style, dashed, color }; the scales "linear" or "log"; `x_marks` and
---`y_marks` are lists of { at, name }, reference lines.
---@param options gibbs.plot.Frame
function plot.lines(options) curves("gibbs.plot.lines", options, "lines") end

---The same as points, with error bars where a series has `error`.
---@param options gibbs.plot.Frame
function plot.points(options) curves("gibbs.plot.points", options, "points") end

return plot

--- A landscape over two parameters: colours, contour lines with their values, curves where other surfaces vanish, and
--- marked points.

local _, core = ...
local gibbs = core.gibbs
local figure = require "gibbs.figure"
local gnuplot = require "gibbs.gnuplot"

local who = "gibbs.plot.heatmap"

---@class gibbs.plot.Heatmap : gibbs.plot.Frame
---@field x any               values along x, evenly spaced
---@field y any               values along y, evenly spaced
---@field z any               z[i][j] belongs to x[i] and y[j]: nested lists or a tensor
---@field z_label? string     beside the colours
---@field z_scale? string     "linear" or "log"
---@field z_range? number[]   {from, to} of the colours
---@field contours? any       how many contour lines, about (default 8), or a list of values
---@field curves? table[]     { name, z, level = 0, color }: lines on which another surface has this value
---@field points? table[]     { name, x, y, color }: x and y are numbers or lists

local rows = figure.with_frame {
  x = "values", y = "values", z = "values", z_label = "string", z_scale = "scale", z_range = "range",
  contours = "levels", curves = "table", points = "table",
}

-- ---- the grid -------------------------------------------------------------------------------------------

local function axis(name, value)
  if not value then core.raise(("%s: option '%s' is missing; it must be a list of numbers or a tensor"):format(who, name)) end
  local list = figure.numbers(who, name, value)
  if #list < 2 then core.raise(("%s: '%s' has one value; it must have at least two"):format(who, name)) end
  local step = (list[#list] - list[1]) / (#list - 1)
  for i, x in ipairs(list) do
    if not (step > 0 and math.abs(x - (list[1] + (i - 1) * step)) <= 1e-6 * step) then
      core.raise(("%s: '%s'[%d] is %s; the values must rise in even steps"):format(who, name, i, x))
    end
  end
  return list
end

local function surface(name, value, x, y)
  local z = type(value) == "userdata" and value:table() or value
  if type(z) ~= "table" or #z ~= #x then
    core.raise(("%s: '%s' must have %d rows, one for each x"):format(who, name, #x))
  end
  for i, row in ipairs(z) do
    if type(row) ~= "table" or #row ~= #y then
      core.raise(("%s: '%s'[%d] must have %d numbers, one for each y"):format(who, name, i, #y))
    end
    figure.numbers(who, ("%s[%d]"):format(name, i), row)
  end
  return z
end

--- Rows x, y, z for gnuplot, with an empty row after each x; z goes through `map`.
local function grid_rows(x, y, z, map)
  local list = {}
  for i = 1, #x do
    for j = 1, #y do list[#list + 1] = { x[i], y[j], map(z[i][j]) } end
    list[#list + 1] = {}
  end
  return list
end

local function extent(z, positive)
  local low, high = math.huge, -math.huge
  for _, row in ipairs(z) do
    for _, value in ipairs(row) do
      if figure.finite(value) and not (positive and value <= 0) then low, high = math.min(low, value), math.max(high, value) end
    end
  end
  return low, high
end

--- The range of the colours: of the values that they can show.
local function colour_range(options)
  local log = options.z_scale == "log"
  local low, high = extent(options.z, log)
  local range = options.z_range or { low, high }
  if log and not (range[1] > 0) then
    core.raise(("%s: option 'z_range' begins at %s; a log scale must begin above 0"):format(who, range[1]))
  end
  if low > high then core.raise(who .. ": 'z' has no value that the colours can show") end
  if range[1] == range[2] then range = { range[1] - 0.5, range[2] + 0.5 } end
  return range
end

-- ---- levels of contours ----------------------------------------------------------------------------------

local function add_inside(list, value, low, high)
  if value > low and value < high then list[#list + 1] = value end
end

--- About `count` round values between low and high.
local function linear_levels(low, high, count)
  local rough = (high - low) / count
  local power = 10.0 ^ math.floor(math.log(rough, 10))
  local step = 10 * power
  for _, factor in ipairs { 1, 2, 5 } do
    if factor * power >= rough then
      step = factor * power
      break
    end
  end
  local list = {}
  for k = math.ceil(low / step), math.floor(high / step) do add_inside(list, k * step, low, high) end
  return list
end

--- Powers of ten, with what lies between where there are few of them.
local function log_levels(low, high, count)
  local decades = math.log(high / low, 10)
  local factors = decades * 3 <= count and { 1, 2, 5 } or decades * 2 <= count and { 1, 3 } or { 1 }
  local stride = math.max(1, math.ceil(decades / count))
  local list = {}
  for k = math.floor(math.log(low, 10)), math.ceil(math.log(high, 10)) do
    if k % stride == 0 then
      for _, factor in ipairs(factors) do add_inside(list, factor * 10.0 ^ k, low, high) end
    end
  end
  return list
end

local function contour_levels(options, range)
  local asked = options.contours or 8
  if type(asked) == "table" then return figure.numbers(who, "contours", asked) end
  if asked == 0 then return {} end
  return (options.z_scale == "log" and log_levels or linear_levels)(range[1], range[2], asked)
end

-- ---- labels on contours -----------------------------------------------------------------------------------

--- Lengths are measured in units of the figure: both axes from 0 to 1.
local function ruler(options)
  local x, y = options.x_range, options.y_range
  local width, height = x[2] - x[1], y[2] - y[1]
  return function(a, b) return math.sqrt(((a[1] - b[1]) / width) ^ 2 + ((a[2] - b[2]) / height) ^ 2) end,
    function(a) return math.min(a[1] - x[1], x[2] - a[1]) / width, math.min(a[2] - y[1], y[2] - a[2]) / height end
end

local function curve_length(points, distance)
  local length = 0
  for i = 2, #points do length = length + distance(points[i - 1], points[i]) end
  return length
end

--- The point of a curve that is farthest from what is there already and has room for text; nil when none has.
local function best_place(points, taken, distance, margin)
  local best, most = nil, 0.06
  for i = 3, #points - 2 do
    local inward_x, inward_y = margin(points[i])
    local room = math.huge
    for _, other in ipairs(taken) do room = math.min(room, distance(points[i], other)) end
    if inward_x > 0.06 and inward_y > 0.035 and math.min(room, 0.5) > most then best, most = i, math.min(room, 0.5) end
  end
  return best
end

--- Splits a curve around point k, so that a text fits into the gap.
local function cut(points, k, distance)
  local before, after = {}, {}
  for i, point in ipairs(points) do
    if i < k and distance(point, points[k]) > 0.03 then before[#before + 1] = point end
    if i > k and distance(point, points[k]) > 0.03 then after[#after + 1] = point end
  end
  return before, after
end

--- The same curve with points so close that a text can go anywhere and a gap is as long as it should be.
local function densify(points, distance)
  local list = { points[1] }
  for i = 2, #points do
    local a, b = points[i - 1], points[i]
    local pieces = math.max(1, math.ceil(distance(a, b) / 0.005))
    for k = 1, pieces do
      list[#list + 1] = { a[1] + (b[1] - a[1]) * k / pieces, a[2] + (b[2] - a[2]) * k / pieces }
    end
  end
  return list
end

--- Rows for gnuplot of all contours, and their labels { text, x, y }.
local function label_contours(list, taken, options)
  local distance, margin = ruler(options)
  local lines, labels = {}, {}
  local function add(points)
    for _, point in ipairs(points) do lines[#lines + 1] = point end
    lines[#lines + 1] = {}
  end
  table.sort(list, function(a, b) return #a.points > #b.points end)
  for _, curve in ipairs(list) do
    local points = densify(curve.points, distance)
    local k = curve_length(points, distance) > 0.25 and best_place(points, taken, distance, margin)
    if k then
      local before, after = cut(points, k, distance)
      add(before)
      add(after)
      taken[#taken + 1] = points[k]
      labels[#labels + 1] = { ("%.3g"):format(curve.level), points[k][1], points[k][2] }
    else
      add(points)
    end
  end
  return lines, labels
end

-- ---- the figure --------------------------------------------------------------------------------------------

--- A finer grid by linear interpolation, so that cells do not show.
local function refine(x, y, z)
  local nx, ny = math.max(1, 240 // (#x - 1)), math.max(1, 240 // (#y - 1))
  local list = {}
  for i = 0, (#x - 1) * nx do
    local a = math.min(i // nx + 1, #x - 1)
    local s = i / nx - (a - 1)
    for j = 0, (#y - 1) * ny do
      local b = math.min(j // ny + 1, #y - 1)
      local t = j / ny - (b - 1)
      local low = z[a][b] + s * (z[a + 1][b] - z[a][b])
      local high = z[a][b + 1] + s * (z[a + 1][b + 1] - z[a][b + 1])
      list[#list + 1] = { x[a] + s * (x[a + 1] - x[a]), y[b] + t * (y[b + 1] - y[b]), low + t * (high - low) }
    end
    list[#list + 1] = {}
  end
  return list
end

local function check_curves(options)
  local list = {}
  for i, given in ipairs(options.curves or {}) do
    local where = ("%s: curves[%d]"):format(who, i)
    local curve = figure.check(where, given, { name = "string", z = "values", level = "number", color = "color" })
    if not curve.z then core.raise(where .. ": option 'z' is missing") end
    curve.z = surface(("curves[%d].z"):format(i), curve.z, options.x, options.y)
    list[i] = curve
  end
  return list
end

local function check_points(options)
  local list = {}
  for i, given in ipairs(options.points or {}) do
    local where = ("%s: points[%d]"):format(who, i)
    local points = figure.check(where, given, { name = "string", x = "errors", y = "errors", color = "color" })
    for _, name in ipairs { "x", "y" } do
      if math.type(points[name]) then points[name] = { points[name] } end
      points[name] = figure.numbers(where, name, points[name])
    end
    if #points.x ~= #points.y then core.raise(("%s: %d numbers for x and %d for y"):format(where, #points.x, #points.y)) end
    list[i] = points
  end
  return list
end

local function save(options, curves, points)
  local header, lines = { "x", "y", "z" }, {}
  for i, curve in ipairs(curves) do header[#header + 1] = curve.name or ("curve " .. i) end
  for i, x in ipairs(options.x) do
    for j, y in ipairs(options.y) do
      local row = { x, y, options.z[i][j] }
      for _, curve in ipairs(curves) do row[#row + 1] = curve.z[i][j] end
      lines[#lines + 1] = row
    end
  end
  gibbs.write(options.base .. ".csv", { header = header, rows = lines })
  if #points == 0 then return end
  local marked = {}
  for i, set in ipairs(points) do
    for k, x in ipairs(set.x) do marked[#marked + 1] = { set.name or tostring(i), x, set.y[k] } end
  end
  gibbs.write(options.base .. "-points.csv", { header = { "name", "x", "y" }, rows = marked })
end

local function log_or_nothing(z) return z > 0 and math.log(z, 10) or 0 / 0 end

local curve_colours = { "#D55E00", "#000000", "#CC79A7", "#E69F00" }
local symbols = { 7, 5, 9, 13, 11, 6, 4 }

local function identity(z) return z end

--- Each curve's points, with an empty row after each of its pieces.
local function trace_curves(options, curves)
  for _, curve in ipairs(curves) do
    curve.lines = {}
    local grid = grid_rows(options.x, options.y, curve.z, identity)
    for _, found in ipairs(gnuplot.contours(who, grid, { curve.level or 0 })) do
      table.move(found.points, 1, #found.points, #curve.lines + 1, curve.lines)
      curve.lines[#curve.lines + 1] = {}
    end
  end
end

--- Each curve is drawn twice, first broader and white, so that it stands out from any colour beneath.
local function draw_curves(curves, script, drawings)
  for i, curve in ipairs(curves) do
    script[#script + 1] = gnuplot.block("curve" .. i, #curve.lines > 0 and curve.lines or { { 0 / 0, 0 / 0 } })
    drawings[#drawings + 1] = ("$curve%d using 1:2 with lines linecolor rgb '#ffffff' linewidth 4 notitle"):format(i)
    drawings[#drawings + 1] = ("$curve%d using 1:2 with lines linecolor rgb '%s' linewidth 2.2 dashtype %d %s"):format(i,
      curve.color or curve_colours[(i - 1) % #curve_colours + 1], i, curve.name and "title " .. gnuplot.quote(curve.name) or "notitle")
  end
end

local function draw_points(points, script, drawings)
  for i, set in ipairs(points) do
    local lines = {}
    for k, x in ipairs(set.x) do lines[k] = { x, set.y[k] } end
    local symbol = symbols[(i - 1) % #symbols + 1]
    script[#script + 1] = gnuplot.block("points" .. i, lines)
    drawings[#drawings + 1] = ("$points%d using 1:2 with points pointtype %d pointsize 1.3 linecolor rgb '#ffffff' notitle"):format(i, symbol)
    drawings[#drawings + 1] = ("$points%d using 1:2 with points pointtype %d pointsize 0.9 linecolor rgb '%s' %s"):format(i, symbol,
      set.color or "#000000", set.name and "title " .. gnuplot.quote(set.name) or "notitle")
  end
end

--- The contours of z; of its logarithm on a log scale, where it is smoother.
local function trace_contours(options, levels)
  local log = options.z_scale == "log"
  local map, mapped = log and log_or_nothing or identity, {}
  for i, level in ipairs(levels) do mapped[i] = map(level) end
  local list = gnuplot.contours(who, grid_rows(options.x, options.y, options.z, map), mapped)
  for _, curve in ipairs(list) do curve.level = log and 10.0 ^ curve.level or curve.level end
  return list
end

--- What labels keep away from: marked points, and the curves.
local function taken_places(curves, points)
  local taken = {}
  for _, set in ipairs(points) do
    for k, x in ipairs(set.x) do taken[#taken + 1] = { x, set.y[k] } end
  end
  for _, curve in ipairs(curves) do
    for _, point in ipairs(curve.lines) do
      if point[1] then taken[#taken + 1] = point end
    end
  end
  return taken
end

local function draw_contours(list, taken, options, script, drawings)
  if #list == 0 then return end
  local lines, labels = label_contours(list, taken, options)
  script[#script + 1] = gnuplot.block("contours", lines)
  drawings[#drawings + 1] = "$contours using 1:2 with lines linecolor rgb '#ffffff' linewidth 0.8 notitle"
  for _, label in ipairs(labels) do
    script[#script + 1] = ("set label %s at %s,%s center front textcolor rgb '#ffffff' font ',8'"):format(
      gnuplot.quote(label[1]), gnuplot.number(label[2]), gnuplot.number(label[3]))
  end
end

local function colours(options, range)
  local stops = {}
  for i, colour in ipairs(gnuplot.viridis) do stops[i] = ("%d '%s'"):format(i - 1, colour) end
  return {
    ("set palette defined (%s)"):format(table.concat(stops, ", ")),
    figure.axis("cb", options.z_scale, range),
    options.z_label and "set cblabel " .. gnuplot.quote(options.z_label) .. " offset 1,0" or "unset cblabel",
    "set colorbox noborder", "set cbtics scale 0.4", "set border 15",
  }
end

---A landscape.
---@param given gibbs.plot.Heatmap
return function(given)
  local options = figure.check_figure(who, given, rows)
  options.x, options.y = axis("x", options.x), axis("y", options.y)
  if not options.z then core.raise(who .. ": option 'z' is missing; z[i][j] belongs to x[i] and y[j]") end
  options.z = surface("z", options.z, options.x, options.y)
  options.x_range = options.x_range or { options.x[1], options.x[#options.x] }
  options.y_range = options.y_range or { options.y[1], options.y[#options.y] }
  local curves, points, range = check_curves(options), check_points(options), colour_range(options)
  save(options, curves, points)
  local script, drawings = figure.frame(options), { "$grid using 1:2:3 with image notitle" }
  local lines = colours(options, range)
  table.move(lines, 1, #lines, #script + 1, script)
  trace_curves(options, curves)
  script[#script + 1] = gnuplot.block("grid", refine(options.x, options.y, options.z))
  local contours = trace_contours(options, contour_levels(options, range))
  draw_contours(contours, taken_places(curves, points), options, script, drawings)
  draw_curves(curves, script, drawings)
  draw_points(points, script, drawings)
  script[#script + 1] = "plot " .. table.concat(drawings, ", ")
  gnuplot.draw(who, options.file, options.terminal, script)
end

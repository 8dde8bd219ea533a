--- What heat maps and contour plots share: a grid of values, its reading, its colours' range, its levels, its data.
--- Places are what gnuplot sees: values along an axis, or their logarithms where the axis is logarithmic.

local _, core = ...
local options = require "gibbs.plot.options"
local values = require "gibbs.plot.values"
local gnuplot = require "gibbs.plot.gnuplot"
local look = require "gibbs.plot.look"

local surface = {}
local finite = options.finite

surface.rows = {
  { "x", "values", "values along x, rising" },
  { "y", "values", "values along y, rising" },
  { "z", "values", "z[i][j] belongs to x[i] and y[j]: nested lists or a tensor" },
  { "z_label", "string", "beside the colours" },
  { "z_scale", "scale", "of the colours; a log scale has no place for 0 and below", "linear" },
  { "z_range", "range", "{from, to} of the colours; by default that of z, and even on both sides of 0 for 'diverging'" },
  { "palette", "palette", "'diverging' goes from blue to red with white at 0, 'grey' from white to black", "viridis" },
  { "curves", "table", "lines on which another surface has a value: a list of { name, z, level = 0, color }" },
  { "points", "table", "marked points: a list of { name, x, y, color }; x and y are numbers or lists" },
}

local curve_rows = {
  { "name", "string", "in the legend" },
  { "z", "values", "a surface on the same grid" },
  { "level", "number", "the value that it has on the line", 0 },
  { "color", "color", "like '#0072B2'" },
}

local point_rows = {
  { "name", "string", "in the legend" },
  { "x", "errors", "a number or a list" },
  { "y", "errors", "a number or a list" },
  { "color", "color", "like '#0072B2'" },
}

surface.parts = { { "A curve", curve_rows }, { "A set of points", point_rows } }

-- ---- reading -----------------------------------------------------------------------------------------------

local function read_axis(panel, name)
  local given = panel.options
  options.need(panel.who, given, name, "a list of numbers or a tensor")
  local list = values.list(panel.who, name, given[name])
  if #list < 2 then core.raise(("%s: '%s' has one value; it must have at least two"):format(panel.who, name)) end
  for i, x in ipairs(list) do
    if not finite(x) or i > 1 and not (x > list[i - 1]) then
      core.raise(("%s: '%s'[%d] is %s; the values must rise"):format(panel.who, name, i, x))
    end
  end
  if given[name .. "_scale"] == "log" and list[1] <= 0 then
    core.raise(("%s: '%s'[1] is %s, which a log axis cannot show; leave it out or use a linear axis"):format(panel.who, name, list[1]))
  end
  given[name] = list
  local range = name .. "_range"
  given[range] = given[range] or { list[1], list[#list] }
  if given[name .. "_scale"] == "log" and given[range][1] <= 0 then
    core.raise(("%s: option '%s' begins at %s; a log axis must begin above 0"):format(panel.who, range, given[range][1]))
  end
end

local function read_grid(panel, name, value)
  return values.matrix(panel.who, name, value, #panel.options.x, #panel.options.y, { "x", "y" })
end

local function read_curves(panel)
  local list = {}
  for i, one in ipairs(panel.options.curves or {}) do
    local where = ("%s: curves[%d]"):format(panel.who, i)
    local curve = options.check(where, one, curve_rows)
    options.need(where, curve, "z", "a surface on the same grid")
    curve.z = read_grid(panel, ("curves[%d].z"):format(i), curve.z)
    list[i] = curve
  end
  return list
end

local function check_places(panel, where, points)
  for _, axis in ipairs { "x", "y" } do
    for i, x in ipairs(points[axis]) do
      if panel.options[axis .. "_scale"] == "log" and x <= 0 then
        core.raise(("%s: '%s'[%d] is %s, which a log axis cannot show"):format(where, axis, i, x))
      end
    end
  end
end

local function read_points(panel)
  local list = {}
  for i, one in ipairs(panel.options.points or {}) do
    local where = ("%s: points[%d]"):format(panel.who, i)
    local points = options.check(where, one, point_rows)
    for _, name in ipairs { "x", "y" } do
      options.need(where, points, name, "a number or a list")
      points[name] = values.some(where, name, points[name])
    end
    if #points.x ~= #points.y then core.raise(("%s: %d numbers for x and %d for y"):format(where, #points.x, #points.y)) end
    check_places(panel, where, points)
    list[i] = points
  end
  return list
end

--- Lowest and highest value that the colours can show, and how many they cannot.
local function extent(z, positive)
  local low, high, hidden = math.huge, -math.huge, 0
  for _, row in ipairs(z) do
    for _, value in ipairs(row) do
      if finite(value) and not (positive and value <= 0) then
        low, high = math.min(low, value), math.max(high, value)
      else
        hidden = hidden + 1
      end
    end
  end
  return low, high, hidden
end

local function read_colours(panel)
  local given = panel.options
  local log = given.z_scale == "log"
  if log and given.palette == "diverging" then core.raise(panel.who .. ": a log scale has no 0 for the palette 'diverging'; use 'viridis'") end
  local low, high, hidden = extent(given.z, log)
  if log and given.z_range and not (given.z_range[1] > 0) then
    core.raise(("%s: option 'z_range' begins at %s; a log scale must begin above 0"):format(panel.who, given.z_range[1]))
  end
  if low > high then core.raise(panel.who .. ": 'z' has no value that the colours can show") end
  if hidden > 0 then
    local also = log and " or not above 0" or ""
    panel:notice(("%d of %d values of 'z' are not finite%s; they are left white"):format(hidden, #given.x * #given.y, also))
  end
  if given.palette == "diverging" then high = math.max(math.abs(low), math.abs(high)); low = -high end
  local range = given.z_range or { low, high }
  if range[1] == range[2] then range = log and { range[1] / 2, range[2] * 2 } or { range[1] - 0.5, range[2] + 0.5 } end
  panel.z_range = range
end

local function save(panel)
  local given = panel.options
  local header, columns = { "x", "y", "z" }, { {}, {}, {} }
  for i, curve in ipairs(panel.curves) do header[3 + i], columns[3 + i] = curve.name or ("curve " .. i), {} end
  for i, x in ipairs(given.x) do
    for j, y in ipairs(given.y) do
      local n = #columns[1] + 1
      columns[1][n], columns[2][n], columns[3][n] = x, y, given.z[i][j]
      for k, curve in ipairs(panel.curves) do columns[3 + k][n] = curve.z[i][j] end
    end
  end
  panel:save("", header, columns)
  if #panel.points == 0 then return end
  local marked = { {}, {}, {} }
  for i, set in ipairs(panel.points) do
    for k, x in ipairs(set.x) do
      for c, value in ipairs { set.name or tostring(i), x, set.y[k] } do table.insert(marked[c], value) end
    end
  end
  panel:save("-points", { "name", "x", "y" }, marked)
end

function surface.read(panel)
  local given = panel.options
  read_axis(panel, "x")
  read_axis(panel, "y")
  if given.z == nil then core.raise(panel.who .. ": option 'z' is missing; z[i][j] belongs to x[i] and y[j]") end
  given.z = read_grid(panel, "z", given.z)
  panel.curves, panel.points = read_curves(panel), read_points(panel)
  read_colours(panel)
  save(panel)
end

-- ---- places ------------------------------------------------------------------------------------------------

local function identity(value) return value end
local function logarithm(value) return value > 0 and math.log(value, 10) or 0 / 0 end

---How values become places: of an axis, or of z.
function surface.map(panel, axis) return panel.options[axis .. "_scale"] == "log" and logarithm or identity end

local function places_of(panel, axis)
  local map, list = surface.map(panel, axis), {}
  for i, x in ipairs(panel.options[axis]) do list[i] = map(x) end
  return list
end

---The ranges of the axes, as places.
function surface.place_range(panel, axis)
  local map, range = surface.map(panel, axis), panel.options[axis .. "_range"]
  return { map(range[1]), map(range[2]) }
end

---The frame around places, with ticks that tell the values.
function surface.frame(panel)
  local given = setmetatable({ x_scale = "linear", y_scale = "linear" }, { __index = panel.options })
  for _, axis in ipairs { "x", "y" } do given[axis .. "_range"] = surface.place_range(panel, axis) end
  panel:add(look.frame(given))
  for _, axis in ipairs { "x", "y" } do
    if panel.options[axis .. "_scale"] == "log" then
      local range = panel.options[axis .. "_range"]
      panel:add(look.ticks(axis, look.log_values(range), logarithm))
    end
  end
  panel:add("set border 15")
end

---The curves on which a surface on the grid has given values, as places; z goes through `map`.
function surface.trace(panel, z, levels, map)
  local x, y, grid = places_of(panel, "x"), places_of(panel, "y"), {}
  for i = 1, #x do
    for j = 1, #y do grid[#grid + 1] = { x[i], y[j], map(z[i][j]) } end
    grid[#grid + 1] = {}
  end
  return gnuplot.contours(panel.who, grid, levels)
end

--- For each of `count` even steps from the first place to the last: the interval that it lies in, and how far along.
local function steps(places, count)
  local list, k = {}, 1
  for n = 0, count do
    local at = places[1] + (places[#places] - places[1]) * (n / count)
    while k < #places - 1 and at > places[k + 1] do k = k + 1 end
    list[n + 1] = { at = at, k = k, t = (at - places[k]) / (places[k + 1] - places[k]) }
  end
  return list
end

---A fine, even grid by linear interpolation, so that cells do not show: rows x, y, z for gnuplot.
function surface.refine(panel)
  local x, y, z, list = places_of(panel, "x"), places_of(panel, "y"), panel.options.z, {}
  local across, up = steps(x, math.max(240, #x - 1)), steps(y, math.max(240, #y - 1))
  for _, a in ipairs(across) do
    local left, right = z[a.k], z[a.k + 1]
    for _, b in ipairs(up) do
      local low = left[b.k] + a.t * (right[b.k] - left[b.k])
      local high = left[b.k + 1] + a.t * (right[b.k + 1] - left[b.k + 1])
      list[#list + 1] = { a.at, b.at, low + b.t * (high - low) }
    end
    list[#list + 1] = {}
  end
  return list
end

return surface

--- Paths in the plane of a flow: given as points, or followed from where they start.

local _, core = ...
local options = require "gibbs.plot.options"
local values = require "gibbs.plot.values"
local gnuplot = require "gibbs.plot.gnuplot"
local look = require "gibbs.plot.look"

local trajectories = {}
local finite = options.finite

trajectories.rows = {
  { "name", "string", "in the legend" },
  { "x", "values", "the points of the path" },
  { "y", "values", "as many" },
  { "points", "table", "instead of x and y: a list of {x, y}, or of couplings by name" },
  { "from", "table", "where it starts, {x, y} or couplings by name, to be followed" },
  { "steps", "count", "how many steps, of the map or across the figure", 30 },
  { "color", "color", "by default one of seven that all people tell apart" },
}

-- ---- following ---------------------------------------------------------------------------------------------

local function is_inside(panel, x, y)
  local across, up = panel.options.x_range, panel.options.y_range
  return finite(x) and finite(y) and x >= across[1] and x <= across[2] and y >= up[1] and y <= up[2]
end

--- Step after step of the map, until it stands still or has left the figure.
local function iterate(panel, path)
  for _ = 1, path.steps do
    local x, y = path.x[#path.x], path.y[#path.y]
    if not is_inside(panel, x, y) then return end
    local u, v = panel.velocity(x, y)
    if not (finite(u) and finite(v)) or u == 0 and v == 0 then return end
    path.x[#path.x + 1], path.y[#path.y + 1] = x + u, y + v
  end
end

--- The direction of the field, in parts of the figure's sides: what is followed goes evenly through slow and fast places.
local function direction(panel, x, y)
  local across, up = panel.options.x_range, panel.options.y_range
  local u, v = panel.velocity(x, y)
  u, v = u / (across[2] - across[1]), v / (up[2] - up[1])
  local speed = math.sqrt(u * u + v * v)
  if not (finite(speed) and speed > 1e-12) then return nil end
  return u / speed * (across[2] - across[1]), v / speed * (up[2] - up[1])
end

--- Runge's and Kutta's midpoint rule along the direction; at a fixed point the direction turns, which ends the path.
local function follow(panel, path)
  local h, before_u, before_v = 1 / 400, nil, nil
  local across, up = panel.options.x_range, panel.options.y_range
  for _ = 1, path.steps * 40 do
    local x, y = path.x[#path.x], path.y[#path.y]
    local u, v = direction(panel, x, y)
    if not u or not is_inside(panel, x, y) then return end
    u, v = direction(panel, x + h / 2 * u, y + h / 2 * v)
    if not u then return end
    local turn = before_u and u * before_u / (across[2] - across[1]) ^ 2 + v * before_v / (up[2] - up[1]) ^ 2
    if turn and turn < 0 then return end
    path.x[#path.x + 1], path.y[#path.y + 1] = x + h * u, y + h * v
    before_u, before_v = u, v
  end
end

local function start(panel, where, path)
  if not panel.velocity then core.raise(where .. ": 'from' needs 'map' or 'field', a function that can be followed; or give 'x' and 'y'") end
  local x, y = values.pair(where, "from", path.from, panel.options.couplings)
  path.x, path.y = { x }, { y }
  path.dots = panel.options.map ~= nil
  if panel.options.map then iterate(panel, path) else follow(panel, path) end
end

local function read_one(panel, given, index)
  local where = ("%s: trajectories[%d]"):format(panel.who, index)
  local path = options.check(where, given, trajectories.rows)
  if path.from then
    start(panel, where, path)
  elseif path.points then
    path.x, path.y = {}, {}
    for i, point in ipairs(path.points) do path.x[i], path.y[i] = values.pair(where, ("points[%d]"):format(i), point, panel.options.couplings) end
    if #path.x == 0 then core.raise(where .. ": 'points' is empty") end
    path.dots = #path.x <= 60
  else
    options.need(where, path, "x", "a list of numbers, with 'y'; or give 'points' or 'from'")
    options.need(where, path, "y", "a list of numbers")
    path.x, path.y = values.list(where, "x", path.x), values.list(where, "y", path.y)
    if #path.x ~= #path.y then core.raise(("%s: %d numbers for x and %d for y"):format(where, #path.x, #path.y)) end
    path.dots = #path.x <= 60
  end
  path.color = path.color or look.nth(look.colors, index)
  return path
end

---The paths of a panel.
function trajectories.read(panel)
  local list = {}
  for i, given in ipairs(panel.options.trajectories or {}) do list[i] = read_one(panel, given, i) end
  return list
end

-- ---- drawing -----------------------------------------------------------------------------------------------

--- Heads of arrows on a path, at thirds of its length: x, y and a short step ahead.
local function heads(panel, path, x_inch, y_inch)
  local along = { 0 }
  for i = 2, #path.x do
    along[i] = along[i - 1] + math.sqrt(((path.x[i] - path.x[i - 1]) / x_inch) ^ 2 + ((path.y[i] - path.y[i - 1]) / y_inch) ^ 2)
  end
  local list, i, whole = {}, 2, along[#along]
  for _, share in ipairs(whole > 0.8 and { 0.33, 0.67 } or whole > 0.15 and { 0.55 } or {}) do
    while i < #along and along[i] < share * whole do i = i + 1 end
    local dx, dy, length = path.x[i] - path.x[i - 1], path.y[i] - path.y[i - 1], along[i] - along[i - 1]
    if finite(length) and length > 0 and is_inside(panel, path.x[i], path.y[i]) then
      local t = path.dots and 0.6 or (share * whole - along[i - 1]) / length -- not on a dot
      local step = 0.02 / length
      list[#list + 1] = { path.x[i - 1] + t * dx, path.y[i - 1] + t * dy, dx * step, dy * step }
    end
  end
  return list
end

---Draw the paths; x_inch and y_inch are the units of the axes for an inch of the figure.
function trajectories.draw(panel, x_inch, y_inch)
  for index, path in ipairs(panel.paths) do
    local points = {}
    for i, x in ipairs(path.x) do points[i] = { x, path.y[i] } end
    panel:block("path" .. index, points)
    panel:drawing(("$path%d using 1:2 with %s linecolor rgb '%s' linewidth 2 dashtype %s %s"):format(index,
      path.dots and ("linespoints pointtype %d %s"):format(look.nth(look.symbols, index), panel:symbol(0.5)) or "lines", path.color,
      path.dots and "1" or look.nth(look.dashes, index), path.name and "title " .. gnuplot.text(path.name) or "notitle"))
    local arrows = heads(panel, path, x_inch, y_inch)
    if #arrows > 0 then
      panel:block("heads" .. index, arrows)
      panel:drawing(("$heads%d using 1:2:3:4 with vectors filled head size screen 0.018,20 fixed linewidth 2 linecolor rgb '%s' notitle"):format(
        index, path.color))
    end
  end
end

return trajectories

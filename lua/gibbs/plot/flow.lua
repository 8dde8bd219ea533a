--- Where a vector field or a renormalization leads: gibbs.plot.flow.

local _, core = ...
local options = require "gibbs.plot.options"
local values = require "gibbs.plot.values"
local gnuplot = require "gibbs.plot.gnuplot"
local look = require "gibbs.plot.look"
local trajectories = require "gibbs.plot.trajectories"

local finite = options.finite

local point_rows = {
  { "name", "string", "beside the point" },
  { "x", "number", "where" },
  { "y", "number", "where" },
  { "couplings", "table", "instead of x and y: couplings by name, as recursion:fixed_point gives them" },
  { "stability", "stability", "'stable' (a disc), 'unstable' (a ring) or 'saddle' (a diamond)", "saddle" },
}

local rows = {
  { "map", "map", "a renormalization of two couplings: a recursion of gibbs.rg, or function(x, y) that gives the point one step "
    .. "further, x', y'" },
  { "couplings", "names", "what x and y are among couplings by name; by default the two of the recursion" },
  { "field", "callable", "or function(x, y) that gives a velocity u, v" },
  { "x", "values", "or a grid with velocities 'u' and 'v': values along x, rising" },
  { "y", "values", "values along y, rising" },
  { "u", "values", "u[i][j] belongs to x[i] and y[j]" },
  { "v", "values", "v[i][j] likewise" },
  { "arrows", "arrows", "how many across, where a function is given", 18 },
  { "arrow_length", "arrow_length", "all equal, or as the speed is", "equal" },
  { "speed_colors", "boolean", "the arrows' colours tell how fast it goes", false },
  { "speed_label", "string", "beside the colours" },
  { "trajectories", "table", "paths: a list of { name, x, y, color }, or { name, points, color } with pairs {x, y} or couplings by "
    .. "name as recursion:flow gives them, or { name, from = {x, y}, steps = 30, color } to follow 'map' or 'field'" },
  { "fixed_points", "table", "marked points: a list of { name, x, y, stability }, or with couplings by name instead of x and y" },
}

-- ---- the field ---------------------------------------------------------------------------------------------

local function even(range, count)
  local list = {}
  for i = 1, count do list[i] = range[1] + (range[2] - range[1]) * (i - 0.5) / count end
  return list
end

--- What x and y are among the couplings of a recursion, and its step as a function of these; what is not drawn is 0.
local function read_recursion(panel)
  local given, recursion = panel.options, panel.options.map
  if values.class_of(recursion) ~= "recursion" then
    core.raise(("%s: option 'map' is %s; it must be %s"):format(panel.who, tostring(recursion), options.kinds.map.legal))
  end
  local names = {}
  for name in pairs(recursion:flow({}, 0)[1]) do names[#names + 1] = name end -- no step at all
  table.sort(names)
  if not given.couplings and #names ~= 2 then
    core.raise(("%s: the couplings of the recursion are %s; say over which two to draw: couplings = { x, y }"):format(
      panel.who, table.concat(names, ", ")))
  end
  given.couplings = given.couplings or names
  local a, b = given.couplings[1], given.couplings[2]
  given.x_label, given.y_label = given.x_label or a, given.y_label or b
  return function(x, y)
    local next_couplings = recursion:step { [a] = x, [b] = y }
    return next_couplings[a], next_couplings[b]
  end
end

--- The velocity as a function: of a map, how far a step goes.
local function velocity(panel)
  local given = panel.options
  local name = given.map and "map" or "field"
  local callback = type(given[name]) == "userdata" and read_recursion(panel) or given[name]
  return function(x, y)
    local u, v = callback(x, y)
    if not (math.type(u) and math.type(v)) then
      core.raise(("%s: '%s' at %g, %g gives %s and %s; it must give two numbers"):format(
        panel.who, name, x, y, options.shown(u), options.shown(v)))
    end
    if given.map then return u - x, v - y end
    return u, v
  end
end

local function add_arrow(panel, x, y, u, v)
  local field = panel.field
  if finite(u) and finite(v) then
    field[#field + 1] = { x = x, y = y, u = u, v = v, speed = math.sqrt(u * u + v * v) }
  else
    panel.missing = panel.missing + 1
  end
end

local function read_function(panel)
  local given = panel.options
  for _, name in ipairs { "x_range", "y_range" } do options.need(panel.who, given, name, "{from, to}, as the field is a function") end
  panel.velocity = velocity(panel)
  local across, up = even(given.x_range, given.arrows), even(given.y_range, math.max(2, math.floor(given.arrows * 0.75)))
  for _, x in ipairs(across) do
    for _, y in ipairs(up) do add_arrow(panel, x, y, panel.velocity(x, y)) end
  end
  panel.spacing = { #across, #up }
end

local function read_axis(panel, name)
  local list = values.list(panel.who, name, panel.options[name])
  if #list < 2 then core.raise(("%s: '%s' has one value; it must have at least two"):format(panel.who, name)) end
  for i = 2, #list do
    if not (list[i] > list[i - 1]) then core.raise(("%s: '%s'[%d] is %s; the values must rise"):format(panel.who, name, i, list[i])) end
  end
  local air = (list[#list] - list[1]) / (2 * (#list - 1))
  panel.options[name .. "_range"] = panel.options[name .. "_range"] or { list[1] - air, list[#list] + air }
  return list
end

local function read_grid(panel)
  local given, who = panel.options, panel.who
  for _, name in ipairs { "x", "y", "u", "v" } do
    options.need(who, given, name, "there, with 'x', 'y', 'u' and 'v'; or give 'map' or 'field', a function")
  end
  local x, y = read_axis(panel, "x"), read_axis(panel, "y")
  local u = values.matrix(who, "u", given.u, #x, #y, { "x", "y" })
  local v = values.matrix(who, "v", given.v, #x, #y, { "x", "y" })
  for i = 1, #x do
    for j = 1, #y do add_arrow(panel, x[i], y[j], u[i][j], v[i][j]) end
  end
  panel.spacing = { #x, #y }
end

local function read_points(panel)
  local list = {}
  for i, one in ipairs(panel.options.fixed_points or {}) do
    local where = ("%s: fixed_points[%d]"):format(panel.who, i)
    list[i] = options.check(where, one, point_rows)
    if list[i].couplings then list[i].x, list[i].y = values.pair(where, "couplings", list[i].couplings, panel.options.couplings) end
    options.need(where, list[i], "x", "a number")
    options.need(where, list[i], "y", "a number")
  end
  return list
end

--- Columns of a list of tables.
local function columns_of(list, names)
  local columns = {}
  for k, name in ipairs(names) do
    columns[k] = {}
    for i, item in ipairs(list) do columns[k][i] = item[name] or "" end
  end
  return columns
end

local function save(panel)
  panel:save("", { "x", "y", "u", "v" }, columns_of(panel.field, { "x", "y", "u", "v" }))
  local steps = {}
  for i, path in ipairs(panel.paths) do
    for k, x in ipairs(path.x) do steps[#steps + 1] = { path = path.name or tostring(i), x = x, y = path.y[k] } end
  end
  if #steps > 0 then panel:save("-trajectories", { "trajectory", "x", "y" }, columns_of(steps, { "path", "x", "y" })) end
  local names = { "name", "x", "y", "stability" }
  if #panel.points > 0 then panel:save("-points", names, columns_of(panel.points, names)) end
end

local function read(panel)
  local given = panel.options
  for _, axis in ipairs { "x", "y" } do
    if given[axis .. "_scale"] == "log" then core.raise(("%s: option '%s_scale' is 'log'; a flow has linear axes"):format(panel.who, axis)) end
  end
  if given.map and given.field then core.raise(panel.who .. ": both 'map' and 'field' are given; give one of them") end
  panel.field, panel.missing = {}, 0
  if given.map or given.field then read_function(panel) else read_grid(panel) end
  if panel.missing > 0 then panel:notice(("no arrow at %d places, where the field is not finite"):format(panel.missing)) end
  panel.paths, panel.points = trajectories.read(panel), read_points(panel)
  if #panel.field == 0 then core.raise(panel.who .. ": the field is finite nowhere") end
  save(panel)
end

-- ---- drawing -----------------------------------------------------------------------------------------------

--- Units of x and y for an inch of the figure, about.
local function scales(panel)
  local x, y = panel.options.x_range, panel.options.y_range
  return (x[2] - x[1]) / (panel.place[3] * 0.85), (y[2] - y[1]) / (panel.place[4] * 0.8)
end

--- Arrows centred on their places: x, y, dx, dy, speed. The longest reaches to its neighbour.
local function arrow_rows(panel)
  local x_inch, y_inch = scales(panel)
  local reach = 0.75 * math.min(panel.place[3] * 0.85 / panel.spacing[1], panel.place[4] * 0.8 / panel.spacing[2])
  local longest, list = 0, {}
  local function inches(arrow) return math.sqrt((arrow.u / x_inch) ^ 2 + (arrow.v / y_inch) ^ 2) end
  for _, arrow in ipairs(panel.field) do longest = math.max(longest, inches(arrow)) end
  for _, arrow in ipairs(panel.field) do
    local length = inches(arrow)
    local scale = length > 0 and reach / (panel.options.arrow_length == "speed" and longest or length) or 0
    local dx, dy = arrow.u * scale, arrow.v * scale
    if length > 1e-12 * longest then list[#list + 1] = { arrow.x - dx / 2, arrow.y - dy / 2, dx, dy, arrow.speed } end
  end
  if #list == 0 then list[1] = values.constant(0 / 0, 5) end
  return list
end

local function speed_range(panel)
  local low, high = math.huge, 0
  for _, arrow in ipairs(panel.field) do low, high = math.min(low, arrow.speed), math.max(high, arrow.speed) end
  return high > low and { low, high } or { low - 0.5, high + 0.5 }
end

--- The light end of viridis is too faint for thin arrows on white.
local function draw_arrows(panel)
  local colour = "linecolor rgb '#8a8a8a'"
  if panel.options.speed_colors then
    panel:add(look.colour_box("viridis", "linear", speed_range(panel), panel.options.speed_label or "speed"))
    panel:add("set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863')")
    colour = "linecolor palette"
  end
  panel:block("arrows", arrow_rows(panel))
  panel:drawing(("$arrows using 1:2:3:4%s with vectors filled head size screen 0.008,22 linewidth 1 %s notitle"):format(
    panel.options.speed_colors and ":5" or "", colour))
end

local looks = {
  stable = { 7, "stable fixed point" }, unstable = { 6, "unstable fixed point" }, saddle = { 13, "saddle" },
}

local function draw_points(panel)
  for _, stability in ipairs { "stable", "unstable", "saddle" } do
    local places = {}
    for _, point in ipairs(panel.points) do
      if point.stability == stability then
        places[#places + 1] = { point.x, point.y }
        if point.name then
          panel:add(("set label %s at %s,%s left offset 0.8,0.7 front textcolor rgb '#000000'"):format(
            gnuplot.text(point.name), gnuplot.number(point.x), gnuplot.number(point.y)))
        end
      end
    end
    if #places > 0 then
      panel:block(stability, places)
      panel:drawing(("$%s using 1:2 with points pointtype 7 %s linecolor rgb '#ffffff' notitle"):format(stability, panel:symbol(1.7)))
      panel:drawing(("$%s using 1:2 with points pointtype %d %s linewidth 2 linecolor rgb '#000000' title '%s'"):format(
        stability, looks[stability][1], panel:symbol(1.2), looks[stability][2]))
    end
  end
end

local function draw(panel)
  panel:add(look.frame(panel.options))
  panel:add("set border 15")
  draw_arrows(panel)
  trajectories.draw(panel, scales(panel))
  draw_points(panel)
end

return {
  name = "flow",
  what = "Where a vector field, or a renormalization of two couplings, leads: arrows, trajectories, fixed points.",
  options = rows, parts = { { "A trajectory", trajectories.rows }, { "A fixed point", point_rows } }, axes = true, read = read, draw = draw,
}

--- Contour lines with their values in gaps: which levels, and where the text goes.

local values = require "gibbs.plot.values"
local gnuplot = require "gibbs.plot.gnuplot"
local look = require "gibbs.plot.look"
local surface = require "gibbs.plot.surface"

local contours = {}

-- ---- levels ------------------------------------------------------------------------------------------------

local function inside(list, low, high)
  local kept = {}
  for _, value in ipairs(list) do
    if value > low and value < high then kept[#kept + 1] = value end
  end
  return kept
end

--- Powers of ten, with what lies between where there are few of them.
local function log_levels(low, high, count)
  local decades = math.log(high / low, 10)
  local factors = decades * 3 <= count and { 1, 2, 5 } or decades * 2 <= count and { 1, 3 } or { 1 }
  local stride = math.max(1, math.ceil(decades / count))
  local list = {}
  for k = math.floor(math.log(low, 10)), math.ceil(math.log(high, 10)) do
    if k % stride == 0 then
      for _, factor in ipairs(factors) do list[#list + 1] = factor * 10.0 ^ k end
    end
  end
  return list
end

local function levels_of(panel, name)
  local asked, low, high = panel.options[name], panel.z_range[1], panel.z_range[2]
  if math.type(asked) == nil then return (values.list(panel.who, name, asked)) end
  if asked == 0 then return {} end
  return inside(panel.options.z_scale == "log" and log_levels(low, high, asked) or look.round_values({ low, high }, asked), low, high)
end

---The contours of z; of its logarithm on a log scale, where it is smoother.
---@param name string  of the option that tells the levels
---@return { level: number, points: number[][] }[]
function contours.trace(panel, name)
  local map, mapped, level_of = surface.map(panel, "z"), {}, {}
  for _, level in ipairs(levels_of(panel, name)) do
    local at = map(level)
    if at == at then
      mapped[#mapped + 1] = at
      level_of[#mapped] = level
    end
  end
  local list = surface.trace(panel, panel.options.z, mapped, map)
  for _, curve in ipairs(list) do
    local nearest = 1
    for i, at in ipairs(mapped) do
      if math.abs(at - curve.level) < math.abs(mapped[nearest] - curve.level) then nearest = i end
    end
    curve.level = level_of[nearest]
  end
  return list
end

-- ---- places of labels --------------------------------------------------------------------------------------

--- Lengths are measured in units of the figure: both axes from 0 to 1.
local function ruler(panel)
  local x, y = surface.place_range(panel, "x"), surface.place_range(panel, "y")
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
local function cut(points, k, distance, gap)
  local before, after = {}, {}
  for i, point in ipairs(points) do
    if i < k and distance(point, points[k]) > gap then before[#before + 1] = point end
    if i > k and distance(point, points[k]) > gap then after[#after + 1] = point end
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

--- A label needs more room in a small panel of a sheet.
local function gap_of(panel) return 0.03 * math.max(1, 4.5 / panel.place[3]) end

--- Rows for gnuplot of all contours, and their labels { text, x, y }.
local function label_all(panel, list, taken)
  local distance, margin = ruler(panel)
  local lines, labels = {}, {}
  local function add(points)
    table.move(points, 1, #points, #lines + 1, lines)
    lines[#lines + 1] = {}
  end
  table.sort(list, function(a, b) return #a.points > #b.points end)
  for _, curve in ipairs(list) do
    local points = densify(curve.points, distance)
    local k = curve_length(points, distance) > 0.25 and best_place(points, taken, distance, margin)
    if k then
      local before, after = cut(points, k, distance, gap_of(panel))
      add(before)
      add(after)
      taken[#taken + 1] = points[k]
      labels[#labels + 1] = { look.number(curve.level, 3), points[k][1], points[k][2] }
    else
      add(points)
    end
  end
  return lines, labels
end

---Draw contours in a colour; labels keep away from the points `taken`.
---@param name string  of the block of data
function contours.draw(panel, list, taken, name, look_of_line, color)
  if #list == 0 then return end
  local lines, labels = label_all(panel, list, taken)
  panel:block(name, lines)
  panel:drawing(("$%s using 1:2 with lines linecolor rgb '%s' %s notitle"):format(name, color, look_of_line))
  for _, label in ipairs(labels) do
    panel:add(("set label %s at %s,%s center front textcolor rgb '%s' %s"):format(
      gnuplot.text(label[1]), gnuplot.number(label[2]), gnuplot.number(label[3]), color, panel:font(8)))
  end
end

return contours

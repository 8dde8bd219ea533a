--- What all figures share: their options, checked by name, and the frame that gnuplot draws around the data.

local _, core = ...
local gnuplot = require "gibbs.gnuplot"

local figure = {}

-- ---- options ------------------------------------------------------------------------------------------

---@class gibbs.plot.Frame    options of every figure
---@field file string         where the figure goes; its ending is .svg, .png or .pdf
---@field title? string
---@field x_label? string     with the unit: "J (k_B T)"
---@field y_label? string
---@field x_range? number[]   {from, to}
---@field y_range? number[]
---@field width? number       inches, 6
---@field height? number      inches, 4.5
---@field legend? string      "below" (default), "right", "none", or a corner inside: "top left", ...

function figure.finite(x) return math.type(x) and x == x and math.abs(x) < math.huge end

local legends = {
  below = "set key outside bottom center horizontal Left reverse samplen 2 height 0.7",
  right = "set key outside right top vertical Left reverse samplen 2",
  none = "unset key",
}
for _, corner in ipairs { "top left", "top right", "bottom left", "bottom right" } do
  legends[corner] = ("set key inside %s vertical Left reverse samplen 2 opaque"):format(corner)
end

local function one_of(words)
  local known, list = {}, {}
  for _, word in ipairs(words) do known[word] = true end
  for i, word in ipairs(words) do list[i] = "'" .. word .. "'" end
  return { legal = "one of " .. table.concat(list, ", "), check = function(x) return known[x] end }
end

--- kind -> what is legal, and whether a value is
local kinds = {
  string = { legal = "a text", check = function(x) return type(x) == "string" end },
  boolean = { legal = "true or false", check = function(x) return type(x) == "boolean" end },
  length = { legal = "a number of inches from 1 to 40", check = function(x) return figure.finite(x) and x >= 1 and x <= 40 end },
  number = { legal = "a finite number", check = figure.finite },
  color = { legal = "like '#0072B2'", check = function(x) return type(x) == "string" and x:match("^#%x%x%x%x%x%x$") end },
  range = {
    legal = "{from, to} with from < to",
    check = function(x) return type(x) == "table" and figure.finite(x[1]) and figure.finite(x[2]) and x[1] < x[2] and #x == 2 end,
  },
  table = { legal = "a table", check = function(x) return type(x) == "table" end },
  values = { legal = "a list of numbers or a tensor", check = function(x) return type(x) == "table" or type(x) == "userdata" end },
  errors = { legal = "a number, a list of numbers or a tensor", check = function(x) return figure.finite(x) or type(x) == "table" or type(x) == "userdata" end },
  levels = {
    legal = "how many contour lines, from 0 to 40, or a list of values",
    check = function(x) return math.type(x) == "integer" and x >= 0 and x <= 40 or type(x) == "table" end,
  },
  scale = one_of { "linear", "log" },
  image_scale = one_of { "shared", "each" },
  palette = one_of { "grey", "viridis", "diverging" },
  count = { legal = "a whole number from 1", check = function(x) return math.type(x) == "integer" and x >= 1 end },
  extents = {
    legal = "{height, width}, two whole numbers from 1",
    check = function(x)
      return type(x) == "table" and #x == 2 and math.type(x[1]) == "integer" and math.type(x[2]) == "integer" and x[1] > 0 and x[2] > 0
    end,
  },
  style = one_of { "lines", "points", "both" },
  legend = one_of { "below", "right", "none", "top left", "top right", "bottom left", "bottom right" },
}

local function shown(value) return type(value) == "string" and "'" .. value .. "'" or type(value) == "table" and "a table" or tostring(value) end

--- A copy of the options, each known and legal; rows are name -> kind.
function figure.check(who, given, rows)
  if type(given) ~= "table" then core.raise(("%s: %s given; write %s{ file = ..., ... }"):format(who, shown(given), who)) end
  local options = {}
  for name, value in pairs(given) do
    local kind = kinds[rows[name]]
    if not kind then core.raise(("%s: unknown option '%s'%s"):format(who, tostring(name), core.hint(tostring(name), rows))) end
    if not kind.check(value) then
      core.raise(("%s: option '%s' is %s; it must be %s"):format(who, name, shown(value), kind.legal))
    end
    options[name] = value
  end
  return options
end

local frame_rows = {
  file = "string", title = "string", x_label = "string", y_label = "string", x_range = "range", y_range = "range",
  width = "length", height = "length", legend = "legend",
}

--- Rows with those of every figure added.
function figure.with_frame(rows)
  for name, kind in pairs(frame_rows) do rows[name] = kind end
  return rows
end

--- Adds the terminal that the file's ending asks for, and the path of the data beside it.
function figure.name_terminal(who, options, width, height)
  if not options.file then core.raise(who .. ": option 'file' is missing; it must be a path that ends in .svg, .png or .pdf") end
  options.terminal = gnuplot.terminal(options.file, width, height)
  if not options.terminal then
    core.raise(("%s: option 'file' is '%s'; it must end in .svg, .png or .pdf"):format(who, options.file))
  end
  options.base = options.file:gsub("%.%w+$", "")
end

--- The options of a figure, with its terminal, which only the known endings have.
function figure.check_figure(who, given, rows)
  local options = figure.check(who, given, rows)
  figure.name_terminal(who, options, options.width or 6, options.height or 4.5)
  return options
end

--- A list of numbers out of a list or a tensor of one axis.
function figure.numbers(who, name, value)
  local list = type(value) == "userdata" and value:table() or value
  if type(list) ~= "table" then core.raise(("%s: '%s' is %s; it must be a list of numbers"):format(who, name, shown(value))) end
  for i, x in ipairs(list) do
    if not math.type(x) then
      core.raise(("%s: '%s'[%d] is %s; it must be a number"):format(who, name, i, shown(x)))
    end
  end
  if #list == 0 then core.raise(("%s: '%s' is empty"):format(who, name)) end
  return list
end

-- ---- the frame ----------------------------------------------------------------------------------------

--- Ticks at powers of ten; where there are few, also at what lies between, written as plain numbers.
local function log_ticks(axis, range)
  local decades = math.log(range[2] / range[1], 10)
  if decades >= 3 then return ("set format %s '10^{%%T}'"):format(axis) end
  local ticks = {}
  for k = math.floor(math.log(range[1], 10)), math.ceil(math.log(range[2], 10)) do
    for _, factor in ipairs(decades < 1 and { 1, 2, 3, 4, 5, 6, 8 } or { 1, 2, 5 }) do ticks[#ticks + 1] = ("%g"):format(factor * 10.0 ^ k) end
  end
  return ("set format %s '%%g'; set %stics (%s)"):format(axis, axis, table.concat(ticks, ", "))
end

--- The scale and the range of an axis: "x", "y" or "cb".
function figure.axis(axis, scale, range)
  local from, to = gnuplot.number(range[1]), gnuplot.number(range[2])
  local lines = { ("set %srange [%s:%s]"):format(axis, from, to) }
  if scale == "log" then
    lines[2] = "set logscale " .. axis
    lines[3] = log_ticks(axis, range)
  end
  return table.concat(lines, "; ")
end

--- A range around numbers, with some air; nil when there are none.
function figure.range_of(list, scale)
  local low, high = math.huge, -math.huge
  for _, x in ipairs(list) do
    if figure.finite(x) and not (scale == "log" and x <= 0) then low, high = math.min(low, x), math.max(high, x) end
  end
  if low > high then return nil end
  if scale == "log" then
    local air = math.max((high / low) ^ 0.04, 1.05)
    return { low / air, high * air }
  end
  local air = high > low and 0.04 * (high - low) or math.max(1, math.abs(low)) * 0.5
  return { low - air, high + air }
end

--- What stands before every `plot`: ticks outwards, a light border, labels. The ranges are there by now.
function figure.frame(options)
  local lines = {
    "set border 3 linewidth 0.8 linecolor rgb '#404040'", "set tics out nomirror scale 0.6", "set tics textcolor rgb '#202020'",
    legends[options.legend or "below"],
    options.title and "set title " .. gnuplot.quote(options.title) .. " offset 0,-0.3" or "unset title",
    options.x_label and "set xlabel " .. gnuplot.quote(options.x_label) or "unset xlabel",
    options.y_label and "set ylabel " .. gnuplot.quote(options.y_label) .. " offset 0.5,0" or "unset ylabel",
  }
  for _, axis in ipairs { "x", "y" } do
    lines[#lines + 1] = figure.axis(axis, options[axis .. "_scale"], options[axis .. "_range"])
  end
  return lines
end

return figure

--- How figures look: colours, symbols and dashes that are told apart by everybody and without colour; axes and legends.

local options = require "gibbs.plot.options"
local gnuplot = require "gibbs.plot.gnuplot"

local look = {}

--- Okabe and Ito's colours; the yellow is left out because it is faint on white.
look.colors = { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000" }
look.symbols = { 7, 5, 9, 13, 11, 6, 4 }
look.dashes = { "1", "(8,4)", "(2,3)", "(10,3,2,3)", "(14,4)", "(8,3,2,3,2,3)", "(4,5)" }

function look.nth(list, index) return list[(index - 1) % #list + 1] end

--- From low to high: the lightness of viridis rises evenly, in grey too; that of a diverging one falls from its middle.
look.palettes = {
  grey = { "#ffffff", "#000000" },
  viridis = { "#440154", "#472c7a", "#3b518b", "#2c718e", "#21908d", "#27ad81", "#5cc863", "#aadc32", "#fde725" },
  diverging = { "#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#ffffff", "#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f" },
}

function look.palette(name)
  local stops = {}
  for i, colour in ipairs(look.palettes[name]) do stops[i] = ("%d '%s'"):format(i - 1, colour) end
  return ("set palette defined (%s)"):format(table.concat(stops, ", "))
end

-- ---- axes ------------------------------------------------------------------------------------------------

--- Values for ticks of a log axis: powers of ten; where there are few, also what lies between.
function look.log_values(range)
  local decades, list = math.log(range[2], 10) - math.log(range[1], 10), {}
  local factors = decades < 1 and { 1, 2, 3, 4, 5, 6, 8 } or decades < 3 and { 1, 2, 5 } or { 1 }
  local stride = math.max(1, decades // 8 | 0)
  for k = math.floor(math.log(range[1], 10)), math.ceil(math.log(range[2], 10)) do
    for _, factor in ipairs(k % stride == 0 and factors or {}) do
      local value = factor * 10.0 ^ k
      if value >= range[1] * (1 - 1e-9) and value <= range[2] * (1 + 1e-9) then list[#list + 1] = value end
    end
  end
  return list
end

--- Round values in a range, about `count` steps apart.
function look.round_values(range, count)
  local rough = (range[2] - range[1]) / count
  local power = 10.0 ^ math.floor(math.log(rough, 10))
  local step = rough <= 1.001 * power and power or rough <= 2 * power and 2 * power or rough <= 5 * power and 5 * power or 10 * power
  local list = {}
  for k = math.ceil(range[1] / step - 1e-9), math.floor(range[2] / step + 1e-9) do list[#list + 1] = k * step end
  return list
end

---A number for a figure, with a minus that is as long as a plus.
---@param digits integer?  significant ones, 6
function look.number(value, digits)
  local text = ("%%.%dg"):format(digits or 6):format(value):gsub("e([+-])0*(%d+)", function(sign, power)
    return "×10^{" .. (sign == "-" and "−" or "") .. power .. "}"
  end)
  return (text:gsub("^%-", "−"):gsub("^1×", ""))
end

--- Ticks where `place` puts the values.
function look.ticks(axis, list, place, digits)
  local ticks = {}
  for _, value in ipairs(list) do
    ticks[#ticks + 1] = ("%s %s"):format(gnuplot.text(look.number(value, digits)), gnuplot.number(place and place(value) or value))
  end
  return ("set %stics (%s)"):format(axis, table.concat(ticks, ", "))
end

--- gnuplot writes six digits; where neighbours differ only behind these, more are needed.
local function long_ticks(axis, range)
  local digits = math.log(math.max(math.abs(range[1]), math.abs(range[2])) / (range[2] - range[1]), 10)
  if not (digits > 4) then return nil end
  return look.ticks(axis, look.round_values(range, 4), nil, math.min(17, math.ceil(digits) + 2))
end

local LETTER = 0.075 -- inches, about, of a letter or a digit

--- The signs that are seen of a text with markup.
local function seen(text) return utf8.len((text:gsub("[{}^]", ""))) or #text end

--- Where numbers below an axis are long, fewer of them, so that they stand apart; nil: gnuplot's own do.
local function sparse_ticks(axis, range, inches)
  for count = 8, 2, -1 do
    local list, widest = look.round_values(range, count), 0
    for _, value in ipairs(list) do widest = math.max(widest, seen(look.number(value))) end
    if count == 8 and widest < 5 then return nil end
    if #list * (widest + 1.5) * LETTER <= inches or count == 2 then return look.ticks(axis, list) end
  end
end

--- The scale and the range of an axis: "x", "y" or "cb"; `inches` is its length, where what stands beside each other must fit.
function look.axis(axis, scale, range, inches)
  local line = ("set %srange [%s:%s]"):format(axis, gnuplot.number(range[1]), gnuplot.number(range[2]))
  if scale == "log" then return ("%s; set logscale %s; %s"):format(line, axis, look.ticks(axis, look.log_values(range))) end
  local long = long_ticks(axis, range) or inches and sparse_ticks(axis, range, inches)
  return long and line .. "; " .. long or line
end

--- A range around numbers, with some air; nil when there are none that the scale can show.
function look.range_of(list, scale)
  local low, high = math.huge, -math.huge
  for _, x in ipairs(list) do
    if options.finite(x) and not (scale == "log" and x <= 0) then low, high = math.min(low, x), math.max(high, x) end
  end
  if low > high then return nil end
  if scale == "log" then
    local air = math.exp(math.max(0.04 * (math.log(high) - math.log(low)), 0.05)) -- high / low may be too large a number
    return { math.max(low / air, 1e-307), math.min(high * air, 1e307) }
  end
  local air = high > low and 0.04 * high - 0.04 * low or math.max(1, math.abs(low)) * 0.5
  return { low - air, high + air }
end

-- ---- the frame -------------------------------------------------------------------------------------------

local legends = {
  below = "set key outside bottom center horizontal Left reverse samplen 3 height 0.7",
  right = "set key outside right top vertical Left reverse samplen 3",
  none = "unset key",
}
for _, corner in ipairs { "top left", "top right", "bottom left", "bottom right" } do
  legends[corner] = ("set key inside %s vertical Left reverse samplen 3 opaque"):format(corner)
end

local function label(axis, text, offset)
  return text and ("set %slabel %s%s"):format(axis, gnuplot.text(text), offset or "") or ("unset %slabel"):format(axis)
end

--- A text in lines of at most so many signs.
local function wrapped(text, most)
  local lines = {}
  for word in text:gmatch("%S+") do
    local last = lines[#lines]
    if last and seen(last) + 1 + seen(word) <= most then lines[#lines] = last .. " " .. word else lines[#lines + 1] = word end
  end
  return lines
end

---@param inches number  the width of the figure
function look.title(text, inches)
  if not text then return "unset title" end
  local lines = wrapped(text, (inches - 0.4) / LETTER // 1)
  for i, line in ipairs(lines) do lines[i] = gnuplot.text(line) end
  return "set title " .. table.concat(lines, [[ . "\n" . ]]) .. " offset 0,-0.3"
end

---What a legend below a figure needs beyond its first row, in inches.
---@param list { name: string? }[]
---@param inches number  the width of the figure
function look.legend_height(list, inches)
  local widest, count = 0, 0
  for _, one in ipairs(list) do
    if one.name then widest, count = math.max(widest, seen(one.name)), count + 1 end
  end
  local columns = math.max(1, (inches - 0.5) // (widest * LETTER + 0.6))
  return 0.2 * math.max(0, math.ceil(count / columns) - 1)
end

--- What stands before every `plot` with axes: ticks outwards, a light border, labels. The ranges are there by now.
function look.frame(given)
  local lines = {
    "set border 3 linewidth 0.8 linecolor rgb '#404040'", "set tics out nomirror scale 0.6", "set tics textcolor rgb '#202020'",
    "set format x '%h'", "set format y '%h'",
    legends[given.legend], look.title(given.title, given.across), label("x", given.x_label), label("y", given.y_label, " offset 0.5,0"),
  }
  for _, axis in ipairs { "x", "y" } do
    lines[#lines + 1] = look.axis(axis, given[axis .. "_scale"], given[axis .. "_range"], axis == "x" and given.across - 1.2 or nil)
  end
  return lines
end

--- gnuplot leaves no place for long numbers beside the colours, nor for the text behind them.
local function colour_margin(scale, range, text)
  local widest = 0
  for _, value in ipairs(scale == "log" and look.log_values(range) or look.round_values(range, 8)) do
    widest = math.max(widest, seen(look.number(value)))
  end
  return widest > 4 and ("set rmargin %g"):format(widest + (text and 3 or 0)) or "set rmargin"
end

--- Colours with their values beside the figure.
function look.colour_box(palette, scale, range, text)
  return {
    colour_margin(scale, range, text),
    look.palette(palette), look.axis("cb", scale, range), "set colorbox noborder", "set cbtics scale 0.4 textcolor rgb '#202020'",
    "set format cb '%h'",
    label("cb", text, " offset 1,0"),
  }
end

return look

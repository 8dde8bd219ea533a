--- Running gnuplot: text that is safe in its scripts, terminals by a file's ending, and its errors as ours.
--- Scripts go through a temporary file; neither a title nor a file name can become a command of gnuplot or the shell.

local _, core = ...
local files = require("gibbs.access").raw

local gnuplot = {}

--- Okabe and Ito's colours, told apart by everybody; the yellow is left out because it is faint on white.
gnuplot.colors = { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000" }

--- Samples of viridis, from low to high: its lightness rises evenly, in grey too.
gnuplot.viridis = { "#440154", "#472c7a", "#3b518b", "#2c718e", "#21908d", "#27ad81", "#5cc863", "#aadc32", "#fde725" }

--- A string expression of gnuplot's. A backquote would run a command even inside quotes: it goes in octal, at the end of
--- its piece, because gnuplot reads on when digits follow.
---@param text string
function gnuplot.quote(text)
  local safe = tostring(text):gsub("%c", " "):gsub('[\\"]', "\\%0"):gsub("`", '\\140" . "')
  return '"' .. safe .. '"'
end

--- A path that gnuplot takes for a file: one that begins with '|' would be a command.
---@param path string
function gnuplot.path(path)
  return gnuplot.quote(path:sub(1, 1) == "/" and path or "./" .. path)
end

--- A number as gnuplot reads it; what is not finite is a gap.
---@param x number
function gnuplot.number(x)
  if x ~= x or x == math.huge or x == -math.huge then return "NaN" end
  return ("%.15g"):format(x)
end

--- Rows of numbers as a block of data named $name; an empty row separates lines.
---@param name string
---@param rows number[][]
function gnuplot.block(name, rows)
  local lines = { ("$%s << EOD"):format(name) }
  for _, row in ipairs(rows) do
    local fields = {}
    for i, x in ipairs(row) do fields[i] = gnuplot.number(x) end
    lines[#lines + 1] = table.concat(fields, " ")
  end
  lines[#lines + 1] = "EOD"
  return table.concat(lines, "\n")
end

--- ending -> the terminal for a figure of width x height inches. All look alike: text of 9 points.
local terminals = {
  svg = "set terminal svg size %d,%d dynamic background '#ffffff' font 'sans-serif,12' linewidth 1",
  png = "set terminal pngcairo size %d,%d background '#ffffff' font 'sans-serif,9' fontscale 2 linewidth 2 pointscale 2",
  pdf = "set terminal pdfcairo size %gin,%gin background '#ffffff' font 'sans-serif,9' fontscale 0.75 linewidth 1.2 pointscale 0.8",
}
local dots_per_inch = { svg = 96, png = 192, pdf = 1 }

--- The terminal's line, or nil when no terminal writes such files.
---@param path string
---@param width number  inches
---@param height number
function gnuplot.terminal(path, width, height)
  local ending = (path:match("%.(%w+)$") or ""):lower()
  if not terminals[ending] then return nil end
  local dots = dots_per_inch[ending]
  if dots > 1 then width, height = width * dots // 1 | 0, height * dots // 1 | 0 end
  return terminals[ending]:format(width, height)
end

local function shell_quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- The line of gnuplot's output that says what is wrong, without the place in a script that the user never sees.
local function reason(output)
  local first
  for line in output:gmatch("[^\n]+") do
    local text = line:match('^"[^"]*",? line %d+: (.*)$')
    if text then return text end
    if line:match("%S") and not line:match("^%s*%^") then first = first or line end
  end
  return first or "no reason given"
end

--- Run a script; returns what gnuplot printed. Raises when there is no gnuplot or it fails.
---@param who string
---@param lines string[]
---@return string
function gnuplot.run(who, lines)
  local script = files.tmpname()
  local file = assert(files.open(script, "w"))
  file:write("set encoding utf8\nset minussign\n", table.concat(lines, "\n"), "\n")
  file:close()
  local pipe = assert(io.popen(("gnuplot -d %s 2>&1"):format(shell_quote(script))))
  local output = pipe:read("a")
  local done, _, code = pipe:close()
  files.remove(script)
  if done then return output end
  if code == 127 then
    core.raise(("%s: the program gnuplot was not found, so there is no figure; its data are in the CSV file beside it. "
      .. "Install the package gnuplot-nox"):format(who))
  end
  core.raise(("%s: gnuplot failed: %s"):format(who, reason(output)))
end

--- Draw into a temporary file beside `path` and give it its name when it is whole.
---@param who string
---@param path string
---@param terminal string
---@param lines string[]
function gnuplot.draw(who, path, terminal, lines)
  local allowed, refusal = core.check_file(path, "written")
  if not allowed then core.raise(("%s: '%s': %s"):format(who, path, refusal)) end
  local part = path .. ".part"
  local script = { terminal, "set output " .. gnuplot.path(part) }
  table.move(lines, 1, #lines, 3, script)
  script[#script + 1] = "unset output"
  local ok, failure = pcall(gnuplot.run, who, script)
  if not ok then
    files.remove(part)
    error(failure, 0)
  end
  local renamed, why = files.rename(part, path)
  if not renamed then core.raise(("%s: '%s' cannot be written: %s"):format(who, path, why)) end
end

--- The curves on which a surface takes given values.
---@param who string
---@param surface number[][]  rows of x, y, z with empty rows between lines of the grid
---@param levels number[]
---@return { level: number, points: number[][] }[]
function gnuplot.contours(who, surface, levels)
  if #levels == 0 then return {} end
  local texts = {}
  for i, level in ipairs(levels) do texts[i] = gnuplot.number(level) end
  local output = gnuplot.run(who, {
    gnuplot.block("surface", surface), "set contour base", "unset surface",
    "set cntrparam levels discrete " .. table.concat(texts, ","), "set format '%.12g'", "set table",
    "splot $surface using 1:2:3 with lines" })
  local curves, curve, level = {}, nil, nil
  for line in output:gmatch("[^\n]*") do
    local label = line:match("^# Contour %d+, label:%s*(%S+)")
    local x, y, z = line:match("^%s*([^#%s]%S*)%s+(%S+)%s+(%S+)")
    if label then level = tonumber(label) end
    if not x then
      curve = nil
    else
      if not curve then
        curve = { level = tonumber(z) or level, points = {} }
        curves[#curves + 1] = curve
      end
      curve.points[#curve.points + 1] = { tonumber(x), tonumber(y) }
    end
  end
  return curves
end

return gnuplot

--- Running gnuplot: text that is safe in its scripts, terminals by a file's ending, and its errors as ours.
--- A script goes in and a figure comes out through memory, and no name of a file is in the script: neither a title nor a path
--- can become a command of gnuplot or of a shell.

local _, core = ...

local gnuplot = { seconds = 300 } -- the longest that a figure may take

-- ---- text ------------------------------------------------------------------------------------------------

--- A string expression of gnuplot's. A backquote would run a command even inside quotes: it goes in octal, at the end of
--- its piece, because gnuplot reads on when digits follow.
---@param text string
function gnuplot.quote(text)
  local safe = tostring(text):gsub("%c", " "):gsub('[\\"]', "\\%0"):gsub("`", '\\140" . "')
  return '"' .. safe .. '"'
end

local function plain(text) return (text:gsub("[\\{}@&~^_]", "\\%0")) end

--- What follows `_` or `^` at place i: a group in braces, of `^` a whole number, or a single letter (or * + - ') that no other follows.
--- Gives what is raised or lowered, and the place behind it.
local function raised(text, sign, i)
  local group, behind = text:match("^(%b{})()", i)
  if group and not group:find("[{}_^]", 2, false) then return nil end
  if group then return group:sub(2, -2), behind end
  if sign == "^" then
    group, behind = text:match("^([+-]?%d+)()", i)
    if group then return group, behind end
  end
  group, behind = text:match("^(" .. utf8.charpattern .. ")()", i)
  if not group or group:match("[%s%p]") and not group:match("[%*+%-']") or text:match("^[%w\x80-\xFF]", behind) then return nil end
  return group, behind
end

--- Whether what stands before `_` can have an index: F_λ and log_2, but not machine_1, which is a name.
local function takes_index(before) return utf8.len(before:match("[%w\x80-\xFF]*$")) <= 3 end

--- The light markup of labels in the words of gnuplot's enhanced text: F_λ, m^2, 10^{-3}; `\` takes a sign as it is.
local function enhanced(text)
  local parts, i = {}, 1
  while i <= #text do
    local before, sign, behind = text:match("^([^_^\\]*)([_^\\])()", i)
    if not before then break end
    parts[#parts + 1] = plain(before)
    local inner, next_place
    if sign == "^" or sign == "_" and (takes_index(before) or text:match("^{", behind)) then inner, next_place = raised(text, sign, behind) end
    if inner then
      parts[#parts + 1] = sign .. "{" .. plain(inner) .. "}"
      if text:match("^ ", next_place) then -- some programs drop a space that begins a piece of an SVG text
        parts[#parts + 1], next_place = "\u{A0}", next_place + 1
      end
    elseif sign == "\\" and text:match("^[_^\\{}]", behind) then
      parts[#parts + 1] = plain(text:sub(behind, behind))
      next_place = behind + 1
    else
      parts[#parts + 1] = plain(sign)
    end
    i = next_place or behind
  end
  parts[#parts + 1] = plain(text:sub(i))
  return table.concat(parts)
end

--- Bytes that are no UTF-8 become '?'.
local function valid(text)
  local length, bad = utf8.len(text)
  while not length do
    text = text:sub(1, bad - 1) .. "?" .. text:sub(bad + 1)
    length, bad = utf8.len(text, bad)
  end
  return text
end

--- A text with the light markup, as a string expression.
---@param text string
function gnuplot.text(text) return gnuplot.quote(enhanced(valid(tostring(text)))) end

-- ---- numbers ---------------------------------------------------------------------------------------------

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

-- ---- terminals -------------------------------------------------------------------------------------------

--- ending -> the terminal for a figure of width x height inches, its dots per inch, and by what sizes of text and of symbols
--- are to be multiplied. All look alike: text of 9 points.
local terminals = {
  svg = { "set terminal svg size %d,%d dynamic background '#ffffff' font 'sans-serif,12' linewidth 1", dots = 96, text = 12 / 9, symbol = 0.8 },
  png = { "set terminal pngcairo size %d,%d background '#ffffff' font 'sans-serif,9' fontscale 2 linewidth 2 pointscale 2",
    dots = 192, text = 1, symbol = 1 },
  pdf = { "set terminal pdfcairo size %gin,%gin background '#ffffff' font 'sans-serif,9' fontscale 0.75 linewidth 1.2 pointscale 0.8",
    dots = 1, text = 1, symbol = 1 },
}

--- The ending of a path whose kind of file can be drawn: "svg", "png", "pdf"; or nil.
---@param path string
function gnuplot.ending(path)
  local ending = (path:match("%.(%w+)$") or ""):lower()
  return terminals[ending] and ending
end

--- Options of gnuplot's for text of so many points, and for symbols of a size, in a kind of file.
function gnuplot.font(ending, points) return ("font ',%.4g'"):format(points * terminals[ending].text) end
function gnuplot.symbol(ending, size) return ("pointsize %.3g"):format(size * terminals[ending].symbol) end

local function terminal(ending, width, height)
  local dots = terminals[ending].dots
  if dots > 1 then width, height = width * dots // 1 | 0, height * dots // 1 | 0 end
  return terminals[ending][1]:format(width, height)
end

-- ---- running ---------------------------------------------------------------------------------------------

--- The line of gnuplot's messages that says what is wrong, without the place in a script that the user never sees.
local function reason(messages)
  local first
  for line in messages:gmatch("[^\n]+") do
    local text = line:match('^"[^"]*",? line %d+: (.*)$')
    if text then return text end
    if line:match("%S") and not line:match("^%s*%^") then first = first or line end
  end
  return first or "no reason given"
end

--- Run a script; returns what gnuplot wrote. Raises when there is no gnuplot or it fails.
---@param who string
---@param lines string[]
---@return string
function gnuplot.run(who, lines)
  local script = "set encoding utf8\nset minussign\n" .. table.concat(lines, "\n") .. "\n"
  local ended = core.filter({ "gnuplot", "-d", "/dev/stdin" }, script, gnuplot.seconds)
  if not ended.found then
    core.raise(("%s: the program gnuplot was not found, so there is no figure; its data are in the CSV file beside it. "
      .. "Install the package gnuplot-nox"):format(who))
  end
  if ended.timed_out then
    core.raise(("%s: gnuplot took longer than %g seconds and was ended; there is no figure"):format(who, gnuplot.seconds))
  end
  if ended.signal ~= 0 then core.raise(("%s: gnuplot was ended by signal %d; there is no figure"):format(who, ended.signal)) end
  if ended.exit ~= 0 then core.raise(("%s: gnuplot failed: %s"):format(who, reason(ended.messages))) end
  return ended.output
end

--- What differs from run to run, or names gnuplot where the figure's name should be, is replaced.
local polish = {
  svg = function(bytes, title)
    local safe = valid(title):gsub("%c", " "):gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }):gsub("%%", "%%%%")
    return (bytes:gsub("<title>Gnuplot</title>", "<title>" .. safe .. "</title>", 1))
  end,
  png = function(bytes) return bytes end,
  pdf = function(bytes) return (bytes:gsub("(/CreationDate %(D:)%d+", function(head) return head .. "19700101000000" end)) end,
}

--- Draw and write: the whole figure or nothing.
---@param who string
---@param path string    its ending says what kind of file
---@param size number[]  width and height in inches
---@param title string   what the figure is, for those who cannot see it
---@param lines string[]
function gnuplot.draw(who, path, size, title, lines)
  local ending = gnuplot.ending(path)
  local script = table.move(lines, 1, #lines, 2, { terminal(ending, size[1], size[2]) })
  local bytes = gnuplot.run(who, script)
  if bytes == "" then core.raise(who .. ": gnuplot drew nothing; there is no figure") end
  core.write_bytes(who, path, polish[ending](bytes, title))
end

local function read_contours(output)
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

--- The curves on which a surface takes given values.
---@param who string
---@param surface number[][]  rows of x, y, z with empty rows between lines of the grid
---@param levels number[]
---@return { level: number, points: number[][] }[]
function gnuplot.contours(who, surface, levels)
  if #levels == 0 then return {} end
  local texts = {}
  for i, level in ipairs(levels) do texts[i] = gnuplot.number(level) end
  return read_contours(gnuplot.run(who, {
    gnuplot.block("surface", surface), "set contour base", "unset surface",
    "set cntrparam levels discrete " .. table.concat(texts, ","), "set format '%.12g'", "set table",
    "splot $surface using 1:2:3 with lines" }))
end

return gnuplot

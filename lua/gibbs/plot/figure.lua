--- From options to files, for every kind of figure.
---
--- A kind is a table
---   name     of the function in gibbs.plot
---   what     what it shows, in a sentence or two
---   options  rows { name, kind, help, default } of its own (gibbs.plot.options)
---   parts    { { "A series", rows }, ... } for help: what the tables in its options hold
---   axes     true: it has axes x and y, with the options of those
---   read     function(panel): checks panel.options and completes them; panel:save(...) for all data that it shows
---   draw     function(panel): panel:add(...) lines for gnuplot
--- A panel is the place of one figure, alone in a file or one of several on a sheet.

local _, core = ...
local gibbs = core.gibbs
local options = require "gibbs.plot.options"
local gnuplot = require "gibbs.plot.gnuplot"
local look = require "gibbs.plot.look"

local figure = {}

figure.file_rows = {
  { "file", "string", "where the figure goes: a path that ends in .svg, .png or .pdf; its data go beside it as .csv" },
  { "width", "length", "inches; by default 6, and 4.5 for each column of a sheet" },
  { "height", "length", "inches; by default 4.5, or what the figure needs" },
}
figure.title_rows = { { "title", "string", "above the figure" } }
figure.axes_rows = {
  { "x_label", "string", "below the x axis, with the unit" },
  { "y_label", "string", "beside the y axis, with the unit" },
  { "x_range", "range", "{from, to}; by default what the data need" },
  { "y_range", "range", "{from, to}" },
  { "x_scale", "scale", "a log axis has no place for 0 and below", "linear" },
  { "y_scale", "scale", "a log axis has no place for 0 and below", "linear" },
  { "legend", "legend", "where the names of what is drawn stand; only a corner can cover data", "below" },
}

--- All rows of a kind, as a panel of a sheet has them.
function figure.panel_rows(kind)
  return options.join(figure.title_rows, kind.options, kind.axes and figure.axes_rows or {})
end

--- All rows of a kind that has a file of its own.
function figure.rows(kind) return options.join(figure.file_rows, figure.panel_rows(kind)) end

-- ---- panels ----------------------------------------------------------------------------------------------

---@class gibbs.plot.Panel
---@field who string
---@field options table
---@field base string       of the names of its data files
---@field ending string     of the figure's file
---@field tables table[]    { suffix, header, columns }
---@field lines string[]    for gnuplot
---@field place number[]?   left, bottom, width, height in inches: where it is drawn
---@field sheet number[]?   width and height in inches of all
---@field labelled boolean?  it has an (a) in its corner
local Panel = {}
Panel.__index = Panel

local function new_panel(who, checked, base, ending)
  return setmetatable({ who = who, options = checked, base = base, ending = ending, tables = {}, lines = {}, drawings = {} }, Panel)
end

--- Lines for gnuplot: a text, or a list of them.
function Panel:add(lines)
  if type(lines) == "string" then lines = { lines } end
  table.move(lines, 1, #lines, #self.lines + 1, self.lines)
end

--- Data for gnuplot, and what to draw of them.
function Panel:block(name, rows) self:add(gnuplot.block(name, rows)) end
function Panel:drawing(text) self.drawings[#self.drawings + 1] = text end

--- A table that goes beside the figure: columns under their names.
function Panel:save(suffix, header, columns)
  self.tables[#self.tables + 1] = { suffix = suffix, header = header, columns = columns }
end

--- Where it is drawn, of all; titles and ticks must fit into its width.
function Panel:stand(place, sheet)
  self.place, self.sheet, self.options.across = place, sheet, place[3]
end

--- Options of gnuplot's for text of so many points, and for symbols of a size.
function Panel:font(points) return gnuplot.font(self.ending, points) end
function Panel:symbol(size) return gnuplot.symbol(self.ending, size) end

--- What the user should know, and is no error.
function Panel:notice(text) io.stderr:write(self.who, ": ", text, "\n") end

--- Margins around the axes, in inches from the panel's edges.
function Panel:margins(left, right, top, bottom)
  local place, sheet = self.place, self.sheet
  self:add(("set margins screen %.6g, screen %.6g, screen %.6g, screen %.6g"):format((place[1] + left) / sheet[1],
    (place[1] + place[3] - right) / sheet[1], (place[2] + bottom) / sheet[2], (place[2] + place[4] - top) / sheet[2]))
end

--- A file of named columns: names that come twice get a number.
local function write_table(who, path, saved)
  local map, taken = { columns = {} }, { columns = true }
  for k, name in ipairs(saved.header) do
    local unique, n = name, 1
    while taken[unique] do
      n = n + 1
      unique = ("%s %d"):format(name, n)
    end
    taken[unique] = true
    map.columns[k], map[unique] = unique, saved.columns[k]
  end
  local ok, message = pcall(gibbs.write, path, map)
  if not ok then core.raise(who .. ": " .. tostring(message):gsub("^.-gibbs%.write: ", "")) end
end

local function write_tables(panels)
  for _, panel in ipairs(panels) do
    for _, saved in ipairs(panel.tables) do write_table(panel.who, panel.base .. saved.suffix .. ".csv", saved) end
  end
end

--- Everything that gnuplot is told about one panel.
local function panel_lines(kind, panel)
  kind.draw(panel)
  panel:add("plot " .. table.concat(panel.drawings, ", "))
  return panel.lines
end

--- The path without its ending, and the ending.
local function check_file(who, file)
  if not file then core.raise(who .. ": option 'file' is missing; it must be a path that ends in .svg, .png or .pdf") end
  if not gnuplot.ending(file) then core.raise(("%s: option 'file' is '%s'; it must end in .svg, .png or .pdf"):format(who, file)) end
  local base = file:gsub("%.%w+$", "")
  return base, gnuplot.ending(file)
end

-- ---- one figure ------------------------------------------------------------------------------------------

local function legend_height(panel, width)
  return look.legend_height(panel.options.legend == "below" and panel.series or {}, width)
end

--- The height that a figure has of itself: a legend of many rows does not press the axes together.
local function height_of(kind, panel, width)
  if kind.height then return math.max(1, math.min(40, kind.height(panel, width))) end
  return math.min(40, 4.5 + legend_height(panel, width))
end

---Draw one figure of a kind into its file.
---@param kind table
---@param given table
function figure.draw(kind, given)
  local who = "gibbs.plot." .. kind.name
  local checked = options.check(who, given, figure.rows(kind))
  local panel = new_panel(who, checked, check_file(who, checked.file))
  kind.read(panel)
  local size = { checked.width or 6, checked.height }
  size[2] = size[2] or height_of(kind, panel, size[1])
  panel:stand({ 0, 0, size[1], size[2] }, size)
  write_tables { panel }
  gnuplot.draw(who, checked.file, size, checked.title or kind.name, panel_lines(kind, panel))
end

-- ---- several on a sheet ----------------------------------------------------------------------------------

figure.sheet_rows = options.join(figure.file_rows, figure.title_rows, {
  { "columns", "count", "how many panels stand beside each other; by default as many as make a square" },
  { "labels", "boolean", "(a), (b), ... at the panels' corners", true },
})

--- The options of the sheet, and those of its panels, which are its list.
local function split(given)
  local own, panels = {}, {}
  for name, value in pairs(given) do
    if math.type(name) then panels[name] = value else own[name] = value end
  end
  return own, panels
end

local who_sheet = "gibbs.plot.sheet"

local function letter(index) return index <= 26 and string.char(96 + index) or tostring(index) end

local function read_panel(kinds, given, index, sheet)
  local where = ("%s: panel %d"):format(who_sheet, index)
  if type(given) ~= "table" then core.raise(("%s is %s; it must be a table { kind = 'lines', ... }"):format(where, options.shown(given))) end
  local own = {}
  for name, value in pairs(given) do own[name] = value end
  own.kind = nil
  local kind = kinds[given.kind]
  if not kind then
    local words = {}
    for name in pairs(kinds) do words[#words + 1] = "'" .. name .. "'" end
    table.sort(words)
    local hint = type(given.kind) == "string" and core.hint(given.kind, kinds) or ""
    core.raise(("%s: option 'kind' is %s; it must be one of %s%s"):format(where, options.shown(given.kind), table.concat(words, ", "), hint))
  end
  local panel = new_panel(where, options.check(where, own, figure.panel_rows(kind)), ("%s-%s"):format(sheet.base, letter(index)), sheet.ending)
  panel.labelled = sheet.labels
  kind.read(panel)
  return kind, panel
end

--- Panels in rows from the top, below the sheet's title.
local function place_panels(list, checked)
  local columns = math.min(checked.columns or math.ceil(math.sqrt(#list)), #list)
  local rows = (#list + columns - 1) // columns
  local top = checked.title and 0.45 or 0
  local size, legend = { checked.width or math.min(40, 4.5 * columns) }, 0
  local width = size[1] / columns
  for _, item in ipairs(list) do legend = math.max(legend, legend_height(item.panel, width)) end
  size[2] = checked.height or math.min(40, (3.4 + legend) * rows + top)
  local height = (size[2] - top) / rows
  for i, item in ipairs(list) do
    local column, row = (i - 1) % columns, (i - 1) // columns
    item.panel:stand({ column * width, size[2] - top - (row + 1) * height, width, height }, size)
  end
  return size
end

local function add_label(panel, index)
  local place, size = panel.place, panel.sheet
  return ("set label 9999 '(%s)' at screen %.6g, screen %.6g left front %s"):format(letter(index),
    (place[1] + 0.06) / size[1], (place[2] + place[4] - 0.16) / size[2], panel:font(11))
end

local function sheet_script(list, checked, size)
  local script = { "set multiplot" }
  if checked.title then
    script[2] = ("set label 9998 %s at screen 0.5, screen %.6g center front %s"):format(
      gnuplot.text(checked.title), 1 - 0.25 / size[2], gnuplot.font(checked.ending, 12))
  end
  for i, item in ipairs(list) do
    local panel, place = item.panel, item.panel.place
    local drawn = panel_lines(item.kind, panel)
    if checked.labels then table.insert(drawn, #drawn, add_label(panel, i)) end
    table.insert(drawn, 1, ("set origin %.6g, %.6g; set size %.6g, %.6g"):format(place[1] / size[1], place[2] / size[2],
      place[3] / size[1], place[4] / size[2]))
    table.move(drawn, 1, #drawn, #script + 1, script)
    script[#script + 1] = "reset; set encoding utf8; set minussign"
  end
  script[#script + 1] = "unset multiplot"
  return script
end

---Several figures on one sheet.
---@param kinds table<string, table>
---@param given table
function figure.draw_sheet(kinds, given)
  if type(given) ~= "table" then options.check(who_sheet, given, {}) end
  local own, panels = split(given)
  local checked = options.check(who_sheet, own, figure.sheet_rows)
  checked.base, checked.ending = check_file(who_sheet, checked.file)
  if #panels == 0 then core.raise(who_sheet .. ": there are no panels; write { kind = 'lines', ... } for each") end
  local list, only = {}, {}
  for i, one in ipairs(panels) do
    local kind, panel = read_panel(kinds, one, i, checked)
    list[i], only[i] = { kind = kind, panel = panel }, panel
  end
  local size = place_panels(list, checked)
  write_tables(only)
  gnuplot.draw(who_sheet, checked.file, size, checked.title or "figures", sheet_script(list, checked, size))
end

return figure

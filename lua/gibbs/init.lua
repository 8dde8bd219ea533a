--- The module table: the functions of C and, loaded when first used, those of the Lua files.
--- The table is empty until a script touches its first field, so that the script's own options are checked, and --help
--- is answered, before any work is done.

local core = ...
local fields = core.fields

--- field -> the file of lua/gibbs that gives it
local lazy = {
  option = "options",
  square = "functions",
  huber = "functions",
  plot = "plot",
  run = "record",
  help = "manual",
  show = "display",
  rg = "rg",
}

--- Tables of functions of C that a Lua file of the same name adds to: that file gives them all.
core.halves = { rg = fields.rg }
fields.rg = nil

local gibbs = {}
local meta = { __name = "gibbs", __metatable = false }
core.gibbs = gibbs

local function missing_in(field)
  return function(_, name)
    core.raise(("gibbs.%s.%s: no such function%s"):format(field, name, core.hint(tostring(name), fields[field])))
  end
end

--- A file that bears the field's name is a table of functions (gibbs.plot.lines); others give a field each.
local function from_file(name)
  local file = lazy[name]
  if not file then return nil end
  local value = require("gibbs." .. file)
  if file == name then
    for key, member in pairs(value) do value[key] = core.wrap(member) end
    setmetatable(value, { __index = missing_in(name), __metatable = false })
  else
    value = value[name]
  end
  if type(value) == "function" then value = core.wrap(value) end
  fields[name] = value
  return value
end

--- Classes of objects that Lua files make: { name =, article =, methods = {name = function}, fields = {name = anything} }.
core.classes = {}

--- The files that give fields to the module, in order.
function core.files()
  local files, seen = {}, {}
  for _, file in pairs(lazy) do
    if not seen[file] then files[#files + 1] = file end
    seen[file] = true
  end
  table.sort(files)
  return files
end

--- The names of all functions, as keys.
function core.names()
  local names = {}
  for name in pairs(fields) do names[name] = true end
  for name in pairs(lazy) do names[name] = true end
  return names
end

local function missing(_, name)
  local value = from_file(name)
  if value ~= nil then return value end
  core.raise(("gibbs.%s: no such function%s"):format(name, core.hint(tostring(name), core.names())))
end

--- Called at the first use of anything but gibbs.option, and by the program at the end of a script that uses nothing.
function core.seal()
  if core.sealed then return end
  core.sealed = true
  if not core.host then core.follow_hook() end
  if core.host or rawget(_G, "arg") then require("gibbs.options").seal() end
  meta.__index = fields
  if core.on_seal then core.on_seal() end
end

function meta.__index(_, name)
  if name == "option" then return rawget(fields, name) or from_file(name) end
  core.seal()
  return fields[name]
end

function meta.__newindex(_, name)
  core.raise(("gibbs.%s: the module cannot be changed; keep your own functions in a table of your own"):format(tostring(name)))
end

function meta.__pairs()
  for name in pairs(lazy) do from_file(name) end
  return next, fields, nil
end

function meta.__tostring() return "the module gibbs" end

for field, value in pairs(fields) do
  if type(value) == "table" then setmetatable(value, { __index = missing_in(field), __metatable = false }) end
end
setmetatable(fields, { __index = missing })
return setmetatable(gibbs, meta)

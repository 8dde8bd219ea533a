--- The documentation as data: the entries of lua/gibbs/doc/*.lua and the rows of C that they speak of, found by name.
---
--- A file lua/gibbs/doc/<room>.lua gives a list of entries, which may have a `title` and an `order` among the rooms.  An entry:
---   name        "gibbs.kl", a method "chains:record", a field "estimate.error", a command "gibbs run", or a class "chains"
---   signature   "gibbs.kl(P, Q)", "gibbs.rbm{ visible, hidden, W? }"; the names are those of `parameters`, or of options
---   what        what it does, in sentences; the first one stands for it in lists
---   parameters  {{name, type, text}, ...}; types are class names and Lua's own, "distribution|data", "number[]"; also of options,
---               whose rows in C know no classes: an empty text leaves theirs
---   options     whose option rows are read: "gibbs.kl", or a list of such names, or of rows {name =, kind =, doc =, ...}
---   returns     a type, or several ("data, data"); of a field, its type.  returns_what: what is in it
---   errors, cost, source (a paper), see (names of others)
---   example     Lua that runs as it stands and prints what its comments `--> text` say, line by line (of a command: lines
---               for a shell)
--- Nothing here is loaded by a script that asks for no help.

local _, core = ...

local doc = {}

---@class gibbs.Entry
---@field name string
---@field signature string?
---@field what string
---@field parameters string[][]?
---@field options string|table?
---@field returns string?
---@field returns_what string?
---@field errors string?
---@field cost string?
---@field source string?
---@field see string[]?
---@field example string?
---@field room string   the file that it stands in

-- ---- rows of C ----------------------------------------------------------------------------------------------

local catalog

---All rows of the core and the bindings: lists, options, classes (gl_catalog.h), and the classes that are made in Lua, by
---the files that give fields to the module.
function doc.catalog()
  if catalog then return catalog end
  catalog = core.catalog()
  for _, file in ipairs(core.files()) do require("gibbs." .. file) end
  table.move(core.classes, 1, #core.classes, #catalog.classes + 1, catalog.classes)
  return catalog
end

---The tables of options of a function or method: {{when =, rows =}, ...}.
---@param who string
function doc.tables_of(who)
  local tables = {}
  for _, table in ipairs(doc.catalog().options) do
    if table.who == who then tables[#tables + 1] = table end
  end
  return tables
end

---The tables of options that an entry speaks of.
---@param entry gibbs.Entry
function doc.options(entry)
  local tables, own = {}, {}
  local list = type(entry.options) == "string" and { entry.options } or entry.options or {}
  for _, item in ipairs(list) do
    if type(item) == "table" then
      own[#own + 1] = item
    else
      for _, table in ipairs(doc.tables_of(item)) do tables[#tables + 1] = table end
    end
  end
  if #own > 0 then tables[#tables + 1] = { rows = own } end
  return tables
end

---All names of a class: its own, and those of its roles ("tensor" is one of an expression).
---@return string[]
function doc.names_of(class)
  local names = { class.name }
  for role in (class.roles or ""):gmatch("%S+") do names[#names + 1] = role end
  return names
end

---The class of that name or role.
function doc.class(name)
  for _, class in ipairs(doc.catalog().classes) do
    for _, known in ipairs(doc.names_of(class)) do
      if known == name then return class end
    end
  end
end

---The parameters of an entry that are options, by name.
---@param entry gibbs.Entry
function doc.told_options(entry)
  local told = {}
  for _, table in ipairs(doc.options(entry)) do
    for _, row in ipairs(table.rows) do told[row.name] = false end
  end
  for _, parameter in ipairs(entry.parameters or {}) do
    local name = parameter[1]:gsub("%?$", "")
    if told[name] == false then told[name] = parameter end
  end
  return told
end

-- ---- signatures ---------------------------------------------------------------------------------------------

--- "a, {b, c}, d" -> the three
local function split(text)
  local parts, depth, start = {}, 0, 1
  for at, mark in text:gmatch("()([{}(),])") do
    if mark == "," and depth == 0 then
      parts[#parts + 1] = text:sub(start, at - 1)
      start = at + 1
    elseif mark == "{" or mark == "(" then
      depth = depth + 1
    elseif mark ~= "," then
      depth = depth - 1
    end
  end
  local last = text:sub(start)
  if last:match("%S") then parts[#parts + 1] = last end
  return parts
end

---What a signature says: the name that is called, the names of what it takes, and whether they are the fields of a table.
---@return {called: string, names: string[], optional: table<string, boolean>, table: boolean}?
function doc.signature(text)
  local called, rest = text:match("^([%a_][%w_.:]*)%s*(.*)$")
  if not called then return nil end
  local inside = rest:match("^%b()") or rest:match("^%b{}")
  if not inside then return nil end
  local names, optional = {}, {}
  for _, part in ipairs(split(inside:sub(2, -2))) do
    local name = part:match("^%s*([%a_][%w_]*)") or part:match("^%s*(%.%.%.)") or "options"
    names[#names + 1] = name
    optional[name] = part:match("^%s*[%w_]+%?") ~= nil or part:match("=") ~= nil or name == "options"
  end
  return { called = called, names = names, optional = optional, table = inside:sub(1, 1) == "{" }
end

-- ---- what an entry has to be ----------------------------------------------------------------------------------

local texts = { "name", "signature", "what", "returns", "returns_what", "errors", "cost", "source", "example" }
local legal = { parameters = true, options = true, see = true, room = true }
for _, field in ipairs(texts) do legal[field] = true end

--- "gibbs.kl" -> "function", "chains:record" -> "method", "estimate.error" -> "field", "gibbs run" and "gibbs --time" -> "command"
function doc.kind(name)
  if name:match("^gibbs [%a_]+$") or name:match("^gibbs %-%-%a+$") then return "command" end
  if name:match("^gibbs%.[%w_.]+$") then return "function" end
  if name:match("^[%l_ ]+:[%a_][%w_]*$") then return "method" end
  if name:match("^[%l_ ]+%.[%a_][%w_]*$") then return "field" end
  return "class"
end

local function check_texts(entry, complain)
  for field in pairs(entry) do
    if not legal[field] then complain(("field '%s' is none of an entry%s"):format(field, core.hint(tostring(field), legal))) end
  end
  for _, field in ipairs(texts) do
    local text = entry[field]
    if text ~= nil and (type(text) ~= "string" or not text:match("%S")) then complain(("'%s' is no text"):format(field)) end
  end
  if not entry.what then complain("'what' is missing") end
end

local function check_parameters(entry, complain)
  local names = {}
  for i, parameter in ipairs(entry.parameters or {}) do
    for k, part in ipairs { "name", "type", "text" } do
      if type(parameter[k]) ~= "string" then complain(("parameter %d has no %s"):format(i, part)) end
    end
    if type(parameter[1]) == "string" then names[#names + 1] = (parameter[1]:gsub("%?$", "")) end
  end
  return names
end

local function option_names(entry)
  local names = {}
  for _, table in ipairs(doc.options(entry)) do
    for _, row in ipairs(table.rows) do names[row.name] = true end
  end
  return names
end

--- The names in the braces of a signature, and parameters that say more of an option, are names of options.
local function check_table(entry, signature, names, complain)
  local options = option_names(entry)
  local any = next(options) ~= nil
  local mine = {}
  for _, name in ipairs(names) do
    mine[name] = true
    if any and not options[name] then complain(("parameter '%s' is none of its options"):format(name)) end
  end
  for _, name in ipairs(signature.names) do
    if name ~= "..." and not options[name] and not mine[name] then
      complain(("'%s' of the signature is none of its options"):format(name))
    end
  end
end

--- A last table of options needs no parameter of its own: its rows tell it.
local function check_arguments(entry, signature, given, complain)
  local expected, names, options = {}, {}, option_names(entry)
  for _, name in ipairs(signature.names) do options[name] = nil end
  for _, name in ipairs(signature.names) do expected[#expected + 1] = name ~= "..." and name or nil end
  for _, name in ipairs(given) do names[#names + 1] = name ~= "..." and not options[name] and name or nil end
  if entry.options and #expected == #names + 1 then expected = table.move(expected, 1, #names, 1, {}) end
  local listed, written = table.concat(names, ", "), table.concat(expected, ", ")
  if listed ~= written then complain(("the signature takes (%s), parameters are (%s)"):format(written, listed)) end
end

local function check_signature(entry, names, complain)
  local kind = doc.kind(entry.name)
  if kind == "field" or kind == "class" then return end
  if not entry.signature then
    if kind == "function" and entry.returns then return end -- a value, such as gibbs.null, or a table of functions
    return complain "'signature' is missing"
  end
  if kind == "command" then return end
  local signature = doc.signature(entry.signature)
  if not signature then return complain(("signature '%s' is no call"):format(entry.signature)) end
  if signature.called ~= entry.name then complain(("the signature is one of '%s'"):format(signature.called)) end
  if signature.table then
    check_table(entry, signature, names, complain)
  else
    check_arguments(entry, signature, names, complain)
  end
end

local function check_options(entry, complain)
  local list = type(entry.options) == "string" and { entry.options } or entry.options or {}
  for _, item in ipairs(list) do
    if type(item) == "string" and #doc.tables_of(item) == 0 then
      complain(("options: there are no option rows of '%s'"):format(item))
    elseif type(item) == "table" and not (type(item.name) == "string" and type(item.doc) == "string") then
      complain("options: a row needs name and doc")
    end
  end
end

---What is wrong with an entry: sentences, none where nothing is.
---@return string[]
function doc.check(entry)
  local complaints = {}
  local function complain(text)
    complaints[#complaints + 1] = ("%s: %s"):format(type(entry.name) == "string" and entry.name or "an entry", text)
  end
  if type(entry.name) ~= "string" then
    complain "'name' is missing"
    return complaints
  end
  check_texts(entry, complain)
  check_options(entry, complain)
  check_signature(entry, check_parameters(entry, complain), complain)
  return complaints
end

-- ---- loading ---------------------------------------------------------------------------------------------------

---What is wrong with the entries that are loaded; a test holds it empty.
---@type string[]
doc.complaints = {}

local rooms    ---@type {name: string, title: string, order: number, entries: gibbs.Entry[]}[]
local by_name  ---@type table<string, gibbs.Entry>

local function load_room(name)
  local list = require("gibbs.doc." .. name)
  for _, entry in ipairs(list) do
    local wrong = doc.check(entry)
    if by_name[entry.name] then wrong[#wrong + 1] = entry.name .. ": there are two entries" end
    for _, complaint in ipairs(wrong) do table.insert(doc.complaints, ("lua/gibbs/doc/%s.lua: %s"):format(name, complaint)) end
    entry.room = name
    by_name[entry.name] = entry
  end
  rooms[#rooms + 1] = { name = name, title = list.title or name, order = list.order or 100, entries = list }
end

---The files of entries, in order.
function doc.rooms()
  if rooms then return rooms end
  rooms, by_name = {}, {}
  local names = {}
  for name in pairs(package.preload) do names[#names + 1] = name:match("^gibbs%.doc%.(.+)$") end
  table.sort(names)
  for _, name in ipairs(names) do load_room(name) end
  table.sort(rooms, function(a, b) return a.order < b.order or (a.order == b.order and a.name < b.name) end)
  return rooms
end

---All entries, room by room.
---@return fun(): gibbs.Entry?
function doc.each()
  return coroutine.wrap(function()
    for _, room in ipairs(doc.rooms()) do
      for _, entry in ipairs(room.entries) do coroutine.yield(entry) end
    end
  end)
end

---The entry of that very name; "tensor:value" and "expression:value" are the same method.
---@return gibbs.Entry?
function doc.entry(name)
  doc.rooms()
  if by_name[name] then return by_name[name] end
  local owner, mark, member = name:match("^([%l_ ]+)([.:])([%w_]+)$")
  local class = owner and doc.class(owner)
  if not class then return nil end
  for _, known in ipairs(doc.names_of(class)) do
    if by_name[known .. mark .. member] then return by_name[known .. mark .. member] end
  end
end

---How it is called: the signature; of a command what its own file says.
---@param entry gibbs.Entry
function doc.call(entry)
  local command = entry.name:match("^gibbs ([%a_]+)$")
  if not command then return entry.signature or entry.name end
  return ("%s %s"):format(entry.name, require("gibbs.command." .. command).usage)
end

---The options of a command: {how one is written, text}, the text of the entry's parameter of that name, or of the row.
---@param entry gibbs.Entry
---@return string[][]
function doc.flags(entry)
  local name = entry.name:match("^gibbs ([%a_]+)$")
  local command = require "gibbs.command"
  local told, rows = {}, {}
  for _, parameter in ipairs(entry.parameters or {}) do told[parameter[1]] = parameter[3] end
  for _, row in ipairs(name and require("gibbs.command." .. name).options or {}) do
    local form = command.forms(row)
    rows[#rows + 1] = { form, told[form:match("^%S+")] or command.text(row) }
  end
  return rows
end

---The first sentence of an entry's text.
---@param entry gibbs.Entry
function doc.summary(entry)
  local text = entry.what:gsub("%s+", " "):gsub("^ ", "")
  return text:match("^(.-[.:;]) %u") and text:match("^(.-)[.:;] %u") or text:gsub("%f[.:;][.:;]%s*$", "")
end

return doc

--- What gibbs.help and `gibbs doc` say: a thing or a word in, lines of text out.

local _, core = ...
local doc = require "gibbs.doc"
local page = require "gibbs.page"

local manual = {}

local NARROWEST, WIDEST = 40, 100
local MOST_MATCHES = 10

---The width of lines of text: of the terminal, within reason.
function manual.width()
  local columns = core.host and core.host.terminal() or tonumber(os.getenv "COLUMNS" or "")
  return math.max(NARROWEST, math.min(WIDEST, columns and columns > 0 and math.tointeger(columns) or 80))
end

-- ---- topics: what has a name ---------------------------------------------------------------------------------

---@class gibbs.Topic
---@field name string       as it is written to ask for this one and no other
---@field summary string
---@field lines fun(width: integer): string[]

local function entry_topic(entry)
  return {
    name = entry.name,
    summary = doc.summary(entry),
    lines = function(width) return page.entry(entry, width) end,
  }
end

local function sorted(names)
  table.sort(names)
  return names
end

--- The members of a class of objects as names of entries.
local function members(class, list, mark)
  local names = {}
  for name in pairs(list) do
    local entry = doc.entry(class.name .. mark .. name)
    names[#names + 1] = entry and entry.name or class.name .. mark .. name
  end
  return sorted(names)
end

--- Result tables have no rows in C: their entries tell their fields and methods.
local function record(name)
  local found = { name = name, methods = {}, fields = {} }
  for entry in doc.each() do
    local owner, mark = entry.name:match("^([%l_ ]+)([.:])")
    if owner == name then table.insert(mark == ":" and found.methods or found.fields, entry.name) end
  end
  local told = doc.kind(name) == "class" and doc.entry(name)
  return (told or #found.methods > 0 or #found.fields > 0) and found or nil
end

local function class_topic(name)
  local class = doc.class(name)
  local found = class and {
    name = class.name,
    roles = class.roles,
    methods = members(class, class.methods, ":"),
    fields = members(class, class.fields, "."),
  } or record(name)
  if not found then return nil end
  return {
    name = "class " .. found.name,
    summary = ("the class of objects, with %d methods and %d fields"):format(#found.methods, #found.fields),
    lines = function(width) return page.class(found, width) end,
  }
end

local function list_topic(list)
  return {
    name = "list " .. list.name,
    summary = list.doc,
    lines = function(width) return page.list(list, width) end,
  }
end

local function row_topic(list, row)
  return {
    name = ("%s %s"):format(list.name, row.name),
    summary = page.row_text(row),
    lines = function(width) return page.row(list, row, width) end,
  }
end

local function room_topic(room)
  return {
    name = "room " .. room.name,
    summary = room.title,
    lines = function(width)
      local lines = page.summaries(room.entries, width)
      table.insert(lines, 1, room.title)
      return lines
    end,
  }
end

--- A field of the module that is a table of functions: gibbs.plot.
local function group_topic(name)
  local short = name:match("^gibbs%.([%w_]+)$") or name
  local found = {}
  for entry in doc.each() do
    if entry.name:match("^gibbs%.([%w_]+)%.") == short then found[#found + 1] = entry end
  end
  if #found == 0 then return nil end
  return {
    name = "gibbs." .. short,
    summary = ("%d functions"):format(#found),
    lines = function(width)
      local lines = page.summaries(found, width)
      table.insert(lines, 1, ("gibbs.%s: %d functions"):format(short, #found))
      return lines
    end,
  }
end

local function add(topics, topic) topics[#topics + 1] = topic end

--- Methods and fields of that name, of any class.
local function add_members(topics, name)
  for entry in doc.each() do
    local member = entry.name:match("[.:]([%w_]+)$")
    if member == name and doc.kind(entry.name) ~= "function" then add(topics, entry_topic(entry)) end
  end
end

--- Rows that an entry tells of are no topics of their own.
local function has_entry(row) return row.topic and doc.entry(row.topic) ~= nil end

local function add_rows(topics, name)
  for _, list in ipairs(doc.catalog().lists) do
    if list.name == name then add(topics, list_topic(list)) end
    for _, row in ipairs(list.rows) do
      if not has_entry(row) and row.name == name or name == ("%s %s"):format(list.name, row.name) then add(topics, row_topic(list, row)) end
    end
  end
end

---All that bears a name, what is most likely meant first.
---@return gibbs.Topic[]
function manual.topics(name)
  local topics = {}
  for _, full in ipairs { name, "gibbs." .. name, "gibbs " .. name, "gibbs --" .. name } do
    local entry = doc.entry(full)
    if entry and doc.kind(entry.name) ~= "class" then add(topics, entry_topic(entry)) end
  end
  add(topics, group_topic(name))
  local class = class_topic(name:match("^class (.+)$") or name:match("^gibbs%.([%l_ ]+)$") or name)
  if class then add(topics, class) end
  add_rows(topics, name:match("^list (.+)$") or name)
  if not name:match("[.:]") then add_members(topics, name) end
  local member = #topics == 0 and name:match("^[%a_][%w_]*[.:]([%w_]+)$") -- Q:sample, whatever Q is
  if member then add_members(topics, member) end
  for _, room in ipairs(doc.rooms()) do
    if "room " .. room.name == name or #topics == 0 and room.name == name then add(topics, room_topic(room)) end
  end
  return topics
end

-- ---- searching ---------------------------------------------------------------------------------------------------

local function text_of(entry)
  local parts = { entry.signature or "", entry.what, entry.returns_what or "", entry.errors or "", entry.source or "" }
  for _, parameter in ipairs(entry.parameters or {}) do parts[#parts + 1] = table.concat(parameter, " ") end
  for _, table in ipairs(doc.options(entry)) do
    for _, row in ipairs(table.rows) do parts[#parts + 1] = row.name .. " " .. row.doc end
  end
  return table.concat(parts, " "):lower()
end

--- 1: in the name; 2: in the first sentence; 3: elsewhere; nil: nowhere.
local function rank(name, summary, text, word)
  if name:lower():find(word, 1, true) then return 1 end
  if summary:lower():find(word, 1, true) then return 2 end
  return text():find(word, 1, true) and 3 or nil
end

---The entries and rows that speak of a word, the best first: {name =, summary =}.
function manual.search(word)
  word = word:lower()
  local found = {}
  local function offer(name, summary, text)
    local place = rank(name, summary, text, word)
    if place then found[#found + 1] = { name = name, summary = summary, place = place } end
  end
  for entry in doc.each() do offer(entry.name, doc.summary(entry), function() return text_of(entry) end) end
  for _, list in ipairs(doc.catalog().lists) do
    for _, row in ipairs(list.rows) do
      if not has_entry(row) then offer(row.name, page.row_text(row), function() return (row.doc or ""):lower() end) end
    end
  end
  table.sort(found, function(a, b)
    if a.place ~= b.place then return a.place < b.place end
    return a.name < b.name
  end)
  return found
end

---All names that can be asked for, as keys.
function manual.names()
  local names = {}
  for entry in doc.each() do
    names[entry.name] = true
    names[entry.name:match("[.: ]([%w_]+)$") or entry.name] = true
  end
  for _, list in ipairs(doc.catalog().lists) do
    names[list.name] = true
    for _, row in ipairs(list.rows) do names[row.name] = true end
  end
  for _, class in ipairs(doc.catalog().classes) do names[class.name], names["class " .. class.name] = true, true end
  return names
end

local function match_lines(word, found, width)
  local entries = {}
  for i = 1, math.min(#found, MOST_MATCHES) do
    entries[i] = { name = found[i].name, what = found[i].summary }
  end
  local lines = page.summaries(entries, width)
  local among = #found > MOST_MATCHES and ", among them" or ""
  table.insert(lines, 1, ("nothing is called '%s'%s"):format(word, core.hint(word, manual.names())))
  table.insert(lines, 2, ("it occurs in %d %s%s:"):format(#found, #found == 1 and "topic" or "topics", among))
  return lines
end

---The page on a name, or what speaks of a word; nil and a sentence where there is neither.
---@param name string
---@param width integer
---@return string[]? lines
---@return string? message
function manual.about(name, width)
  name = name:gsub("^%s+", ""):gsub("%s+$", ""):gsub("%s*[({].*$", "")
  local topics = name ~= "" and manual.topics(name) or {}
  if #topics == 0 then
    local found = #name > 1 and manual.search(name) or {}
    if #found > 0 then return match_lines(name, found, width) end
    return nil, ("there is no help on '%s'%s"):format(name, core.hint(name, manual.names()))
  end
  local lines = topics[1].lines(width)
  if #topics > 1 then
    lines[#lines + 1] = ""
    lines[#lines + 1] = "There is also"
    local others = {}
    for i = 2, math.min(#topics, MOST_MATCHES) do others[i - 1] = { name = topics[i].name, what = topics[i].summary } end
    for _, line in ipairs(page.summaries(others, width)) do lines[#lines + 1] = line end
  end
  return lines
end

-- ---- things ------------------------------------------------------------------------------------------------------

--- The name of a value of the module, or nil.
local function find_in(fields, value, prefix, depth)
  for name, member in next, fields do
    if rawequal(member, value) then return prefix .. name end
    if type(member) == "table" and depth < 2 then
      local found = find_in(member, value, prefix .. name .. ".", depth + 1)
      if found then return found end
    end
  end
end

--- The name under which a function is known: of the module, of a class, or of Lua.
local function name_of(fn)
  local name = find_in(core.fields, fn, "gibbs.", 1)
  if name then return name end
  for _, class in ipairs(doc.catalog().classes) do
    for method, member in pairs(class.methods) do
      if rawequal(member, fn) then return class.name .. ":" .. method end
    end
  end
end

local libraries = { "string", "table", "math", "io", "os", "utf8", "coroutine", "debug", "package" }

local function name_in_lua(fn)
  for name, member in next, _G do
    if rawequal(member, fn) and debug.getinfo(fn, "S").what == "C" then return name end
  end
  for _, library in ipairs(libraries) do
    for name, member in next, package.loaded[library] or {} do
      if rawequal(member, fn) then return library .. "." .. name end
    end
  end
end

local function about_function(fn, width)
  local name = name_of(fn)
  if name then
    local lines, message = manual.about(name, width)
    return lines or { message }
  end
  local of_lua = name_in_lua(fn)
  if of_lua then return { ("%s: a function of Lua 5.4, https://www.lua.org/manual/5.4/manual.html#pdf-%s"):format(of_lua, of_lua) } end
  local info = debug.getinfo(fn, "S")
  return { ("a function of your own, made at %s:%d"):format(info.short_src, info.linedefined) }
end

local function about_object(value, class, width)
  local topic = class_topic(class)
  local lines = topic and topic.lines(width) or { "a " .. class }
  local shown = tostring(value)
  table.insert(lines, 1, #shown > width and shown:sub(1, width - 3) .. "..." or shown)
  return lines
end

local usage = {
  "help(x) tells of a function, a method or an object: help(gibbs.kl), help(Q.sample), help(Q).",
  'help "kl" tells of a name, help "chains" of all that bear it, help "anneal" of what speaks of a word; help "class chains" tells of the '
    .. 'methods of objects, help "list kernels" lists.',
  "From a shell: gibbs doc kl, gibbs list kernels. In a script: gibbs.help(x).",
}

---How to get help, and the rooms.
---@param width integer
---@return string[]
function manual.overview(width)
  local lines = {}
  for _, text in ipairs(usage) do page.wrap(lines, text, "", width) end
  lines[#lines + 1] = ""
  for _, line in ipairs(page.overview(width)) do lines[#lines + 1] = line end
  return lines
end

---@param value any
---@param width integer
---@return string[] lines
function manual.about_value(value, width)
  if value == nil or value == "" or rawequal(value, core.gibbs) then return manual.overview(width) end
  if type(value) == "string" then
    local lines, message = manual.about(value, width)
    return lines or { message }
  end
  if type(value) == "function" then return about_function(value, width) end
  local name = type(value) == "table" and find_in(core.fields, value, "gibbs.", 1)
  if name then return (manual.about(name, width)) end
  local meta = debug.getmetatable(value)
  local class = type(meta) == "table" and type(meta.__name) == "string" and meta.__name:match("^gibbs%.(.+)$")
  if class then return about_object(value, class, width) end
  return { ("%s: a %s of Lua"):format(tostring(value), math.type(value) or type(value)) }
end

---gibbs.help(x): print what there is to know.
---@param x any
function manual.help(x)
  io.stdout:write(table.concat(manual.about_value(x, manual.width()), "\n"), "\n")
end

return manual

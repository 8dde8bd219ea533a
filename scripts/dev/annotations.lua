-- Writes the annotations for the Lua language server, lua/meta/gibbs.d.lua, from the entries and the rows of C:
--   gibbs scripts/dev/annotations.lua > lua/meta/gibbs.d.lua

require "gibbs"
local doc = require "gibbs.doc"
local page = require "gibbs.page"

local lines = {}
local function add(text, ...)
  if select("#", ...) > 0 then text = text:format(...) end
  lines[#lines + 1] = (text:gsub("%s+$", ""))
end

-- ---- types ---------------------------------------------------------------------------------------------------

local lua_types = { any = true, ["nil"] = true }
for name in ("number integer boolean string table function"):gmatch("%S+") do lua_types[name] = true end

local function type_name(name) return lua_types[name] and name or "gibbs." .. name:gsub(" ", "_") end

--- "distribution|data", "number[]" -> as the language server writes them
local function types(text)
  local parts = {}
  for part in text:gmatch("[^|]+") do
    part = part:gsub("^%s+", ""):gsub("%s+$", "")
    local name, list = part:match("^(.-)(%[?%]?)$")
    parts[#parts + 1] = type_name(name) .. list
  end
  return table.concat(parts, "|")
end

-- ---- texts ---------------------------------------------------------------------------------------------------

local function one_line(text) return (text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")) end

local function add_text(text)
  for paragraph in (text .. "\n\n"):gmatch("(.-)\n%s*\n%s*") do add("---%s", one_line(paragraph)) end
end

local function add_entry_text(entry)
  add_text(entry.what)
  for _, field in ipairs { "errors", "cost", "source" } do
    if entry[field] then
      add "---"
      add("---%s: %s", field:gsub("^%l", string.upper), one_line(entry[field]))
    end
  end
  if not entry.example then return end
  add "---"
  add "---```lua"
  for _, line in ipairs(page.dedent(entry.example)) do add("---%s", line) end
  add "---```"
end

-- ---- options -------------------------------------------------------------------------------------------------

local function option_type(row, told)
  if told then return types(told[2]) end
  if row.kind == "word" then
    local words = {}
    for i, word in ipairs(row.words) do words[i] = '"' .. word .. '"' end
    return table.concat(words, "|")
  end
  return row.kind == "value" and "any" or row.kind
end

local function option_text(row, told, when)
  local parts = { when and ("(%s)"):format(when) or nil }
  parts[#parts + 1] = told and told[3] ~= "" and told[3] or row.doc
  local legal, default = page.legal(row), page.default(row)
  local notes = {}
  if legal and row.kind ~= "word" and row.kind ~= "boolean" then notes[#notes + 1] = legal end
  if default then notes[#notes + 1] = "default " .. default end
  if #notes > 0 then parts[#parts + 1] = ("(%s)"):format(table.concat(notes, "; ")) end
  return one_line(table.concat(parts, " "))
end

local function told_parameters(entry)
  local told = {}
  for _, parameter in ipairs(entry.parameters or {}) do told[parameter[1]:gsub("%?$", "")] = parameter end
  return told
end

--- The fields of a table of options; one that several tables have is told of for each.
local function option_fields(entry)
  local signature, told = doc.signature(entry.signature), told_parameters(entry)
  local needed, order, fields = {}, {}, {}
  for _, name in ipairs(signature.table and signature.names or {}) do needed[name] = not signature.optional[name] end
  local function field(name, kind, text)
    if fields[name] then
      fields[name].text = fields[name].text .. "; " .. text
      if not fields[name].type:find(kind, 1, true) then fields[name].type = fields[name].type .. "|" .. kind end
    else
      fields[name] = { type = kind, text = text }
      order[#order + 1] = name
    end
  end
  for _, table in ipairs(doc.options(entry)) do
    for _, row in ipairs(table.rows) do field(row.name, option_type(row, told[row.name]), option_text(row, told[row.name], table.when)) end
  end
  if signature.table then
    for _, parameter in ipairs(entry.parameters or {}) do
      local name = parameter[1]:gsub("%?$", "")
      if not fields[name] then field(name, types(parameter[2]), one_line(parameter[3])) end
    end
  end
  return order, fields, needed
end

local function options_class(entry) return "gibbs." .. entry.name:gsub("^gibbs%.", ""):gsub("[:. ]", "_") .. "_options" end

local function add_options(entry)
  local order, fields, needed = option_fields(entry)
  if #order == 0 then return nil end
  local class = options_class(entry)
  add("---@class %s", class)
  for _, name in ipairs(order) do
    add("---@field %s%s %s %s", name, needed[name] and "" or "?", fields[name].type, fields[name].text)
  end
  add ""
  return class
end

-- ---- functions -----------------------------------------------------------------------------------------------

local function add_returns(entry)
  local first = true
  for part in (entry.returns or ""):gmatch("[^,]+") do
    add("---@return %s%s", types(part), first and entry.returns_what and " # " .. one_line(entry.returns_what) or "")
    first = false
  end
end

--- Type and text of one parameter; a last table of options has a class of its own.
local function parameter_of(name, told, last, options)
  local parameter = told[name]
  if not parameter then return name == "..." and "any" or options or "table", "" end
  local kind = types(parameter[2])
  if last and options then kind = kind:gsub("table", options) end
  return kind, one_line(parameter[3])
end

--- Lua has nothing behind "...", so what a signature has there is part of it.
local function add_rest(signature, from, told, options)
  local kinds, text = {}, ""
  for i = from, #signature.names do
    local kind, what = parameter_of(signature.names[i], told, i == #signature.names, options)
    kinds[#kinds + 1] = kind
    text = text == "" and what or text
  end
  add("---@param ... %s %s", table.concat(kinds, "|"), text)
end

local function add_parameters(entry, signature, options)
  local told, written = told_parameters(entry), {}
  for i, name in ipairs(signature.names) do
    written[#written + 1] = name
    if name == "..." then
      add_rest(signature, i, told, options)
      break
    end
    local kind, text = parameter_of(name, told, i == #signature.names, options)
    local optional = not told[name] or told[name][1]:match("%?$") or signature.optional[name]
    add("---@param %s%s %s %s", name, optional and "?" or "", kind, text)
  end
  return written
end

local function add_function(entry, called)
  local signature = doc.signature(entry.signature)
  local options = add_options(entry)
  add_entry_text(entry)
  local names
  if signature.table then
    local any_needed = false
    for _, name in ipairs(signature.names) do any_needed = any_needed or not signature.optional[name] and name ~= "..." end
    add("---@param options%s %s", any_needed and "" or "?", options or "table")
    names = { "options" }
  else
    names = add_parameters(entry, signature, options)
  end
  add_returns(entry)
  add("function %s(%s) end", called, table.concat(names, ", "))
  add ""
end

-- ---- classes -------------------------------------------------------------------------------------------------

--- What scripts may write between expressions and numbers; the other operators refuse.
local operators = { expression = { "add", "sub", "mul", "div", "pow" } }

local function add_class_head(name)
  add("---@class gibbs.%s", name:gsub(" ", "_"))
  for _, operator in ipairs(operators[name] or {}) do add("---@operator %s(any): gibbs.%s", operator, name) end
  if operators[name] then add("---@operator unm: gibbs.%s", name) end
end

local function members_of(names)
  local fields, methods = {}, {}
  local known = {}
  for _, name in ipairs(names) do known[name] = true end
  for entry in doc.each() do
    local owner, mark = entry.name:match("^([%l_ ]+)([.:])")
    local kind = doc.kind(entry.name)
    if (kind == "field" or kind == "method") and known[owner] then
      local list = mark == ":" and methods or fields
      list[#list + 1] = entry
    end
  end
  return fields, methods
end

local function add_class(name, names)
  local entry = doc.entry(name)
  if entry and doc.kind(entry.name) == "class" then add_text(entry.what) end
  local fields, methods = members_of(names)
  add_class_head(name)
  for _, field in ipairs(fields) do
    add("---@field %s %s %s", field.name:match("%.([%w_]+)$"), types(field.returns or "any"), one_line(field.what))
  end
  local class = doc.class(name)
  if class and class.named then add "---@field [string] gibbs.expression" end
  if class and class.numbered then add "---@field [integer] gibbs.expression|number" end
  local variable = name:gsub(" ", "_")
  add("local %s = {}", variable)
  add ""
  for _, method in ipairs(methods) do add_function(method, variable .. ":" .. method.name:match(":([%w_]+)$")) end
end

--- Result tables are classes too: their entries name them.
local function record_names()
  local names, seen = {}, {}
  for entry in doc.each() do
    local owner = entry.name:match("^([%l_ ]+)[.:][%w_]+$")
    local kind = doc.kind(entry.name)
    if (kind == "field" or kind == "method") and not doc.class(owner) and not seen[owner] then
      seen[owner] = true
      names[#names + 1] = owner
    end
  end
  return names
end

local function add_classes()
  for _, class in ipairs(doc.catalog().classes) do
    add("-- ---- %s %s", class.article, class.name)
    add ""
    local names = doc.names_of(class)
    for i = 2, #names do add("---@alias %s gibbs.%s", type_name(names[i]), class.name) end
    if #names > 1 then add "" end
    add_class(class.name, names)
  end
  for _, name in ipairs(record_names()) do
    add("-- ---- results: %s", name)
    add ""
    add_class(name, { name })
  end
end

-- ---- the module ----------------------------------------------------------------------------------------------

--- The fields of the module that are tables of functions.
local function tables_of_functions()
  local seen, names = {}, {}
  for entry in doc.each() do
    local name = entry.name:match("^gibbs%.([%w_]+)%.[%w_]+$")
    if name and not seen[name] then
      seen[name] = true
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

local function add_module_head()
  add "-- ---- the module"
  add ""
  add "---@class gibbs"
  for entry in doc.each() do
    if doc.kind(entry.name) == "function" and not entry.signature then
      add("---@field %s %s %s", entry.name:match("^gibbs%.(.+)$"), types(entry.returns), one_line(entry.what))
    end
  end
  add "local gibbs = {}"
  add ""
  for _, name in ipairs(tables_of_functions()) do add("gibbs.%s = {}", name) end
  add ""
end

add "---@meta gibbs"
add ""
add "-- gibbs for the Lua language server: names, types, options and what they mean.  Made by scripts/dev/annotations.lua from"
add "-- the entries in lua/gibbs/doc and the rows of C; do not edit (cmake --build build/release --target docs)."
add ""
add_classes()
add_module_head()
for entry in doc.each() do
  if doc.kind(entry.name) == "function" and entry.signature then add_function(entry, entry.name) end
end
add "return gibbs"

io.stdout:write(table.concat(lines, "\n"), "\n")

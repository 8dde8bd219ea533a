--- Completion for the prompt: names in sight, fields and methods, options of a call, their words, names of help, and files.
--- It reads tables with rawget and next, and fields of our own objects, whose getters are C: the user's code never runs.

local _, core = ...
local context = require "gibbs.complete_context"

local complete = {}

local MOST = 1000 -- candidates

local function starts(text, prefix) return text:sub(1, #prefix) == prefix end

local function is_name(text) return type(text) == "string" and text:match("^[%a_][%w_]*$") ~= nil end

--- The keys of a table that are names beginning with a prefix; `from` may be a set of names too.
local function add_names(list, from, prefix)
  for name in next, from do
    if #list == MOST then return end
    if is_name(name) and starts(name, prefix) then list[#list + 1] = name end
  end
end

-- ---- values ---------------------------------------------------------------------------------------------------

--- A field of the module; its files of functions are loaded when asked for.
local function field_of_module(name)
  if not core.names()[name] then return nil end
  local known, value = pcall(function() return core.fields[name] end)
  return known and value or nil
end

--- A field of one of our objects, if its class has it.
local function field_of_object(object, name)
  local fields = core.members(object, false)
  if not (fields and fields[name]) then return nil end
  local known, value = pcall(function() return object[name] end)
  return known and value or nil
end

local function field_of(value, key)
  if rawequal(value, core.gibbs) then return field_of_module(key) end
  if type(value) == "userdata" and type(key) == "string" then return field_of_object(value, key) end
  if type(value) == "table" then return rawget(value, key) end
end

--- The value of the keys {"a", "b", 1}, or nil.
local function value_of(keys)
  local value = _G
  for _, key in ipairs(keys) do
    value = field_of(value, key)
    if value == nil then return nil end
  end
  return value
end

--- The names below a value: fields after ".", methods after ":".
local function members(value, separator)
  if rawequal(value, core.gibbs) then return separator == "." and core.names() or {} end
  if type(value) == "userdata" then return core.members(value, separator == ":") or {} end
  if type(value) == "string" then return separator == ":" and string or {} end
  if type(value) ~= "table" then return {} end
  local meta = debug.getmetatable(value)
  local methods = type(meta) == "table" and rawget(meta, "__index")
  return separator == ":" and type(methods) == "table" and methods or value
end

-- ---- options of calls -----------------------------------------------------------------------------------------

local function name_in(fields, fn, prefix, deep)
  for name, member in next, fields do
    if rawequal(member, fn) then return prefix .. name end
    local found = deep and type(member) == "table" and name_in(member, fn, prefix .. name .. ".", false)
    if found then return found end
  end
end

--- "gibbs.kl" of the call of a function; "distribution:chains", or ":chains" where the object is not known, of a method.
local function callee(call)
  local object = call.method and call.keys and value_of(call.keys)
  if not call.method then
    local value = call.keys and value_of(call.keys)
    return type(value) == "function" and name_in(core.fields, value, "gibbs.", true) or nil
  end
  local meta = debug.getmetatable(object)
  local class = type(meta) == "table" and type(rawget(meta, "__name")) == "string" and meta.__name:match("^gibbs%.(.+)$")
  if object ~= nil and not class then return nil end
  return ("%s:%s"):format(class or "", call.method)
end

local function is_callee(who, name) return who == name or name:sub(1, 1) == ":" and who:sub(-#name) == name end

--- The rows of options that a function takes: those of C, and those that its entry of the documentation tells.
local function option_rows(name)
  local doc = require "gibbs.doc"
  local rows = {}
  local function add(tables)
    for _, table in ipairs(tables) do
      for _, row in ipairs(table.rows) do rows[#rows + 1] = row end
    end
  end
  for _, table in ipairs(doc.catalog().options) do
    if is_callee(table.who, name) then add { table } end
  end
  local entry = doc.entry(name)
  if entry then
    add(doc.options(entry))
    local signature = entry.signature and doc.signature(entry.signature)
    for _, option in ipairs(signature and signature.table and signature.names or {}) do rows[#rows + 1] = { name = option } end
  end
  return rows
end

local function rows_of(call)
  local name = call and callee(call)
  if not name then return {} end
  local known, rows = pcall(option_rows, name)
  return known and rows or {}
end

local function add_options(list, call, prefix)
  local names = {}
  for _, row in ipairs(rows_of(call)) do names[row.name] = true end
  add_names(list, names, prefix)
  if #list == 1 then list[1] = list[1] .. " = " end
end

-- ---- in quotes -------------------------------------------------------------------------------------------------

--- `words`: a set.
local function add_words(list, words, prefix, quote)
  for word in next, words do
    if starts(word, prefix) then list[#list + 1] = word end
  end
  if #list == 1 then list[1] = list[1] .. quote end
end

--- The words of the option that the string is given to.
local function words_of(here)
  local words = {}
  for _, row in ipairs(here.option and rows_of(here.call) or {}) do
    if row.name == here.option then
      for _, word in ipairs(row.words or {}) do words[word] = true end
    end
  end
  return words
end

local function add_topics(list, prefix, quote)
  local known, names = pcall(function() return require("gibbs.manual").names() end)
  if known then add_words(list, names, prefix, quote) end
end

local function asks_for_help(call)
  local fn = call and call.keys and not call.method and value_of(call.keys)
  return fn ~= nil and rawequal(fn, rawget(core.fields, "help"))
end

--- Files and folders below the folder that the text names; the last part of the path is completed.
local function add_files(list, path, quote)
  local folder, prefix = path:match("^(.*/)([^/]*)$")
  prefix = prefix or path
  local files = core.host and core.host.files and core.host.files(folder or ".") or {}
  for _, file in ipairs(files) do
    local hidden = file:sub(1, 1) == "." and prefix:sub(1, 1) ~= "."
    if starts(file, prefix) and not hidden and #list < MOST then list[#list + 1] = file end
  end
  if #list == 1 and list[1]:sub(-1) ~= "/" then list[1] = list[1] .. quote end
  return prefix
end

--- What is replaced: the part of the string that is completed.
local function in_string(list, here)
  if asks_for_help(here.call) then
    add_topics(list, here.text, here.quote)
    return here.text
  end
  local words = words_of(here)
  if next(words) == nil then return add_files(list, here.text, here.quote) end
  add_words(list, words, here.text, here.quote)
  return here.text
end

-- ---- what it could become -------------------------------------------------------------------------------------

local keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
  :gmatch("%a+") do
  keywords[word] = true
end

local function in_code(list, here)
  if here.separator then
    local value = here.keys and value_of(here.keys)
    if value ~= nil then add_names(list, members(value, here.separator), here.prefix) end
    return
  end
  if here.names_option then add_options(list, here.call, here.prefix) end
  if #list == 0 and here.prefix ~= "" then
    add_names(list, _G, here.prefix)
    add_names(list, keywords, here.prefix)
  end
end

---What text:sub(start + 1), the end of an input up to the cursor, could become, sorted.
---@param text string    all of the input before the cursor
---@param start integer  bytes before what is to be replaced
---@return string[]
function complete.at(text, start)
  local here = context.at(text)
  if not here then return {} end
  local list, prefix = {}, here.prefix
  if here.quote then
    prefix = in_string(list, here)
  else
    in_code(list, here)
  end
  table.sort(list)
  local from = #text - #prefix -- where the candidates begin
  for i, candidate in ipairs(list) do
    list[i] = from >= start and text:sub(start + 1, from) .. candidate or candidate:sub(start - from + 1)
  end
  return list
end

---All that a word alone could become: complete.word "gibbs.sp" -> {"gibbs.spins"}.
---@param word string
---@return string[]
function complete.word(word) return complete.at(word, 0) end

return complete

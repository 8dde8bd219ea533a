--- Completion for the prompt: names of variables, fields and methods.
--- It reads tables with next and rawget only, so that it never runs the user's code.

local _, core = ...

local complete = {}

local keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
  :gmatch("%a+") do
  keywords[word] = true
end

--- The names below a value: fields after ".", methods after ":".
local function members(value, separator)
  if value == core.gibbs then return separator == "." and core.names() or {} end
  if type(value) == "userdata" then return core.members(value, separator == ":") or {} end
  if type(value) == "string" and separator == ":" then return string end
  return type(value) == "table" and value or {}
end

--- The value of "a.b.c", or nil; only plain tables and the module are looked into.
local function value_of(path)
  local value = _G
  for name in path:gmatch("[^.]+") do
    if value == core.gibbs then
      value = rawget(core.fields, name)
    elseif type(value) == "table" then
      value = rawget(value, name)
    else
      return nil
    end
  end
  return value
end

local function add_matches(list, names, head, prefix)
  for name in next, names do
    if type(name) == "string" and name:match("^[%a_][%w_]*$") and name:sub(1, #prefix) == prefix then
      list[#list + 1] = head .. name
    end
  end
end

---All that the word before the cursor could become, sorted.
---@param word string  such as "gibbs.sp" or "v:sh"
---@return string[]
function complete.word(word)
  local list = {}
  local path, separator, prefix = word:match("^([%a_][%w_.]*)([.:])([%w_]*)$")
  if path then
    local value = value_of(path)
    if value ~= nil then add_matches(list, members(value, separator), path .. separator, prefix) end
  elseif word:match("^[%a_][%w_]*$") then
    add_matches(list, _G, "", word)
    add_matches(list, keywords, "", word)
  end
  table.sort(list)
  return list
end

return complete

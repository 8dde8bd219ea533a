--- Values as a reader wants them: display.short gives one line, display.full all that there is.
--- Tables are read with next and rawget only; of the user's own code at most a __tostring runs.

local _, core = ...

local display = {}

local WIDEST = 12      -- entries of a table in one line
local DEEPEST = 2      -- tables within tables in one line
local LONGEST = 200    -- bytes of a string in one line
local LINE = 300       -- bytes of the whole line
local MOST = 1000      -- entries of a table in full
local NARROW = 80      -- bytes: a table within one that is longer gets lines of its own

-- ---- what a value is ----------------------------------------------------------------------------------------

--- The class of an object or a result of ours: "tensor", "fit"; nil for anything else.
local function class_of(value)
  local meta = debug.getmetatable(value)
  local name = type(meta) == "table" and rawget(meta, "__name")
  return type(name) == "string" and name:match("^gibbs%.(.+)$") or nil
end

local function is_plain_table(value)
  if type(value) ~= "table" or rawequal(value, core.gibbs) then return false end
  local meta = debug.getmetatable(value)
  return not (type(meta) == "table" and rawget(meta, "__tostring"))
end

local function quote(text)
  return (("%q"):format(text):gsub("\\\n", "\\n"):gsub("[\127-\255]+", function(bytes)
    return utf8.len(bytes) and bytes or bytes:gsub(".", function(byte) return ("\\x%02x"):format(byte:byte()) end)
  end))
end

local function short_string(text)
  if #text <= LONGEST then return quote(text) end
  return ("%s... (%d bytes)"):format(quote(text:sub(1, LONGEST)), #text)
end

--- The name of a function of the module: "gibbs.kl".
local function name_in(fields, fn, prefix)
  for name, member in next, fields do
    if rawequal(member, fn) then return prefix .. name end
    if type(member) == "table" and prefix == "gibbs." then
      local found = name_in(member, fn, prefix .. name .. ".")
      if found then return found end
    end
  end
end

local function short_function(fn, depth)
  local name = name_in(core.fields, fn, "gibbs.")
  if name then return depth > 1 and name or ("function %s: help(%s) tells of it"):format(name, name) end
  local info = debug.getinfo(fn, "S")
  if info.what == "C" or info.source:match("^=gibbs") then return "function" end
  return ("function of %s:%d"):format(info.short_src, info.linedefined)
end

-- ---- one line -----------------------------------------------------------------------------------------------

local short

--- Keys that are no part of the list 1..#t, numbers first.
local function other_keys(t, length)
  local keys = {}
  for key in next, t do
    if not (math.type(key) == "integer" and key >= 1 and key <= length) then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b)
    local x, y = type(a), type(b)
    if x ~= y then return x == "number" or (y ~= "number" and x < y) end
    if x == "number" then return a < b end
    return x == "string" and a < b
  end)
  return keys
end

local function key_text(key)
  if type(key) == "string" then return key:match("^[%a_][%w_]*$") and key or ("[%s]"):format(short_string(key)) end
  if math.type(key) then return ("[%s]"):format(key) end
  return ("[%s]"):format(type(key))
end

local function short_table(t, depth)
  local length = rawlen(t)
  local keys = other_keys(t, length)
  if depth > DEEPEST then
    local count = length + #keys
    return count == 0 and "{}" or ("{%d %s}"):format(count, count == 1 and "entry" or "entries")
  end
  local parts = {}
  for i = 1, math.min(length, WIDEST) do parts[i] = short(rawget(t, i), depth + 1) end
  for i = 1, math.min(#keys, WIDEST) do
    parts[#parts + 1] = ("%s = %s"):format(key_text(keys[i]), short(rawget(t, keys[i]), depth + 1))
  end
  if length > WIDEST or #keys > WIDEST then parts[#parts + 1] = ("... (%d in all)"):format(length + #keys) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

function short(value, depth)
  local kind = type(value)
  if kind == "string" then return short_string(value) end
  if kind == "function" then return short_function(value, depth) end
  if is_plain_table(value) then return short_table(value, depth) end
  return (tostring(value):gsub("[%c]+", " "))
end

local function cut(text)
  if #text <= LINE then return text end
  local at = LINE
  while at > 1 and text:byte(at + 1) and text:byte(at + 1) & 0xC0 == 0x80 do at = at - 1 end -- whole characters
  return text:sub(1, at) .. " ..."
end

---A value in one line.
---@param value any
---@return string
function display.short(value) return cut(short(value, 1)) end

-- ---- in full ------------------------------------------------------------------------------------------------

local full

--- Rows of a tensor, right-aligned columns; matrices of higher ones follow each other.
local function add_matrix(lines, rows)
  local texts, width = {}, 0
  for i, row in ipairs(rows) do
    texts[i] = {}
    for k, x in ipairs(row) do
      texts[i][k] = ("%.6g"):format(x)
      width = math.max(width, #texts[i][k])
    end
  end
  for _, row in ipairs(texts) do
    for k, text in ipairs(row) do row[k] = (" "):rep(width - #text) .. text end
    lines[#lines + 1] = "  " .. table.concat(row, " ")
  end
end

local function add_values(lines, values, rank, place)
  if rank == 1 then
    add_matrix(lines, { values })
  elseif rank == 2 then
    if place ~= "" then lines[#lines + 1] = ("  [%s]"):format(place:sub(1, -3)) end
    add_matrix(lines, values)
  else
    for i, part in ipairs(values) do add_values(lines, part, rank - 1, ("%s%d, "):format(place, i)) end
  end
end

local function add_tensor(lines, tensor)
  local shape, size = tensor:shape(), 1
  for _, extent in ipairs(shape) do size = size * extent end
  if #shape > 0 and size > 0 then add_values(lines, tensor:table(), #shape, "") end
end

--- The keys of a table, of its list first, MOST at most; and how many there are.
local function keys_of(t)
  local length = rawlen(t)
  local others = other_keys(t, length)
  local keys = {}
  for i = 1, math.min(length, MOST) do keys[i] = i end
  table.move(others, 1, math.min(#others, MOST - #keys), #keys + 1, keys)
  return keys, length + #others
end

local function add_entries(lines, t, indent, seen)
  local keys, count = keys_of(t)
  for _, key in ipairs(keys) do
    local value = rawget(t, key)
    local head = ("%s%s ="):format(indent, key_text(key))
    if is_plain_table(value) and not seen[value] and #short_table(value, 1) > NARROW then
      seen[value] = true
      lines[#lines + 1] = head
      add_entries(lines, value, indent .. "  ", seen)
    else
      lines[#lines + 1] = ("%s %s"):format(head, type(value) == "string" and quote(value) or display.short(value))
    end
  end
  if count > #keys then lines[#lines + 1] = ("%s... (%d in all)"):format(indent, count) end
end

local adders = {
  distribution = function(lines, value)
    for line in value:describe():gmatch("[^\n]+") do lines[#lines + 1] = "  " .. line end
    for name, parameter in pairs(value:parameters()) do lines[#lines + 1] = ("  %s: %s"):format(name, tostring(parameter)) end
  end,
}

--- Whether an expression is a tensor is told by its text alone: the class is one.
local function add_object(lines, value, class)
  if type(value) == "table" then return add_entries(lines, value, "  ", { [value] = true }) end
  if class == "expression" and tostring(value):match("^tensor") then return add_tensor(lines, value) end
  if adders[class] then return adders[class](lines, value) end
  local fields = {}
  for name in next, core.members(value, false) or {} do fields[#fields + 1] = name end
  table.sort(fields)
  for _, name in ipairs(fields) do
    local known, field = pcall(function() return value[name] end)
    if known then lines[#lines + 1] = ("  %s = %s"):format(name, display.short(field)) end
  end
end

function full(value)
  if type(value) == "string" then return { value } end
  if is_plain_table(value) then
    local lines = { "{" }
    add_entries(lines, value, "  ", { [value] = true })
    lines[#lines + 1] = "}"
    return #lines == 2 and { "{}" } or lines
  end
  local lines = { type(value) == "function" and short_function(value, 1) or tostring(value) }
  local class = class_of(value)
  if class then add_object(lines, value, class) end
  return lines
end

---All that there is of a value, in lines.
---@param value any
---@return string[]
function display.full(value) return full(value) end

---gibbs.show(x, ...): print all of values.
function display.show(...)
  for i = 1, select("#", ...) do io.stdout:write(table.concat(full((select(i, ...))), "\n"), "\n") end
end

return display

--- Numbers out of what a script has: lists, nested lists, tensors, parameters, batches, data, series, estimates.

local _, core = ...
local options = require "gibbs.plot.options"
local shown = options.shown

local values = {}

---The class of an object of the core: "expression", "data", "series", ...
function values.class_of(value)
  local meta = type(value) == "userdata" and debug.getmetatable(value)
  return meta and tostring(meta.__name):gsub("^gibbs%.", "") or nil
end

local function is_estimate(value)
  return type(value) == "table" and rawget(value, "value") ~= nil and rawget(value, "error") ~= nil
end

local function from_series(who, name, series)
  local names = series.names
  if #names ~= 1 then
    core.raise(("%s: '%s' is a series of %d observables; give the values of one, series:values(\"%s\")"):format(who, name, #names, names[1]))
  end
  return series:values(names[1]):table()
end

--- Plain nested lists, or a number, out of an object.
local function plain(who, name, value)
  local class = values.class_of(value)
  if not class then return value end
  if class == "series" then return from_series(who, name, value) end
  if class == "data" or class == "batch" then return value:tensor():table() end
  if class ~= "expression" then core.raise(("%s: '%s' is %s; it must be a list of numbers or a tensor"):format(who, name, tostring(value))) end
  return value:value():table()
end

--- An axis of length one is none: a chain's values are chains x rows.
local function squeeze(list)
  while type(list) == "table" and #list == 1 and type(list[1]) == "table" and not is_estimate(list[1]) do list = list[1] end
  return list
end

--- Items are numbers or estimates of numbers; their errors come along.
local function read_items(who, name, list)
  local numbers, errors, any = {}, {}, false
  for i, item in ipairs(list) do
    if is_estimate(item) then
      any = true
      numbers[i], errors[i] = item.value, item.error
    else
      numbers[i], errors[i] = item, 0
    end
    if not math.type(numbers[i]) or not math.type(errors[i]) then
      core.raise(("%s: '%s'[%d] is %s; it must be a number"):format(who, name, i, shown(item)))
    end
  end
  return numbers, any and errors or nil
end

---A list of numbers, and a list of their errors where they are estimates.
---@return number[], number[]?
function values.list(who, name, value)
  if is_estimate(value) then
    local numbers = values.list(who, name, math.type(value.value) and { value.value } or value.value)
    return numbers, math.type(value.error) and values.constant(value.error, #numbers) or values.list(who, name, value.error)
  end
  local list = squeeze(plain(who, name, value))
  if type(list) ~= "table" then core.raise(("%s: '%s' is %s; it must be a list of numbers"):format(who, name, shown(list))) end
  local numbers, errors = read_items(who, name, list)
  if #numbers == 0 then core.raise(("%s: '%s' is empty"):format(who, name)) end
  return numbers, errors
end

---As many times the same number.
function values.constant(number, count)
  local list = {}
  for i = 1, count do list[i] = number end
  return list
end

local function flatten(who, name, item, list)
  item = plain(who, name, item)
  if type(item) == "table" and not is_estimate(item) then
    for _, inner in ipairs(item) do flatten(who, name, inner, list) end
    return list
  end
  local number = is_estimate(item) and item.value or item
  if not math.type(number) then core.raise(("%s: '%s' holds %s; it must hold numbers"):format(who, name, shown(item))) end
  list[#list + 1] = number
  return list
end

---All numbers of something of any shape.
---@return number[]
function values.all(who, name, value)
  local list = flatten(who, name, value, {})
  if #list == 0 then core.raise(("%s: '%s' is empty"):format(who, name)) end
  return list
end

---Nested lists of `rows` x `columns` numbers; `of` says what rows and columns belong to.
---@return number[][]
function values.matrix(who, name, value, rows, columns, of)
  local list = plain(who, name, value)
  if type(list) ~= "table" or #list ~= rows then
    local has = type(list) == "table" and ("has %d rows"):format(#list) or "is no table of rows"
    core.raise(("%s: '%s' %s; it must have %d, one for each %s"):format(who, name, has, rows, of[1]))
  end
  local matrix = {}
  for i, row in ipairs(list) do
    row = plain(who, name, row)
    if type(row) ~= "table" or #row ~= columns then
      core.raise(("%s: '%s'[%d] must have %d numbers, one for each %s"):format(who, name, i, columns, of[2]))
    end
    matrix[i] = read_items(who, ("%s[%d]"):format(name, i), row)
  end
  return matrix
end

---A number, or a list: as a list.
function values.some(who, name, value)
  return math.type(value) and { value } or (values.list(who, name, value))
end

---Two numbers: {x, y}, or those of two names.
---@param names string[]?
function values.pair(who, name, value, names)
  local x, y = value[1], value[2]
  if names and x == nil and y == nil then x, y = value[names[1]], value[names[2]] end
  if math.type(x) and math.type(y) then return x, y end
  local also = names and (", or have '%s' and '%s'"):format(names[1], names[2]) or ""
  core.raise(("%s: '%s' must be two numbers, {x, y}%s"):format(who, name, also))
end

---Images out of tensors, data and lists: n x height x width.
function values.nested(who, name, value) return plain(who, name, value) end

return values

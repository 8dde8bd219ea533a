--- Several values of one option in a text: lists "8,16,32", ranges "0:1:0.1" (both ends included), and both together.

local decimals = require "gibbs.decimals"
local kinds = require "gibbs.kinds"

local value_lists = {}

local MOST_VALUES = 100000

--- The parts between commas; a comma after a backslash belongs to the part.
local function split(text)
  local parts, part = {}, ""
  local place = 1
  while place <= #text do
    local letter = text:sub(place, place)
    if letter == "\\" and text:sub(place + 1, place + 1) == "," then
      part, place = part .. ",", place + 1
    elseif letter == "," then
      parts[#parts + 1], part = part, ""
    else
      part = part .. letter
    end
    place = place + 1
  end
  parts[#parts + 1] = part
  return parts
end

local function is_numeric(kind) return kind.name == "integer" or kind.name == "number" end

--- from:to or from:to:step as decimals; nothing if the part is no range.
local function range_of(part)
  local from, to, step = part:match("^([^:]+):([^:]+):?([^:]*)$")
  if not from then return end
  if step == "" and part:sub(-1) ~= ":" then step = "1" end
  return decimals.read(from), decimals.read(to), decimals.read(step)
end

---@return any[]? values
---@return string? message
local function read_range(part, kind)
  local from, to, step = range_of(part)
  if not (from and to and step) then return nil, ("'%s' is no range from:to:step of numbers"):format(part) end
  local numbers, message = decimals.range(from, to, step, MOST_VALUES)
  if not numbers then return nil, ("the range '%s' cannot be run through: %s"):format(part, message) end
  local values = {}
  for i, decimal in ipairs(numbers) do
    local text = decimals.text(decimals.value(decimal))
    values[i] = kind.read(text)
    if values[i] == nil then
      return nil, ("the range '%s' holds %s; every value must be %s"):format(part, text, kind.legal)
    end
  end
  return values
end

---@return any[]? values
---@return string? message
local function read_part(part, kind)
  if is_numeric(kind) and part:find(":", 1, true) then return read_range(part, kind) end
  local value = kind.read(part)
  if value == nil then return nil, ("'%s' is not %s"):format(part, kind.legal), part end
  return { value }
end

---@param text string
---@param kind gibbs.Kind
---@return any[]? values   in the order given
---@return string? message what is wrong, for a sentence that begins with the option
---@return string? part    the one that is wrong, if a nearest right one can be guessed
function value_lists.read(text, kind)
  local values, seen = {}, {}
  for _, part in ipairs(split(text)) do
    local more, message, wrong = read_part(part, kind)
    if not more then return nil, message, wrong end
    for _, value in ipairs(more) do
      local spelt = kinds.text(value)
      if seen[spelt] then return nil, ("%s is given twice"):format(spelt) end
      seen[spelt] = true
      values[#values + 1] = value
      if #values > MOST_VALUES then return nil, ("more than %d values"):format(MOST_VALUES) end
    end
  end
  return values
end

local seed = kinds.count(0, 2 ^ 53 | 0)

---Seeds: a count ("5" is 1 to 5), or a list with ranges ("3,7", "10:20").
function value_lists.seeds(text)
  local count = text:match("^%d+$") and math.tointeger(tonumber(text))
  if not count then return value_lists.read(text, seed) end
  if count < 1 or count > MOST_VALUES then
    return nil, ("'%s' is no count in [1, %d]"):format(text, MOST_VALUES)
  end
  local seeds = {}
  for k = 1, count do seeds[k] = k end
  return seeds
end

return value_lists

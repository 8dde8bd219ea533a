--- Kinds of values on a command line: what a legal text is called, and how it is read.

---@class gibbs.Kind
---@field name string                 integer, number, boolean, string or choice
---@field legal string                what a legal text is called
---@field read fun(text: any): any    the value; nil or false where the text is not legal
---@field words table<string, true>?  of a choice
---@field list string[]?              the same in order

local decimals = require "gibbs.decimals"

local kinds = {}

local function decimal(text)
  return text:match("^[+-]?%d+%.?%d*[eE]?[+-]?%d*$") or text:match("^[+-]?%.%d+[eE]?[+-]?%d*$")
end

kinds.integer = {
  name = "integer",
  legal = "an integer",
  read = function(text) return decimal(text) and math.tointeger(tonumber(text)) end,
}

kinds.number = {
  name = "number",
  legal = "a number",
  read = function(text)
    local value = decimal(text) and tonumber(text)
    return value and math.abs(value) < math.huge and value + 0.0 or nil
  end,
}

--- A flag alone says true.
kinds.boolean = {
  name = "boolean",
  legal = "true or false",
  read = function(text)
    if text == true or text == "true" then return true end
    if text == "false" then return false end
  end,
}

kinds.string = { name = "string", legal = "a text", read = function(text) return text end }

local by_type = { integer = kinds.integer, float = kinds.number, boolean = kinds.boolean, string = kinds.string }

---Integers from `low` to `high`.
---@return gibbs.Kind
function kinds.count(low, high)
  local read = function(text)
    local value = kinds.integer.read(text)
    return value and value >= low and value <= high and value or nil
  end
  return { name = "integer", legal = ("an integer in [%d, %d]"):format(low, high), read = read }
end

---One of a table of words; nil if that is what it is not.
---@return gibbs.Kind?
function kinds.choice(words)
  local known = {}
  for _, word in ipairs(words) do
    if type(word) ~= "string" then return nil end
    known[word] = true
  end
  if #words == 0 then return nil end
  local read = function(text) return known[text] and text or nil end
  return { name = "choice", legal = "one of " .. table.concat(words, ", "), read = read, words = known, list = words }
end

---The kind of a value that is given as the default: a number, a boolean, a string or a table of words (the first is the
---default); nil for anything else.
---@return gibbs.Kind?
function kinds.of(default)
  if type(default) == "table" then return kinds.choice(default) end
  return by_type[math.type(default) or type(default)]
end

---How a value is written on a command line, in a table and in the name of a folder.
function kinds.text(value)
  return type(value) == "number" and decimals.text(value) or tostring(value)
end

return kinds

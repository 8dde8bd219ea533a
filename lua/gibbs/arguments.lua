--- Arguments of functions that are written in Lua: tables of options by rows, and what is said where they do not fit.

local _, core = ...
local display = require "gibbs.display"

local arguments = {}

--- A value as messages name it.
function arguments.text(value)
  if value ~= value then return "nan" end
  if type(value) == "string" then return ("'%s'"):format(value) end
  if type(value) == "function" then return "a function" end
  if type(value) == "table" and not getmetatable(value) then return next(value) == nil and "an empty table" or display.short(value) end
  return tostring(value)
end

local text = arguments.text

---Refuse an argument.
---@param legal string  what it must be
function arguments.refuse(who, name, value, legal)
  core.raise(("%s: argument '%s' is %s; it must be %s"):format(who, name, text(value), legal))
end

local function find(rows, name)
  for _, row in ipairs(rows) do
    if row[1] == name then return row end
  end
end

local function refuse_unknown(who, options, rows)
  for name in pairs(options) do
    if not find(rows, name) then
      local known = {}
      for _, row in ipairs(rows) do known[row[1]] = true end
      core.raise(("%s: unknown option %s%s"):format(who, text(name), core.hint(tostring(name), known)))
    end
  end
end

---Read a table of options.
---@param rows table[]  { name, what it must be, a function that says whether a value is legal, value when absent }
---@return table  the values by name
function arguments.read(who, options, rows)
  if type(options) ~= "table" then
    core.raise(("%s: %s given; write %s{ %s = ... }"):format(who, text(options), who, rows[1][1]))
  end
  refuse_unknown(who, options, rows)
  local given = {}
  for _, row in ipairs(rows) do
    local name, legal, is_legal, absent = table.unpack(row, 1, 4)
    local value = options[name]
    if value == nil then value = absent end
    if value == nil then core.raise(("%s: option '%s' is missing; it must be %s"):format(who, name, legal)) end
    if not is_legal(value) then core.raise(("%s: option '%s' is %s; it must be %s"):format(who, name, text(value), legal)) end
    given[name] = value
  end
  return given
end

-- ---- kinds of values -----------------------------------------------------------------------------------------

function arguments.is_number(value) return type(value) == "number" and value == value and math.abs(value) < math.huge end
function arguments.is_boolean(value) return type(value) == "boolean" end
function arguments.is_list(value) return type(value) == "table" and #value > 0 end

function arguments.is_expression(value)
  local members = type(value) == "userdata" and core.members(value, true)
  return members and members.shape ~= nil and members.reshape ~= nil
end

function arguments.is_distribution(value)
  local members = type(value) == "userdata" and core.members(value, true)
  return members and members.free_energy ~= nil and members.hamiltonian ~= nil
end

-- ---- mistakes that are noticed further down ----------------------------------------------------------------------

local CALLED = { "distribution[:.][%w_]+", "gibbs%.boltzmann", "objective:value" }

--- What is said by what we call, as said by what the script called.
local function retell(who, reword, message)
  local said
  for _, caller in ipairs(type(message) == "string" and CALLED or {}) do
    said = said or message:match("^[^\n]-:%d+: " .. caller .. ": (.*)$")
  end
  if not said then error(message, 0) end
  core.raise(("%s: %s"):format(who, reword and reword(said) or said))
end

---Call a function so that what it calls complains in the name of `who`.
---@param reword fun(said: string): string | nil  puts it in the words of `who`
function arguments.as(who, reword, fn, ...)
  local results = table.pack(pcall(fn, ...))
  if not results[1] then retell(who, reword, results[2]) end
  return table.unpack(results, 2, results.n)
end

return arguments

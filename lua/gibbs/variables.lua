--- Variables, one or a list of several: what their units are, how many states they have, and which these are.

local _, core = ...
local grid = require "gibbs.grid"

local variables = {}

--- One variable or a list of them as a list; nil for anything else.
function variables.list(value)
  if core.variable(value) then return { value } end
  if type(value) ~= "table" or #value == 0 then return nil end
  for _, each in ipairs(value) do
    if not core.variable(each) then return nil end
  end
  return value
end

--- "spins", "bits", "potts" or "reals", and the shape of the units; nil for what is no single variable.
function variables.units(value)
  local domain, _, shape = core.variable(value)
  return domain, shape
end

--- Whether two variables or lists hold the same ones, in any order.
function variables.same(one, other)
  local a, b, seen = variables.list(one), variables.list(other), {}
  if not a or not b or #a ~= #b then return false end
  for _, each in ipairs(a) do seen[select(4, core.variable(each))] = true end
  for _, each in ipairs(b) do
    if not seen[select(4, core.variable(each))] then return false end
  end
  return true
end

--- Their names: "spins s 4x4 and bits 3".
function variables.text(value)
  local texts = {}
  for i, each in ipairs(variables.list(value) or {}) do texts[i] = tostring(each) end
  return #texts > 0 and table.concat(texts, " and ") or "nothing"
end

--- All units of a list, one after the other: the values that each of them takes; nil where they are real numbers.
local function values_of_units(list)
  local all = {}
  for _, each in ipairs(list) do
    local domain, states, shape = core.variable(each)
    local values = domain == "spins" and { 1, -1 } or domain == "bits" and { 0, 1 } or {}
    if states == 0 then return nil end
    for state = #values + 1, states do values[state] = state end
    for _ = 1, grid.size(shape) do all[#all + 1] = values end
  end
  return all
end

--- How many states one or several variables have; math.huge for real numbers.
function variables.count(value)
  local total, units = 1, values_of_units(variables.list(value))
  for _, values in ipairs(units or {}) do total = total * (#values + 0.0) end
  return units and total or math.huge
end

--- The states by number, the first unit fastest, as rows: of spins bit i - 1 of the number, counted from 0, says that spin i is -1.
function variables.rows(value, first, count)
  local units, rows = values_of_units(variables.list(value)), {}
  for k = 1, count do
    local row, rest = {}, first + k - 1
    for i, values in ipairs(units) do
      row[i] = values[rest % #values + 1]
      rest = rest // #values
    end
    rows[k] = row
  end
  return rows
end

local MOST_AT_ONCE = 4096

--- The Hamiltonian of a distribution at all states of its visible variables, by number; `take(number, value)` gets each.
function variables.each_hamiltonian(Q, take)
  local v = Q.visible
  local total = math.tointeger(variables.count(v))
  for first = 0, total - 1, MOST_AT_ONCE do
    local count = math.min(MOST_AT_ONCE, total - first)
    for i, value in ipairs(Q:hamiltonian(variables.rows(v, first, count)):table()) do take(first + i - 1, value) end
  end
end

return variables

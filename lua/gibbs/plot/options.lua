--- Options of figures: kinds of values, and rows { name, kind, help, default } by which a table of options is checked and
--- from which its help is made.

local _, core = ...

local options = {}

function options.finite(x) return math.type(x) and x == x and math.abs(x) < math.huge end
local finite = options.finite

function options.shown(value)
  if type(value) == "string" then return "'" .. value .. "'" end
  return type(value) == "table" and "a table" or tostring(value)
end

local function one_of(words)
  local known, list = {}, {}
  for i, word in ipairs(words) do known[word], list[i] = true, "'" .. word .. "'" end
  return { legal = "one of " .. table.concat(list, ", "), type = "string", check = function(x) return known[x] end, words = words }
end

local function is_list(x) return type(x) == "table" or type(x) == "userdata" end
local function is_count(x, low, high) return math.type(x) == "integer" and x >= low and x <= high end

--- What each of two items of a pair has to be.
local function is_pair(x, check) return type(x) == "table" and #x == 2 and check(x[1]) and check(x[2]) end

--- kind -> what is legal, for help its type with `low`, `high` or `words`, and whether a value is legal
options.kinds = {
  string = { legal = "a text", type = "string", check = function(x) return type(x) == "string" end },
  boolean = { legal = "true or false", type = "boolean", check = function(x) return type(x) == "boolean" end },
  length = {
    legal = "a number of inches from 1 to 40", type = "number", low = 1, high = 40,
    check = function(x) return finite(x) and x >= 1 and x <= 40 end,
  },
  number = { legal = "a finite number", type = "number", check = finite },
  color = { legal = "like '#0072B2'", type = "string", check = function(x) return type(x) == "string" and x:match("^#%x%x%x%x%x%x$") end },
  range = { legal = "{from, to} with from < to", type = "table", check = function(x) return is_pair(x, finite) and x[1] < x[2] end },
  table = { legal = "a table", type = "table", check = function(x) return type(x) == "table" end },
  callable = { legal = "a function", type = "function", check = function(x) return type(x) == "function" end },
  map = {
    legal = "a function or a recursion of gibbs.rg", type = "function|recursion",
    check = function(x) return type(x) == "function" or type(x) == "userdata" end,
  },
  names = { legal = "two names", type = "table", check = function(x) return is_pair(x, function(name) return type(name) == "string" end) end },
  values = { legal = "a list of numbers or a tensor", type = "tensor|table", check = is_list },
  errors = {
    legal = "a number, a list of numbers or a tensor", type = "number|tensor|table",
    check = function(x) return finite(x) or is_list(x) end,
  },
  levels = {
    legal = "how many contour lines, from 0 to 40, or a list of values", type = "integer|table",
    check = function(x) return is_count(x, 0, 40) or is_list(x) end,
  },
  bins = {
    legal = "how many bins, from 1 to 10000, or a list of at least two rising edges", type = "integer|table",
    check = function(x) return is_count(x, 1, 10000) or is_list(x) end,
  },
  count = { legal = "a whole number from 1", type = "integer", low = 1, check = function(x) return is_count(x, 1, math.maxinteger) end },
  arrows = { legal = "a whole number from 2 to 100", type = "integer", low = 2, high = 100, check = function(x) return is_count(x, 2, 100) end },
  extents = {
    legal = "{height, width}, two whole numbers from 1", type = "table",
    check = function(x) return is_pair(x, function(n) return is_count(n, 1, math.maxinteger) end) end,
  },
  scale = one_of { "linear", "log" },
  image_scale = one_of { "shared", "each" },
  palette = one_of { "grey", "viridis", "diverging" },
  style = one_of { "lines", "points", "both" },
  errors_as = one_of { "bars", "band" },
  arrow_length = one_of { "equal", "speed" },
  stability = one_of { "stable", "unstable", "saddle" },
  legend = one_of { "below", "right", "none", "top left", "top right", "bottom left", "bottom right" },
}

--- Rows of several lists behind each other.
function options.join(...)
  local all = {}
  for _, rows in ipairs { ... } do table.move(rows, 1, #rows, #all + 1, all) end
  return all
end

local function by_name(rows)
  local known = {}
  for _, row in ipairs(rows) do known[row[1]] = row end
  return known
end

local of_a_series = { x = true, y = true, error = true }

--- What to do about an option that no row names.
local function hint_of(name, known)
  if known.series and of_a_series[name] then return "; what is drawn is a list of series: series = { { x = ..., y = ... } }" end
  return core.hint(name, known)
end

--- The names of a table in order, so that of several mistakes the same one is told every time.
local function sorted_names(given)
  local names = {}
  for name in pairs(given) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

--- A copy of the options, each known and legal, with the defaults of the rows.
---@param who string
---@param given any
---@param rows table[]  { name, kind, help, default }
function options.check(who, given, rows)
  if type(given) ~= "table" then core.raise(("%s: %s given; write %s{ file = ..., ... }"):format(who, options.shown(given), who)) end
  local known, checked = by_name(rows), {}
  for _, name in ipairs(sorted_names(given)) do
    local value, row = given[name], known[name]
    if not row then core.raise(("%s: unknown option '%s'%s"):format(who, tostring(name), hint_of(tostring(name), known))) end
    local kind = options.kinds[row[2]]
    if not kind.check(value) then
      core.raise(("%s: option '%s' is %s; it must be %s"):format(who, name, options.shown(value), kind.legal))
    end
    checked[name] = value
  end
  for _, row in ipairs(rows) do
    if checked[row[1]] == nil then checked[row[1]] = row[4] end
  end
  return checked
end

---Rows as the documentation has them.
function options.documented(rows)
  local list = {}
  for i, row in ipairs(rows) do
    local kind = options.kinds[row[2]]
    list[i] = { name = row[1], kind = kind.type:match("|") and "value" or kind.type, doc = row[3], initial = row[4], low = kind.low,
      high = kind.high, words = kind.words }
  end
  return list
end

---Raise unless an option is there.
function options.need(who, checked, name, legal)
  if checked[name] == nil then core.raise(("%s: option '%s' is missing; it must be %s"):format(who, name, legal)) end
end

return options

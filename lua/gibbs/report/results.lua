--- What a run saved, on a page: small things whole, large ones by their shape and range.

local _, core = ...
local html = require "gibbs.report.html"

local results = {}

local MOST_ROWS, MOST_COLUMNS = 30, 20

--- Lowest and highest number of nested lists.
local function extent(value, low, high)
  if math.type(value) then return math.min(low, value), math.max(high, value) end
  for _, item in ipairs(value) do low, high = extent(item, low, high) end
  return low, high
end

local function summary(tensor)
  local low, high = extent(tensor:table(), math.huge, -math.huge)
  return ("array %s, %s to %s"):format(table.concat(tensor:shape(), "×"), html.number(low), html.number(high))
end

local function matrix(name, rows)
  local header = {}
  for c = 1, #rows[1] do header[c] = tostring(c) end
  return html.table(name, header, rows)
end

local function tensor(name, value)
  local shape = value:shape()
  if #shape == 1 and shape[1] <= MOST_COLUMNS then return matrix(name, { value:table() }) end
  if #shape == 2 and shape[1] <= MOST_ROWS and shape[2] <= MOST_COLUMNS then return matrix(name, value:table()) end
  return html.fill("<p>%s: %s</p>\n", name, summary(value))
end

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- A table whose items are columns of one length, as run:save makes them of a list of rows.
local function columns_of(map, names)
  local count
  for _, name in ipairs(names) do
    local item = map[name]
    local list = type(item) == "userdata" and #item:shape() == 1 and item:table() or type(item) == "table" and #item > 0 and item
    if not list or count and #list ~= count then return nil end
    count = #list
  end
  return count and count <= MOST_ROWS and #names <= MOST_COLUMNS and count
end

local function by_columns(title, map, names, count)
  local lists, rows = {}, {}
  for c, name in ipairs(names) do lists[c] = type(map[name]) == "userdata" and map[name]:table() or map[name] end
  for i = 1, count do
    rows[i] = {}
    for c = 1, #names do rows[i][c] = lists[c][i] end
  end
  return html.table(title, names, rows)
end

--- An estimate of a number, as one writes it; nil for anything else.
local function estimate(value)
  if type(value) ~= "table" or not (math.type(value.value) and math.type(value.error)) then return nil end
  local text = value.error > 0 and core.number_text(value.value, value.error) or ("%.14g"):format(value.value)
  text = html.minus(text)
  return type(value.method) == "string" and ("%s, %s"):format(text, value.method) or text
end

--- A number or a text, or nil.
local function plain(value)
  if type(value) == "table" then return estimate(value) end
  if type(value) == "userdata" then return tostring(value) == "null" and "nothing" or nil end
  return math.type(value) and value or tostring(value)
end

--- A saved distribution: what it is and its parameters, not the nodes of its energy.
local function model(title, value)
  return html.facts { { title, value["@family"] }, { title .. ", energy", value.energy_text } }
    .. results.markup(value.parameters or {}, title)
end

local function item(title, value)
  if type(value) == "userdata" then return tensor(title, value) end
  if value["@format"] == "gibbs model" and value["@family"] and value.energy_text then return model(title, value) end
  local names = sorted_names(value)
  if #value > 0 then
    local texts = {}
    for i, text in ipairs(value) do texts[i] = { tostring(text) } end
    return html.table(title, { "value" }, table.move(texts, 1, math.min(#texts, MOST_ROWS), 1, {}))
  end
  local count = columns_of(value, names)
  if count then return by_columns(title, value, names, count) end
  return results.markup(value, title)
end

---Numbers, estimates and texts stand together, the rest below.
---@param content table   by name
---@param title string?   of the table that they are items of
function results.markup(content, title)
  local facts, parts = {}, {}
  for _, name in ipairs(sorted_names(content)) do
    local full, value = title and title .. "." .. tostring(name) or tostring(name), content[name]
    local short = plain(value)
    if short ~= nil then
      facts[#facts + 1] = { full, short }
    else
      parts[#parts + 1] = item(full, value)
    end
  end
  return (#facts > 0 and html.facts(facts) or "") .. table.concat(parts)
end

return results

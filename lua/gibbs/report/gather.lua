--- What a report shows of a recorded run: read from its folder.  A file that is missing or damaged is no reason to show nothing.

local _, core = ...
local access = require "gibbs.access"
local recorded = require "gibbs.recorded"
local thin = require "gibbs.plot.thin"
local look = require "gibbs.plot.look"

local gather = {}

local MOST_SHOWN = 2000 -- points of a curve, about

---The bytes of a file of the run, or nil.
function gather.bytes(folder, name)
  local file = access.raw.open(recorded.join(folder, name), "rb")
  local bytes = file and file:read("a")
  if file then file:close() end
  return bytes
end

--- A file of the run as gibbs.read gives it; nil and what is wrong, or nil alone where there is none.
local function read(folder, name)
  local path = recorded.join(folder, name)
  if not gather.bytes(folder, name) then return nil end
  local ok, content = pcall(core.fields.read, path)
  if ok then return content end
  return nil, (tostring(content):gsub("^.-gibbs%.read: ", ""))
end

-- ---- metrics -----------------------------------------------------------------------------------------------

---@class gibbs.report.Metrics
---@field names string[]                 of columns
---@field columns table<string, any[]>
---@field count integer                  of rows

---@return gibbs.report.Metrics?, string?
function gather.metrics(folder)
  local content, wrong = read(folder, "metrics.csv")
  if type(content) ~= "table" or not content.columns then return nil, wrong end
  return { names = content.columns, columns = content, count = #content[content.columns[1]] }
end

--- The places of rows where a column has a finite number.
local function known_places(x, y)
  local places = {}
  for i = 1, #y do
    local a, b = x[i], y[i]
    if math.type(a) and math.type(b) and a == a and b == b and math.abs(a) < math.huge and math.abs(b) < math.huge then
      places[#places + 1] = i
    end
  end
  return places
end

local function pick(list, places)
  local picked = {}
  for k, i in ipairs(places) do picked[k] = list[i] end
  return picked
end

--- So many points that a chart can show them.
local function thinned(series)
  if #series.x <= MOST_SHOWN then return series end
  local frame = { x_scale = "linear", y_scale = "linear" }
  for _, axis in ipairs { "x", "y" } do frame[axis .. "_range"] = look.range_of(series[axis], "linear") end
  local places = thin.places(series.x, series.y, frame, "lines", MOST_SHOWN)
  if not places then return series end
  return { name = series.name, x = pick(series.x, places), y = pick(series.y, places), error = series.error and pick(series.error, places) }
end

--- "step", or whatever else counts the rows.
local function x_of(metrics)
  if metrics.columns.step then return metrics.columns.step, "step" end
  local rows = {}
  for i = 1, metrics.count do rows[i] = i end
  return rows, "row"
end

---The names of the metrics that are charts of their own: not the step, no errors, no texts.
function gather.charted(metrics)
  local names = {}
  for _, name in ipairs(metrics.names) do
    local owner = name:match "^(.+)_error$"
    local is_error = owner and metrics.columns[owner]
    if name ~= "step" and not is_error and math.type(metrics.columns[name][1]) then names[#names + 1] = name end
  end
  return names
end

---A metric as a curve: { name, x, y, error }, what x is, and in how many rows it has a number.
function gather.curve(metrics, name, label)
  local x, x_label = x_of(metrics)
  local y, error = metrics.columns[name], metrics.columns[name .. "_error"]
  if not y then return nil end
  local places = known_places(x, y)
  local series = { name = label or name, x = pick(x, places), y = pick(y, places) }
  if error and math.type(error[1]) then series.error = pick(error, places) end
  return thinned(series), x_label, #places
end

-- ---- files -------------------------------------------------------------------------------------------------

local shown_as = { svg = true, png = true, pdf = true }

---The figures of a run: { name, ending, bytes }, those that a page can show first.
function gather.figures(folder)
  local entries = core.folder.read(recorded.join(folder, "figures")) or {}
  local figures, images = {}, 0
  for _, entry in ipairs(entries) do
    local ending = (entry.name:match "%.(%w+)$" or ""):lower()
    local bytes = shown_as[ending] and not entry.is_folder and gather.bytes(folder, "figures/" .. entry.name)
    if bytes then table.insert(figures, ending == "pdf" and #figures + 1 or images + 1, { name = entry.name, ending = ending, bytes = bytes }) end
    if bytes and ending ~= "pdf" then images = images + 1 end
  end
  return figures
end

---What run:save kept, as a table by name; nil and what is wrong with it.
function gather.results(folder) return read(folder, "results.h5") end

return gather

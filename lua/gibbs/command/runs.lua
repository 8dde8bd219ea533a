--- gibbs runs: what was recorded, a line for each run.

local core = require "gibbs.core"
local command = require "gibbs.command"
local csv = require "gibbs.csv"
local durations = require "gibbs.durations"
local kinds = require "gibbs.kinds"
local recorded = require "gibbs.recorded"
local study = require "gibbs.study"

---@class gibbs.RunsColumn
---@field name string
---@field title? string   above the table, unless it is the name
---@field value fun(run: gibbs.Recorded): any   what stands in a CSV, and is sorted by; nil where there is none
---@field text? fun(run: gibbs.Recorded): string?  what stands in the table, unless that is the same
---@field number boolean?

local function of_manifest(field)
  return function(run) return run.manifest and run.manifest[field] end
end

local function of_table(field, name)
  return function(run)
    local values = run.manifest and run.manifest[field]
    if type(values) == "table" then return values[name] end
  end
end

local function differs(runs, value)
  local first, seen
  for _, run in ipairs(runs) do
    if run.manifest then
      local text = tostring(value(run))
      if seen and text ~= first then return true end
      first, seen = text, true
    end
  end
  return false
end

local function seconds_text(run)
  local seconds = run.manifest and run.manifest.seconds
  return type(seconds) == "number" and durations.text(seconds) or nil
end

local function started_text(run)
  return run.manifest and run.manifest.started:gsub("T", " "):gsub("%.%d+", ""):gsub("Z$", "")
end

local function is_numeric(runs, value)
  for _, run in ipairs(runs) do
    local found = value(run)
    if found ~= nil and type(found) ~= "number" then return false end
  end
  return true
end

local function add_options(columns, runs, whole)
  for _, name in ipairs(recorded.keys(runs, "options")) do
    local value = of_table("options", name)
    if whole or differs(runs, value) then
      columns[#columns + 1] = { name = name, value = value, number = is_numeric(runs, value) }
    end
  end
end

--- In a table an error stands with its metric, in a CSV it has a column.
local function add_metrics(columns, runs, whole)
  for _, name in ipairs(recorded.metrics(recorded.last_rows(runs), whole)) do
    columns[#columns + 1] = { name = name, value = of_table("metrics", name), number = true, text = function(run)
      return recorded.metric_text(recorded.last_rows { run }[1], name)
    end }
  end
end

local function script_of(run) return run.manifest and run.manifest.script.path end

---@return gibbs.RunsColumn[]
local function columns_of(runs, whole)
  local columns = {
    { name = "folder", value = function(run) return run.folder end },
    { name = "status", value = function(run) return run.status end },
  }
  if whole or differs(runs, script_of) then columns[#columns + 1] = { name = "script", value = script_of } end
  add_options(columns, runs, whole)
  columns[#columns + 1] = { name = "seed", value = of_manifest "seed", number = true }
  columns[#columns + 1] = { name = "started", title = "started (UTC)", value = of_manifest "started", text = started_text }
  columns[#columns + 1] = { name = whole and "seconds" or "duration", value = of_manifest "seconds", text = seconds_text, number = true }
  add_metrics(columns, runs, whole)
  return columns
end

local function find_column(columns, name)
  local names = {}
  for _, column in ipairs(columns) do
    if column.name == name then return column end
    names[column.name] = true
  end
  command.refuse(("--sort is '%s'; there is no such column%s"):format(name, core.hint(name, names)))
end

--- Runs without a value come last; those of one value stay in the order of their names.
local function sort_by(runs, value)
  local place = {}
  for i, run in ipairs(runs) do place[run] = i end
  table.sort(runs, function(a, b)
    local x, y = value(a), value(b)
    if x == y then return place[a] < place[b] end
    if x == nil or y == nil then return y == nil end
    if type(x) == "number" and type(y) == "number" then return x < y end
    return recorded.before(tostring(x), tostring(y))
  end)
end

local function cells_of(run, columns, pick)
  local cells = {}
  for c, column in ipairs(columns) do cells[c] = pick(column, run) end
  return cells
end

local function plain(value)
  if type(value) == "table" then return tostring(#value) .. " values" end
  return value
end

local function csv_rows(runs, columns)
  local rows = {}
  for r, run in ipairs(runs) do
    rows[r] = cells_of(run, columns, function(column) return plain(column.value(run)) end)
  end
  return rows
end

local function print_table(runs, columns)
  local titles, rows = {}, {}
  for c, column in ipairs(columns) do titles[c] = { column.title or column.name, column.number and "%s" or nil } end
  for r, run in ipairs(runs) do
    rows[r] = cells_of(run, columns, function(column)
      local value = column.value(run)
      local text = column.text and column.text(run)
      if text == nil and value ~= nil and not column.text then text = kinds.text(plain(value)) end
      return text and recorded.printable(text)
    end)
  end
  study.table(titles, rows)
end

--- What is wrong with a run: its manifest, or what ended it.
local function wrong(run)
  if run.wrong then return run.wrong end
  local message = run.status == "failed" and run.manifest.error
  return type(message) == "string" and message or nil
end

local function print_wrong(runs)
  for _, run in ipairs(runs) do
    local message = wrong(run)
    if message then print(recorded.printable(("%s %s: %s"):format(run.folder, run.status, message:match "^[^\n]*"))) end
  end
end

local function names_of(columns)
  local names = {}
  for c, column in ipairs(columns) do names[c] = column.name end
  return names
end

local function write_csv(path, runs)
  local columns = columns_of(runs, true)
  columns[#columns + 1] = { name = "wrong", value = wrong }
  csv.write(path, names_of(columns), csv_rows(runs, columns))
end

return {
  usage = "[DIR] [options]",
  what = "Lists the recorded runs in and below the folder DIR: their status, the options in which they differ, seeds, times and\n"
    .. "last metrics.  A run that nobody works on any more and that did not end is listed as killed.",
  words = { "dir?" },
  options = {
    { name = "sort", value = "NAME", default = "folder", help = "the column to sort by" },
    { name = "csv", value = "FILE", kind = csv.kind, help = "write all options and metrics to a CSV file, or to the standard output (-)" },
  },
  run = function(given)
    local folder = given.dir or "runs"
    local runs, message = recorded.find((folder:gsub("(.)/+$", "%1")))
    if not runs then command.refuse(message) end
    local columns = columns_of(runs, given.csv ~= nil)
    sort_by(runs, find_column(columns, given.sort).value)
    if given.csv then return write_csv(given.csv, runs) end
    if #runs == 0 then
      print(("no recorded runs in %s"):format(folder))
      return
    end
    print_table(runs, columns)
    print_wrong(runs)
  end,
}

--- The table of a sweep: a row for each run in a file, and the means over seeds for a reader.

local _, core = ...
local csv = require "gibbs.csv"
local kinds = require "gibbs.kinds"
local recorded = require "gibbs.recorded"
local study = require "gibbs.study"

local collect = {}

--- The last metrics of each run that finished; of others an empty row.
local function last_rows(work)
  local runs = {}
  for i, run in ipairs(work.plan.runs) do
    runs[i] = work.status[run] == "finished" and recorded.read(work:folder_of(run)) or {}
  end
  return recorded.last_rows(runs)
end

---Write the table: nothing in it depends on when and how often the sweep was started.
---@param work gibbs.SweepWork
function collect.write(work)
  local rows, metrics = {}, last_rows(work)
  local names = recorded.metrics(metrics, true)
  local header = {}
  for i, option in ipairs(work.plan.options) do header[i] = option.name end
  for _, name in ipairs { "seed", "status", table.unpack(names) } do header[#header + 1] = name end
  for r, run in ipairs(work.plan.runs) do
    local row, at = table.move(run.values, 1, #run.values, 1, {}), #run.values
    row[at + 1], row[at + 2] = run.seed, work.status[run]
    for i, name in ipairs(names) do row[at + 2 + i] = metrics[r][name] end
    rows[r] = row
  end
  csv.write(recorded.join(work.folder, "sweep.csv"), header, rows)
end

-- ---- means over seeds ----------------------------------------------------------------------------------------

local function mean_text(values)
  if #values == 0 then return nil end
  if #values == 1 then return ("%.6g"):format(values[1]) end
  local mean, error = core.interval(values, 0.95)
  return error > 0 and core.number_text(mean, error) or ("%.6g"):format(mean)
end

--- The runs of a setting stand together, one for each seed.
local function setting_row(work, first, shown, names, metrics)
  local runs, seeds = work.plan.runs, #work.plan.seeds
  local row, finished = {}, 0
  for i, option in ipairs(shown) do row[i] = kinds.text(runs[first].values[option]) end
  for r = first, first + seeds - 1 do
    if work.status[runs[r]] == "finished" then finished = finished + 1 end
  end
  row[#shown + 1] = finished == seeds and tostring(seeds) or ("%d of %d"):format(finished, seeds)
  for i, name in ipairs(names) do
    local values = {}
    for r = first, first + seeds - 1 do
      if type(metrics[r][name]) == "number" then values[#values + 1] = metrics[r][name] end
    end
    row[#shown + 1 + i] = mean_text(values)
  end
  return row
end

---@param work gibbs.SweepWork
function collect.print(work)
  local metrics, columns, shown, rows = last_rows(work), {}, {}, {}
  local names = recorded.metrics(metrics, false)
  if names[1] == "step" then table.remove(names, 1) end
  for i, option in ipairs(work.plan.options) do
    if #option.values > 1 then
      shown[#shown + 1] = i
      columns[#columns + 1] = { option.name, "%s" }
    end
  end
  columns[#columns + 1] = { "runs", "%s" }
  for _, name in ipairs(names) do columns[#columns + 1] = { name, "%s" } end
  for first = 1, #work.plan.runs, #work.plan.seeds do rows[#rows + 1] = setting_row(work, first, shown, names, metrics) end
  if #work.plan.seeds > 1 then print "Means over seeds, with one standard error in the last digits" end
  study.table(columns, rows)
end

return collect

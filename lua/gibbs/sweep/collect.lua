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

--- The mean over the rows of one setting; a single row has only the error that it came with.  A metric that some runs that
--- finished do not have, or that is no number there, says of how many it is.
local function mean_text(rows, name, finished)
  local values, last, text = {}, nil, nil
  for _, row in ipairs(rows) do
    if type(row[name]) == "number" then values[#values + 1], last = row[name], row end
  end
  if #values == 0 then return nil end
  if #values == 1 then
    text = recorded.metric_text(last, name)
  else
    text = recorded.number_text(core.interval(values, 0.95))
  end
  return #values == finished and text or ("%s, %d run%s"):format(text, #values, #values == 1 and "" or "s")
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
  local rows = table.move(metrics, first, first + seeds - 1, 1, {})
  for i, name in ipairs(names) do row[#shown + 1 + i] = mean_text(rows, name, finished) end
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
      columns[#columns + 1] = { option.name, type(option.values[1]) == "number" and "%s" or nil }
    end
  end
  columns[#columns + 1] = { "runs", "%s" }
  for _, name in ipairs(names) do columns[#columns + 1] = { name, "%s" } end
  for first = 1, #work.plan.runs, #work.plan.seeds do rows[#rows + 1] = setting_row(work, first, shown, names, metrics) end
  if #work.plan.seeds > 1 then print "Means over seeds, with one standard error in the last digits" end
  study.table(columns, rows)
  if #names == 0 then print "The runs logged no numbers; a script logs them with gibbs.run():log{ kl = kl:value() }" end
end

return collect

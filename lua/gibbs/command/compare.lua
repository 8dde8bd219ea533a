--- gibbs compare: runs side by side, or sets of runs paired over seeds.

local command = require "gibbs.command"
local compare_runs = require "gibbs.compare_runs"
local compare_sets = require "gibbs.compare_sets"
local csv = require "gibbs.csv"
local kinds = require "gibbs.kinds"
local recorded = require "gibbs.recorded"

local function read_run(folder)
  local run = recorded.read(folder)
  if not run.manifest then command.fail(("%s is %s: %s"):format(folder, run.status, run.wrong)) end
  return run
end

local function read_set(folder)
  local found, message = recorded.find(folder)
  if not found then command.refuse(message) end
  if #found == 0 then command.fail(("there are no recorded runs in %s"):format(folder)) end
  local set = compare_sets.make(folder, found)
  if #set.runs == 0 then command.fail(("no run in %s has finished"):format(folder)) end
  return set
end

local function collect(folders, read)
  local list = {}
  for i, folder in ipairs(folders) do list[i] = read(folder) end
  return list
end

local probability = {
  name = "number",
  legal = "a number between 0 and 1",
  read = function(text)
    local value = kinds.number.read(text)
    return value and value > 0 and value < 1 and value or nil
  end,
}

return {
  usage = "RUN RUN... [options]",
  what = "Compares recorded runs.  Single runs stand side by side: the options, versions and lines of the script in which they\n"
    .. "differ, the last metrics, and whether all rows of their metrics are equal.  Folders of runs, such as those of a sweep,\n"
    .. "are compared setting by setting, paired over seeds, with the mean difference and its interval by Student's t.",
  words = { "runs..." },
  options = {
    { name = "level", value = "P", default = 0.95, kind = probability, help = "the probability of the interval" },
    { name = "csv", value = "FILE", kind = csv.kind, help = "write the comparison of folders of runs to a CSV file, or to the standard output (-)" },
  },
  run = function(given)
    local folders, single = given.runs, true
    if #folders < 2 then command.refuse "give at least two runs, or two folders of runs" end
    for i, folder in ipairs(folders) do
      folders[i] = folder:gsub("(.)/+$", "%1")
      single = single and recorded.is_run(folders[i])
    end
    if single then
      if given.csv then command.refuse "--csv is for folders of runs; a run's metrics are in its metrics.csv" end
      return compare_runs.print(collect(folders, read_run))
    end
    local sets = collect(folders, read_set)
    local message
    if given.csv then message = compare_sets.write(given.csv, sets, given.level) else message = compare_sets.print(sets, given.level) end
    if message then command.fail(message) end
  end,
}

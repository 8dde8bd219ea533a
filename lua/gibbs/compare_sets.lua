--- Sets of runs over seeds: metrics of one set against those of another, paired over seeds.  What varies within a set besides
--- the seed is a setting, and settings are compared one by one.

local _, core = ...
local compare_runs = require "gibbs.compare_runs"
local csv = require "gibbs.csv"
local kinds = require "gibbs.kinds"
local recorded = require "gibbs.recorded"
local study = require "gibbs.study"

local compare_sets = {}

---@class gibbs.RunSet
---@field folder string
---@field runs gibbs.Recorded[]     those that finished
---@field left_out gibbs.Recorded[] all others

---@param folder string
---@param found gibbs.Recorded[]
---@return gibbs.RunSet
function compare_sets.make(folder, found)
  local set = { folder = folder, runs = {}, left_out = {} }
  for _, run in ipairs(found) do
    local list = run.status == "finished" and set.runs or set.left_out
    list[#list + 1] = run
  end
  return set
end

local function option_text(run, name)
  local value = run.manifest.options[name]
  return value ~= nil and kinds.text(value) or nil
end

--- The options that are not the same in all runs of a set.
local function varies(set, name)
  for _, run in ipairs(set.runs) do
    if option_text(run, name) ~= option_text(set.runs[1], name) then return true end
  end
  return false
end

---@return string[] settings  options that vary within a set
---@return string[] others    options that do not, but are not the same in all sets
local function sort_options(sets)
  local all, settings, others = {}, {}, {}
  for _, set in ipairs(sets) do table.move(set.runs, 1, #set.runs, #all + 1, all) end
  for _, name in ipairs(recorded.keys(all, "options")) do
    local within = false
    for _, set in ipairs(sets) do within = within or varies(set, name) end
    if within then
      settings[#settings + 1] = name
    elseif varies({ runs = all }, name) then
      others[#others + 1] = name
    end
  end
  return settings, others
end

--- key of a setting -> { values = texts, by_seed = { [seed] = run }, a run of it }; the keys in order.
local function group(set, settings)
  local groups, keys = {}, {}
  for _, run in ipairs(set.runs) do
    local values = {}
    for i, name in ipairs(settings) do values[i] = option_text(run, name) or "-" end
    local key = table.concat(values, "\0")
    if not groups[key] then
      groups[key] = { values = values, by_seed = {}, run }
      keys[#keys + 1] = key
    end
    local same = groups[key].by_seed[run.manifest.seed]
    if same then
      return nil, ("seed %s is there twice with the same options: %s and %s"):format(kinds.text(run.manifest.seed), same.folder,
        run.folder)
    end
    groups[key].by_seed[run.manifest.seed] = run
  end
  table.sort(keys, recorded.before)
  return groups, keys
end

local function sorted_seeds(by_seed)
  local seeds = {}
  for seed in pairs(by_seed) do seeds[#seeds + 1] = seed end
  table.sort(seeds)
  return seeds
end

local function number_of(run, name)
  local value = run and recorded.last_rows({ run })[1][name]
  return type(value) == "number" and value or nil
end

local function all_seeds(a, b)
  local both = {}
  for _, by_seed in ipairs { a.by_seed, b.by_seed } do
    for seed in pairs(by_seed) do both[seed] = true end
  end
  return sorted_seeds(both)
end

--- The values of a metric by pairs, and the seeds of what makes none: runs of one set alone, and runs that have no number.
local function pair(a, b, name)
  local values, unpaired, blank = { x = {}, y = {}, differences = {} }, { {}, {} }, {}
  for _, seed in ipairs(all_seeds(a, b)) do
    local first, second = a.by_seed[seed], b.by_seed[seed]
    local x, y = number_of(first, name), number_of(second, name)
    if x and y then
      local n = #values.x + 1
      values.x[n], values.y[n], values.differences[n] = x, y, y - x
    elseif first and second then
      blank[#blank + 1] = seed
    else
      table.insert(unpaired[first and 1 or 2], seed)
    end
  end
  return values, unpaired, blank
end

local function mean(values)
  local sum = 0
  for _, value in ipairs(values) do sum = sum + value end
  return #values > 0 and sum / #values or nil
end

---@class gibbs.PairedRow
---@field values string[]   of the setting
---@field options table      the same, as they were given
---@field metric string
---@field n integer         pairs
---@field first number?     mean over the pairs
---@field second number?
---@field difference number?
---@field low number?       of the interval; nil with fewer than two pairs
---@field high number?
---@field unpaired integer[][]  seeds that only the first, and only the second set has
---@field blank integer[]       seeds of pairs of which one has no such metric, or one that is no number

---@return gibbs.PairedRow
local function compare_metric(a, b, name, level)
  local values, unpaired, blank = pair(a, b, name)
  local row = { values = a.values, options = a[1].manifest.options, metric = name, n = #values.x, first = mean(values.x), second = mean(values.y),
    difference = mean(values.differences), unpaired = unpaired, blank = blank }
  if row.n >= 2 then
    local _
    row.difference, _, row.low, row.high = core.interval(values.differences, level)
  end
  return row
end

local function metrics_of(a, b)
  local runs = {}
  for _, by_seed in ipairs { a.by_seed, b.by_seed } do
    for _, seed in ipairs(sorted_seeds(by_seed)) do runs[#runs + 1] = by_seed[seed] end
  end
  local names = recorded.metrics(recorded.last_rows(runs), false)
  if names[1] == "step" then table.remove(names, 1) end
  return names
end

---Compare two sets.
---@return { rows: gibbs.PairedRow[], only: string[][][] }?  `only`: values of settings that one set alone has
---@return string? message
function compare_sets.pair(first, second, settings, level)
  local groups, keys = group(first, settings)
  local others, other_keys = group(second, settings)
  if not groups or not others then return nil, not groups and keys or other_keys end
  local result = { rows = {}, only = { {}, {} } }
  for _, key in ipairs(keys) do
    if not others[key] then
      table.insert(result.only[1], groups[key].values)
    else
      for _, name in ipairs(metrics_of(groups[key], others[key])) do
        table.insert(result.rows, compare_metric(groups[key], others[key], name, level))
      end
    end
  end
  for _, key in ipairs(other_keys) do
    if not groups[key] then table.insert(result.only[2], others[key].values) end
  end
  return result
end

-- ---- printing ------------------------------------------------------------------------------------------

--- In what the first runs of the sets differ besides their options; a set without runs has nothing to say.
local function means_of(sets)
  local first = {}
  for s, set in ipairs(sets) do
    if not set.runs[1] then return {} end
    first[s] = set.runs[1]
  end
  return compare_runs.means(first)
end

local function print_sets(sets, others)
  local columns = { { "differs" } }
  local counts = { "finished runs" }
  for s, set in ipairs(sets) do
    columns[s + 1] = { set.folder, "%s" }
    counts[s + 1] = tostring(#set.runs)
  end
  local rows = { counts }
  for _, name in ipairs(others) do
    local row = { name }
    for s, set in ipairs(sets) do row[s + 1] = set.runs[1] and option_text(set.runs[1], name) end
    rows[#rows + 1] = row
  end
  for _, row in ipairs(means_of(sets)) do rows[#rows + 1] = row end
  study.table(columns, rows)
end

local function print_left_out(sets)
  for _, set in ipairs(sets) do
    for _, run in ipairs(set.left_out) do print(("  left out: %s, %s"):format(recorded.printable(run.folder), run.status)) end
  end
end

local function number(value) return value and ("%.6g"):format(value) end

--- Digits for the difference and its interval alike: three of the half width.
local function interval_texts(row)
  local width = row.low and (row.high - row.low) / 2 or 0
  local telling = row.low and recorded.is_telling(row.difference, width)
  local digits = telling and math.max(0, 2 - math.floor(math.log(width, 10)))
  local function text(value)
    if not value then return nil end
    return digits and ("%." .. digits .. "f"):format(value) or number(value)
  end
  return text(row.difference), text(row.low), text(row.high)
end

--- "*": the interval does not hold 0, and what it holds is more than rounding.
local function mark(row)
  if not row.low or not recorded.is_telling(row.first, math.abs(row.difference)) then return "" end
  return (row.low > 0 or row.high < 0) and "*" or ""
end

local function print_pairs(result, first, second, settings, level)
  local columns = {}
  for i, name in ipairs(settings) do columns[i] = { name, "%s" } end
  for _, title in ipairs { "metric", "n", first.folder, second.folder, "difference", "from", "to", "" } do
    columns[#columns + 1] = { title, title ~= "metric" and title ~= "" and "%s" or nil }
  end
  local rows = {}
  for r, row in ipairs(result.rows) do
    local cells, at = table.move(row.values, 1, #settings, 1, {}), #settings
    local difference, low, high = interval_texts(row)
    for i, cell in pairs { row.metric, tostring(row.n), number(row.first), number(row.second), difference, low, high, mark(row) } do
      cells[at + i] = cell
    end
    rows[r] = cells
  end
  if #rows == 0 then return print(("\nno pair of %s and %s has a metric in common"):format(first.folder, second.folder)) end
  print(("\n%s - %s, paired over seeds: mean difference and its %s %% interval (Student's t, n pairs; * without 0)")
    :format(second.folder, first.folder, kinds.text(level * 100)))
  study.table(columns, rows)
end

local function seeds_text(seeds)
  local texts = {}
  for i, seed in ipairs(seeds) do texts[i] = kinds.text(seed) end
  return (#seeds == 1 and "seed " or "seeds ") .. table.concat(texts, ", ")
end

local function setting_text(settings, values)
  local parts = {}
  for i, name in ipairs(settings) do parts[i] = name .. "=" .. values[i] end
  return #parts > 0 and table.concat(parts, ", ") .. ": " or ""
end

--- What has no partner, each thing once: metrics of a run mostly miss together.
local function print_unpaired(result, first, second, settings)
  local said = {}
  local function say(line)
    if not said[line] then print("  " .. line) end
    said[line] = true
  end
  for _, row in ipairs(result.rows) do
    local where = setting_text(settings, row.values)
    for s, set in ipairs { first, second } do
      if #row.unpaired[s] > 0 then say(("unpaired: %s%s only in %s"):format(where, seeds_text(row.unpaired[s]), set.folder)) end
    end
    if #row.blank > 0 then say(("no number: %s%s of %s"):format(where, row.metric, seeds_text(row.blank))) end
    if row.n < 2 then
      say(("no interval: %s%s has %s; an interval needs two"):format(where, row.metric, row.n == 1 and "1 pair" or "no pair"))
    end
  end
  for s, set in ipairs { first, second } do
    for _, values in ipairs(result.only[s]) do say(("unpaired: %sonly in %s"):format(setting_text(settings, values), set.folder)) end
  end
end

---@param sets gibbs.RunSet[]  each is compared with the first
---@param level number
---@return string? message  they cannot be compared
function compare_sets.print(sets, level)
  local settings, others = sort_options(sets)
  local results = {}
  for s = 2, #sets do
    local result, message = compare_sets.pair(sets[1], sets[s], settings, level)
    if not result then return message end
    results[s] = result
  end
  print_sets(sets, others)
  print_left_out(sets)
  for s = 2, #sets do
    print_pairs(results[s], sets[1], sets[s], settings, level)
    print_unpaired(results[s], sets[1], sets[s], settings)
  end
end

---The same as rows of a CSV.
---@return string? message
function compare_sets.write(path, sets, level)
  local settings = sort_options(sets)
  local header, rows = { "first", "second", table.unpack(settings) }, {}
  for _, name in ipairs { "metric", "pairs", "first_mean", "second_mean", "difference", "low", "high" } do header[#header + 1] = name end
  for s = 2, #sets do
    local result, message = compare_sets.pair(sets[1], sets[s], settings, level)
    if not result then return message end
    for _, row in ipairs(result.rows) do
      local cells, at = { sets[1].folder, sets[s].folder }, #settings + 2
      for i, name in ipairs(settings) do cells[i + 2] = row.options[name] end
      for i, value in pairs { row.metric, row.n, row.first, row.second, row.difference, row.low, row.high } do cells[at + i] = value end
      rows[#rows + 1] = cells
    end
  end
  csv.write(path, header, rows)
end

return compare_sets

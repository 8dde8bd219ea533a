--- Two or more single runs, side by side: in what they differ, what they measured, and whether they measured the same.

local recorded = require "gibbs.recorded"
local kinds = require "gibbs.kinds"
local manifests = require "gibbs.manifest"
local study = require "gibbs.study"

local compare_runs = {}

-- ---- differences ---------------------------------------------------------------------------------------

local function text_of(value)
  if value == nil then return nil end
  if type(value) == "table" then return recorded.printable(table.concat(value, " ")) end
  return recorded.printable(kinds.text(value))
end

---@alias gibbs.Aspect { title: string, value: fun(manifest: table): any }  in which runs may differ

local function read_files(manifest)
  local files = {}
  for _, file in ipairs(type(manifest.files) == "table" and manifest.files or {}) do
    if type(file) == "table" and file.how ~= "written" and file.path then files[file.path] = file.sha256 end
  end
  return files
end

local function paths_of_files(runs)
  local seen, paths = {}, {}
  for _, run in ipairs(runs) do
    for path in pairs(read_files(run.manifest)) do
      if not seen[path] then paths[#paths + 1] = path end
      seen[path] = true
    end
  end
  table.sort(paths)
  return paths
end

local function short(hash) return hash and tostring(hash):sub(1, 12) end

--- What was asked for.
---@return gibbs.Aspect[]
local function wishes(runs)
  local aspects = { { title = "seed", value = function(manifest) return manifest.seed end } }
  for i, name in ipairs(recorded.keys(runs, "options")) do
    table.insert(aspects, i, { title = name, value = function(manifest) return manifest.options[name] end })
  end
  return aspects
end

--- What was run, and with what.
---@return gibbs.Aspect[]
local function means(runs)
  local aspects = {}
  local function add(title, value) aspects[#aspects + 1] = { title = title, value = value } end
  add("script", function(manifest) return manifest.script.path end)
  add("script text", function(manifest) return short(manifest.script.sha256) end)
  for _, path in ipairs(paths_of_files(runs)) do
    add("file " .. path, function(manifest) return short(read_files(manifest)[path]) end)
  end
  for _, name in ipairs { "threads", "gibbs" } do add(name, function(manifest) return manifest[name] end) end
  for _, field in ipairs { "libraries", "processor" } do
    for _, name in ipairs(recorded.keys(runs, field)) do
      add((field == "libraries" and "library " or "processor ") .. name, function(manifest)
        return type(manifest[field]) == "table" and manifest[field][name]
      end)
    end
  end
  return aspects
end

---The values of one aspect, as texts by run, and whether they differ.
local function look(aspect, runs)
  local texts, differ = {}, false
  for i, run in ipairs(runs) do
    texts[i] = text_of(aspect.value(run.manifest))
    differ = differ or texts[i] ~= texts[1]
  end
  return texts, differ
end

--- Rows { title, text, text, ... } of what is not the same in all runs.
local function differences(aspects, runs)
  local rows = {}
  for _, aspect in ipairs(aspects) do
    local texts, differ = look(aspect, runs)
    if differ then rows[#rows + 1] = { aspect.title, table.unpack(texts, 1, #runs) } end
  end
  return rows
end

---Rows { title, text, text, ... }: in what scripts, files, versions and machines of some runs differ.
---@param runs gibbs.Recorded[]
function compare_runs.means(runs) return differences(means(runs), runs) end

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  return lines
end

--- The first line that two texts do not share.
local function first_difference(a, b)
  local x, y = lines_of(a), lines_of(b)
  local at = 1
  while x[at] == y[at] and x[at] ~= nil do at = at + 1 end
  return at, x[at], y[at]
end

local function print_script_difference(first, other)
  local a, b = first.manifest.script.text, other.manifest.script.text
  if a == b then return end
  local at, x, y = first_difference(a, b)
  print(("\nThe scripts differ from line %d on:"):format(at))
  print(("  %s: %s"):format(first.folder, recorded.printable(x or "(no such line)")))
  print(("  %s: %s"):format(other.folder, recorded.printable(y or "(no such line)")))
end

-- ---- metrics -------------------------------------------------------------------------------------------

--- b - a; the errors of two runs are independent of each other, so that their squares add.
local function difference_text(a, b, name)
  local x, y = a[name], b[name]
  if type(x) ~= "number" or type(y) ~= "number" then return nil end
  local e, f = a[name .. "_error"] or 0, b[name .. "_error"] or 0
  return recorded.metric_text({ [name] = y - x, [name .. "_error"] = (e ^ 2 + f ^ 2) ^ 0.5 }, name)
end

local function print_metrics(runs, titles)
  local rows, last = {}, recorded.last_rows(runs)
  for _, name in ipairs(recorded.metrics(last, false)) do
    local row = { name }
    for i in ipairs(runs) do row[i + 1] = recorded.metric_text(last[i], name) end
    if #runs == 2 then row[4] = difference_text(last[1], last[2], name) end
    rows[#rows + 1] = row
  end
  if #rows == 0 then return print "\nNone of them has metrics." end
  local columns = titles "metric"
  if #runs == 2 then columns[4] = { "difference", "%s" } end
  print "\nLast metrics"
  study.table(columns, rows)
end

local function read_lines(run)
  local file = io.open(recorded.join(run.folder, "metrics.csv"), "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return lines_of((text:gsub("\n$", "")))
end

local function fields_of(line)
  local fields = {}
  for field in (line .. ","):gmatch "([^,]*)," do fields[#fields + 1] = field end
  return fields
end

--- The place of the first field that differs, times and what else is volatile left out.
local function field_apart(names, x, y, volatile)
  for at = 1, math.max(#x, #y) do
    if x[at] ~= y[at] and not (names[at] and manifests.is_volatile(names[at], volatile)) then return at end
  end
end

--- "row 3 (step 20) is the first that differs: kl is 0.1 and 0.2"; nil if it does not differ.
local function row_difference(row, header, a, b, volatile)
  local names, x, y = fields_of(header), fields_of(a), fields_of(b)
  local at = field_apart(names, x, y, volatile)
  if not at then return nil end
  local step = names[1] == "step" and x[1] == y[1] and (" (step %s)"):format(x[1]) or ""
  return ("row %d%s is the first that differs: %s is %s and %s"):format(row, step, names[at] or "a column too many", x[at] or "missing",
    y[at] or "missing")
end

--- Whether all rows of two runs are the same, to the last digit.
local function compare_rows(first, other)
  local a, b = read_lines(first), read_lines(other)
  if not a or not b then return ("there is no metrics.csv in %s"):format((a and other or first).folder) end
  if a[1] ~= b[1] then return ("they have other columns: %s, and %s"):format(a[1], b[1]) end
  local volatile, times = manifests.volatile { first.manifest, other.manifest }, ""
  for row = 2, math.min(#a, #b) do
    local found = a[row] ~= b[row] and row_difference(row - 1, a[1], a[row], b[row], volatile)
    if found then return found end
    if a[row] ~= b[row] then times = ", but for times" end
  end
  if #a == #b then return ("all %d rows are equal%s"):format(#a - 1, times) end
  return ("the first %d rows are equal%s; %s has %d more"):format(math.min(#a, #b) - 1, times, (#a > #b and first or other).folder,
    math.abs(#a - #b))
end

local function print_rows(runs)
  print "\nmetrics.csv"
  for i = 2, #runs do
    print(("  %s and %s: %s"):format(runs[1].folder, runs[i].folder, recorded.printable(compare_rows(runs[1], runs[i]))))
  end
end

---@param runs gibbs.Recorded[]  each with a manifest
function compare_runs.print(runs)
  local function titles(first)
    local columns = { { first } }
    for i, run in ipairs(runs) do columns[i + 1] = { run.folder, "%s" } end
    return columns
  end
  local rows = { { "status" } }
  for i, run in ipairs(runs) do rows[1][i + 1] = run.status end
  for _, aspects in ipairs { wishes(runs), means(runs) } do
    for _, row in ipairs(differences(aspects, runs)) do rows[#rows + 1] = row end
  end
  study.table(titles "differs", rows)
  if #rows == 1 then print "  options, script, seed, versions and processor are the same" end
  for i = 2, #runs do print_script_difference(runs[1], runs[i]) end
  print_metrics(runs, titles)
  print_rows(runs)
end

return compare_runs

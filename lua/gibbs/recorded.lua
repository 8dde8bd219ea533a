--- Recorded runs as they lie on disk: found, read, judged.  A manifest is data that anything may have happened to: what is
--- wrong with it is said, never raised.

local _, core = ...
local gibbs = require "gibbs"

local recorded = {}

recorded.FORMAT = "gibbs run 1"
recorded.MANIFEST = "manifest.json"

---@class gibbs.Recorded
---@field folder string
---@field status string     finished, failed, interrupted, running, killed; damaged or foreign without a manifest to go by
---@field wrong string?     of damaged and foreign ones: what is wrong
---@field manifest table?   of all others

--- What has to be in a manifest: field -> what it must be, in words and as a check.
local fields = {
  { "status", "finished, failed, interrupted or running", function(value)
    return value == "finished" or value == "failed" or value == "interrupted" or value == "running"
  end },
  { "script", "a table with a path and a text", function(value)
    return type(value) == "table" and type(value.path) == "string" and type(value.text) == "string"
  end },
  { "options", "a table", function(value) return type(value) == "table" end },
  { "seed", "a number", function(value) return math.type(value) ~= nil end },
  { "started", "a time", function(value) return type(value) == "string" end },
}

local function join(folder, name) return folder:match("/$") and folder .. name or folder .. "/" .. name end

recorded.join = join

--- The message of an error without the function that raised it, and without the path that the reader knows.
local function reason_of(message, path)
  local plain, quoted = tostring(message):gsub("^gibbs%.read: ", ""), "'" .. path .. "'"
  if plain:sub(1, #quoted) == quoted then plain = recorded.MANIFEST .. plain:sub(#quoted + 1) end
  return plain
end

local function judge(manifest)
  if type(manifest) ~= "table" or manifest.format == nil then return "foreign", "it is no manifest of a run" end
  if manifest.format ~= recorded.FORMAT then
    return "foreign", ("its format is '%s', not '%s'"):format(tostring(manifest.format), recorded.FORMAT)
  end
  for _, field in ipairs(fields) do
    local name, what, check = table.unpack(field)
    if not check(manifest[name]) then return "damaged", ("its field '%s' is not %s"):format(name, what) end
  end
end

--- gibbs.null becomes nil, so that one may ask for what is not there.
local function without_null(value)
  if value == gibbs.null then return nil end
  if type(value) ~= "table" then return value end
  for key, item in pairs(value) do value[key] = without_null(item) end
  return value
end

---@param folder string
---@return gibbs.Recorded
function recorded.read(folder)
  local path = join(folder, recorded.MANIFEST)
  local readable, manifest = pcall(gibbs.read, path)
  if not readable then return { folder = folder, status = "damaged", wrong = reason_of(manifest, path) } end
  manifest = without_null(manifest)
  local status, wrong = judge(manifest)
  if status then return { folder = folder, status = status, wrong = wrong } end
  status = manifest.status
  if status == "running" and not core.lock.is_held(join(folder, ".lock")) then status = "killed" end
  return { folder = folder, status = status, manifest = manifest }
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

---Whether a run was recorded in the folder, or began to be.
function recorded.is_run(folder) return exists(join(folder, recorded.MANIFEST)) end

---Runs in and below a folder, in the order of their names; a run is not searched for others.
---@param folder string
---@return gibbs.Recorded[]? runs
---@return string? message   the folder cannot be read
function recorded.find(folder, runs)
  runs = runs or {}
  if recorded.is_run(folder) then
    runs[#runs + 1] = recorded.read(folder)
    return runs
  end
  local entries, message = core.folder.read(folder)
  if not entries then return nil, ("'%s' %s"):format(folder, message) end
  table.sort(entries, function(a, b) return recorded.before(a.name, b.name) end)
  for _, entry in ipairs(entries) do
    if entry.is_folder then
      local found, wrong = recorded.find(join(folder, entry.name), runs)
      if not found then return nil, wrong end
    end
  end
  return runs
end

--- A name in pieces: numbers and what stands between them.
local function pieces(name)
  local list = {}
  for text, number in name:gmatch("([^%d]*)(%d*%.?%d*)") do
    list[#list + 1] = text
    list[#list + 1] = tonumber(number) or -1
  end
  return list
end

---Names in the order of the numbers in them: seed-2 before seed-10.
function recorded.before(a, b)
  local x, y = pieces(a), pieces(b)
  for i = 1, math.min(#x, #y) do
    if x[i] ~= y[i] then return x[i] < y[i] end
  end
  if #x ~= #y then return #x < #y end
  return a < b
end

---A text that a terminal may be given: no control characters, no broken UTF-8.
function recorded.printable(text)
  text = text:gsub("%c", "?")
  if not utf8.len(text) then text = text:gsub("[\x80-\xff]", "?") end
  return text
end

-- ---- metrics -------------------------------------------------------------------------------------------

---The names of all numbers in some rows, `step` first; an error follows its metric.
---@param rows table[]
---@param with_errors boolean  or without "kl_error" where there is "kl"
---@return string[]
function recorded.metrics(rows, with_errors)
  local known, names = {}, {}
  for _, row in ipairs(rows) do
    for name, value in pairs(row) do known[name] = known[name] or type(value) == "number" end
  end
  for name, is_number in pairs(known) do
    local owner = name:match "^(.+)_error$"
    if is_number and (with_errors or not (owner and known[owner])) then names[#names + 1] = name end
  end
  table.sort(names, function(a, b)
    if (a == "step") ~= (b == "step") then return a == "step" end
    return recorded.before(a, b)
  end)
  return names
end

---A metric as one writes it: with its error, if it has one.
function recorded.metric_text(row, name)
  local value, error = row[name], row[name .. "_error"]
  if type(value) ~= "number" then return nil end
  if type(error) == "number" and error > 0 then return core.number_text(value, error) end
  return ("%.6g"):format(value)
end

---The last metrics of each of some runs; those without get an empty row.
---@param runs gibbs.Recorded[]
---@return table[]
function recorded.last_rows(runs)
  local rows = {}
  for i, run in ipairs(runs) do
    local row = run.manifest and run.manifest.metrics
    rows[i] = type(row) == "table" and row or {}
  end
  return rows
end

---The keys of a table that manifests have, in order.
---@param runs gibbs.Recorded[]
---@param field string
---@return string[]
function recorded.keys(runs, field)
  local seen, list = {}, {}
  for _, run in ipairs(runs) do
    local values = run.manifest and run.manifest[field]
    for key in pairs(type(values) == "table" and values or {}) do
      if not seen[key] then list[#list + 1] = key end
      seen[key] = true
    end
  end
  table.sort(list, recorded.before)
  return list
end

return recorded

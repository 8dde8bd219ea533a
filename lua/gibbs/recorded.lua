--- Recorded runs as they lie on disk: found, read, and what their metrics are.  Anything may have happened to a manifest: what is
--- wrong with one is said, never raised.

local _, core = ...
local manifest = require "gibbs.manifest"

local recorded = {}

---@class gibbs.Recorded
---@field folder string
---@field status string     finished, failed, interrupted, running, killed; unreadable without a manifest to go by
---@field wrong string?     of an unreadable one: why
---@field manifest table?   of all others

function recorded.join(folder, name) return folder:match "/$" and folder .. name or folder .. "/" .. name end

---@param folder string
---@return gibbs.Recorded
function recorded.read(folder)
  local content, wrong = manifest.read(folder)
  if not content then return { folder = folder, status = "unreadable", wrong = wrong } end
  return { folder = folder, status = content.status, manifest = content }
end

---Whether a run was recorded in the folder, or began to be.
function recorded.is_run(folder) return core.run_place(folder) == "run" end

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
      local found, wrong = recorded.find(recorded.join(folder, entry.name), runs)
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

local ROUNDING = 1e-8 -- what is smaller than this part of a number is the noise of its computation

---Whether an error, or the width of an interval, says anything about a number.
function recorded.is_telling(value, error) return error > ROUNDING * math.abs(value) end

---A number as one writes it: with its error, if there is one.
function recorded.number_text(value, error)
  if error and recorded.is_telling(value, error) then return core.number_text(value, error) end
  return ("%.6g"):format(value)
end

---A metric of a row in the same way.
function recorded.metric_text(row, name)
  local value, error = row[name], row[name .. "_error"]
  if type(value) ~= "number" then return nil end
  return recorded.number_text(value, type(error) == "number" and error or nil)
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

--- Two recordings of one run, compared bit for bit: every number of metrics.csv, results.h5 and all other files in their
--- folders, every text, and what was printed.  What the run says is volatile (times) is left out, and so are pictures.

local _, core = ...
local access = require "gibbs.access"
local manifest = require "gibbs.manifest"
local run_place = require "gibbs.run_place"

local replay = {}

---@class gibbs.Side
---@field folder string     where it lies
---@field manifest table
---@field name string       as the script knew its folder

local a, b         ---@type gibbs.Side, gibbs.Side what was recorded, and what came of it now
local volatile     -- name -> true
local count        -- numbers compared

-- ---- single values -----------------------------------------------------------------------------------------------

local function is_skipped(name) return manifest.is_volatile(name, volatile) end

local function bits(x) return string.pack("d", x) end

--- All digits: what reads back as the same number.
local function digits(x)
  if math.type(x) == "integer" then return tostring(x) end
  for precision = 15, 17 do
    local text = ("%%.%dg"):format(precision):format(x)
    if tonumber(text) == x then return text end
  end
  return ("%.17g"):format(x)
end

local function shown(value)
  if math.type(value) then return digits(value) end
  if value == nil then return "nothing" end
  if type(value) ~= "string" then return tostring(value) end
  return ("'%s'"):format(#value > 60 and value:sub(1, 60) .. "..." or value)
end

--- A difference, in one line: where, and both values.
local function difference(where, x, y) return ("%s: %s was recorded, %s came now"):format(where, shown(x), shown(y)) end

local function replace(text, from, to)
  local pieces, at = {}, 1
  while true do
    local first, last = text:find(from, at, true)
    if not first then break end
    pieces[#pieces + 1] = text:sub(at, first - 1)
    at = last + 1
  end
  pieces[#pieces + 1] = text:sub(at)
  return table.concat(pieces, to)
end

--- The folder of a run may stand in what the script prints and writes.  That of the run now is a whole path, which stands
--- nowhere else; the recorded one may be a letter.
local function is_same_text(x, y) return x == y or replace(y, b.name, a.name) == x end

local function is_same(x, y)
  if math.type(x) and math.type(y) then
    count = count + 1
    return x == y and x ~= 0 or bits(x) == bits(y)
  end
  if type(x) == "string" and type(y) == "string" then return is_same_text(x, y) end
  return x == y
end

-- ---- trees: HDF5, JSON, NumPy --------------------------------------------------------------------------------------

local function place_of(place, name)
  if math.type(name) then return ("%s[%d]"):format(place, name) end
  return place == "" and tostring(name) or place .. "/" .. tostring(name)
end

local function sorted_keys(x, y)
  local keys, seen = {}, {}
  for _, t in ipairs { x, y } do
    for key in pairs(t) do
      if not seen[key] then keys[#keys + 1] = key end
      seen[key] = true
    end
  end
  table.sort(keys, function(p, q)
    if type(p) == type(q) then return p < q end
    return type(p) == "number"
  end)
  return keys
end

local compare_trees

local function compare_tables(file, place, x, y)
  for _, key in ipairs(sorted_keys(x, y)) do
    if not (type(key) == "string" and is_skipped(key)) then
      local found = compare_trees(file, place_of(place, key), x[key], y[key])
      if found then return found end
    end
  end
end

--- As nested tables, where two shapes agree.
local function opened(value)
  local methods = type(value) == "userdata" and core.members(value, true)
  return methods and methods.table and value:table() or value
end

function compare_trees(file, place, x, y)
  x, y = opened(x), opened(y)
  if type(x) == "table" and type(y) == "table" then return compare_tables(file, place, x, y) end
  if is_same(x, y) then return nil end
  local name, index = place:match "^(.-)(%[[%d%]%[]+)$"
  local where = place == "" and file or index and ("%s, '%s' %s"):format(file, name, index) or ("%s, '%s'"):format(file, place)
  if type(x) == "table" then x = "a table" end
  if type(y) == "table" then y = "a table" end
  return difference(where, x, y)
end

-- ---- CSV -------------------------------------------------------------------------------------------------------------

--- The fields of a line; those in quotes keep them, so that a text is not taken for a number.
local function split_line(line)
  local fields, at = {}, 1
  while true do
    local last
    if line:sub(at, at) == '"' then
      last = at
      repeat last = line:find('"', last + 1, true) or #line + 1
      until line:sub(last + 1, last + 1) ~= '"' or last > #line
      if line:sub(last + 1, last + 1) == '"' then last = last + 1 end
    else
      last = (line:find(",", at, true) or #line + 1) - 1
    end
    fields[#fields + 1] = line:sub(at, last)
    if last >= #line then return fields end
    at = last + 2
  end
end

local function lines_of(text)
  local lines = {}
  if text == "" then return lines end
  for line in text:gmatch "([^\n]*)\n?" do lines[#lines + 1] = line end
  return lines
end

local function plain_name(field) return (field:gsub('^"(.*)"$', "%1")) end

--- A field that is a number is compared as one: -0 is not 0.
local function number_of(field)
  local number = field and tonumber(field)
  if not number then return field end
  return number == 0 and field:sub(1, 1) == "-" and -0.0 or number
end

local function compare_fields(file, row, names, x, y)
  for column = 1, math.max(#x, #y) do
    local name = plain_name(names[column] or tostring(column))
    if not is_skipped(name) then
      local p, q = number_of(x[column]), number_of(y[column])
      if not is_same(p, q) then return difference(("%s, row %d, column '%s'"):format(file, row, name), p, q) end
    end
  end
end

local function compare_csv(file, x, y)
  local p, q = lines_of(x), lines_of(y)
  local header = p[1] and split_line(p[1]) or {}
  local titled = false
  for _, name in ipairs(header) do titled = titled or not tonumber(name) end
  for line = 1, math.min(#p, #q) do
    local names = titled and header or {}
    local found = compare_fields(file, line - (titled and 1 or 0), names, split_line(p[line]), split_line(q[line]))
    if found then return found end
  end
  if #p ~= #q then
    local less = titled and 1 or 0
    return ("%s: %d rows were recorded, %d came now"):format(file, #p - less, #q - less)
  end
end

-- ---- what was printed ------------------------------------------------------------------------------------------------

--- Without the pieces that are not compared; their line ends stay, so that lines can be counted.
local function without_pieces(text, pieces)
  local kept, at = {}, 1
  for _, piece in ipairs(pieces) do
    local first, last = piece[1] + 1, piece[1] + piece[2]
    kept[#kept + 1] = text:sub(at, first - 1)
    kept[#kept + 1] = text:sub(first, last):gsub("[^\n]", "")
    at = last + 1
  end
  kept[#kept + 1] = text:sub(at)
  return table.concat(kept)
end

local function pieces_of(side)
  local pieces = {}
  for i, piece in ipairs(side.manifest.volatile and side.manifest.volatile.log or {}) do pieces[i] = opened(piece) end
  return pieces
end

local function compare_lines(name, x, y)
  local p, q = lines_of(x), lines_of(y)
  for line = 1, math.max(#p, #q) do
    if not (p[line] and q[line] and is_same_text(p[line], q[line])) then
      return difference(("%s, line %d"):format(name, line), p[line], q[line])
    end
  end
  if (x:sub(-1) == "\n") ~= (y:sub(-1) == "\n") then return name .. ": one of the two ends within a line" end
end

local function compare_log(x, y)
  return compare_lines("log.txt", without_pieces(x, pieces_of(a)), without_pieces(y, pieces_of(b)))
end

-- ---- files ---------------------------------------------------------------------------------------------------------

local pictures = { svg = true, png = true, pdf = true, html = true }
local trees = { h5 = true, hdf5 = true, json = true, npy = true, npz = true, idx = true }

local function ending_of(name) return (name:match "%.(%w+)$" or ""):lower() end

--- ".kl.svg.4711-0": what a writer that was killed did not finish.
local function is_leftover(name) return name:match "^%..*%.%d+%-%w+$" end

--- Whether a file of the folder is compared: not the record's own, no pictures, nothing that came and went by the clock.
local function is_compared(path)
  local name = path:match "[^/]*$"
  if path == "manifest.json" or path == "log.txt" or path == ".lock" or is_leftover(name) then return false end
  return not pictures[ending_of(name)] and not name:match "%.previous$" and not name:match "%.lock$"
end

local function files_of(folder)
  local names = {}
  for _, name in ipairs(run_place.files(folder)) do
    if is_compared(name) then names[name] = true end
  end
  return names
end

local function content_of(folder, name)
  local file = access.raw.open(folder .. "/" .. name, "rb")
  local text = file and file:read "a"
  if file then file:close() end
  return text
end

local function compare_file(name)
  local x, y = content_of(a.folder, name), content_of(b.folder, name)
  if not x or not y then return ("%s cannot be read"):format(name) end
  local ending = ending_of(name)
  if ending == "csv" then return compare_csv(name, x, y) end
  if not trees[ending] then return compare_lines(name, x, y) end
  local read = core.fields.read
  return compare_trees(name, "", read(a.folder .. "/" .. name), read(b.folder .. "/" .. name))
end

--- metrics.csv first, then results.h5, then the others.
local function in_order(names)
  local rank = { ["metrics.csv"] = 1, ["results.h5"] = 2 }
  local list = {}
  for name in pairs(names) do list[#list + 1] = name end
  table.sort(list, function(p, q)
    if (rank[p] or 3) ~= (rank[q] or 3) then return (rank[p] or 3) < (rank[q] or 3) end
    return p < q
  end)
  return list
end

local function compare_files()
  local here, there = files_of(a.folder), files_of(b.folder)
  for name in pairs(there) do here[name] = here[name] or "new" end
  local list = in_order(here)
  for _, name in ipairs(list) do
    if not there[name] then return ("%s was recorded, and did not come now"):format(name) end
    if here[name] == "new" then return ("%s came now, and was not recorded"):format(name) end
    local found = compare_file(name)
    if found then return found end
  end
  return nil, list
end

--- path -> hash of what the script wrote outside of its folder.
local function outside_of(side)
  local hashes, folder = {}, manifest.relative(side.name, side.manifest.directory or "") .. "/"
  for _, file in ipairs(side.manifest.files) do
    local inside = file.path:sub(1, #folder) == folder
    if file.how == "written" and not inside and not pictures[ending_of(file.path)] and not file.path:match "%.lock$" then
      hashes[file.path] = file.sha256
    end
  end
  return hashes
end

--- What lies there is known by its hash alone.  A run that was resumed knows only what its last process wrote.
local function compare_outside()
  local before, now = outside_of(a), outside_of(b)
  for _, path in ipairs(sorted_keys(before, a.manifest.resumed and {} or now)) do
    if not before[path] then return ("%s, which the script writes outside of its folder, was not recorded"):format(path) end
    if before[path] ~= now[path] then
      return ("%s, which the script writes outside of its folder, has another content than was recorded"):format(path)
    end
  end
end

local function compare_ends()
  if a.manifest.exit ~= b.manifest.exit then
    return difference("exit", a.manifest.exit, b.manifest.exit) .. (b.manifest.error and ": " .. b.manifest.error or "")
  end
  local x, y = a.manifest.error, b.manifest.error
  if x ~= y and not (x and y and is_same_text(x, y)) then return difference("error", x, y) end
end

---The first difference between two recordings of a run; nil and what was compared where there is none.
---@param recorded gibbs.Side
---@param now gibbs.Side
---@return string?, { files: string[], numbers: integer, log: boolean }?
function replay.compare(recorded, now)
  a, b, count, volatile = recorded, now, 0, manifest.volatile { recorded.manifest, now.manifest }
  for _, side in ipairs { a, b } do side.name = side.manifest.folder end
  local found, files = compare_files()
  if found then return found end
  local printed = not a.manifest.resumed
  found = printed and compare_log(content_of(a.folder, "log.txt") or "", content_of(b.folder, "log.txt") or "")
    or compare_outside() or compare_ends()
  if found then return found end
  return nil, { files = files, numbers = count, log = printed }
end

return replay

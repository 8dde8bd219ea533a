--- gibbs.run: what a script records.  The same calls serve a recorded run (gibbs run script.lua), which keeps all in its
--- folder, and a plain one, which prints what it logs and leaves files where the script or --out says.
---
--- The folder, the manifest and how a run ends are the matter of gibbs.recorder.

local _, core = ...

local record = {}

---@class gibbs.Run
---@field recorded boolean  whether this is a recorded run
---@field resumed boolean   whether it goes on from what an earlier process recorded
---@field folder string     where its files lie
local Run = {}

--- What the recorder hands over: folder, files and state of the recorded run; nil in a plain one.
local state

-- ---- values ------------------------------------------------------------------------------------------------

--- The number in a value, and its error if it is an estimate; nil if it is neither.
local function numbers_of(value)
  if math.type(value) then return value end
  if type(value) == "boolean" then return value and 1 or 0 end
  if type(value) == "table" then
    if math.type(value.value) then return value.value, math.type(value.error) and value.error or 0 end
    return nil
  end
  local methods = core.members(value, true)
  if methods and methods.table and methods.shape then
    local number = value:table()
    while type(number) == "table" and #number == 1 do number = number[1] end
    if math.type(number) then return number end
  end
end

local function shown(value)
  if type(value) == "string" then return ("'%s'"):format(value) end
  if type(value) == "table" or type(value) == "function" then return "a " .. type(value) end
  return tostring(value)
end

local function check_name(who, name)
  if type(name) ~= "string" or name == "" or name:find('[,"%c]') then
    core.raise(("%s: the name %s; it must be a text without commas, quotes and line ends"):format(who, shown(name)))
  end
end

--- What metrics.csv could not be read back with: a first row of numbers is no header, and `columns` lists the names.
local function check_column(name)
  check_name("run:log", name)
  local lower = name:lower():gsub("^%s*[+-]?", "")
  if tonumber(name) or lower:match "^nan%s*$" or lower:match "^inf%s*$" or lower:match "^infinity%s*$" then
    core.raise(("run:log: the name '%s' is a number; a column of metrics.csv needs a name"):format(name))
  end
  if name == "columns" then core.raise "run:log: the name 'columns' is taken: it lists the names where metrics.csv is read" end
end

--- The names of a row in order: step first.
local function sorted_names(row)
  local names = {}
  for name in pairs(row) do
    check_column(name)
    names[#names + 1] = name
  end
  table.sort(names, function(a, b)
    if (a == "step") ~= (b == "step") then return a == "step" end
    return a < b
  end)
  return names
end

--- A row as two lists: columns and their values.
local function columns_of(row)
  local columns, values = {}, {}
  for _, name in ipairs(sorted_names(row)) do
    local value, error = numbers_of(row[name])
    if not value then
      core.raise(("run:log: '%s' is %s; it must be a number, an estimate of one, true or false"):format(name, shown(row[name])))
    end
    columns[#columns + 1], values[#values + 1] = name, value
    if error and row[name .. "_error"] ~= nil then
      core.raise(("run:log: '%s' is an estimate, whose error is the column '%s_error'; it is given twice"):format(name, name))
    end
    if error then columns[#columns + 1], values[#values + 1] = name .. "_error", error end
  end
  return columns, values
end

-- ---- logging -----------------------------------------------------------------------------------------------

local plain_rows = {} -- of a plain run
local said = true     -- a plain run says which files it leaves, unless the script knows where: it named a folder

--- "step 10  kl 0.25"
local function line_of(row)
  local words = {}
  for _, name in ipairs(sorted_names(row)) do
    local value, error = numbers_of(row[name])
    local text = error and error > 0 and tostring(row[name]):match "^%S+" or ("%.6g"):format(value)
    words[#words + 1] = name .. " " .. text
  end
  return table.concat(words, "  ")
end

local function as_row(columns, values)
  local row = {}
  for i, name in ipairs(columns) do row[name] = values[i] end
  return row
end

---Log a row of numbers: a step of a training, a point of a scan.
---@param row table<string, number|boolean|gibbs.estimate>  an estimate gives the columns `name` and `name_error`
function Run:log(row)
  if type(row) ~= "table" then
    core.raise(("run:log: %s given; write run:log{ step = 10, kl = kl:value() }"):format(shown(row)))
  end
  if next(row) == nil then core.raise "run:log: the row is empty; write run:log{ step = 10, kl = kl:value() }" end
  local columns, values = columns_of(row)
  if state then return state.log(columns, values) end
  plain_rows[#plain_rows + 1] = as_row(columns, values)
  print(line_of(row))
end

---All rows logged up to now, as tables of numbers by column; also those that an earlier process logged before a resume.
---@return table<string, number>[]
function Run:rows()
  local copy = {}
  for i, row in ipairs(state and state.rows() or plain_rows) do
    copy[i] = {}
    for name, value in pairs(row) do copy[i][name] = value end
  end
  return copy
end

-- ---- files -------------------------------------------------------------------------------------------------

local function check_path(who, name)
  if type(name) ~= "string" or name == "" then
    core.raise(("%s: argument 'name' is %s; it must be the name of a file"):format(who, shown(name)))
  end
  if name:sub(1, 1) == "/" or ("/" .. name .. "/"):find("/../", 1, true) then
    core.raise(("%s: '%s' leads out of the run's folder; give a name within it"):format(who, name))
  end
end

local function join(folder, name) return folder == "." and name or folder .. "/" .. name end

--- The path of a file, whose folder is made.
local function place(run, who, name)
  check_path(who, name)
  local path = join(run.folder, name)
  local folder = path:match "^(.*)/"
  if folder and folder ~= "" then
    local allowed, refusal = core.check_file(folder, "made")
    if not allowed then core.raise(("%s: '%s': %s"):format(who, folder, refusal)) end
    core.folder_make(folder)
  end
  return path
end

---A path in the run's folder, for whatever writes files: checkpoints, tables, a program of your own.
---@param name string  "training.h5", "tables/scan.csv"
---@return string
function Run:path(name) return place(self, "run:path", name) end

--- All numbers, in lists of lists: what becomes a tensor.
local function is_numeric(value)
  if type(value) ~= "table" then return math.type(value) ~= nil end
  if #value == 0 then return false end
  local count = 0
  for _, item in pairs(value) do
    if not is_numeric(item) then return false end
    count = count + 1
  end
  return count == #value
end

--- A list of rows { name = number } as columns, for HDF5 has no lists of tables.
local function by_column(list)
  local columns = {}
  for i, row in ipairs(list) do
    if type(row) ~= "table" or #row > 0 then return nil end
    for name, value in pairs(row) do
      columns[name] = columns[name] or {}
      columns[name][i] = value
    end
  end
  for _, column in pairs(columns) do
    for i = 1, #list do
      if not math.type(column[i]) then column[i] = 0 / 0 end
    end
  end
  return columns
end

--- What HDF5 holds: tensors, numbers, texts, tables of names.  Functions of a table (an estimate has some) are left out.
local function storable(value)
  if type(value) == "table" then
    if is_numeric(value) then return core.fields.tensor(value) end
    local columns = #value > 0 and type(value[1]) == "table" and by_column(value)
    local copy = {}
    for name, item in pairs(columns or value) do
      if type(item) ~= "function" then copy[name] = storable(item) end
    end
    return copy
  end
  local methods = core.members(value, true)
  if not (methods and methods.parameters) then return value end
  local ok, model = pcall(core.model, value) -- as it is now: it may be trained further
  return ok and model or storable(value:parameters())
end

local plain_results = {} -- by name, of a plain run

local function write_results(path, results)
  local ok, message = pcall(core.fields.write, path, results)
  if not ok then core.raise((tostring(message):gsub("^.-gibbs%.write: ", "run:save: "))) end
end

---Keep a result in results.h5, under a name of its own; saved again, it replaces what was there.
---@param name string
---@param value any  a number, a text, a tensor, an estimate, a distribution, or a table of these
function Run:save(name, value)
  if type(name) ~= "string" or name == "" or name:find "[/%c]" or name:sub(1, 1) == "@" then
    core.raise(("run:save: argument 'name' is %s; it must be a text without '/'"):format(shown(name)))
  end
  if value == nil then core.raise(("run:save: there is no value to save as '%s'"):format(name)) end
  value = storable(value)
  if state then return state.save(name, value) end
  plain_results[name] = value
  local path = place(self, "run:save", "results.h5")
  write_results(path, plain_results)
  if said then print(("%s: %s"):format(path, name)) end
end

---Draw a figure into the folder: run:figure("kl.svg", "lines", { series = ... }).
---@param file string     its ending is .svg, .png or .pdf
---@param kind string     a function of gibbs.plot
---@param options table   of that function, without `file`
---@return any # what the function of gibbs.plot gives
function Run:figure(file, kind, options)
  if type(options) ~= "table" then
    core.raise(('run:figure: %s given as options; write run:figure("kl.svg", "lines", { series = ... })'):format(shown(options)))
  end
  local plot = core.gibbs.plot
  if type(kind) ~= "string" or type(rawget(plot, kind)) ~= "function" then
    local kinds = {}
    for name in pairs(plot) do kinds[name] = true end
    core.raise(("run:figure: '%s' is no figure of gibbs.plot%s"):format(tostring(kind), core.hint(tostring(kind), kinds)))
  end
  local copy = { file = place(self, "run:figure", state and "figures/" .. tostring(file) or file) }
  for name, value in pairs(options) do
    if name == "file" then core.raise "run:figure: option 'file' is the first argument" end
    copy[name] = value
  end
  local results = table.pack(plot[kind](copy))
  if not state and said then print(copy.file) end
  return table.unpack(results, 1, results.n)
end

-- ---- what may differ between two runs ------------------------------------------------------------------------

---Names of columns, of tables and of metrics, that a replay does not compare: times and what follows from them.  Names that
---end in "seconds" need not be told.
---@param ... string
function Run:volatile(...)
  for _, name in ipairs { ... } do
    if type(name) ~= "string" then core.raise(("run:volatile: %s given; it must be a name"):format(shown(name))) end
    if state then state.volatile(name) end
  end
end

--- Text that a replay does not compare, printed by a function.
local function unchecked(print_it)
  if not state then return print_it() end
  state.printing_volatile(true)
  local results = table.pack(pcall(print_it))
  state.printing_volatile(false)
  if not results[1] then error(results[2], 0) end
end

---Print like print: a line that a replay does not compare, with times in it, say.
function Run:note(...)
  local words = table.pack(...)
  unchecked(function() print(table.unpack(words, 1, words.n)) end)
end

---Write a text like io.write; what a replay does not compare.
---@param text string
function Run:write_note(text)
  unchecked(function() io.write(text) end)
end

-- ---- the run -----------------------------------------------------------------------------------------------

local names = { recorded = true, resumed = true, folder = true }
for name, method in pairs(Run) do
  Run[name] = core.wrap(method)
  names[name] = true
end

local current -- the one object, and what its fields hold
local fields = {}

local meta = { __name = "gibbs.run", __metatable = false }

function meta.__index(_, name)
  if Run[name] then return Run[name] end
  if fields[name] ~= nil then return fields[name] end
  core.raise(("run: no field or method '%s'%s"):format(tostring(name), core.hint(tostring(name), names)))
end

function meta.__newindex(_, name) core.raise(("run: field '%s' cannot be set"):format(tostring(name))) end

function meta.__pairs()
  local all = {}
  for name, value in pairs(Run) do all[name] = value end
  for name, value in pairs(fields) do all[name] = value end
  return next, all, nil
end

function meta.__tostring(run) return ("%s run in %s"):format(run.recorded and "recorded" or "plain", run.folder) end

--- For help and its kin (gibbs.doc).
table.insert(core.classes, { name = "run", article = "a", methods = Run, fields = { recorded = true, resumed = true, folder = true } })

--- Called by the recorder.
function record.begin(given) state = given end

---The run that a script is part of.
---@param options? { folder: string }  where files of a plain run go, unless --out says so; a recorded run has its own folder
---@return gibbs.Run
function record.run(options)
  if options ~= nil and type(options) ~= "table" then
    core.raise(('gibbs.run: %s given; write gibbs.run{ folder = "runs/mine" }'):format(shown(options)))
  end
  for name, value in pairs(options or {}) do
    if name ~= "folder" then
      core.raise(("gibbs.run: unknown option '%s'%s"):format(tostring(name), core.hint(tostring(name), { folder = true })))
    end
    if type(value) ~= "string" or value == "" then
      core.raise(("gibbs.run: option 'folder' is %s; it must be a path"):format(shown(value)))
    end
  end
  if current and not (options and options.folder) then return current end
  local folder = state and state.folder or core.out or options and options.folder or current and current.folder or "."
  said = folder == "."
  fields = { recorded = state ~= nil, resumed = state ~= nil and state.resumed, folder = folder }
  current = current or setmetatable({}, meta)
  return current
end

return record

--- Recording a run: the script runs with its output, its metrics and the files that it uses watched, and the folder of the
--- run tells at every moment how far it came.
---
--- The folder is made when the script's options have been judged (core.on_seal), so that a misspelt one leaves nothing.

local _, core = ...
local access = require "gibbs.access"
local manifest = require "gibbs.manifest"
local options = require "gibbs.options"
local record = require "gibbs.record"

local recorder = {}

---@class gibbs.Job
---@field name string         of the command, for messages
---@field path string         of the script
---@field text string         what runs
---@field words string[]      the script's arguments
---@field folder string
---@field seed? integer      given on the command line
---@field threads? integer
---@field overwrite? boolean  a run that is there is replaced
---@field before? table       the manifest of a run that is gone on with
---@field says_where? boolean the folder is said at the end
---@field quiet? boolean      what is printed goes to log.txt alone

local job, run -- of the one run of the process: what was asked for, and its state

-- ---- the manifest ----------------------------------------------------------------------------------------------

local function now() return os.date("!%Y-%m-%dT%H:%M:%SZ") end

--- Options that have a place of their own in the manifest.
local apart = { seed = true, threads = true, out = true }

local function option_values()
  local values, seed = {}, core.fields.seed()
  for _, option in ipairs(options.declared()) do
    local value = type(option.value) == "string" and manifest.text(option.value) or option.value
    if not apart[option.name] then values[option.name] = value end
    if option.name == "seed" and math.type(value) == "integer" then seed = value end
  end
  return values, seed
end

local function texts(list)
  local copy = {}
  for i, word in ipairs(list) do copy[i] = manifest.text(word) end
  return copy
end

local function last_metrics()
  local metrics = {}
  for name, value in pairs(run.last or {}) do
    metrics[name] = value == value and math.abs(value) < math.huge and value or core.fields.null
  end
  return metrics
end

local function write_manifest(status, more)
  local environment = run.environment
  local content = {
    status = status, script = { path = job.path, text = job.text }, files = run.files:entries(status ~= "running"),
    options = run.options, arguments = texts(job.words), seed = run.seed, seed_given = job.seed ~= nil, threads = core.fields.threads(),
    directory = manifest.text(core.directory()), folder = manifest.text(job.folder), started = run.started, resumed = run.resumed,
    gibbs = environment.gibbs, libraries = environment.libraries, processor = environment.processor,
    metrics = last_metrics(), volatile = { columns = run.volatile, log = run.pieces or {} },
  }
  for name, value in pairs(more or {}) do content[name] = value end
  run.files:pause()
  local ok, message = pcall(manifest.write, job.folder, content)
  run.files:go_on()
  if not ok then error(message, 0) end
end

-- ---- metrics -----------------------------------------------------------------------------------------------------

local function is_empty(path)
  local file = access.raw.open(path, "rb")
  local byte = file and file:read(1)
  if file then file:close() end
  return byte == nil
end

--- Columns of metrics.csv and the number of its rows, as they are now.
local function read_metrics()
  local path = job.folder .. "/metrics.csv"
  if is_empty(path) then return { columns = {} }, 0 end
  run.files:pause()
  local ok, columns = pcall(core.fields.read, path)
  run.files:go_on()
  if not ok then error((tostring(columns):gsub("^.-gibbs%.read: ", "")), 0) end
  if type(columns) ~= "table" then error(("'%s' has no names of columns"):format(path), 0) end
  local first = columns.columns[1]
  return columns, first and #columns[first] or 0
end

--- A field of metrics.csv; an empty one is NaN, also in a column that holds no number yet.
local function field_of(columns, name, index)
  local value = columns[name][index]
  return math.type(value) and value or 0 / 0
end

local function same(a, b) return a == b or a ~= a and b ~= b end

--- Whether row `index` of what an earlier process logged is this one.
local function is_row(index, row)
  for _, name in ipairs(run.old.columns) do
    if not manifest.is_volatile(name, run.is_volatile) and not same(field_of(run.old, name, index), row[name] or 0 / 0) then return false end
  end
  for name in pairs(row) do
    if not run.old[name] then return false end
  end
  return true
end

--- A row that an earlier process logged already, as the script repeats itself up to where it stopped: its place.
local function find_row(row, from)
  for index = from, run.old_count do
    if is_row(index, row) then return index end
  end
  core.raise(("run:log: the script does not repeat itself: row %d is not among the %d rows that '%s/metrics.csv' holds from "
    .. "before"):format(from, run.old_count, job.folder))
end

local function log(columns, values)
  local row = {}
  for i, name in ipairs(columns) do row[name] = values[i] + 0.0 end
  local position = core.logged() + 1
  if position <= run.old_count then
    position = find_row(row, position)
  elseif position > run.count + 1 then
    core.raise(("run:log: '%s/metrics.csv' has %d rows, and %d when the checkpoint was written"):format(job.folder, run.count, position - 1))
  else
    run.files:pause()
    local ok, message = pcall(run.metrics.row, run.metrics, columns, values)
    run.files:go_on()
    if not ok then error(message, 0) end
    run.count = position
  end
  run.last = row
  core.logged(position)
end

local function rows()
  local columns, count = read_metrics()
  local list = {}
  for index = 1, math.min(count, core.logged()) do
    list[index] = {}
    for _, name in ipairs(columns.columns) do
      local value = field_of(columns, name, index)
      if value == value then list[index][name] = value end
    end
  end
  return list
end

-- ---- results -----------------------------------------------------------------------------------------------------

local function write_results()
  local start = core.fields.clock()
  run.files:pause()
  local ok, message = pcall(core.fields.write, job.folder .. "/results.h5", run.results)
  run.files:go_on()
  if not ok then return (tostring(message):gsub("gibbs%.write: ", "run:save: ", 1)) end
  local finish = core.fields.clock()
  run.results_due, run.results_kept = finish + 10 * (finish - start), true
end

--- The whole file is written anew each time, so that it is always whole; where that takes long, not for every result.
local function save(name, value)
  run.results[name], run.results_kept = value, false
  if core.fields.clock() < run.results_due then return end
  local message = write_results()
  if message then core.raise((message:gsub("^.-(run:save: )", "%1"))) end
end

-- ---- beginning ---------------------------------------------------------------------------------------------------

local function volatile(name)
  if run.is_volatile[name] then return end
  run.is_volatile[name] = true
  run.volatile[#run.volatile + 1] = manifest.text(name)
end

--- What an earlier process left: rows, results, and names that are not compared.
local function take_up(before)
  run.old, run.old_count = read_metrics()
  run.count = run.old_count
  run.started, run.seconds = before.started, math.type(before.seconds) and before.seconds or 0
  run.resumed = before.resumed or {}
  run.resumed[#run.resumed + 1] = now()
  for _, name in ipairs(before.volatile and before.volatile.columns or {}) do volatile(name) end
  local ok, results = pcall(core.fields.read, job.folder .. "/results.h5")
  if ok then run.results = results end
end

--- The manifest comes first: a folder in which anything else lies without one is nobody's, and stays untouched.  What an
--- earlier run left goes while the manifest says that this one is only beginning, and is not gone on with.
local function claim()
  run.options, run.seed = option_values()
  run.environment = core.environment()
  run.opened = true
  if job.overwrite then
    write_manifest("running", { beginning = true })
    run.hold:empty()
  end
  write_manifest("running")
end

--- The folder is held from here on.
local function open()
  run.hold = core.hold_run(job.folder)
  if not job.overwrite and not job.before and core.run_place(job.folder) ~= "free" then
    error(("'%s' holds a run that began just now"):format(job.folder), 0)
  end
  if job.before then
    run.metrics = core.metrics(job.folder .. "/metrics.csv")
    take_up(job.before)
  end
  claim()
  run.files:pause()
  run.metrics = run.metrics or core.metrics(job.folder .. "/metrics.csv")
  run.transcript:open(job.folder .. "/log.txt", job.before ~= nil)
  run.files:go_on()
  if job.before then
    io.stderr:write(("gibbs resume: goes on with '%s', where %d rows are logged\n"):format(job.folder, run.old_count))
  end
  record.begin {
    folder = job.folder, resumed = job.before ~= nil, log = log, rows = rows, save = save, volatile = volatile,
    printing_volatile = function(on) run.transcript:volatile(on) end,
  }
end

-- ---- ending ------------------------------------------------------------------------------------------------------

local function close_metrics()
  if run.metrics then run.metrics:close() end
  if run.old_count > core.logged() and run.status == "finished" then
    error(("the script logged %d rows and had logged %d before: it does not repeat itself"):format(core.logged(), run.old_count), 0)
  end
end

local function close_results()
  local message = not run.results_kept and write_results()
  if message then error(message, 0) end
end

local function close_transcript()
  local ok, message = run.transcript:finish()
  if not ok then error(message, 0) end
end

--- All that has to be on disk before the manifest may say how the run ended; gives what went wrong.
local function settle()
  local failures = {}
  local function attempt(step)
    local ok, message = pcall(step)
    if not ok then failures[#failures + 1] = tostring(message) end
  end
  run.pieces = run.transcript:pieces()
  attempt(close_results)
  attempt(close_metrics)
  attempt(close_transcript)
  attempt(function() run.hold:flush() end)
  return failures
end

local function say(message) io.stderr:write(("gibbs %s: %s\n"):format(job.name, message)) end

--- The run is over; gives the exit code, which is another where its record could not be completed.
local function finish(status, code, message)
  core.host.finish() -- half a record would be none
  core.on_seal = nil
  core.observe_files(nil)
  if not run.opened then
    local ok, why = pcall(open) -- a script that failed before it used anything of gibbs
    if not ok then
      run.transcript:finish()
      say(why)
      return 1
    end
  end
  run.status = status
  local failures = settle()
  for _, failure in ipairs(failures) do say(failure) end
  if #failures > 0 and status == "finished" then status, code, message = "failed", 1, failures[1] end
  local ok, why = pcall(write_manifest, status, {
    exit = code, error = message and manifest.text(message) or nil, ended = now(),
    seconds = run.seconds + core.fields.clock() - run.clock,
  })
  if not ok then
    say(tostring(why) .. "; the run does not count as finished")
    code = code == 0 and 1 or code
  end
  run.hold:release()
  if job.says_where then say(("recorded in '%s'"):format(job.folder)) end
  return code
end

--- os.exit in a script: 0, true and nothing are success.  What gibbs.option has to say (help, a misspelt flag) is no run.
local function leave(code, close)
  local number = (code == nil or code == true) and 0 or code == false and 1 or math.tointeger(code) or 1
  if run.over then return run.exit(number, close) end
  run.over = true
  if not run.opened and debug.getinfo(2, "S").source == "=gibbs.options" then
    run.transcript:finish()
  elseif number == 0 then
    number = finish("finished", 0)
  else
    number = finish("failed", number, ("os.exit(%d)"):format(number))
  end
  run.exit(number, close)
end

-- ---- running -----------------------------------------------------------------------------------------------------

--- The words that the script sees: its own, and those of the command that scripts know too.
local function script_words()
  local words, tail = {}, { "--out=" .. job.folder }
  if job.seed then tail[#tail + 1] = ("--seed=%d"):format(job.seed) end
  if job.threads then tail[#tail + 1] = ("--threads=%d"):format(job.threads) end
  local at = #job.words + 1
  for i, word in ipairs(job.words) do
    if word == "--" then at = math.min(at, i) end
  end
  table.move(job.words, 1, at - 1, 1, words)
  table.move(tail, 1, #tail, #words + 1, words)
  table.move(job.words, at, #job.words, #words + 1, words)
  return words
end

local function load_script() return load(access.chunk_text(job.text), "@" .. job.path, "t") end

local function call_script(chunk, words)
  local ok, message, over = core.host.call(chunk, table.unpack(words))
  if ok then ok, message = xpcall(core.seal, core.host.explain) end
  if run.over then return 1 end -- an error on the way out of os.exit
  run.over = true
  local interrupted = core.host.interrupted()
  if not ok then io.stderr:write(message, "\n") end
  if over then return finish("interrupted", 124, message) end
  if interrupted then return finish("interrupted", 130, message or "interrupted") end
  if not ok then return finish("failed", 1, message) end
  return finish("finished", 0)
end

--- An error here is a mistake on the command line: nothing has run.
local function open_or_end()
  core.on_seal = nil
  local ok, message = pcall(open)
  if ok then return end
  local place = core.place() .. ": "
  if message:sub(1, #place) == place then message = message:sub(#place + 1) end
  run.over = true
  run.transcript:finish()
  say(message)
  if run.hold then run.hold:release() end
  run.exit(2, true)
end

---Run a script and record it.
---@param asked gibbs.Job
---@return integer # the exit code
function recorder.run(asked)
  job = asked
  local chunk, message = load_script()
  if not chunk then
    io.stderr:write(message, "\n")
    return 1
  end
  run = { files = manifest.files(job.folder), results = {}, results_due = 0, results_kept = true, old_count = 0, count = 0, volatile = {},
    is_volatile = {}, started = now(), seconds = 0, clock = core.fields.clock(), exit = os.exit }
  math.randomseed(job.seed or core.fields.seed())
  core.arg = script_words()
  local words = table.move(core.arg, 1, #core.arg, 1, {})
  core.arg[0], core.arg[-1] = job.path, "gibbs"
  access.install()
  core.observe_files(function(path, how) run.files:see(path, how) end)
  core.logged(0)
  core.on_seal = open_or_end
  os.exit = leave
  run.transcript = core.transcript(not job.quiet)
  return call_script(chunk, words)
end

return recorder

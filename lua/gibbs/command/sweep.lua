--- gibbs sweep: a script with all combinations of options and seeds, as recorded runs in parallel processes.

local gibbs = require "gibbs"
local core = require "gibbs.core"
local collect = require "gibbs.sweep.collect"
local command = require "gibbs.command"
local declared = require "gibbs.sweep.declared"
local kinds = require "gibbs.kinds"
local plan = require "gibbs.sweep.plan"
local record = require "gibbs.sweep.record"
local recorded = require "gibbs.recorded"
local workers = require "gibbs.sweep.workers"

local INTERRUPTED = 130

local options = {
  { name = "seeds", value = "N", default = "1", help = "how many seeds (1 to N), or a list 3,7 or a range 10:20 of them" },
  { name = "jobs", value = "N", kind = kinds.count(1, 1024), help = "how many runs at a time (default: what the processors hold)" },
  { name = "threads", value = "N", default = 1, kind = kinds.count(1, 1024), help = "threads of each run" },
  { name = "out", value = "DIR", default = "", help = "the folder of the sweep (default: runs/ and the name of the script)" },
  { name = "retry_failed", default = false, help = "run those again that failed" },
}

local function read_script(path)
  local file, message = io.open(path, "rb")
  local text = file and file:read "a"
  if file then file:close() end
  if not text then command.refuse(("cannot open %s"):format(message or ("'%s'"):format(path))) end
  return { path = path, text = text }
end

local function folder_of(given)
  if given.out ~= "" then return (given.out:gsub("(.)/+$", "%1")) end
  return "runs/" .. given.script:gsub("^.*/", ""):gsub("%.lua$", "")
end

--- The folder is the sweep's own: new, or with its record in it.
local function check_folder(folder)
  local entries = core.folder.read(folder) or {}
  local own, others = false, nil
  for _, entry in ipairs(entries) do
    own = own or entry.name == record.FILE
    if not entry.name:match "^%." then others = others or entry.name end
  end
  if others and not own then
    command.fail(("%s holds something else than a sweep: '%s'; give the sweep a folder of its own with --out"):format(folder, others))
  end
end

local function hold(folder)
  local process = core.run_held(folder)
  if process then
    command.fail(("another sweep (process %d) runs in %s; give this one a folder of its own with --out"):format(process, folder))
  end
  local held, lock = pcall(core.hold_run, folder)
  if not held then command.fail(lock) end
  return lock
end

local function plural(count, word) return ("%d %s%s"):format(count, word, count == 1 and "" or "s") end

local function announce(work)
  local p, parts = work.plan, {}
  for _, status in ipairs { "finished", "failed", "interrupted", "killed", "running", "foreign" } do
    local count = work:count(status)
    if count > 0 then parts[#parts + 1] = ("%d %s"):format(count, status) end
  end
  local before = #parts > 0 and "; so far " .. table.concat(parts, ", ") or ""
  io.stderr:write(("%s in %s: %s, %s%s\n"):format(plural(#p.runs, "run"), work.folder, plural(p.settings, "setting"),
    plural(#p.seeds, "seed"), before))
end

local function report_failures(work)
  local failed = {}
  for _, run in ipairs(work.plan.runs) do
    local status = work.status[run]
    if status ~= "finished" then failed[#failed + 1] = run end
  end
  if #failed == 0 then return end
  print ""
  for _, run in ipairs(failed) do
    local reason = work.reason[run]
    print(recorded.printable(("%s %s%s"):format(run.name, work.status[run], reason and ": " .. reason:match "^[^\n]*" or "")))
  end
  if work:count "failed" > 0 then print "failed runs are run again only with --retry-failed" end
end

local function finish(work)
  collect.write(work)
  collect.print(work)
  report_failures(work)
  print(("\n%s"):format(recorded.join(work.folder, "sweep.csv")))
end

local function say(text) io.stderr:write(text, "\n") end

--- Ctrl-C, or a failure of our own, must not leave runs behind that nobody awaits.
local function run_guarded(work)
  local done, stopped = pcall(work.run, work, function() end)
  if done then return stopped end
  if not core.host.interrupted() then error(stopped, 0) end
  local count = core.processes.count(work.processes)
  if count > 0 then say(("interrupted: waiting for %s to stop; Ctrl-C again kills"):format(plural(count, "run"))) end
  work:interrupt()
  return nil, true
end

local function run(given)
  local script = read_script(given.script)
  local p = plan.read(given.rest, declared.of(given.script), given.seeds, options)
  local folder = folder_of(given)
  check_folder(folder)
  local lock <close> = hold(folder)
  record.keep(folder, p, script)
  local work = workers.new {
    plan = p, folder = folder, script = script, jobs = given.jobs or math.max(1, gibbs.threads() // given.threads), threads = given.threads,
    retry_failed = given.retry_failed,
  }
  work:look_at_all()
  announce(work)
  local stopped, interrupted = run_guarded(work)
  finish(work)
  if stopped then command.fail(stopped .. "; the sweep stops here") end
  if interrupted then return INTERRUPTED end
  return work:count "finished" == #p.runs and 0 or 1
end

return {
  usage = "script.lua [the script's options] [options]",
  what = "Runs a script with all combinations of options and seeds, each as a recorded run in a process of its own, and collects\n"
    .. "one table, sweep.csv.  An option of the script may have several values: a list (--size 8,16,32) or a range with both\n"
    .. "ends (--weight 0:1:0.1).  A sweep that was stopped or killed goes on where it was when it is started again.",
  words = { "script" },
  options = options,
  rest = true,
  run = run,
}

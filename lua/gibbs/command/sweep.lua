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
local safety = require "gibbs.safety"
local workers = require "gibbs.sweep.workers"

local INTERRUPTED = 130

local options = safety.with {
  { name = "seeds", value = "N", default = "1", help = "how many seeds (1 to N), or a list 3,7 or a range 10:20 of them" },
  { name = "jobs", value = "N", kind = kinds.count(1, 256), help = "how many runs at a time (default: what the processors hold)" },
  { name = "threads", value = "N", default = 1, kind = kinds.count(1, 1024), help = "threads of each run" },
  { name = "out", value = "DIR", default = "", help = "the folder of the sweep (default: runs/ and the name of the script)" },
  { name = "extend", default = false, help = "add values and seeds to the sweep that the folder holds" },
  { name = "retry_failed", default = false, help = "run those again that failed" },
}

local function read_script(path)
  local file, message = io.open(path, "rb")
  local text
  if file then
    text, message = file:read "a"
    file:close()
  end
  if not text then command.refuse(("cannot open '%s': %s"):format(path, (message:gsub("^.*: ", "")))) end
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

--- Runs that did not end as they should, and why.  Of those that our own interrupt kept from it, only how many there are.
local function report(work, interrupted)
  local finished, failed, foreign = work:count "finished", work:count "failed", work:count "foreign"
  local rest = #work.plan.runs - finished - failed - foreign
  if finished < #work.plan.runs then print "" end
  for _, run in ipairs(work.plan.runs) do
    local status, reason = work.status[run], work.reason[run]
    if reason and status ~= "finished" and not (interrupted and status == "interrupted") then
      status = status == "new" and "did not begin" or status
      print(recorded.printable(("%s %s: %s"):format(run.name, status, reason:match "^[^\n]*")))
    end
  end
  for path in pairs(work.mixed) do print(recorded.printable(("%s was not the same file for all runs."):format(path))) end
  if failed > 0 then print "Failed runs are run again with --retry-failed only." end
  if foreign > 0 then print "Folders that hold something else are left as they are." end
  if rest > 0 then print(("%s left: the same command goes on with the sweep."):format(plural(rest, "run"))) end
end

local function finish(work, interrupted)
  collect.print(work)
  report(work, interrupted)
  collect.write(work) -- last: a disk that is full is no reason to keep silent
  print(("\n%s"):format(recorded.join(work.folder, "sweep.csv")))
end

local function say(text) io.stderr:write(text, "\n") end

--- "sweep run 12 of 48, 3:20 left, 10 s each, running 2, failed 1"
local function run_with_progress(work)
  local function settled() return work:count "finished" + work:count "failed" + work:count "foreign" end
  local task <close> = core.task.begin("sweep", "run", settled(), #work.plan.runs)
  return work:run(function()
    core.task.metric(task, 1, "running", core.processes.count(work.processes))
    local failed = work:count "failed"
    if failed > 0 then core.task.metric(task, 2, "failed", failed) end
    core.task.step(task, settled())
  end)
end

--- Ctrl-C, or a failure of our own, must not leave runs behind that nobody awaits.
local function run_guarded(work)
  local done, stopped = pcall(run_with_progress, work)
  if done then return stopped end
  if not core.host.interrupted() then error(stopped, 0) end
  local count = core.processes.count(work.processes)
  if count > 0 then say(("interrupted: waiting for %s to stop; Ctrl-C again kills"):format(plural(count, "run"))) end
  work:interrupt()
  return nil, true
end

local function run(given)
  local script = read_script(given.script)
  local p = plan.read(given.rest, declared.of(given.script, given), given.seeds, options)
  local folder = folder_of(given)
  check_folder(folder)
  record.check(folder, p, script, given.extend) -- before anything is written there
  local lock <close> = hold(folder)
  record.keep(folder, p, script, given.extend)
  local work = workers.new {
    plan = p, folder = folder, script = script, jobs = given.jobs or math.max(1, gibbs.threads() // given.threads), threads = given.threads,
    retry_failed = given.retry_failed, safety = safety.words(given),
  }
  work:look_at_all()
  announce(work)
  local stopped, interrupted = run_guarded(work)
  finish(work, interrupted)
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

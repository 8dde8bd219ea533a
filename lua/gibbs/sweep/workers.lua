--- The runs of a sweep, each in a process of its own, several at a time.
---
--- What became of a run is read from its folder alone, never remembered: so a sweep that was killed and started again sees what
--- one that was not killed sees.

local _, core = ...
local command = require "gibbs.command"
local plan = require "gibbs.sweep.plan"
local recorded = require "gibbs.recorded"

local PATIENCE = 0.5 -- seconds between two looks at a run that somebody else works on

---@class gibbs.SweepWork
---@field plan gibbs.SweepPlan
---@field folder string
---@field script { path: string, text: string }
---@field jobs integer
---@field threads integer
---@field retry_failed boolean
---@field status table<gibbs.SweepRun, string>   finished, failed, interrupted, killed, running; new: not begun; foreign: the
---                                               folder holds something else, which is left alone
---@field reason table<gibbs.SweepRun, string>   of those that failed or are foreign
---@field processes userdata
local Work = {}
Work.__index = Work

local workers = {}

---@param settings table  the fields above but status, reason and processes
---@return gibbs.SweepWork
function workers.new(settings)
  local work = setmetatable(settings, Work)
  work.status, work.reason, work.processes = {}, {}, core.processes.new()
  return work
end

function Work:folder_of(run) return recorded.join(self.folder, run.name) end

-- ---- what became of a run ------------------------------------------------------------------------------------

--- A run counts only if it is the one that is meant: anybody may have put another one there.
local function check_meant(work, run, manifest)
  if manifest.seed ~= run.seed then return ("its seed is %s"):format(tostring(manifest.seed)) end
  if manifest.script.text ~= work.script.text then return "its script has another text" end
  for i, option in ipairs(work.plan.options) do
    if manifest.options[option.name] ~= run.values[i] then
      return ("its option %s is %s"):format(option.name, tostring(manifest.options[option.name]))
    end
  end
end

---Read the run's folder.
function Work:look(run)
  local folder = self:folder_of(run)
  self.reason[run] = nil
  if not recorded.is_run(folder) then
    self.status[run] = core.run_held(folder) and "running" or "new"
    return self.status[run]
  end
  local found = recorded.read(folder)
  local wrong = found.wrong or check_meant(self, run, found.manifest)
  self.status[run] = wrong and "foreign" or found.status
  self.reason[run] = wrong or found.manifest.error
  return self.status[run]
end

function Work:look_at_all()
  for _, run in ipairs(self.plan.runs) do self:look(run) end
end

function Work:count(status)
  local count = 0
  for _, run in ipairs(self.plan.runs) do
    if self.status[run] == status then count = count + 1 end
  end
  return count
end

-- ---- starting ------------------------------------------------------------------------------------------------

--- A script that changed or vanished while others of its runs were under way would make a table of apples and pears.
local function check_script(work)
  local file = io.open(work.script.path, "rb")
  local text = file and file:read "a"
  if file then file:close() end
  if text == work.script.text then return end
  return text and ("the text of %s has changed"):format(work.script.path) or ("%s is not there any more"):format(work.script.path)
end

--- The words that begin a run, or that go on with one that was begun.
local function words_of(work, run, status)
  local folder = work:folder_of(run)
  local words = { core.processes.program(), "--threads", tostring(work.threads) }
  if (status == "killed" or status == "interrupted") and false then
    table.move({ "resume", folder }, 1, 2, #words + 1, words)
    return words
  end
  table.move({ "run", work.script.path, "--seed", tostring(run.seed), "--out", folder }, 1, 6, #words + 1, words)
  if status ~= "new" then words[#words + 1] = "--overwrite" end
  for _, flag in ipairs(plan.flags(work.plan, run)) do words[#words + 1] = flag end
  return words
end

--- Threads that wait for each other in parallel processes must sleep.
local ENVIRONMENT = { "GOMP_SPINCOUNT=0" }

function Work:start(run, status)
  core.processes.start(self.processes, run.number, words_of(self, run, status), ENVIRONMENT)
  self.status[run] = "running"
end

--- Whether a run that is not under way is to be begun or gone on with.
function Work:wants(run, status)
  if status == "new" or status == "killed" or status == "interrupted" then return true end
  return status == "failed" and self.retry_failed
end

-- ---- the loop ------------------------------------------------------------------------------------------------

local function last_line(text)
  return text:match "([^\n]*)\n*$"
end

--- One of our processes has ended.
function Work:settle(ended)
  local run = self.plan.runs[ended.id]
  local status = self:look(run)
  if status == "new" or status == "killed" or status == "running" then
    self.status[run] = status == "new" and "failed" or "killed"
    local said = last_line(ended.errors)
    self.reason[run] = ended.signal > 0 and ("ended by signal %d"):format(ended.signal) or said ~= "" and said
      or ("ended with exit code %d and no word"):format(ended.exit_code)
  end
  return run
end

---Run what is to be run.  `told` is called at each end of a run, and now and then.
---@param told fun(run: gibbs.SweepRun?)
---@return string? message  why it stopped before the end
function Work:run(told)
  local waiting, stopped = {}, nil
  for _, run in ipairs(self.plan.runs) do
    if self.status[run] == "running" or self:wants(run, self.status[run]) then waiting[#waiting + 1] = run end
  end
  while true do
    while not stopped and #waiting > 0 and core.processes.count(self.processes) < self.jobs do
      stopped = check_script(self)
      if stopped or not self:start_next(waiting) then break end
    end
    if core.processes.count(self.processes) == 0 and (stopped or #waiting == 0) then return stopped end
    local ended = core.processes.wait(self.processes, PATIENCE)
    told(ended and self:settle(ended))
  end
end

--- Start the first of the waiting that nobody else works on; the runs of a sweep that was killed a moment ago may not have
--- noticed yet.
function Work:start_next(waiting)
  for i, run in ipairs(waiting) do
    local status = self:look(run)
    if status ~= "running" then
      table.remove(waiting, i)
      if self:wants(run, status) then self:start(run, status) end
      return true
    end
  end
  return false
end

---Ctrl-C for all: each ends as an interrupted run.
function Work:interrupt()
  core.processes.interrupt(self.processes)
  while core.processes.count(self.processes) > 0 do core.processes.wait(self.processes, 3600) end
  self:look_at_all()
end

return workers

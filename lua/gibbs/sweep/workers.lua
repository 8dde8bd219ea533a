--- The runs of a sweep, each in a process of its own, several at a time.
---
--- What became of a run is read from its folder alone, never remembered: so a sweep that was killed and started again sees what
--- one that was not killed sees.

local _, core = ...
local kinds = require "gibbs.kinds"
local manifests = require "gibbs.manifest"
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
---@field safety string[]   words that limit each run
---@field status table<gibbs.SweepRun, string>   finished, failed, interrupted, killed, running; new: not begun; foreign: the
---                                               folder holds something else, which is left alone
---@field reason table<gibbs.SweepRun, string>   why one did not finish
---@field counts table<string, integer>        of runs by status
---@field hashes table<string, string>         of files that finished runs read, by path
---@field mixed table<string, true>            those that were not the same for all
---@field processes userdata
local Work = {}
Work.__index = Work

local workers = {}

---@param settings table  those of the fields above that say what to do
---@return gibbs.SweepWork
function workers.new(settings)
  local work = setmetatable(settings, Work)
  work.status, work.reason, work.counts, work.hashes, work.mixed = {}, {}, {}, {}, {}
  work.processes = core.processes.new()
  return work
end

function Work:folder_of(run) return recorded.join(self.folder, run.name) end

---How many runs are in a state.
function Work:count(status) return self.counts[status] or 0 end

function Work:set(run, status, reason)
  local before = self.status[run]
  if before then self.counts[before] = self.counts[before] - 1 end
  self.counts[status] = self:count(status) + 1
  self.status[run], self.reason[run] = status, reason
  return status
end

-- ---- what became of a run ------------------------------------------------------------------------------------

--- A run counts only if it is the one that is meant: anybody may have put another one there.
local function check_meant(work, run, manifest)
  if manifest.seed ~= run.seed then return ("its seed is %s, not %d"):format(tostring(manifest.seed), run.seed) end
  if manifest.script.text ~= work.script.text then return "its script has another text" end
  for i, option in ipairs(work.plan.options) do
    local found, meant = manifest.options[option.name], run.values[i]
    if type(meant) == "string" then meant = manifests.text(meant) end
    if found ~= meant then return ("its option %s is %s, not %s"):format(option.name, tostring(found), kinds.text(meant)) end
  end
end

--- Files that a script reads besides itself are to be the same for all.
local function note_files(work, manifest)
  for _, file in ipairs(manifest.files) do
    if file.how ~= "written" and file.path then
      local before = work.hashes[file.path]
      if before and before ~= file.sha256 then work.mixed[file.path] = true end
      work.hashes[file.path] = file.sha256
    end
  end
end

---Read the run's folder.
function Work:look(run)
  local folder = self:folder_of(run)
  if not recorded.is_run(folder) then return self:set(run, core.run_held(folder) and "running" or "new") end
  local found = recorded.read(folder)
  local wrong = found.wrong or check_meant(self, run, found.manifest)
  if wrong then return self:set(run, "foreign", wrong) end
  if found.status == "finished" then note_files(self, found.manifest) end
  return self:set(run, found.status, found.manifest.error)
end

function Work:look_at_all()
  for _, run in ipairs(self.plan.runs) do self:look(run) end
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

local function append(words, more) table.move(more, 1, #more, #words + 1, words) end

--- The words that begin a run, or that go on with one that was begun.
local function words_of(work, run, status)
  local folder = work:folder_of(run)
  local words = { core.processes.program(), "--quiet", "--threads", tostring(work.threads) }
  if status == "killed" or status == "interrupted" then
    append(words, { "resume", folder })
    append(words, work.safety)
    return words
  end
  append(words, { "run" })
  append(words, work.safety) -- before the script, which may have options of such names
  append(words, { work.script.path, "--seed", tostring(run.seed), "--out", folder })
  if status == "failed" then words[#words + 1] = "--overwrite" end
  append(words, plan.flags(work.plan, run))
  return words
end

--- Threads that wait for each other in parallel processes must sleep.
local ENVIRONMENT = { "GOMP_SPINCOUNT=0" }

function Work:start(run, status)
  core.processes.start(self.processes, run.number, words_of(self, run, status), ENVIRONMENT)
  self:set(run, "running")
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

--- One of our processes has ended: the folder says how, or the process did.
function Work:settle(ended)
  local run = self.plan.runs[ended.id]
  local status = self:look(run)
  if status ~= "new" and status ~= "killed" then return end
  local said = last_line(ended.errors)
  self:set(run, status, ended.signal > 0 and ("ended by signal %d"):format(ended.signal) or said ~= "" and said
    or ("ended with exit code %d and no word"):format(ended.exit_code))
end

---Run what is to be run.  `told` is called at each end of a run, and now and then.
---@param told fun()
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
    if ended then self:settle(ended) end
    told()
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

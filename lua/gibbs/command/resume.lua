--- gibbs resume: a recorded run that did not come to its end, gone on with.

local _, core = ...
local changes = require "gibbs.changes"
local kinds = require "gibbs.kinds"
local place = require "gibbs.run_place"
local safety = require "gibbs.safety"

local resume = {}

resume.usage = "RUN [--threads N]"
resume.what = "Goes on with a recorded run that was killed or interrupted, or failed: the script in its manifest.json runs again, a\n"
  .. "training that keeps checkpoints in the folder of the run goes on from the last one, and rows of metrics that are there\n"
  .. "are not logged again.  It ends with the bits of a run that was never disturbed."
resume.words = { "run" }
resume.options = safety.with {
  { name = "threads", kind = kinds.count(1, 1024), help = "threads to use (default: all processors)", value = "N" },
}

local function complain(message)
  io.stderr:write("gibbs resume: ", message, "\n")
  return 2
end

--- Whether there is a training to go on with.
local function has_checkpoint(folder)
  for _, name in ipairs(place.files(folder)) do
    if name ~= "results.h5" and (name:match "%.h5$" or name:match "%.hdf5$") then
      local ok, content = pcall(core.fields.read, folder .. "/" .. name)
      if ok and type(content) == "table" and tostring(content["@format"]):match "^gibbs training " then return true end
    end
  end
  return false
end

--- What goes on under other conditions may end with other numbers than a run that was never disturbed.
local function tell_changes(recorded)
  local sentences, versions = changes.of_files(recorded), changes.of_versions(recorded, core.environment())
  table.move(versions, 1, #versions, #sentences + 1, sentences)
  for _, sentence in ipairs(sentences) do io.stderr:write("gibbs resume: ", sentence, "\n") end
end

function resume.run(given)
  local folder, recorded, why = place.enter(given.run)
  if not recorded then return complain(why) end
  if recorded.status == "running" then
    return complain(("'%s' is still running (process %d)"):format(given.run, recorded.process))
  end
  if recorded.status == "finished" then
    print(("'%s' is finished; there is nothing left to do"):format(given.run))
    return 0
  end
  if not has_checkpoint(folder) then
    io.stderr:write(("gibbs resume: '%s' holds no checkpoint of a training: the script begins again\n"):format(given.run))
  end
  tell_changes(recorded)
  local safe, reason = safety.apply(place.safety(given), folder)
  if not safe then return complain(reason) end
  return require("gibbs.recorder").run {
    name = "resume", path = recorded.script.path, text = recorded.script.text, words = recorded.arguments, folder = folder,
    seed = recorded.seed_given and recorded.seed or nil, threads = given.threads, before = not recorded.beginning and recorded or nil,
    overwrite = recorded.beginning,
  }
end

return resume

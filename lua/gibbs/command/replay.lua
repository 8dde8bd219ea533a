--- gibbs replay: a recorded run, made again and compared.

local _, core = ...
local changes = require "gibbs.changes"
local kinds = require "gibbs.kinds"
local manifest = require "gibbs.manifest"
local place = require "gibbs.run_place"
local safety = require "gibbs.safety"

local replay = {}

replay.usage = "RUN [--threads N] [--out DIR]"
replay.what = "Runs a recorded run again, from the script and the options in its manifest.json, and compares every number bit for bit:\n"
  .. "metrics.csv, results.h5, all tables, and what was printed; not times, and not what the script says is volatile.\n"
  .. "Exit code 0: all is the same; 1: something differs, and the first difference is said."
replay.words = { "run" }
replay.options = safety.with {
  { name = "threads", kind = kinds.count(1, 1024), help = "threads to use (default: all processors)", value = "N" },
  { name = "out", kind = kinds.string, help = "keep what comes now in this folder (default: one that is removed)", value = "DIR" },
}

local function complain(message)
  io.stderr:write("gibbs replay: ", message, "\n")
  return 2
end

local function note_all(sentences)
  for _, sentence in ipairs(sentences) do print("  " .. sentence) end
end

-- ---- running -------------------------------------------------------------------------------------------------------

--- Why there is nothing to compare with; nil if there is.
local function refusal(recorded, folder)
  local status = recorded.status
  if status == "running" then return ("'%s' is still running (process %d)"):format(folder, recorded.process) end
  if status == "finished" or status == "failed" then return nil end
  return ("'%s' was %s before it was complete; gibbs resume %s goes on with it"):format(folder, status, folder)
end

--- In a process of its own: however the script ends, what it left can be compared.
local function run_again(recorded, folder, given)
  return core.apart(function()
    if given.sandbox then core.folder_make(folder) end -- the walls stand around what is there
    local safe, reason = safety.apply(place.safety(given), folder)
    if not safe then return complain(reason) end
    return require("gibbs.recorder").run {
      name = "replay", path = recorded.script.path, text = recorded.script.text, words = recorded.arguments, folder = folder,
      seed = recorded.seed_given and recorded.seed or nil, threads = given.threads, quiet = true,
    }
  end)
end

local function tell_same(what)
  print(("the same: %d number%s in %d file%s%s"):format(what.numbers, what.numbers == 1 and "" or "s", #what.files, #what.files == 1 and "" or "s",
    what.log and ", and all that was printed" or "; what was printed is not compared, as the run was resumed"))
  return 0
end

local function judge(folder, recorded, out, code)
  local now, why = manifest.read(out)
  if not now then return code == 2 and 2 or complain(why) end -- said already
  if now.status == "interrupted" then
    complain(now.error or now.status)
    return code
  end
  if now.status == "killed" then return complain(("the replay was killed (%d)"):format(code)) end
  note_all(changes.of_versions(recorded, now))
  local difference, what = require("gibbs.replay").compare({ folder = folder, manifest = recorded }, { folder = out, manifest = now })
  if not difference then return tell_same(what) end
  print("different: " .. difference)
  return 1
end

function replay.run(given)
  local folder, recorded, why = place.enter(given.run)
  if not recorded then return complain(why) end
  why = refusal(recorded, given.run)
  if why then return complain(why) end
  local out = given.out and place.absolute(given.out) or place.temporary "replay"
  if core.run_place(out) ~= "free" then return complain(("'%s' is there already; --out names another folder"):format(given.out)) end
  print(("%s: %s, seed %d, recorded with %d thread%s"):format(given.run, recorded.script.path, recorded.seed, recorded.threads,
    recorded.threads == 1 and "" or "s"))
  note_all(changes.of_files(recorded))
  io.stdout:flush()
  local ok, result = pcall(function() return judge(folder, recorded, out, run_again(recorded, out, given)) end)
  if not given.out then pcall(core.folder_remove, out) end
  if not ok then error(result, 0) end -- Ctrl-C
  return result
end

return replay

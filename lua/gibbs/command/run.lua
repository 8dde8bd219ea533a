--- gibbs run: a script, recorded in a folder.

local _, core = ...
local kinds = require "gibbs.kinds"
local manifest = require "gibbs.manifest"
local safety = require "gibbs.safety"

local run = {}

--- The seed that a script asks for itself, for the folder's name: what holds is known when it runs.
local function own_seed(text) return math.tointeger(text:match "option%s*%(?%s*[\"']seed[\"']%s*,%s*(%d+)") end

--- "runs/digits-hidden=12-seed=7": the script, the flags that were given, the seed.
local function default_folder(path, words, seed)
  local parts, i = { (path:match "([^/]*)$":gsub("%.lua$", "")) }, 1
  while i <= #words do
    local name, value = words[i]:match "^%-%-?([^=]+)=?(.*)$"
    if name and value == "" and words[i + 1] and not words[i + 1]:match "^%-%a" and not words[i + 1]:match "^%-%-" then
      i, value = i + 1, words[i + 1]
    end
    if name then parts[#parts + 1] = value == "" and name or name .. "=" .. value end
    i = i + 1
  end
  parts[#parts + 1] = "seed=" .. seed
  local name = table.concat(parts, "-"):gsub("[^%w%._=+-]", "_")
  if #name > 120 then name = name:sub(1, 100) .. "-" .. core.sha256_text(name):sub(1, 12) end
  return "runs/" .. name
end

local function complain(message)
  io.stderr:write("gibbs run: ", message, "\n")
  return 2
end

--- Why a run cannot be recorded in a folder; nil if it can.
local function refusal(folder, overwrite)
  local place = core.run_place(folder)
  if place == "foreign" then
    return ("'%s' is there and is no recorded run; --out names another folder"):format(folder)
  end
  local process = core.run_held(folder)
  if process then
    return ("'%s' is being written by another run (process %d); --out names another folder"):format(folder, process)
  end
  if place == "free" or overwrite then return nil end
  local before = manifest.read(folder)
  local ended = before and before.status or "damaged"
  local go_on = (ended == "killed" or ended == "interrupted") and (", gibbs resume %s goes on with it"):format(folder) or ""
  return ("'%s' holds a run already (%s); --out names another folder, --overwrite replaces it%s"):format(folder, ended, go_on)
end

local function read_script(path)
  local file, why = io.open(path, "rb")
  local text, failure
  if file then
    text, failure = file:read "a"
    file:close()
  end
  if text then return text end
  return nil, ("cannot open '%s': %s"):format(path, failure or (why:gsub("^.*: ", "")))
end

run.usage = "script.lua [the script's options] [--seed N] [--out DIR] [--overwrite]"
run.what = "Runs a script and records in a folder all that its numbers depend on: manifest.json (the script, the files that it\n"
  .. "reads, options, seed, versions, processor, how it ended), metrics.csv (a row for each run:log), results.h5 (run:save),\n"
  .. "figures/ (run:figure) and log.txt (what it prints).  gibbs replay runs it again and compares every number."
run.words = { "script" }
run.rest = true
run.options = safety.with {
  { name = "seed", kind = kinds.count(0, 2 ^ 53 | 0), help = "seed of all random numbers (default 1)", value = "N" },
  { name = "out", kind = kinds.string, help = "the folder (default: runs/ and the script's name, its options and the seed)", value = "DIR" },
  { name = "threads", kind = kinds.count(1, 1024), help = "threads to use (default: all processors); the numbers do not depend on it",
    value = "N" },
  { name = "overwrite", default = false, help = "replace the run that the folder holds" },
}

function run.run(given)
  local text, why = read_script(given.script)
  if not text then return complain(why) end
  local seed = given.seed or core.fields.seed() ~= 1 and core.fields.seed() or nil -- gibbs --seed 7 run ...
  local folder = given.out or default_folder(given.script, given.rest, seed or own_seed(text) or 1)
  folder = #folder > 1 and folder:gsub("/+$", "") or folder
  local message = refusal(folder, given.overwrite)
  if message then return complain(message) end
  if given.sandbox then core.folder_make(folder) end -- the walls stand around what is there
  local safe, reason = safety.apply(given, folder, given.script)
  if not safe then return complain(reason) end
  return require("gibbs.recorder").run {
    name = "run", path = given.script, text = text, words = given.rest, folder = folder, seed = seed, threads = given.threads,
    overwrite = given.overwrite, says_where = not given.out,
  }
end

return run

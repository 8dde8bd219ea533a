--- What options a script declares: the script is asked, in a process of its own, and runs until it would begin to work.

local _, core = ...
local command = require "gibbs.command"
local kinds = require "gibbs.kinds"
local place = require "gibbs.run_place"
local safety = require "gibbs.safety"

local declared = {}

---@class gibbs.Declared
---@field name string
---@field kind gibbs.Kind

--- The fields of a line between tabs.
local function split(line)
  local fields = {}
  for field in (line .. "\t"):gmatch "([^\t]*)\t" do fields[#fields + 1] = field end
  return fields
end

local function kind_of(fields)
  if fields[3] ~= "choice" then return kinds[fields[3]] end
  return kinds.choice(table.move(fields, 6, #fields, 1, {}))
end

--- Lines that the script printed itself are not ours.
local function read_rows(output)
  local options = {}
  for line in output:gmatch "option(\t[^\n]*)\n" do
    local fields = split("option" .. line)
    options[#options + 1] = { name = fields[2], kind = kind_of(fields) }
  end
  return options
end

local function await(set)
  while true do
    local ended = core.processes.wait(set, 3600)
    if ended then return ended end
  end
end

--- In the sandbox that the runs have, around a folder that nobody needs, and with their memory.
local function ask(script, given)
  local set, folder = core.processes.new(), given.sandbox and place.temporary "options"
  local words = { core.processes.program(), "--options" }
  local function add(more) table.move(more, 1, #more, #words + 1, words) end
  if folder then add { "run", "--out", folder } end
  add(safety.words { sandbox = given.sandbox, allow = given.allow, memory = given.memory })
  add { script }
  core.processes.start(set, 1, words, { "GOMP_SPINCOUNT=0" })
  local ended = await(set)
  if folder then pcall(core.folder_remove, folder) end
  return ended
end

---@param script string  a path
---@param given table    options of the command, with those of safety
---@return gibbs.Declared[] in the order of their declaration
function declared.of(script, given)
  local ended = ask(script, given)
  if ended.exit_code ~= 0 then command.fail(("%s does not start: %s"):format(script, (ended.errors:gsub("%s+$", "")))) end
  if not ended.output:match "end of options\n$" then
    command.fail(("%s does not say what its options are: it ends before it uses gibbs"):format(script))
  end
  return read_rows(ended.output)
end

return declared

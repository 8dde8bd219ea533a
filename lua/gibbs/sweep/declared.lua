--- What options a script declares: the script is asked, in a process of its own, and runs until it would begin to work.

local _, core = ...
local command = require "gibbs.command"
local kinds = require "gibbs.kinds"

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

---@param script string  a path
---@return gibbs.Declared[] in the order of their declaration
function declared.of(script)
  local set = core.processes.new()
  core.processes.start(set, 1, { core.processes.program(), "--options", script }, { "GOMP_SPINCOUNT=0" })
  local ended = await(set)
  if ended.exit_code ~= 0 then command.fail(("%s does not start: %s"):format(script, (ended.errors:gsub("%s+$", "")))) end
  if not ended.output:match "end of options\n$" then
    command.fail(("%s does not say what its options are: it ends before it uses gibbs"):format(script))
  end
  return read_rows(ended.output)
end

return declared

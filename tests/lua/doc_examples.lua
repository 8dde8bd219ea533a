--- Runs the examples of one room of the documentation, each in a process of its own and a folder of its own, and compares
--- what it prints with its comments: gibbs doc_examples.lua ROOM [name of an entry].
--- `print(x) --> 0.25` prints that line; "..." in it stands for anything; further lines follow as comments of their own.

local room, only = arg[1], arg[2]
local doc = require "gibbs.doc"
local support = require "support"

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function run(command)
  local pipe = assert(io.popen("env -u COLUMNS sh -c " .. quote(command) .. " 2>&1"))
  local text = pipe:read("a")
  local _, _, code = pipe:close()
  return text, code
end

local here = run("pwd"):gsub("\n", "")
local program = run("realpath " .. quote(arg[-1])):gsub("\n", "")
local folder = run("mktemp -d"):gsub("\n", "")

local function expected_lines(example)
  local lines = {}
  for line in example:gmatch("[^\n]+") do
    local text = line:match("%-%->%s?(.-)%s*$")
    if text then lines[#lines + 1] = text end
  end
  return lines
end

local function printed_lines(text)
  local lines = {}
  for line in text:gmatch("([^\n]*)\n") do lines[#lines + 1] = (line:gsub("%s+$", "")) end
  return lines
end

local function matches(line, expected)
  local pattern = "^" .. expected:gsub("%p", "%%%0"):gsub("%%%.%%%.%%%.", ".-") .. "$"
  return line and line:match(pattern) ~= nil
end

local function compare(entry, text)
  local expected, printed = expected_lines(entry.example), printed_lines(text)
  if #expected == 0 and doc.kind(entry.name) == "command" then return end
  for i = 1, math.max(#expected, #printed) do
    if not expected[i] or not matches(printed[i], expected[i]) then
      error(("line %d should be:  %s\n  it is:  %s\n%s"):format(i, expected[i] or "(none)", printed[i] or "(none)", text), 0)
    end
  end
end

--- A Lua example finds gibbs without require, as at the prompt; a command's has the program on its path.
local function command_of(entry)
  if doc.kind(entry.name) == "command" then
    return ("PATH=%s:$PATH sh -e example"):format(quote(program:match("^(.*)/") or "."))
  end
  return ("%s -e 'dofile \"example\"'"):format(quote(program))
end

local function check(entry)
  local place = ("%s/%s"):format(folder, (entry.name:gsub("[^%w]", "_")))
  run(("mkdir -p %s && ln -sfn %s/../../scripts %s/scripts"):format(quote(place), quote(here), quote(place)))
  local file = assert(io.open(place .. "/example", "w"))
  file:write(entry.example)
  file:close()
  local text, code = run(("cd %s && %s"):format(quote(place), command_of(entry)))
  if code ~= 0 then error(("exit %d\n%s"):format(code, text), 0) end
  compare(entry, text)
end

local count = 0
for entry in doc.each() do
  if entry.room == room and entry.example and (not only or entry.name == only) then
    count = count + 1
    support.test(entry.name, function() check(entry) end)
  end
end
run("rm -rf " .. quote(folder))
if count == 0 then
  print("no examples")
  os.exit(0)
end
support.finish()

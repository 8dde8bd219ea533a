--- What tests of the program's commands share: a folder of their own, scripts in it, and what a command says.

local commands = {}

--- The program that runs the test, and its scripts, as absolute paths.
local directory = assert(io.popen "pwd"):read "l"
local function absolute(path) return path:sub(1, 1) == "/" and path or directory .. "/" .. path end
commands.program = absolute(arg[-1])
commands.root = absolute((arg[0]:match "^(.*/)" or "./") .. "../..")

commands.folder = os.tmpname()
os.remove(commands.folder)
assert(os.execute("mkdir " .. commands.folder))

--- Write a file of the folder.
function commands.write(name, text)
  local file = assert(io.open(commands.folder .. "/" .. name, "wb"))
  file:write(text)
  file:close()
end

--- The content of a file of the folder, or nil.
function commands.content(name)
  local file = io.open(commands.folder .. "/" .. name, "rb")
  local text = file and file:read "a"
  if file then file:close() end
  return text
end

---Run a shell command in the folder, with gibbs as a word of it ($gibbs where a process is to be killed: the word is a
---function of the shell); what both streams said, and the exit code.
---@return string, integer
function commands.shell(command)
  local script = ("cd '%s'; gibbs='%s'; gibbs() { \"$gibbs\" \"$@\"; }; exec 2>&1; %s\n"):format(commands.folder, commands.program, command)
  local name = commands.folder .. "/.command"
  local file = assert(io.open(name, "wb"))
  file:write(script)
  file:close()
  local pipe = assert(io.popen(("sh '%s'; echo \"exit $?\""):format(name)))
  local text = pipe:read "a"
  pipe:close()
  local said, code = text:match "^(.*)exit (%d+)\n$"
  return said, math.tointeger(code)
end

---The same; it must end with this exit code.
---@return string
function commands.expect(command, code)
  local text, got = commands.shell(command)
  if got ~= (code or 0) then error(("'%s' ended with %d instead of %d:\n%s"):format(command, got, code or 0, text), 2) end
  return text
end

--- The text must contain another one.
function commands.says(text, part)
  if not text:find(part, 1, true) then error(("it does not say '%s':\n%s"):format(part, text), 2) end
end

--- Remove the folder: the last thing a test does.
function commands.clean() assert(os.execute(("rm -rf '%s'"):format(commands.folder))) end

return commands

--- For tests of commands: the program that runs the test, once more, in a folder of its own.

require "gibbs"
local core = require "gibbs.core"

local program = {}

local children, serial = core.processes.new(), 0

---Begin to run the program.
---@param ... string  its words
---@return integer # for program.await
function program.start(...)
  serial = serial + 1
  core.processes.start(children, serial, { core.processes.program(), ... }, {})
  return serial
end

local ended = {}

---Wait for a program to end.
---@return { exit_code: integer, output: string, errors: string }
function program.await(id)
  while not ended[id] do
    local one = core.processes.wait(children, 60)
    if one then ended[one.id] = one end
  end
  return ended[id]
end

---Run the program to its end.
function program.run(...) return program.await(program.start(...)) end

---Ctrl-C for all that run.
function program.interrupt() core.processes.interrupt(children) end

---Work in a folder that is new and empty, until program.leave.
function program.enter()
  program.folder = os.tmpname()
  os.remove(program.folder)
  core.folder_make(program.folder)
  assert(core.change_directory(program.folder))
end

function program.leave()
  assert(core.change_directory("/"))
  core.folder_remove(program.folder)
end

---@param path string
---@param text string
function program.write(path, text)
  local folder = path:match "^(.*)/"
  if folder then core.folder_make(folder) end
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

---The text of a file; nil if there is none.
function program.read(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a"
end

return program

--- Where a recorded run was made, and what lies there: its paths are relative to a working directory, to which who runs it
--- again goes back.

local _, core = ...
local manifest = require "gibbs.manifest"

local place = {}

local start -- the working directory of the command

---@param path string
function place.absolute(path)
  start = start or core.directory()
  return path:sub(1, 1) == "/" and path or start .. "/" .. path
end

---A folder for a run that is not kept: a name that is free.
---@param what string
---@return string
function place.temporary(what)
  local name = os.tmpname()
  os.remove(name)
  return ("%s/gibbs-%s-%s"):format(os.getenv "TMPDIR" or "/tmp", what, name:match "[^/_]*$")
end

---The options of safety as they were meant where the command was given.
---@param given table
---@return table
function place.safety(given)
  local meant = { sandbox = given.sandbox, memory = given.memory, time = given.time }
  for i, path in ipairs(given.allow or {}) do
    meant.allow = meant.allow or {}
    meant.allow[i] = place.absolute(path)
  end
  return meant
end

---Read the manifest of a run and go to the directory where it was made, if that is there.
---@param folder string  as it was given
---@return string # the folder, as seen from there
---@return table? # its manifest
---@return string? # what is wrong, if there is none
function place.enter(folder)
  folder = #folder > 1 and folder:gsub("/+$", "") or folder
  local recorded, why = manifest.read(folder)
  if not recorded then return folder, nil, why end
  local directory = recorded.directory
  if not directory or directory == core.directory() then return folder, recorded end
  folder = place.absolute(folder == "." and core.directory() or folder:gsub("^%./+", ""))
  if core.change_directory(directory) then
    folder = manifest.relative(folder, directory) -- as the script knew it
  else
    io.stderr:write(("the directory '%s', where the run was made, is not there: files are looked for from here\n"):format(directory))
  end
  return folder, recorded
end

---The files of a folder and of those in it, as paths relative to it.
---@param folder string
---@return string[]
function place.files(folder)
  local list = {}
  local function visit(path, prefix)
    for _, entry in ipairs(core.folder.read(path) or {}) do
      local name = prefix .. entry.name
      if entry.is_folder then visit(path .. "/" .. entry.name, name .. "/") else list[#list + 1] = name end
    end
  end
  visit(folder, "")
  return list
end

return place

--- Undefined globals are errors in scripts: a misspelt name is found where it is read, not as a nil somewhere else.
--- A script's main chunk may define globals; functions may only change those that exist.

local _, core = ...

local strict = {}

--- Names that libraries written for several versions of Lua ask for: nil, as ever.
local from_other_versions = {}
core.from_other_versions = from_other_versions
for name in ("unpack setfenv getfenv loadstring module jit bit bit32 newproxy gcinfo table_pack"):gmatch("%S+") do
  from_other_versions[name] = true
end

local function is_users(info) return info.what ~= "C" and not info.source:match("^=gibbs") end

local function add_locals(names, level)
  local i = 1
  local name = debug.getlocal(level + 1, i)
  while name do
    names[name] = true
    i = i + 1
    name = debug.getlocal(level + 1, i)
  end
end

local function add_upvalues(names, func)
  local i = 1
  local name = debug.getupvalue(func, i)
  while name do
    names[name] = true
    i = i + 1
    name = debug.getupvalue(func, i)
  end
end

--- What the script could have meant: the globals, and the variables of its functions that are running.
local function names_in_sight(globals)
  local names = {}
  for name in next, globals do names[name] = true end
  local level = 2
  local info = debug.getinfo(level, "Sf")
  while info do
    if is_users(info) then
      add_locals(names, level)
      add_upvalues(names, info.func)
    end
    level = level + 1
    info = debug.getinfo(level, "Sf")
  end
  names._ENV = nil
  return names
end

local leaving = "; Ctrl-D leaves the prompt, os.exit() a script"
local known_elsewhere = { gibbs = '; begin with: local gibbs = require "gibbs"', exit = leaving, quit = leaving }

--- What to do about a variable that is not there; what is forgotten most is the module.
---@param name any
---@param names table<string, any>  those that are there
---@return string
function strict.hint(name, names)
  return known_elsewhere[name] or core.hint(tostring(name), names)
end

local function read_undefined(globals, name)
  if from_other_versions[name] then return nil end
  if name == "arg" then
    core.arg_read = true
    return core.arg
  end
  core.raise(("undefined variable '%s'%s"):format(tostring(name), strict.hint(name, names_in_sight(globals))))
end

local function define(globals, name, value)
  local what = debug.getinfo(2, "S").what
  if what == "main" or what == "C" then return rawset(globals, name, value) end
  core.raise(("undefined variable '%s' is set inside a function; write 'local %s', or define it outside first"):format(
    tostring(name), tostring(name)))
end

---Make the undefined variables of a table of globals errors.
---@param globals table
function strict.install(globals)
  setmetatable(globals, { __index = read_undefined, __newindex = define })
end

return strict

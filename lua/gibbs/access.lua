--- Lua's own ways to files, seen by the check of file access that the core's files pass too (core.check_file).
---
--- A plain script sees stock Lua: the wrapped functions take the place of the library's when the program watches or guards
--- files (`access.install`).  Our own files use the library's as they are: `access.raw`.

local _, core = ...

local access = {}

--- The library's functions, as they were.
access.raw = {
  open = io.open, lines = io.lines, input = io.input, output = io.output,
  remove = os.remove, rename = os.rename, tmpname = os.tmpname,
  loadfile = loadfile, dofile = dofile, searchpath = package.searchpath,
}
local raw = access.raw

-- ---- checking --------------------------------------------------------------------------------------------

--- As io.open reports: nil, "path: message", a number.
local function refusal(path, message) return nil, ("%s: %s"):format(path, message), 13 end

--- true, or what io.open would give for a file that cannot be opened.
local function may(path, use)
  local allowed, message = core.check_file(path, use)
  if allowed then return true end
  return refusal(path, message)
end

--- The same as an error at the caller's line.
local function must(path, use, level)
  local allowed, message = core.check_file(path, use)
  if not allowed then error(("%s: %s"):format(path, message), level + 1) end
end

--- A mode that changes the file, or may.
local function use_of(mode) return mode:find("[wa+]") and "written" or "read" end

local function is_path(value) return type(value) == "string" or type(value) == "number" end

-- ---- io and os -------------------------------------------------------------------------------------------

local wrapped = { io = {}, os = {} }
access.wrapped = wrapped

function wrapped.io.open(path, mode)
  if not is_path(path) or mode ~= nil and type(mode) ~= "string" then return raw.open(path, mode) end
  path = tostring(path)
  local allowed, message, code = may(path, use_of(mode or "r"))
  if not allowed then return allowed, message, code end
  return raw.open(path, mode)
end

function wrapped.io.lines(path, ...)
  if is_path(path) then must(tostring(path), "read", 2) end
  return raw.lines(path, ...)
end

function wrapped.io.input(file)
  if is_path(file) then must(tostring(file), "read", 2) end
  return raw.input(file)
end

function wrapped.io.output(file)
  if is_path(file) then must(tostring(file), "written", 2) end
  return raw.output(file)
end

function wrapped.os.remove(path)
  local allowed, message, code = may(tostring(path), "written")
  if not allowed then return allowed, message, code end
  return raw.remove(path)
end

function wrapped.os.rename(from, to)
  for _, path in ipairs { from, to } do
    local allowed, message, code = may(tostring(path), "written")
    if not allowed then return allowed, message, code end
  end
  return raw.rename(from, to)
end

function wrapped.os.tmpname()
  local path = raw.tmpname()
  local allowed, message = core.check_file(path, "written")
  if allowed then return path end
  raw.remove(path)
  error(("os.tmpname: %s: %s"):format(path, message), 2)
end

-- ---- Lua from files --------------------------------------------------------------------------------------

function wrapped.loadfile(path, ...)
  if is_path(path) then
    local allowed, message = core.check_file(tostring(path), "loaded")
    if not allowed then return nil, ("cannot open %s: %s"):format(path, message) end
  end
  return raw.loadfile(path, ...)
end

function wrapped.dofile(path)
  if is_path(path) then must(tostring(path), "loaded", 2) end
  return raw.dofile(path)
end

--- Before the searcher of Lua files: tells of the file that it is going to load.
local function watch_search(name)
  local path = package.searchpath(name, package.path)
  if not path then return nil end
  local allowed, message = core.check_file(path, "loaded")
  if not allowed then error(("module '%s': %s: %s"):format(name, path, message), 0) end
  return nil
end

-- ---- installing ------------------------------------------------------------------------------------------

local installed = false

--- Put the wrapped functions in the place of the library's, once.
function access.install()
  if installed then return end
  installed = true
  for name, value in pairs(wrapped.io) do io[name] = value end
  for name, value in pairs(wrapped.os) do os[name] = value end
  loadfile, dofile = wrapped.loadfile, wrapped.dofile
  table.insert(package.searchers, 2, watch_search)
end

return access

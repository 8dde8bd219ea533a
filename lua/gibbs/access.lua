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

--- Where the file is, or what io.open would give for one that cannot be opened.
local function may(path, use)
  local place, message = core.check_file(path, use)
  if place then return place end
  return refusal(path, message)
end

--- A mode that changes the file, or may.
local function use_of(mode) return mode:find("[wa+]") and "written" or "read" end

--- As C sees it: a zero byte ends it.
local function path_of(value) return (tostring(value):match("^[^\0]*")) end

local function is_path(value) return type(value) == "string" or type(value) == "number" end

-- ---- io and os -------------------------------------------------------------------------------------------

local wrapped = { io = {}, os = {} }
access.wrapped = wrapped

function wrapped.io.open(path, mode)
  if not is_path(path) or mode ~= nil and type(mode) ~= "string" then return raw.open(path, mode) end
  path = path_of(path)
  local use = use_of(mode or "r")
  local place, message, code = may(path, use)
  if not place then return place, message, code end
  local file, failure, number = raw.open(place, mode)
  if not file then return file, failure, number end
  local allowed, reason = core.check_opened(file, use)
  if allowed then return file end
  file:close()
  return refusal(path, reason)
end

--- As io.open, but an error at the caller's line.
local function open_or_fail(path, mode)
  local file, message = wrapped.io.open(path, mode)
  if not file then error(message, 3) end
  return file
end

--- The file is closed at its end, as the library does.
function wrapped.io.lines(path, ...)
  if not is_path(path) then return raw.lines(path, ...) end
  local file = open_or_fail(path, "r")
  local step = file:lines(...)
  local function next_line()
    local results = table.pack(step())
    if results[1] == nil then file:close() end
    return table.unpack(results, 1, results.n)
  end
  return next_line, nil, nil, file
end

function wrapped.io.input(file)
  if is_path(file) then file = open_or_fail(file, "r") end
  return raw.input(file)
end

function wrapped.io.output(file)
  if is_path(file) then file = open_or_fail(file, "w") end
  return raw.output(file)
end

function wrapped.os.remove(path)
  local place, message, code = may(path_of(path), "written")
  if not place then return place, message, code end
  return raw.remove(place)
end

function wrapped.os.rename(from, to)
  local old, message, code = may(path_of(from), "written")
  if not old then return old, message, code end
  local new
  new, message, code = may(path_of(to), "written")
  if not new then return new, message, code end
  return raw.rename(old, new)
end

function wrapped.os.tmpname()
  local path = raw.tmpname()
  local allowed, message = core.check_file(path, "written")
  if allowed then return path end
  raw.remove(path)
  error(("os.tmpname: %s: %s"):format(path, message), 2)
end

-- ---- Lua from files --------------------------------------------------------------------------------------

---The text of a file as luaL_loadfile reads it: without a byte order mark, and without a first line for the shell.
---@param text string
function access.chunk_text(text) return (text:gsub("^\xEF\xBB\xBF", ""):gsub("^#[^\n]*", "")) end

--- What a file holds that is kept elsewhere, under its own name.
local function load_from(place, path, mode, ...)
  local file, message = raw.open(place, "rb")
  if not file then return nil, ("cannot open %s: %s"):format(path, (message:gsub("^.*: ", ""))) end
  local text = file:read "a"
  file:close()
  return load(access.chunk_text(text), "@" .. path, mode, ...)
end

function wrapped.loadfile(path, ...)
  if is_path(path) then
    local name = path_of(path)
    local place, message = core.check_file(name, "loaded")
    if not place then return nil, ("cannot open %s: %s"):format(path, message) end
    if place ~= name then return load_from(place, name, ...) end
  end
  return raw.loadfile(path, ...)
end

function wrapped.dofile(path)
  if not is_path(path) then return raw.dofile(path) end
  local chunk, message = wrapped.loadfile(path)
  if not chunk then error(message, 0) end
  return chunk()
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

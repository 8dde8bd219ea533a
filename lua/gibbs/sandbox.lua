--- The globals of a sandboxed script: those of Lua that do nothing but compute, files through the guard, and gibbs.
---
--- What a script gets is listed here; whatever is not listed is not there.  No table of the program's own is handed out, only
--- copies and views that cannot be written: our own files run outside of the sandbox, with the library as it is, and nothing
--- that a script does to its own tables may reach them.

local _, core = ...
local access = require "gibbs.access"
local strict = require "gibbs.strict"
local raw, wrapped = access.raw, access.wrapped

local sandbox = {}

local globals -- made once

-- ---- tables that a script must not change -----------------------------------------------------------------

local ours = setmetatable({}, { __mode = "k" })

--- A table of ours, and those in it, to be read only.
local function view(name, content)
  local seen = {}
  local function at(key)
    local item = content[key]
    if type(item) ~= "table" then return item end
    seen[item] = seen[item] or view(name .. "." .. tostring(key), item)
    return seen[item]
  end
  local table_view = setmetatable({}, {
    __index = function(_, key) return at(key) end,
    __newindex = function(_, key) error(("%s.%s: the sandbox lets nothing of gibbs be changed"):format(name, tostring(key)), 2) end,
    __pairs = function()
      local step, state, first = pairs(content)
      return function(_, key)
        key = step(state, key == nil and first or key)
        if key ~= nil then return key, at(key) end
      end
    end,
    __len = function() return #content end,
    __metatable = false,
  })
  ours[table_view] = true
  return table_view
end

local function copy(source, names)
  local copied = {}
  for name in names:gmatch("%S+") do copied[name] = assert(source[name], name) end
  return copied
end

--- What Lua has and the sandbox has not is said so; other names are nil, as ever.
local function refuse_rest(name, content, stock)
  return setmetatable(content, {
    __index = function(_, key)
      if stock[key] ~= nil then error(("%s.%s is not there in the sandbox"):format(name, key), 2) end
      return nil
    end,
    __metatable = false,
  })
end

-- ---- functions that can do less ---------------------------------------------------------------------------

local function safe_setmetatable(value, meta)
  if ours[value] then error("setmetatable: the sandbox lets nothing of gibbs be changed", 2) end
  if type(meta) == "table" and rawget(meta, "__gc") ~= nil then
    error("setmetatable: the sandbox has no finalizers (__gc): no limit would hold for them", 2)
  end
  return setmetatable(value, meta)
end

local function safe_rawset(value, key, item)
  if ours[value] then error("rawset: the sandbox lets nothing of gibbs be changed", 2) end
  return rawset(value, key, item)
end

--- Text only: bytecode can do anything to the process.
local function safe_load(chunk, name, mode, ...)
  if mode ~= nil and mode ~= "t" and mode ~= "bt" then
    return nil, ("load: mode is '%s'; the sandbox loads text only"):format(tostring(mode))
  end
  if select("#", ...) > 0 then return load(chunk, name, "t", (...)) end
  return load(chunk, name, "t", globals)
end

local function safe_loadfile(path, mode, ...)
  if path == nil then return nil, "loadfile: the sandbox loads files, not the standard input" end
  if mode ~= nil and mode ~= "t" and mode ~= "bt" then
    return nil, ("loadfile: mode is '%s'; the sandbox loads text only"):format(tostring(mode))
  end
  if select("#", ...) > 0 then return wrapped.loadfile(path, "t", (...)) end
  return wrapped.loadfile(path, "t", globals)
end

local function safe_dofile(path)
  local chunk, message = safe_loadfile(path)
  if not chunk then error(message, 0) end
  return chunk()
end

local function safe_collectgarbage(what, ...)
  what = what or "collect"
  if what ~= "collect" and what ~= "count" and what ~= "step" and what ~= "isrunning" then
    error(("collectgarbage: '%s' is not there in the sandbox; 'collect', 'step', 'count' and 'isrunning' are"):format(
      tostring(what)), 2)
  end
  return collectgarbage(what, ...)
end

--- Without the control messages, "@on" and "@off".
local function safe_warn(first, ...)
  if select("#", ...) == 0 and type(first) == "string" and first:sub(1, 1) == "@" then
    error(("warn: '%s' is not there in the sandbox"):format(first), 2)
  end
  warn(first, ...)
end

--- A message handler runs where hooks do not: after the error, it would escape the limit of time.
local function safe_xpcall(body, handler, ...)
  if type(handler) ~= "function" then error("xpcall: argument 'handler' is no function", 2) end
  local results = table.pack(xpcall(body, function(failure)
    return { failure = failure, calls = debug.traceback("", 2):sub(2) }
  end, ...))
  if results[1] then return table.unpack(results, 1, results.n) end
  local caught = results[2]
  if type(caught) ~= "table" or caught.calls == nil then return false, handler(caught) end
  sandbox.calls = caught.calls
  local handled = table.pack(pcall(handler, caught.failure))
  sandbox.calls = nil
  return false, table.unpack(handled, 2, handled.n)
end

--- In a handler of xpcall, the calls that led to the error.
local function safe_traceback(first, second, level)
  if type(first) == "thread" then return debug.traceback(first, second, level) end
  if first ~= nil and type(first) ~= "string" and type(first) ~= "number" then return first end
  if sandbox.calls then return (first and first .. "\n" or "") .. sandbox.calls end
  return debug.traceback(first, (second or 1) + 1)
end

-- ---- modules ------------------------------------------------------------------------------------------------

--- Our own files that are made for scripts; the others are for the program.
local for_scripts = { "study", "images", "teachers", "equations" }

local package_view = {
  path = "./?.lua;./?/init.lua",
  config = package.config,
  loaded = {},
  preload = {},
}

function package_view.searchpath(name, path, separator, replacement)
  local tried = {}
  name = tostring(name):gsub("%.", "/")
  for template in tostring(path):gmatch("[^;]+") do
    local where = template:gsub("%?", (name:gsub("%%", "%%%%")))
    local allowed, message = core.check_file(where, "loaded")
    local file = allowed and raw.open(where, "r")
    if file then
      file:close()
      return where
    end
    tried[#tried + 1] = allowed and ("no file '%s'"):format(where) or ("'%s': %s"):format(where, message)
  end
  return nil, table.concat(tried, "\n\t")
end

local function find_module(name)
  local loader = package_view.preload[name]
  if loader then return loader, ":preload:" end
  local where, message = package_view.searchpath(name, package_view.path)
  if not where then error(("module '%s' not found:\n\t%s"):format(name, message), 3) end
  local chunk, failure = safe_loadfile(where)
  if not chunk then error(("error loading module '%s' from file '%s':\n\t%s"):format(name, where, failure), 3) end
  return chunk, where
end

local function safe_require(name)
  if type(name) ~= "string" then error("require: the name of a module is a string", 2) end
  local loaded = package_view.loaded[name]
  if loaded ~= nil then return loaded end
  local own = name:match("^gibbs%.(.*)$")
  if own then
    for _, known in ipairs(for_scripts) do
      if known == own then
        package_view.loaded[name] = view(name, require(name))
        return package_view.loaded[name]
      end
    end
    error(("module '%s' is not there in the sandbox"):format(name), 2)
  end
  local loader, where = find_module(name)
  local value = loader(name, where)
  if value ~= nil then package_view.loaded[name] = value end
  if package_view.loaded[name] == nil then package_view.loaded[name] = true end
  return package_view.loaded[name], where
end

-- ---- the tables ----------------------------------------------------------------------------------------------

local function make_io()
  local content = copy(io, "read write close type stdin stdout stderr")
  for _, name in ipairs { "open", "lines", "input", "output" } do content[name] = wrapped.io[name] end
  return refuse_rest("io", content, io)
end

local function make_os()
  local content = copy(os, "time date clock difftime")
  content.remove, content.rename = wrapped.os.remove, wrapped.os.rename
  return refuse_rest("os", content, os)
end

local function make_globals()
  local made = copy(_G,
    "assert error getmetatable ipairs next pairs pcall select tonumber tostring type rawequal rawget rawlen print _VERSION")
  made.setmetatable, made.rawset, made.xpcall = safe_setmetatable, safe_rawset, safe_xpcall
  made.load, made.loadfile, made.dofile, made.require = safe_load, safe_loadfile, safe_dofile, safe_require
  made.collectgarbage, made.warn = safe_collectgarbage, safe_warn
  made.math = copy(math,
    "abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi rad random randomseed sin "
    .. "sqrt tan tointeger type ult")
  made.table = copy(table, "concat insert move pack remove sort unpack")
  made.utf8 = copy(utf8, "char charpattern codepoint codes len offset")
  made.coroutine = copy(coroutine, "close create isyieldable resume running status wrap yield")
  made.string = refuse_rest("string", copy(string,
    "byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper"), string)
  made.io, made.os = make_io(), make_os()
  made.debug = refuse_rest("debug", { traceback = safe_traceback }, debug)
  made.package = refuse_rest("package", package_view, package)
  made._G = made
  return made
end

--- What all code shares, the program's own too: methods of strings, metatables.
local function protect_shared()
  string.dump = function() error("string.dump is not there in the sandbox", 2) end -- ("").dump finds it
  getmetatable("").__metatable = false
  debug.getregistry()["FILE*"].__metatable = false
end

---The globals of the sandboxed script, made at the first call.
---@return table
function sandbox.globals()
  if globals then return globals end
  globals = make_globals()
  access.install()
  protect_shared()
  package_view.loaded._G, package_view.loaded.gibbs = globals, view("gibbs", require "gibbs")
  for _, name in ipairs { "string", "table", "math", "io", "os", "coroutine", "utf8", "debug", "package" } do
    package_view.loaded[name] = globals[name]
  end
  if rawget(_G, "gibbs") then globals.gibbs = package_view.loaded.gibbs end
  strict.install(globals)
  getmetatable(globals).__metatable = false
  return globals
end

return sandbox

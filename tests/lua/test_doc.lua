--- The documentation and the program say the same: every function, method, field, command and option has an entry, and every
--- entry names something that exists.

local gibbs = require "gibbs"
local core = package.loaded["gibbs.core"]
local doc = require "gibbs.doc"
local support = require "support"
local test = support.test

--- Fails with a list of names.
local function none(list, what)
  if #list == 0 then return end
  table.sort(list)
  error(("%d %s:\n    %s"):format(#list, what, table.concat(list, "\n    ")), 0)
end

-- ---- what exists -----------------------------------------------------------------------------------------------

--- name -> value of everything in the module
local function module_names()
  local names = {}
  for field in pairs(core.names()) do
    local value = gibbs[field]
    if type(value) == "table" and not getmetatable(value) or type(value) == "table" and getmetatable(value) == false then
      for member, fn in next, value do names[("gibbs.%s.%s"):format(field, member)] = fn end
    else
      names["gibbs." .. field] = value
    end
  end
  return names
end

local function fits(P, Q)
  local kl = gibbs.kl(P, Q)
  local place = os.tmpname()
  local path = place .. ".h5"
  local how = gibbs.pcd{ chains = 8, burn = 1 }
  local options = { estimate = how, steps = 2, checkpoint = path, held_out = kl, subject_to = { gibbs.mean(Q, Q.H), equals = 0 } }
  local list = { gibbs.minimize(kl, Q, options) }
  options.resume = true
  list[2] = gibbs.minimize(kl, Q, options)
  for _, end_of_name in ipairs { "", ".h5", ".h5.previous" } do os.remove(place .. end_of_name) end
  list[3] = gibbs.minimize(kl, Q, { steps = 2, subject_to = { gibbs.mean(Q, Q.H), equals = 0 } })
  return list
end

local function states(P, Q)
  local seen
  local see = function(c)
    seen = c
    return 0
  end
  gibbs.objective{ model = Q, target = P, value = see, weight = function(c) return 0 * c.P end }:value()
  return seen
end

--- Result tables: some of each kind, made by a small calculation; several where they differ in their fields.
local function records()
  local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
  local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2) }
  local series = P:chains{ n = 8 }:record{ observables = { energy = P.H }, sweeps = 64, warm_up = 0, keep = true }
  local fit = fits(P, Q)
  local history = {}
  for _, one in ipairs(fit) do
    for _, row in ipairs(one.history) do history[#history + 1] = row end
  end
  return {
    estimate = { P:free_energy(), P:free_energy(gibbs.ais{ chains = 8, temperatures = 10 }), series:mean "energy",
      (series:bootstrap(function(m) return m.energy end)) },
    fit = fit,
    ["training record"] = history,
    solution = { gibbs.kaufman(3, 3, 0.3), gibbs.onsager(0.3) },
    check = { gibbs.kl(P, Q):check(), gibbs.kl(P, Q):check(gibbs.pcd{ chains = 8, burn = 10 }) },
    autocorrelation = { gibbs.autocorrelation { 1, 2, 1, 3, 2, 1, 2, 3 } },
    states = { states(P, Q) },
    vmcrg = { gibbs.rg.vmcrg{ lattice = { 4, 4 }, K = { nearest = 0.2 }, rule = "majority", operators = { "nearest" }, replicas = 4,
      steps = 8, sweeps = 2, measured = 8 } },
    ladder = { P:chains{ n = 8, kernel = "tempering" }:ladder() },
  }
end

local commands = core.host.commands()

-- ---- entries ---------------------------------------------------------------------------------------------------

local entries = {}
for entry in doc.each() do entries[entry.name] = entry end

test("every entry keeps to the form of entries", function() none(doc.complaints, "complaints") end)

test("every function of the module has an entry", function()
  local missing = {}
  for name in pairs(module_names()) do
    if not entries[name] then missing[#missing + 1] = name end
  end
  none(missing, "without an entry")
end)

local function missing_members(list, mark)
  local missing = {}
  for _, class in ipairs(doc.catalog().classes) do
    for name in pairs(class[list]) do
      if not doc.entry(class.name .. mark .. name) then missing[#missing + 1] = class.name .. mark .. name end
    end
  end
  return missing
end

test("every method of every class has an entry", function() none(missing_members("methods", ":"), "without an entry") end)
test("every field of every class has an entry", function() none(missing_members("fields", "."), "without an entry") end)

local made = records()

test("every field of every result has an entry", function()
  local missing = {}
  for name, list in pairs(made) do
    for _, record in ipairs(list) do
      for field in next, record do
        local full = name .. "." .. tostring(field)
        if type(field) == "string" and not entries[full] and not missing[full] then
          missing[full] = true
          missing[#missing + 1] = full
        end
      end
    end
  end
  none(missing, "without an entry")
end)

test("every command has an entry", function()
  local missing = {}
  for _, command in ipairs(commands) do
    if not entries["gibbs " .. command.name] then missing[#missing + 1] = "gibbs " .. command.name end
  end
  none(missing, "without an entry")
end)

test("the flags that an entry of a command tells of are options of the command", function()
  local strange = {}
  for name, entry in pairs(entries) do
    local known = {}
    for _, flag in ipairs(doc.flags(entry)) do known[flag[1]:match("^%S+")] = true end
    for _, parameter in ipairs(doc.kind(name) == "command" and entry.parameters or {}) do
      for flag in parameter[1]:gmatch("%-%-[%w%-]+") do
        if not known[flag] then strange[#strange + 1] = name .. " " .. flag end
      end
    end
  end
  none(strange, "that the command does not have")
end)

test("the signature of a command is its usage", function()
  for name, entry in pairs(entries) do
    if doc.kind(name) == "command" then support.same(entry.signature, doc.call(entry), name) end
  end
end)

test("every table of options is told of by an entry", function()
  local told, missing = {}, {}
  for entry in doc.each() do
    for _, item in ipairs(type(entry.options) == "table" and entry.options or { entry.options }) do told[item] = true end
  end
  for _, table in ipairs(doc.catalog().options) do
    if not told[table.who] and not missing[table.who] then
      missing[table.who] = true
      missing[#missing + 1] = table.who
    end
  end
  none(missing, "with options that no entry tells of (options = the name)")
end)

-- ---- what entries name -------------------------------------------------------------------------------------------

local functions = module_names()

local function exists(name)
  local kind = doc.kind(name)
  if kind == "function" then return functions[name] ~= nil or rawget(core.fields, name:match("^gibbs%.([%w_]+)$") or "") ~= nil end
  if kind == "command" then
    for _, command in ipairs(commands) do
      if "gibbs " .. command.name == name then return true end
    end
    for _, option in ipairs(core.host.options()) do
      if "gibbs " .. option.long == name then return true end
    end
    return false
  end
  if kind == "class" then return doc.class(name) ~= nil or made[name] ~= nil end
  local owner, mark, member = name:match("^([%l_ ]+)([.:])([%w_]+)$")
  local class = doc.class(owner)
  if class then return class[mark == ":" and "methods" or "fields"][member] ~= nil end
  for _, record in ipairs(made[owner] or {}) do
    local found, value = pcall(function() return record[member] end)
    if found and (value ~= nil or mark == ".") then return true end
  end
  return false
end

test("every entry names something that exists", function()
  local strange = {}
  for name in pairs(entries) do
    if not exists(name) then strange[#strange + 1] = name end
  end
  none(strange, "of nothing that exists")
end)

test("every name under 'see' has an entry", function()
  local strange = {}
  for name, entry in pairs(entries) do
    for _, other in ipairs(entry.see or {}) do
      if not doc.entry(other) and #require("gibbs.manual").topics(other) == 0 then strange[#strange + 1] = name .. ": " .. other end
    end
  end
  none(strange, "of nothing that exists")
end)

local plain_types = {}
for name in ("number integer boolean string table function nil any"):gmatch("%S+") do plain_types[name] = true end

local function is_type(text)
  text = text:gsub("%[%]$", ""):gsub("^%s+", ""):gsub("%s+$", "")
  return plain_types[text] or doc.class(text) ~= nil or made[text] ~= nil
end

test("the types of parameters, fields and results are classes, or Lua's own", function()
  local strange = {}
  local function check(name, types)
    for text in types:gmatch("[^|,]+") do
      if not is_type(text) then strange[#strange + 1] = ("%s: '%s'"):format(name, text) end
    end
  end
  for name, entry in pairs(entries) do
    for _, parameter in ipairs(entry.parameters or {}) do check(name, parameter[2]) end
    if entry.returns then check(name, entry.returns) end
  end
  none(strange, "of an unknown type")
end)

test("functions, methods and commands have an example", function()
  local missing = {}
  for name, entry in pairs(entries) do
    local kind = doc.kind(name)
    if (kind == "function" or kind == "method" or kind == "command") and not entry.example then missing[#missing + 1] = name end
  end
  none(missing, "without an example")
end)

-- ---- the checker -------------------------------------------------------------------------------------------------

local function refuses(entry, text)
  local complaint = table.concat(doc.check(entry), "\n")
  if not complaint:find(text, 1, true) then error(("expected '%s', got '%s'"):format(text, complaint), 2) end
end

test("an entry that is not one is told so", function()
  refuses({}, "'name' is missing")
  refuses({ name = "gibbs.kl", signature = "gibbs.kl()" }, "'what' is missing")
  refuses({ name = "gibbs.kl", what = "x" }, "'signature' is missing")
  refuses({ name = "gibbs.kl", what = "x", signature = "gibbs.lk()" }, "the signature is one of 'gibbs.lk'")
  refuses({ name = "gibbs.kl", what = "x", signature = "gibbs.kl(P, Q)", parameters = { { "P", "data", "x" } } },
    "the signature takes (P, Q), parameters are (P)")
  refuses({ name = "gibbs.kl", what = "x", signature = "gibbs.kl(P)", parameters = { { "P", "data" } } }, "parameter 1 has no text")
  refuses({ name = "gibbs.kl", what = "x", signature = "gibbs.kl()", options = "gibbs.lk" }, "there are no option rows of 'gibbs.lk'")
  refuses({ name = "gibbs.rbm", what = "x", signature = "gibbs.rbm{ visibel }", options = "gibbs.rbm" },
    "'visibel' of the signature is none of its options")
  refuses({ name = "gibbs.kl", what = "x", signature = "gibbs.kl()", exmaple = "x" }, "field 'exmaple' is none of an entry; did you mean 'example'?")
end)

test("an entry that is right has no complaints", function()
  support.same(doc.check { name = "gibbs.rbm", what = "x", signature = "gibbs.rbm{ visible, hidden, W?, init = 0, ... }",
    options = "gibbs.rbm", parameters = { { "init?", "tensor", "more of it" } } }, {})
  support.same(doc.check { name = "data:split", what = "x", signature = "data:split(options?)", options = "data:split" }, {})
  support.same(doc.check { name = "gibbs.minimize", what = "x", signature = "gibbs.minimize(f, Q, { method?, ... })",
    options = "gibbs.minimize", parameters = { { "f", "expression", "x" }, { "Q", "distribution", "x" } } }, {})
end)

-- ---- the rows are all there ----------------------------------------------------------------------------------------

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local sources = {}
for path in assert(io.popen("ls ../../src/lua/*.c")):lines() do sources[path:match("([%w_]+)%.c$")] = read(path) end
local options_header, class_header = read "../../src/lua/gl_options.h", read "../../src/lua/gl_class.h"

--- Rows that are no table of a function's: the kernel 'tempering' reads its own.
local apart = { tempering_rows = true }

test("every table of option rows in the bindings is one of the catalog", function()
  local missing, count = {}, 0
  for file, text in pairs(sources) do
    for name in text:gmatch("static const gl_option ([%w_]+)%[%]") do
      count = count + 1
      if not apart[name] and not text:find(".rows = " .. name, 1, true) and not text:find("? " .. name, 1, true)
        and not text:find(": " .. name .. ")", 1, true) then missing[#missing + 1] = ("%s.c: %s"):format(file, name) end
    end
    for name in text:gmatch("const gl_option_table gl_([%w_]+)_tables%[%] =") do
      if not options_header:find(("ROW(%s)"):format(name), 1, true) then missing[#missing + 1] = ("%s.c: gl_%s_tables"):format(file, name) end
    end
  end
  none(missing, "that help does not know (gl_option_table, GL_OPTION_TABLES)")
  if count < 20 then error("only " .. count .. " tables were found in the sources") end
end)

--- Classes that our own Lua files alone see.
local hidden = { run_folder = true, metrics = true, transcript = true }

test("every class with methods or fields is one of the catalog", function()
  local missing, count = {}, 0
  for file, text in pairs(sources) do
    for name, body in text:gmatch("const gl_class gl_([%w_]+) = (%b{})") do
      count = count + 1
      local seen = body:find("methods = ", 1, true) or body:find(".getters = ", 1, true)
      if seen and not hidden[name] and not class_header:find(("ROW(%s)"):format(name), 1, true) then missing[#missing + 1] = ("%s.c: gl_%s"):format(file, name) end
    end
  end
  none(missing, "that help does not know (GL_CLASSES)")
  if count < 10 then error("only " .. count .. " classes were found in the sources") end
end)

-- ---- pages -------------------------------------------------------------------------------------------------------

local manual = require "gibbs.manual"
local page = require "gibbs.page"

test("help finds every function and every method that it is given", function()
  local strange = {}
  for name, value in pairs(functions) do
    local first = type(value) == "function" and entries[name] and manual.about_value(value, 1000)[1]
    if first and first ~= entries[name].signature then strange[#strange + 1] = ("%s: %s"):format(name, first) end
  end
  for _, class in ipairs(doc.catalog().classes) do
    for name, method in pairs(class.methods) do
      local entry = doc.entry(class.name .. ":" .. name)
      local first = manual.about_value(method, 1000)[1]
      local same = functions["gibbs." .. name] == method and entries["gibbs." .. name].signature or entry and entry.signature or first
      if first ~= same then strange[#strange + 1] = ("%s:%s: %s"):format(class.name, name, first) end
    end
  end
  none(strange, "with another page")
end)

test("every name of an entry leads to its page", function()
  for name, entry in pairs(entries) do
    local full = doc.kind(name) == "class" and "class " .. name or name
    local topic = manual.topics(full)[1]
    support.same(topic and topic.name, full)
    if doc.kind(name) == "function" then support.same(manual.topics(name:gsub("^gibbs%.", ""))[1].name, entry.name) end
  end
end)

test("pages keep to their width, but for examples", function()
  local wide = {}
  for _, width in ipairs { 60, 80 } do
    for name, entry in pairs(entries) do
      for _, line in ipairs(page.entry(entry, width)) do
        if line == "  Example" then break end
        if utf8.len(line) > width and line:match("%S%s+%S") and not line:match("^%s*%S+$") then
          wide[#wide + 1] = ("%s at %d: %s"):format(name, width, line)
        end
      end
    end
  end
  none(wide, "lines that are too long")
end)

test("the overview tells how to get help, and names every function and command", function()
  local text = table.concat(manual.overview(80), "\n")
  support.same(text:sub(1, 7), "help(x)")
  local missing = {}
  for name in pairs(entries) do
    local kind = doc.kind(name)
    if (kind == "function" or kind == "command") and not text:find(name, 1, true) then missing[#missing + 1] = name end
  end
  none(missing, "that it does not name")
end)

support.finish()

--- The names that a script's code reads and sets, also where it never runs: out of the bytecode that Lua makes of it.

local _, core = ...
local strict = require "gibbs.strict"

local names_read = {}

-- ---- reading bytecode (Lua 5.4's ldump.c) --------------------------------------------------------------

--- A reader of the bytes of a dump: each function takes what comes next.
local function reader(bytes)
  local at = 1
  local read = {}
  function read.skip(count) at = at + count end
  function read.byte()
    at = at + 1
    return bytes:byte(at - 1)
  end
  --- Seven bits a byte, the highest first; the last byte has its top bit set.
  function read.size()
    local value, byte = 0, nil
    repeat
      byte = read.byte()
      value = value << 7 | byte & 0x7F
    until byte & 0x80 ~= 0
    return value
  end
  function read.text()
    local size = read.size()
    if size == 0 then return nil end
    at = at + size - 1
    return bytes:sub(at - size + 1, at - 1)
  end
  function read.instruction()
    at = at + 4
    return (("<I4"):unpack(bytes, at - 4))
  end
  function read.list(item)
    local list = {}
    for i = 1, read.size() do list[i] = item() end
    return list
  end
  return read
end

local FLOAT, INTEGER, SHORT, LONG = 0x13, 0x03, 0x04, 0x14

local function read_constant(read)
  local kind = read.byte()
  if kind == FLOAT or kind == INTEGER then
    read.skip(8)
  elseif kind == SHORT or kind == LONG then
    return read.text()
  end
  return false
end

local function read_function(read, above)
  local f = { source = read.text() or above, line = read.size(), last_line = read.size() }
  read.skip(3)
  f.code = read.list(read.instruction)
  f.constants = read.list(function() return read_constant(read) end)
  f.upvalues = read.list(function() read.skip(3) return {} end)
  f.inner = read.list(function() return read_function(read, f.source) end)
  f.line_steps = read.list(function() local step = read.byte() return step < 128 and step or step - 256 end)
  f.lines_at = {}
  read.list(function()
    local place = read.size()
    f.lines_at[place] = read.size()
    return true
  end)
  f.variables = read.list(function() return { name = read.text(), from = read.size(), to = read.size() } end)
  local names = read.list(function() return read.text() or false end)
  for i, upvalue in ipairs(f.upvalues) do upvalue.name = names[i] end
  return f
end

local HEAD = 4 + 1 + 1 + 6 + 3 + 8 + 8 + 1 -- mark, version, format, data, sizes, an integer, a number, upvalues

-- ---- names ---------------------------------------------------------------------------------------------

local GETTABUP, GETFIELD, SETTABUP, ABSOLUTE = 11, 14, 15, -128

--- The variable that lives in a register at a place of the code.
local function variable_at(f, register, place)
  local alive = 0
  for _, variable in ipairs(f.variables) do
    if variable.from <= place and place < variable.to then
      if alive == register then return variable.name end
      alive = alive + 1
    end
  end
end

--- Calls note(use, table, field, line, main): "read" or "set" of `table`.`field`, where the table is a variable of that name.
local function visit(f, note)
  local line = f.line
  for i, instruction in ipairs(f.code) do
    local place, step = i - 1, f.line_steps[i] or 0
    line = step == ABSOLUTE and f.lines_at[place] or line + (step == ABSOLUTE and 0 or step)
    local operation, a = instruction & 0x7F, instruction >> 7 & 0xFF
    local b, c = instruction >> 16 & 0xFF, instruction >> 24 & 0xFF
    if operation == GETTABUP then
      note("read", f.upvalues[b + 1].name, f.constants[c + 1], line, f)
    elseif operation == SETTABUP then
      note("set", f.upvalues[a + 1].name, f.constants[b + 1], line, f)
    elseif operation == GETFIELD then
      note("read", variable_at(f, b, place), f.constants[c + 1], line, f)
    end
  end
  for _, inner in ipairs(f.inner) do visit(inner, note) end
end

local function add_variables(f, names)
  for _, variable in ipairs(f.variables) do
    if variable.name and variable.name:match("^%a") then names[variable.name] = true end
  end
  for _, inner in ipairs(f.inner) do add_variables(inner, names) end
end

local function walk(chunk, note, names)
  local read = reader(string.dump(chunk))
  read.skip(HEAD)
  local main = read_function(read)
  visit(main, note)
  if names then add_variables(main, names) end
end

--- Whether this Lua's bytecode is what is read here.
local function is_understood()
  local seen
  local ok = pcall(walk, load("\n\nlocal x = name_of_a_test", "=test"), function(_, table, field, line) seen = { table, field, line } end)
  return ok and seen and seen[1] == "_ENV" and seen[2] == "name_of_a_test" and seen[3] == 3
end

---@class gibbs.NameUse
---@field name string  of a global, or of a field
---@field line integer

---The globals and the fields of a table that a chunk uses.
---@param chunk function
---@param table_name string  of the variable whose fields are wanted
---@return { read: gibbs.NameUse[], fields: gibbs.NameUse[], set: table<string, true>, set_inside: gibbs.NameUse[], variables: table<string, true> }? # nil where this Lua's bytecode is another
function names_read.of(chunk, table_name)
  if not is_understood() then return nil end
  local found = { read = {}, fields = {}, set = {}, set_inside = {}, variables = {} }
  walk(chunk, function(use, table_, field, line, f)
    if not field then return end
    local item = { name = field, line = line }
    if table_ == "_ENV" and use == "read" then
      found.read[#found.read + 1] = item
    elseif table_ == "_ENV" and f.line == 0 then
      found.set[field] = true
    elseif table_ == "_ENV" then
      found.set_inside[#found.set_inside + 1] = item
    elseif table_ == table_name and use == "read" then
      found.fields[#found.fields + 1] = item
    end
  end, found.variables)
  return found
end

---What is wrong with the names of a script: globals that nobody defines, functions that gibbs does not have.
---@param chunk function
---@param globals table  those that are there
---@return { line: integer, message: string }[]
function names_read.problems(chunk, globals)
  local found, problems = names_read.of(chunk, "gibbs"), {}
  if not found then return problems end
  local known = {}
  for name in next, globals do known[name] = true end
  for name in pairs(found.set) do known[name] = true end
  for name in pairs(known) do found.variables[name] = true end
  local function add(line, message) problems[#problems + 1] = { line = line, message = message } end
  for _, use in ipairs(found.read) do
    if not known[use.name] and not core.from_other_versions[use.name] and use.name ~= "arg" then
      add(use.line, ("undefined variable '%s'%s"):format(use.name, strict.hint(use.name, found.variables)))
    end
  end
  for _, use in ipairs(found.set_inside) do
    if not known[use.name] then
      add(use.line, ("undefined variable '%s' is set inside a function; write 'local %s', or define it outside first"):format(use.name, use.name))
    end
  end
  local functions = core.names()
  for _, use in ipairs(found.fields) do
    if not functions[use.name] then add(use.line, ("gibbs.%s: no such function%s"):format(use.name, core.hint(use.name, functions))) end
  end
  table.sort(problems, function(a, b) return a.line < b.line end)
  return problems
end

return names_read

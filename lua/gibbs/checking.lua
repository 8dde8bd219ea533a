--- A script run for what it would do: every call checks its arguments and works on the real objects, but for a few steps and
--- sweeps only; what it writes goes to a folder that is thrown away.  Notes what was asked, what was found, and where.

local _, core = ...
local budgets = require "gibbs.budgets"
local fields = core.fields

local checking = {}

---@class gibbs.Finding
---@field place string    "script.lua:12"
---@field message string

checking.problems = {}  ---@type gibbs.Finding[]
checking.notes = {}     ---@type gibbs.Finding[] what could not be looked at, and why
checking.models = {}    -- { place, text, exact, count } in the order in which they were made
checking.calls = {}     -- { place, who, work, seconds, count } of what takes long

local function add_once(list, place, message)
  for _, item in ipairs(list) do
    if item.place == place and item.message == message then return end
  end
  list[#list + 1] = { place = place, message = message }
end

function checking.problem(place, message) add_once(checking.problems, place, message) end
function checking.note(place, message) add_once(checking.notes, place, message) end

-- ---- calls ---------------------------------------------------------------------------------------------

local factors = setmetatable({}, { __mode = "k" }) -- way to estimate -> { factor, work }

local function note_call(place, who, work, seconds)
  for _, call in ipairs(checking.calls) do
    if call.place == place and call.who == who then
      call.seconds, call.count = call.seconds + seconds, call.count + 1
      return
    end
  end
  checking.calls[#checking.calls + 1] = { place = place, who = who, work = work, seconds = seconds, count = 1 }
end

--- A call of the original with its place and its time noted; `whole(seconds)` is what the whole of it would take.
local function timed(who, factor, work, original, arguments, whole)
  local place, start = core.place(), fields.clock()
  local results = table.pack(original(table.unpack(arguments, 1, arguments.n)))
  local seconds = fields.clock() - start
  seconds = whole and whole(seconds) or seconds * factor
  if factor > 1 or seconds > 0.05 then note_call(place, who, table.concat(work, ", "), seconds) end
  return results
end

--- Ways to estimate among the arguments: what they were cut by.
local function factor_of(arguments, position)
  local factor, work = 1, {}
  local function look(value)
    local cut_by = value ~= nil and factors[value]
    if not cut_by then return end
    factor = factor * cut_by.factor
    for _, text in ipairs(cut_by.work) do work[#work + 1] = text end
  end
  for i = 1, arguments.n do look(arguments[i]) end
  local options = arguments[position]
  if type(options) == "table" then
    look(options.estimate)
    look(options.free_energy)
  end
  return factor, work
end

--- Steps of a minimisation are timed one by one, without what comes before the first and what the script does in `watch`:
--- gives what the whole would take, from the time that its two steps took.
local function watch_steps(options, factor)
  local theirs, last, step = options.watch, nil, nil
  options.watch = function(record)
    step, last = last and fields.clock() - last, nil
    local answer
    if theirs then answer = theirs(record) end
    last = fields.clock()
    return answer
  end
  return function(seconds)
    if not step then return seconds * factor end
    return math.max(0, seconds - budgets.most.steps * step) + factor * budgets.most.steps * step
  end
end

local is_way = {} -- the names of functions that make ways to estimate
for _, list in ipairs(core.catalog().lists) do
  for _, row in ipairs(list.name == "estimators" and list.rows or {}) do is_way[row.name] = true end
end

local function cuts(who, original, rows, rows_of_all, before)
  local position = budgets.position(who)
  local makes_way = is_way[who:match("^gibbs%.(%w+)$")]
  return core.wrap(function(...)
    local arguments = table.pack(...)
    local of_ways, work_of_ways = factor_of(arguments, position)
    local factor, work = budgets.cut(arguments, position, rows, rows_of_all)
    table.move(work_of_ways, 1, #work_of_ways, #work + 1, work)
    if makes_way then
      local way = original(table.unpack(arguments, 1, arguments.n))
      factors[way] = { factor = factor * of_ways, work = work }
      return way
    end
    if before then before(arguments) end
    local whole
    if who == "gibbs.minimize" and type(arguments[3]) == "table" and (arguments[3].watch == nil or type(arguments[3].watch) == "function") then
      whole = watch_steps(arguments[3], factor * of_ways)
    end
    local results = timed(who, factor * of_ways, work, original, arguments, whole)
    if who == "gibbs.minimize" then rawset(results[1], "converged", true) end
    return table.unpack(results, 1, results.n)
  end)
end

--- A function that takes ways to estimate.
local function uses(who, original)
  return core.wrap(function(...)
    local arguments = table.pack(...)
    local factor, work = factor_of(arguments, 2)
    local results = timed(who, factor, work, original, arguments)
    return table.unpack(results, 1, results.n)
  end)
end

-- ---- gradients -----------------------------------------------------------------------------------------

local most_units, most_parameters = 14, 400

local function size_of(expression)
  local size = 1
  for _, extent in ipairs(expression:shape()) do size = size * extent end
  return size
end

--- Whether differences of exact sums are quick for what is varied: few units, few parameters.
local function is_small(model)
  local methods = core.members(model, true)
  if not methods or not methods.parameters then return false end
  local ok, units = pcall(size_of, model.visible)
  local count = 0
  for _, parameter in pairs(model:parameters()) do count = count + size_of(parameter) end
  return ok and units <= most_units and count <= most_parameters
end

local originals = {} -- methods that take ways to estimate, as they were
local checked = setmetatable({}, { __mode = "k" })

--- Before a minimisation: its gradient by differences, where that takes no time.
local function check_gradient(arguments)
  local objective, model = arguments[1], arguments[2]
  if checked[objective] or not pcall(core.members, objective, true) or type(model) ~= "userdata" or not is_small(model) then return end
  checked[objective] = true
  local methods = core.members(objective, true)
  if not methods or not methods.check then return end
  local ok, check = pcall(originals.check, objective)
  if not ok or check.ok then
    if ok then checking.gradients = (checking.gradients or 0) + check.components end
    return
  end
  checking.problem(core.place(), ("gibbs.minimize: the gradient of the objective is not that of its value: by %s[%d] it is %.4g, and %.4g by differences")
    :format(check.parameter, check.element, check.gradient, check.difference))
end

-- ---- models --------------------------------------------------------------------------------------------

--- "2^16 visible states: possible (at most 2^30)": what Q:describe() says of exact sums, without how.
local function exact_of(model)
  local ok, text = pcall(function() return tostring(model:describe()) end)
  local line = ok and text:match("\nexact%s+([^\n]*)")
  if not line then return nil end
  local what, how = line:match("^([^,:]*).*(: [^:]*)$")
  return what and what .. how or line
end

local function note_model(model)
  local place = core.place()
  for _, known in ipairs(checking.models) do
    if known.place == place then
      known.count = known.count + 1
      return
    end
  end
  checking.models[#checking.models + 1] = { place = place, text = tostring(model), exact = exact_of(model), count = 1 }
end

local function makes_model(original)
  return core.wrap(function(...)
    local model = original(...)
    note_model(model)
    return model
  end)
end

-- ---- installing ----------------------------------------------------------------------------------------

--- Objects whose classes have methods that work long.
local function examples()
  local model = fields.rbm { visible = fields.bits(1), hidden = fields.bits(1) }
  local chains = model:chains { n = 2 }
  return { distribution = model, chains = chains, expression = fields.free_energy(model),
    series = chains:record { observables = { e = model.H }, sweeps = 40 } }
end

local takes_ways = { distribution = { "free_energy", "mean", "entropy", "sample" }, expression = { "value", "gradient", "check", "hessian" } }

--- who -> all rows of its tables, and the names that every one of them has.
local function tables_by_function()
  local found = {}
  for _, list in ipairs(core.catalog().options) do
    local entry = found[list.who] or { rows = {}, tables = 0, seen = {}, of_all = {} }
    found[list.who], entry.tables = entry, entry.tables + 1
    for _, row in ipairs(list.rows) do
      if not entry.seen[row.name] then entry.rows[#entry.rows + 1] = row end
      entry.seen[row.name] = (entry.seen[row.name] or 0) + 1
    end
  end
  for _, entry in pairs(found) do
    for name, count in pairs(entry.seen) do entry.of_all[name] = count == entry.tables end
  end
  return found
end

local function install_cuts(objects)
  for who, entry in pairs(tables_by_function()) do
    local class, method = who:match("^(%w+):(%w+)$")
    local room, name = who:match("^gibbs%.(.-)%.?([%w_]+)$")
    local home = room and (room == "" and fields or fields[room]) or class and objects[class] and core.members(objects[class], true)
    local key = name or method
    if home and budgets.concern(entry.rows) and home[key] then
      home[key] = cuts(who, home[key], entry.rows, entry.of_all, who == "gibbs.minimize" and check_gradient or nil)
    end
  end
end

local function install_uses(objects)
  for class, names in pairs(takes_ways) do
    local methods = core.members(objects[class], true)
    for _, name in ipairs(names) do
      originals[name] = methods[name]
      methods[name] = uses(class .. ":" .. name, methods[name])
    end
  end
end

--- A script that stops itself may do so because less was done than it asked for.
local function install_errors()
  local raise, insist = error, assert
  function error(message, level)
    checking.raised = message
    level = level or 1
    raise(message, level > 0 and level + 1 or level)
  end
  function assert(truth, ...)
    if truth then return insist(truth, ...) end
    local message = select("#", ...) > 0 and (...) or "assertion failed!"
    checking.raised = message
    raise(message, 2)
  end
end

--- Figures are checked, and not drawn.
local function install_figures()
  local gnuplot = require "gibbs.plot.gnuplot"
  gnuplot.draw = function(who, path)
    local place, message = core.check_file(path, "written")
    if not place then core.raise(("%s: '%s': %s"):format(who, path, message)) end
  end
end

--- Other programs are not run; a script that ends itself has come to its end.
local function install_programs()
  local leave = os.exit
  function os.execute(command)
    if command == nil then return true end
    checking.note(core.place(), ("would run a program, which was not run: %s"):format(command))
    return true, "exit", 0
  end
  function io.popen(command) core.raise(("io.popen: gibbs check runs no other programs: %s"):format(command)) end
  function os.exit(code, close)
    if debug.getinfo(2, "S").source == "=gibbs.options" then -- --help, or a misspelt flag
      core.host.mute(false)
      leave(code, close)
    end
    checking.left = true
    error("the script ends itself", 0)
  end
end

---From now on calls do less than they are asked to, and say that it sufficed: a script has to be seen to its end.
function checking.begin()
  core.hopeful(true)
  local seed = fields.seed()
  local objects = examples()
  fields.seed(seed) -- as if nothing had been drawn
  install_cuts(objects)
  install_uses(objects)
  for _, name in ipairs { "rbm", "boltzmann", "ising" } do fields[name] = makes_model(fields[name]) end
  install_errors()
  install_figures()
  install_programs()
end

---Whether the message is that of an error which the script raised itself, after it was given less than it asked for.
function checking.is_own(message)
  local raised = budgets.used and checking.raised
  return type(raised) == "string" and message:sub(-#raised) == raised
end

local of_too_little = { "do not overlap", "draw more samples", "too short", "effective samples", "cannot be trusted" }

---Whether the message is about samples that are too few, after fewer were drawn than the script asked for.
function checking.is_of_too_little(message)
  for _, words in ipairs(of_too_little) do
    if budgets.used and message:find(words, 1, true) then return true end
  end
  return false
end

return checking

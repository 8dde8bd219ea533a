--- Budgets: options that say how long a call works, and the most that is done of each when a script is only looked at.

local budgets = {
  used = false, -- whether anything did less than it was asked
}

budgets.most = { steps = 2, restarts = 1, cg_steps = 3, sweeps = 16, burn = 4, k = 2, resamples = 20, every = 4 }
local most_temperatures, most_annealed = 8, 16

local most = budgets.most

--- Where a function's options stand, when not first, or second of a method.
local positions = { ["gibbs.minimize"] = 3, ["series:bootstrap"] = 3 }

--- What an option says without being given, where a default is longer than the budget.
local function add_default(row, options, rows_of_all)
  if rows_of_all[row.name] ~= true or options[row.name] ~= nil then return end
  local initial = math.type(row.initial) and math.tointeger(row.initial)
  if initial and initial > most[row.name] then return initial end
end

local function is_legal(value, row)
  local whole = math.type(value) and math.tointeger(value)
  return whole and whole >= (row.low or 0) and whole <= (row.high or math.huge) and whole
end

--- The factor by which an option is cut, and the option cut.
local function cut(row, options, rows_of_all)
  local limit = most[row.name]
  if row.name == "sweeps" and options.every then limit = limit * (is_legal(options.every, { low = 1 }) or 1) end
  limit = math.max(limit, math.tointeger(row.low or 0) or 0)
  local asked = options[row.name] == nil and add_default(row, options, rows_of_all) or is_legal(options[row.name], row)
  if not asked or asked <= limit then return 1, asked end
  options[row.name] = limit
  return asked / limit, asked
end

--- Betas thinned out, the ends kept.
local function cut_temperatures(options)
  local asked = options.temperatures
  if math.type(asked) then
    if asked > most_temperatures then options.temperatures = most_temperatures end
    return math.max(1, asked / most_temperatures), asked
  end
  if type(asked) ~= "table" or #asked <= most_temperatures + 1 then return 1 end
  local thin = {}
  for i = 0, most_temperatures do thin[i + 1] = asked[1 + (i * (#asked - 1)) // most_temperatures] end
  options.temperatures = thin
  return (#asked - 1) / most_temperatures, #asked - 1
end

local function word(count, name) return ("%s %s"):format(count, name) end

--- Cut what a table of options asks for: the options cut, the factor, and the work asked for in words.
local function budget(rows, options, rows_of_all)
  local short, factor, work = {}, 1, {}
  for name, value in pairs(options) do short[name] = value end
  for _, row in ipairs(rows) do
    if most[row.name] and row.kind == "integer" and row.name ~= "every" then
      local times, asked = cut(row, short, rows_of_all)
      if row.name ~= "burn" and row.name ~= "cg_steps" then factor = factor * times end
      if asked and times > 1 then work[#work + 1] = word(asked, row.name) end
    elseif row.name == "warm_up" and math.type(short.warm_up) and short.warm_up > most.burn then
      short.warm_up = most.burn
    elseif row.name == "temperatures" then
      local times, asked = cut_temperatures(short)
      factor = factor * times
      if asked then work[#work + 1] = word(asked, row.name) end
      local chains = short.chains
      if math.type(chains) and chains > most_annealed then
        factor = factor * chains / most_annealed
        short.chains = most_annealed
        work[#work + 1] = word(chains, "chains")
      end
    end
  end
  if factor > 1 then budgets.used = true end
  return short, factor, work
end

--- A plain number in the place of the options, as in chains:advance(1000).
local function cut_number(arguments, position, rows)
  local row = rows[1]
  for _, each in ipairs(rows) do
    if each.name == "sweeps" then row = each end
  end
  local asked = is_legal(arguments[position], row)
  if row.name ~= "sweeps" or not asked or asked <= most.sweeps then return 1, {} end
  arguments[position], budgets.used = most.sweeps, true
  return asked / most.sweeps, { word(asked, "sweeps") }
end

--- Cut the work that a call asks for in its options: gives the factor and the words.
---@param arguments table  packed; the options in it are replaced by others
---@param position integer
---@param rows table[]      of all tables of options that the function may read
---@param rows_of_all table<string, boolean>  the names that all of these tables have
---@return number, string[]  by what factor the whole would take longer, and the work asked for in words
function budgets.cut(arguments, position, rows, rows_of_all)
  local options = arguments[position]
  if math.type(options) then return cut_number(arguments, position, rows) end
  if options ~= nil and type(options) ~= "table" then return 1, {} end
  local short, factor, work = budget(rows, options or {}, rows_of_all)
  if options or next(short) then
    arguments[position], arguments.n = short, math.max(arguments.n, position)
  end
  return factor, work
end

---The place of a function's options among its arguments.
---@param who string  "gibbs.minimize", "chains:record"
function budgets.position(who) return positions[who] or (who:find(":", 1, true) and 2 or 1) end

---Whether any row of options is one of work.
function budgets.concern(rows)
  for _, row in ipairs(rows) do
    if most[row.name] or row.name == "temperatures" or row.name == "warm_up" then return true end
  end
  return false
end

return budgets

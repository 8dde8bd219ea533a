--- Help for studies: numbers out of tensors, derivatives by differences, tables on paper and in files, known values.
--- local study = require "gibbs.study"

local _, core = ...
local gibbs = require "gibbs"

local study = {}

--- Tensors, nested tables and numbers as one flat list, in row-major order.
function study.flatten(value, list)
  list = list or {}
  if type(value) == "userdata" then value = value:table() end
  if type(value) ~= "table" then
    list[#list + 1] = value
    return list
  end
  for _, item in ipairs(value) do study.flatten(item, list) end
  return list
end

--- The largest entry, without its sign, of a tensor, a nested table or a table by name.
function study.largest(value)
  if type(value) == "userdata" then value = value:table() end
  if type(value) ~= "table" then return math.abs(value) end
  local most = 0
  for _, item in pairs(value) do most = math.max(most, study.largest(item)) end
  return most
end

--- The largest difference between the entries of two values of one shape.
function study.distance(a, b)
  local x, y, most = study.flatten(a), study.flatten(b), 0
  assert(#x == #y, "study.distance: two values of different sizes")
  for i = 1, #x do
    local difference = math.abs(x[i] - y[i])
    if not (difference <= most) then most = difference end -- NaN stays
  end
  return most
end

--- All configurations of n units with the given values, the first unit fastest: { { -1, -1 }, { 1, -1 }, ... }.
function study.configurations(n, values)
  local all = {}
  for index = 0, math.tointeger((#values) ^ n) - 1 do
    local configuration, rest = {}, index
    for i = 1, n do
      configuration[i] = values[rest % #values + 1]
      rest = rest // #values
    end
    all[index + 1] = configuration
  end
  return all
end

-- The values of a flat list from `place` on, in the shape of a nested table; returns it and the place after.
local function shaped(like, list, place)
  if type(like) ~= "table" then return list[place], place + 1 end
  local filled = {}
  for i, item in ipairs(like) do filled[i], place = shaped(item, list, place) end
  return filled, place
end

local function names_in_order(parameters)
  local names = {}
  for name in pairs(parameters) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The parameters of a distribution, or a table of tensors by name, as one flat list, in alphabetical order.
function study.vector(values)
  if type(values) == "userdata" then values = values:parameters() end
  local list = {}
  for _, name in ipairs(names_in_order(values)) do study.flatten(values[name], list) end
  return list
end

--- Give a distribution the parameters of such a list.
function study.put(Q, list)
  local parameters, place = Q:parameters(), 1
  for _, name in ipairs(names_in_order(parameters)) do
    local values
    values, place = shaped(parameters[name]:table(), list, place)
    Q:set(name, values)
  end
end

--- Give a distribution parameters that are all 0.
function study.zero(Q)
  for name in pairs(Q:parameters()) do Q:set(name, 0) end
end

--- Give a distribution normal random parameters, drawn with math.random.
function study.randomize(Q, deviation)
  local list = study.vector(Q)
  for i = 1, #list do
    list[i] = deviation * math.sqrt(-2 * math.log(1 - math.random())) * math.cos(2 * math.pi * math.random())
  end
  study.put(Q, list)
end

-- Weights of f(x + k h) - f(x - k h) in a sixth-order central difference, times 60 h.
local DIFFERENCE = { 45, -9, 1 }

-- slope + weight (above - below), through nested tables.
local function accumulate(slope, above, below, weight)
  if type(above) == "number" then return (slope or 0) + weight * (above - below) end
  slope = slope or {}
  for key in pairs(above) do slope[key] = accumulate(slope[key], above[key], below[key], weight) end
  return slope
end

--- Derivatives by x[i] of the numbers in f(x), a number or a nested table, by central differences of sixth order:
--- about twelve digits for smooth f.
function study.slope(f, x, i, step)
  step = step or 0.01
  local centre, slope = x[i], nil
  for k, weight in ipairs(DIFFERENCE) do
    x[i] = centre + k * step
    local above = f(x)
    x[i] = centre - k * step
    slope = accumulate(slope, above, f(x), weight / (60 * step))
  end
  x[i] = centre
  return slope
end

--- log(sum(exp(x))) of a list.
function study.log_sum_exp(list)
  local top, sum = -math.huge, 0
  for _, x in ipairs(list) do top = math.max(top, x) end
  for _, x in ipairs(list) do sum = sum + math.exp(x - top) end
  return top + math.log(sum)
end

--- The free energy and the probabilities of states whose energies are listed, by plain sums.
function study.boltzmann(energies)
  local logs, probability = {}, {}
  for s = 1, #energies do logs[s] = -energies[s] end
  local F = -study.log_sum_exp(logs)
  for s = 1, #energies do probability[s] = math.exp(F - energies[s]) end
  return F, probability
end

--- The probabilities of a list of configurations.
function study.probabilities(D, states)
  local list = study.flatten(D:log_probability(states))
  for s = 1, #list do list[s] = math.exp(list[s]) end
  return list
end

--- The mean under D of the gradient of Q's Hamiltonian, as one flat list in the order of study.vector.
function study.mean_slope(Q, D)
  local slopes = {}
  for name in pairs(Q:parameters()) do slopes[name] = D:mean(gibbs.grad(Q.H, Q[name])).value end
  return study.vector(slopes)
end

--- The signs of the eigenvalues of an objective's Hessian, as "1+ 12 zero 0-", and the eigenvalues, ascending.
function study.signature(objective)
  local eigenvalues = study.flatten(gibbs.eigenvalues((objective:hessian())))
  local above, below, width = 0, 0, 1e-6 * math.max(1, study.largest(eigenvalues))
  for _, x in ipairs(eigenvalues) do
    if x > width then above = above + 1 elseif x < -width then below = below + 1 end
  end
  return ("%d+ %d zero %d-"):format(above, #eigenvalues - above - below, below), eigenvalues
end

-- ---- tables ------------------------------------------------------------------------------------------

local function cell_text(cell, format)
  if cell == nil then return "-" end
  if type(cell) == "number" then
    return ((format or "%g"):format(cell):gsub("^%-(0%.?0*)$", "%1")) -- no "-0.000"
  end
  return tostring(cell)
end

-- Lengths in characters, not bytes, so that columns stay straight under any title.
local function pad(text, width, right)
  local space = (" "):rep(width - utf8.len(text))
  return right and space .. text or text .. space
end

--- Times, and what follows from them: a replay does not compare such columns.
local function is_volatile(column) return column.volatile or column[1]:match "seconds$" ~= nil end

local function print_row(cells, widths, columns)
  local run, last = gibbs.run(), #columns
  while last > 1 and cells[last] == "" do last = last - 1 end
  for c = 1, last do
    local text = "  " .. pad(cells[c], widths[c], columns[c][2] ~= nil)
    if c == last then text = text:gsub("%s+$", "") end
    if is_volatile(columns[c]) then run:write_note(text) else io.write(text) end
  end
  print()
end

--- Print rows under titles.  columns = { { "title" }, { "title", "%.6f" }, ... }: with a format a column is one of
--- numbers and set to the right.  Cells that are nil print as "-"; each row is a list with n cells.  A column of times has
--- `volatile = true`, or a title that ends in "seconds".
function study.table(columns, rows)
  local texts, widths, titles = {}, {}, {}
  for c, column in ipairs(columns) do
    titles[c], widths[c] = column[1], utf8.len(column[1])
  end
  for r, row in ipairs(rows) do
    texts[r] = {}
    for c, column in ipairs(columns) do
      texts[r][c] = cell_text(row[c], column[2])
      widths[c] = math.max(widths[c], utf8.len(texts[r][c]))
    end
  end
  print_row(titles, widths, columns)
  for _, cells in ipairs(texts) do print_row(cells, widths, columns) end
end

--- The same rows as a CSV file with all digits; a cell that is nil is left empty.  Its place is gibbs.run():path(name).
function study.csv(path, columns, rows)
  local header, lines = {}, {}
  for c, column in ipairs(columns) do
    header[c] = column[1]
    if is_volatile(column) then gibbs.run():volatile(column[1]) end
  end
  for r, row in ipairs(rows) do
    lines[r] = {}
    for c = 1, #columns do lines[r][c] = row[c] == nil and gibbs.null or row[c] end
  end
  gibbs.write(path, { header = header, rows = lines })
end

--- A section's title and what it is about, wrapped.
function study.section(title, text)
  print(("\n%s\n%s"):format(title, ("-"):rep(utf8.len(title))))
  local line = ""
  for word in (text or ""):gmatch "%S+" do
    if #line + #word > 110 then
      print(line)
      line = word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  if line ~= "" then print(line) end
end

-- ---- known values --------------------------------------------------------------------------------------

local Known = {}
Known.__index = Known

--- A list of known values to be held against what was found.
function study.known() return setmetatable({ compared = 0, failures = {} }, Known) end

--- Hold `found` against `expected`: absolutely below 1, relatively above.
function Known:same(what, found, expected, tolerance)
  self.compared = self.compared + 1
  local error = type(found) == "number" and math.abs(found - expected) / math.max(1, math.abs(expected))
  if not error or not (error <= tolerance) then
    self.failures[#self.failures + 1] = ("%s is %s, known to be %.12g"):format(what, tostring(found), expected)
  end
end

--- A statement that has to hold.
function Known:holds(what, condition)
  self.compared = self.compared + 1
  if not condition then self.failures[#self.failures + 1] = what .. " does not hold" end
end

--- Print the tally; an error if anything failed.
function Known:finish()
  for _, failure in ipairs(self.failures) do print("  FAILED: " .. failure) end
  if #self.failures > 0 then error(("%d of %d known values do not hold"):format(#self.failures, self.compared), 0) end
  print(("  all %d known values hold"):format(self.compared))
end

return study

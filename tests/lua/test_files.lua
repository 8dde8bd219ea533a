--- gibbs.read and gibbs.write: values of Lua survive each format, and mistakes are told in words.
local gibbs = require "gibbs"
local support = require "support"
local test, expect_error, same = support.test, support.expect_error, support.same

local base = os.tmpname()
local made = { base }

local function path(ending)
  made[#made + 1] = base .. ending
  return base .. ending
end

local function text_file(ending, text)
  local name = path(ending)
  local file = assert(io.open(name, "wb"))
  file:write(text)
  file:close()
  return name
end

local function text_of(name)
  local file = assert(io.open(name, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function back(ending, value)
  local name = path(ending)
  gibbs.write(name, value)
  return gibbs.read(name)
end

test("JSON gives tables back, with every digit", function()
  local value = { name = "ring", K = { 0.1, 1 / 3, 5e-324, -1.7976931348623157e308 }, nested = { { 1, 2 }, { 3, { x = true } } }, none = {} }
  same(back(".json", value), value)
end)

test("whole numbers of JSON are integers as they are written, except large ones and -0", function()
  local read = gibbs.read(text_file(".json", "[3, 3.0, -2147483648, 1e10, 2.5, -0.0]"))
  local kinds = {}
  for i, x in ipairs(read) do kinds[i] = math.type(x) end
  same(kinds, { "integer", "integer", "integer", "float", "float", "float" })
  assert(1 / read[6] == -math.huge)
end)

test("null is gibbs.null, both ways", function()
  local read = gibbs.read(text_file(".json", '{"a": null, "b": [1, null]}'))
  assert(read.a == gibbs.null and read.b[2] == gibbs.null and read.a ~= nil)
  assert(tostring(gibbs.null) == "null")
  assert(back(".json", { gibbs.null, 2 })[1] == gibbs.null)
end)

test("equal tables make equal files, whatever the order of their keys", function()
  local a, b = {}, {}
  for i = 1, 50 do a["k" .. i] = i end
  for i = 50, 1, -1 do b["k" .. i] = i end
  gibbs.write(path(".json"), a)
  local first = text_of(base .. ".json")
  gibbs.write(path(".json"), b)
  assert(text_of(base .. ".json") == first)
end)

test("a tensor is nested arrays in JSON and a tensor in npy, npz and HDF5", function()
  local t = gibbs.tensor { { 1, 2.5, 3 }, { 4, 5, -6 } }
  same(back(".json", t), t:table())
  same(back(".npy", t):table(), t:table())
  same(back(".npy", t):shape(), { 2, 3 })
  same(back(".npz", { W = t, b = { 1, 2 } }).W:table(), t:table())
  same(back(".h5", { W = t }).W:table(), t:table())
end)

test("a parameter is written with its present values", function()
  local W = gibbs.parameter("W", { 2, 2 }, 0.25)
  same(back(".npy", W):table(), { { 0.25, 0.25 }, { 0.25, 0.25 } })
end)

test("HDF5 keeps groups, strings, booleans and attributes", function()
  local value = { ["@units"] = "J", flag = true, n = 0.5, words = { "a", "λ", "" }, none = gibbs.null, group = { deep = { s = "x" } } }
  local read = back(".hdf5", value)
  assert(read.none == gibbs.null)
  value.none, read.none = nil, nil
  same(read, value)
end)

test("HDF5 keeps attributes of data sets, and names with an @ that are none", function()
  local value = { W = 2.5, ["W@units"] = "J", ["W@range"] = { 0, 1 }, word = "x", ["word@note"] = "y", group = { x = 1 }, ["group@a"] = 3, ["u@v"] = 4 }
  local read = back(".h5", value)
  read["W@range"] = read["W@range"]:table()
  same(read, value)
end)

test("CSV columns come back by name and in order", function()
  local read = back(".csv", { columns = { "K", "name", "F" }, K = { 0.1, 0.2 }, name = { "a, \"b\"", "12" }, F = gibbs.tensor { -1.5, 2 } })
  same(read.columns, { "K", "name", "F" })
  same(read.K, { 0.1, 0.2 })
  same(read.name, { "a, \"b\"", "12" })
  same(read.F, { -1.5, 2 })
end)

test("CSV rows with a header, and NaN and infinity", function()
  local read = back(".csv", { header = { "x", "y" }, rows = { { 1, 0 / 0 }, { math.huge, -math.huge } } })
  assert(read.y[1] ~= read.y[1] and read.x[2] == math.huge and read.y[2] == -math.huge)
end)

test("a CSV file of numbers alone is a tensor", function()
  same(back(".csv", { { 1, 2 }, { 3, 4.5 } }):table(), { { 1, 2 }, { 3, 4.5 } })
end)

test("rows are appended below what is there, in any form; the bits of what was there stay", function()
  local name = base .. "-rows.csv"
  made[#made + 1] = name
  gibbs.append(name, { K = { 1 / 3 }, word = { "12" } })
  gibbs.append(name, { header = { "word", "K" }, rows = { { "a,b", 0.2 }, { "", 5e-324 } } })
  gibbs.append(name, { columns = { "K", "word" }, K = gibbs.tensor { -0.0 }, word = { "NA" } })
  local read = gibbs.read(name)
  same(read.columns, { "K", "word" })
  same(read.K, { 1 / 3, 0.2, 5e-324, -0.0 })
  same(read.word, { "12", "a,b", "", "NA" })
end)

test("tensors are appended along the first axis", function()
  for _, ending in ipairs { "-t.npy", "-t.csv", "-t.idx" } do
    local name = base .. ending
    made[#made + 1] = name
    gibbs.append(name, { { 1, 2 }, { 3, 4 } })
    gibbs.append(name, gibbs.tensor { { 5, 6 } })
    same(gibbs.read(name):table(), { { 1, 2 }, { 3, 4 }, { 5, 6 } })
  end
end)

test("items are appended beside those that are there, within groups too", function()
  local name = base .. "-items.h5"
  made[#made + 1] = name
  gibbs.append(name, { a = 1, fits = { first = gibbs.tensor { 1, 2 } } })
  gibbs.append(name, { b = "x", fits = { second = 3, ["@note"] = "y" } })
  local read = gibbs.read(name)
  same(read.fits.first:table(), { 1, 2 })
  read.fits.first = nil
  same(read, { a = 1, b = "x", fits = { second = 3, ["@note"] = "y" } })
  local list = base .. "-list.json"
  made[#made + 1] = list
  gibbs.append(list, { 1, { x = 2 } })
  gibbs.append(list, { gibbs.tensor { 3 } })
  same(gibbs.read(list), { 1, { x = 2 }, { 3 } })
end)

test("NA stands for a missing number, and only where it is not a word", function()
  local read = gibbs.read(text_file(".csv", 'x,y,z\n1,NA,"NA"\nNA,a,b\n'))
  assert(read.x[1] == 1 and read.x[2] ~= read.x[2])
  same(read.y, { "NA", "a" })
  same(read.z, { "NA", "b" })
end)

test("a written file replaces the old one whole, or not at all", function()
  local name = path(".json")
  gibbs.write(name, { 1 })
  expect_error(function() gibbs.write(name, { 1, 0 / 0 }) end, "[2] is nan, which JSON cannot hold")
  same(gibbs.read(name), { 1 })
end)

test("data are never run as code", function()
  expect_error(function() gibbs.read(text_file(".json", "os.exit(1)")) end, "line 1, column 1: expected a value, found 'o'")
end)

local function deep(levels)
  local value = {}
  for _ = 1, levels do value = { value } end
  return value
end
local endless = {}
endless[1] = endless

--- name of the test -> function, text of the error
local errors = {
  { "a missing file", function() gibbs.read("nowhere.json") end,
    "gibbs.read: 'nowhere.json': cannot be opened: No such file or directory" },
  { "an unknown ending", function() gibbs.read("x.txt") end,
    "gibbs.read: 'x.txt': unknown ending '.txt'; the format is chosen by .json, .csv, .csv.gz, .npy, .npz, .h5, .hdf5, .idx or .idx.gz" },
  { "no ending", function() gibbs.write("x", 1) end, "gibbs.write: 'x': the name has no ending" },
  { "a path of another type", function() gibbs.read(3) end, "gibbs.read: argument 'path' is 3; it must be a string" },
  { "a mistake in JSON", function() gibbs.read(text_file(".json", '{\n  "a": [1 2]\n}')) end,
    "line 2, column 11: expected ',' or ']', found '2'" },
  { "a ragged CSV", function() gibbs.read(text_file(".csv", "a,b\n1\n")) end,
    "line 2, column 1: this row has 1 fields, but the first row has 2" },
  { "garbage in npy", function() gibbs.read(text_file(".npy", "garbage garbage")) end,
    "not a NumPy array: it does not begin with \\x93NUMPY" },
  { "garbage in npz", function() gibbs.read(text_file(".npz", "PK garbage")) end, "damaged archive: its directory is missing" },
  { "garbage in HDF5", function() gibbs.read(text_file(".h5", "garbage")) end, "not a readable HDF5 file" },
  { "a function", function() gibbs.write(base .. ".json", { f = { print } }) end,
    "gibbs.write: the value holds a function at f[1]; it must hold numbers, strings, booleans, gibbs.null, tensors, distributions, and tables of them" },
  { "an expression", function() gibbs.write(base .. ".json", { gibbs.spins(3) }) end, "at [1]; it must hold numbers" },
  { "nil", function() gibbs.write(base .. ".json", nil) end, "the value holds nil; it must hold" },
  { "a mixture of names and numbers", function() gibbs.write(base .. ".json", { 1, x = 2 }) end,
    "the table has both names and numbers as keys" },
  { "a fraction as a key", function() gibbs.write(base .. ".json", { [1.5] = 2 }) end,
    "the table has the key 1.5; keys are names, or 1 to n without holes" },
  { "a table that holds itself", function() gibbs.write(base .. ".json", endless) end, "nested more than 200 levels deep" },
  { "an integer that is no double", function() gibbs.write(base .. ".json", { (1 << 53) + 1 }) end,
    "the value holds 9007199254740993 at [1]; it must hold integers that a double holds exactly" },
  { "text that is not UTF-8", function() gibbs.write(base .. ".json", { x = "\xFF" }) end, "x is a string that is not UTF-8 text" },
  { "a list in npz", function() gibbs.write(base .. ".npz", { 1, 2 }) end, "an .npz file holds arrays by name" },
  { "columns of two lengths", function() gibbs.write(base .. ".csv", { a = { 1, 2 }, b = { 1 } }) end,
    "column 'b' has 1 values and column 'a' 2" },
  { "too many arguments", function() gibbs.write(base .. ".json", 1, 2) end, "gibbs.write: 3 arguments given; it takes at most 2" },
}
for _, row in ipairs(errors) do
  test(row[1], function() expect_error(row[2], row[3]) end)
end

test("200 levels are not too deep", function() same(back(".json", deep(199)), deep(199)) end)

for _, name in ipairs(made) do os.remove(name) end
support.finish()

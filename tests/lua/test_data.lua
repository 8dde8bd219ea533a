--- Data: read from every format, cut to parts, made binary; the digits that come along, and MNIST where it is.
local gibbs = require "gibbs"
local support = require "support"
local test, expect_error, same, near = support.test, support.expect_error, support.same, support.near

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

local function written(ending, value)
  local name = path(ending)
  gibbs.write(name, value)
  return name
end

local function exists(name)
  local file = io.open(name, "rb")
  if file then file:close() end
  return file ~= nil
end

-- ---- reading -------------------------------------------------------------------------------------------------

local rows = { { 1, 0, 1 }, { 0, 0, 1 } }

for _, ending in ipairs { ".idx", ".npy", ".csv", ".json" } do
  test("data are read from " .. ending, function() same(gibbs.data(written(ending, rows)):rows():table(), rows) end)
end

for _, ending in ipairs { ".npz", ".h5" } do
  test("the one array of configurations in " .. ending .. " is found", function()
    same(gibbs.data(written(ending, { images = rows, labels = { 3, 4 } })):rows():table(), rows)
  end)
end

test("columns of a CSV with names are data", function()
  same(gibbs.data(text_file(".csv", "x,y\n1,2\n3,4\n")):rows():table(), { { 1, 2 }, { 3, 4 } })
end)

test("data keep the axes of a configuration", function()
  local data = gibbs.data(gibbs.tensor { { { 1, 2 }, { 3, 4 } }, { { 5, 6 }, { 7, 8 } }, { { 1, 1 }, { 1, 1 } } })
  same(data:shape(), { 3, 2, 2 })
  same(data:rows():table()[2], { 5, 6, 7, 8 })
  same(data:tensor():table()[2], { { 5, 6 }, { 7, 8 } })
  same(data:head(2):shape(), { 2, 2, 2 })
  assert(tostring(data) == "data: 3 configurations of 2x2 units", tostring(data))
end)

-- ---- changing ------------------------------------------------------------------------------------------------

test("a threshold gives bits or spins", function()
  local data = gibbs.data { { 0.2, 0.5, 0.7 } }
  same(data:binarise():rows():table(), { { 0, 0, 1 } })
  same(data:binarise({ threshold = 0.4, as = "spins" }):rows():table(), { { -1, 1, 1 } })
  same(gibbs.data({ { 3, 9 } }):binarise({ threshold = 8 }):rows():table(), { { 0, 1 } })
end)

test("probabilities give what the seed says", function()
  local data = gibbs.data(gibbs.tensor { { 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1 } })
  local function drawn(seed) return table.concat(data:binarise({ probability = true, seed = seed }):rows():table()[1], " ") end
  assert(drawn(5) == drawn(5) and drawn(5) ~= drawn(6))
  assert(drawn(5):match("^0") and drawn(5):match("1[.0]*$"))
end)

test("scaling, then a split of images and labels alike", function()
  local images, labels = {}, {}
  for i = 1, 50 do images[i], labels[i] = { i, i }, { i } end
  local train, held = gibbs.data(images):scale({ high = 50 }):split { test = 0.3, seed = 4 }
  local train_labels, held_labels = gibbs.data(labels):split { test = 0.3, seed = 4 }
  assert(train:count() == 35 and held:count() == 15)
  for i, row in ipairs(train:rows():table()) do near(row[1], train_labels:rows():get(i, 1) / 50) end
  for i, row in ipairs(held:rows():table()) do near(row[2], held_labels:rows():get(i, 1) / 50) end
end)

test("the seed of the session is the seed of a split", function()
  local list = {}
  for i = 1, 40 do list[i] = { i } end
  local data = gibbs.data(list)
  gibbs.seed(9)
  local _, by_session = data:split()
  local _, by_option = data:split { seed = 9 }
  same(by_session:rows():table(), by_option:rows():table())
  gibbs.seed(1)
end)

-- ---- the digits, and MNIST -----------------------------------------------------------------------------------

test("the digits that come along are 1,797 images of 8x8 levels from 0 to 16, and their labels", function()
  local digits = gibbs.data("../../scripts/data/digits-images.idx.gz")
  same(digits:shape(), { 1797, 8, 8 })
  same(digits:tensor():table()[1][2], { 0, 0, 13, 15, 10, 15, 5, 0 })
  local total = 0
  for _, row in ipairs(digits:rows():table()) do for _, x in ipairs(row) do total = total + x end end
  assert(total == 561718, total)
  local counts = {}
  for _, digit in ipairs(gibbs.read("../../scripts/data/digits-labels.idx.gz"):table()) do
    counts[digit + 1] = (counts[digit + 1] or 0) + 1
  end
  same(counts, { 178, 182, 177, 183, 181, 182, 181, 179, 174, 180 })
  same(digits:scale({ high = 16 }):binarise({ as = "spins" }):head(5):shape(), { 5, 8, 8 })
end)

local mnist = os.getenv "GIBBS_MNIST" or "../../../shared/data"
if exists(mnist .. "/train-images-idx3-ubyte.gz") then
  test("MNIST's training images", function()
    local images = gibbs.read(mnist .. "/train-images-idx3-ubyte.gz")
    same(images:shape(), { 60000, 28, 28 })
    near(gibbs.sum(images) / 47040000, 33.318421449829934, 1e-13)
    same(gibbs.read(mnist .. "/t10k-images-idx3-ubyte.gz"):shape(), { 10000, 28, 28 })
  end)
  test("MNIST's labels", function()
    local labels = gibbs.read(mnist .. "/train-labels-idx1-ubyte.gz")
    same(labels:shape(), { 60000 })
    assert(labels:get(1) == 5 and labels:get(2) == 0 and labels:get(60000) == 8)
  end)
else
  print(("skipped: MNIST (no train-images-idx3-ubyte.gz in %s; GIBBS_MNIST may name another folder)"):format(mnist))
end

-- ---- mistakes ------------------------------------------------------------------------------------------------

local data = gibbs.data { { 0, 1 }, { 1, 3 } }

--- name of the test -> function, text of the error
local errors = {
  { "text in a CSV", function() gibbs.data(text_file(".csv", "x,y\n1,2\n3,four\n")) end, "column 'y' holds 'four' in row 2; data are numbers" },
  { "names without rows", function() gibbs.data(text_file(".csv", "x,y\n")) end, "has names of columns and no row" },
  { "an empty field", function() gibbs.data(text_file(".csv", "x,y\n1,\n3,4\n")) end, "': row 1, column 2 holds nan; data must be finite" },
  { "several arrays", function() gibbs.data(written(".npz", { a = rows, b = rows })) end,
    "holds 'a', 'b'; choose one array of configurations by gibbs.data(gibbs.read(path).name)" },
  { "a list of labels", function() gibbs.data(written(".idx", { 1, 2 })) end, "it must be a tensor or table of configurations, one a row" },
  { "a JSON of something else", function() gibbs.data(text_file(".json", '[[1, "x"]]')) end, "a number expected at [1][2], got a string" },
  { "more than there is", function() data:head(3) end, "data:head: argument 'n' is 3; it must" },
  { "a misspelt kind", function() data:binarise { as = "spin" } end, "did you mean 'spins'?" },
  { "a threshold and a probability", function() data:binarise { threshold = 0.5, probability = true } end, "exclude each other" },
  { "values that are no probabilities", function() data:binarise { probability = true } end,
    "data:binarise: row 2, column 2 holds 3, which is not in [0, 1] as probabilities are; scale the data first" },
  { "values beyond the threshold that was not given", function() data:binarise() end, "scale the data first, or give a threshold" },
  { "a range without end", function() data:scale { low = 1 } end, "data:scale: option 'high' is missing; it must be a number, the value that becomes 1" },
  { "a range that is too small", function() data:scale { high = 2 } end, "data:scale: row 2, column 2 holds 3, which is not in [0, 2]" },
  { "a part of nothing", function() data:split { test = 0.1 } end, "a test part of 0.1 leaves one of the parts of 2 configurations empty" },
  { "a part above 1", function() data:split { test = 2 } end, "data:split: option 'test' is 2" },
}
for _, row in ipairs(errors) do
  test(row[1], function() expect_error(row[2], row[3]) end)
end

for _, name in ipairs(made) do os.remove(name) end
support.finish()

--- Figures: each ending gives its kind of file, the data lie beside it, and mistakes are told in words.
local gibbs = require "gibbs"
local support = require "support"
local test, expect_error, same = support.test, support.expect_error, support.same

local base = os.tmpname()
local made = { base }

local function path(name)
  local full = base .. name
  made[#made + 1] = full
  return full
end

local function text_of(name)
  local file = assert(io.open(name, "rb"), name .. " is missing")
  local text = file:read("a")
  file:close()
  return text
end

local function exists(name)
  local file = io.open(name, "rb")
  if file then file:close() end
  return file ~= nil
end

local function front(name, more)
  local options = {
    file = path(name), x_label = "t", y_label = "KL (nats)", y_scale = "log",
    series = {
      { name = "plain, 'm' = 2", x = { 0, 0.5, 1 }, y = { 0.1, 0.01, 0.5 }, error = 0.001 },
      { name = "`touch x` \"$(y)\"", x = gibbs.tensor { 0, 1 }, y = gibbs.tensor { 1, 2 }, style = "both", dashed = true },
    },
    x_marks = { { at = 0.3, name = "t_c" } },
  }
  for key, value in pairs(more or {}) do options[key] = value end
  made[#made + 1] = options.file:gsub("%.%w+$", ".csv")
  return options
end

local x, y = { -1, 0, 1, 2 }, { 0, 0.5, 1 }
local z, circle = {}, {}
for i, a in ipairs(x) do
  z[i], circle[i] = {}, {}
  for j, b in ipairs(y) do
    z[i][j], circle[i][j] = 0.1 + a * a + b, a * a + b * b - 1
  end
end

local function landscape(name, more)
  local options = {
    file = path(name), x = x, y = y, z = gibbs.tensor(z), z_label = "KL", z_scale = "log", contours = 5,
    curves = { { name = "F_λ = F", z = circle } }, points = { { name = "minimum", x = 0, y = { 0 } } },
  }
  for key, value in pairs(more or {}) do options[key] = value end
  for _, ending in ipairs { ".csv", "-points.csv" } do made[#made + 1] = options.file:gsub("%.%w+$", ending) end
  return options
end

--- Three images of 2x3.
local function images(name, more)
  local options = {
    file = path(name), images = gibbs.tensor { { { 0, 1, 2 }, { 3, 4, 5 } }, { { 5, 4, 3 }, { 2, 1, 0 } }, { { 0, 0, 9 }, { 0, 0, -1 } } },
  }
  for key, value in pairs(more or {}) do options[key] = value end
  made[#made + 1] = options.file:gsub("%.%w+$", ".csv")
  return options
end

local magic = { svg = "<%?xml.-<svg", png = "^\x89PNG\r\n\x1A\n", pdf = "^%%PDF%-" }
for ending, pattern in pairs(magic) do
  test("lines as ." .. ending, function()
    gibbs.plot.lines(front("lines." .. ending))
    assert(text_of(base .. "lines." .. ending):find(pattern))
  end)
  test("a landscape as ." .. ending, function()
    gibbs.plot.heatmap(landscape("land." .. ending))
    assert(text_of(base .. "land." .. ending):find(pattern))
  end)
  test("images as ." .. ending, function()
    gibbs.plot.image_grid(images("images." .. ending))
    assert(text_of(base .. "images." .. ending):find(pattern))
  end)
end

test("the data of lines lie beside the figure", function()
  gibbs.plot.points(front("data.svg"))
  local data = gibbs.read(base .. "data.csv")
  same(data.columns, { "series", "x", "y", "error" })
  same(data.y, { 0.1, 0.01, 0.5, 1, 2 })
  same(data.error, { 0.001, 0.001, 0.001, 0, 0 })
  assert(data.series[1] == "plain, 'm' = 2")
end)

test("the data of a landscape lie beside the figure", function()
  gibbs.plot.heatmap(landscape("grid.svg"))
  local data = gibbs.read(base .. "grid.csv")
  same(data.columns, { "x", "y", "z", "F_λ = F" })
  assert(#data.z == 12 and data.x[4] == 0 and data.y[4] == 0 and data.z[4] == 0.1 and data["F_λ = F"][4] == -1)
  same(gibbs.read(base .. "grid-points.csv"), { columns = { "name", "x", "y" }, name = { "minimum" }, x = { 0 }, y = { 0 } })
end)

test("legend and labels are in the figure, contours carry their values", function()
  gibbs.plot.heatmap(landscape("labels.svg", { title = "T", x_label = "W (k_B T)", contours = { 0.7, 3.3 } }))
  local text = text_of(base .. "labels.svg")
  for _, word in ipairs { "minimum", "KL", ">0.7<", ">3.3<" } do assert(text:find(word, 1, true), word .. " is missing") end
end)

test("the pixels of images lie beside the figure", function()
  gibbs.plot.image_grid(images("pixels.svg"))
  local data = gibbs.read(base .. "pixels.csv")
  same(data.columns, { "image", "row", "column", "value" })
  same({ #data.value, data.image[7], data.row[10], data.column[12] }, { 18, 2, 2, 3 })
  same({ table.unpack(data.value, 13, 18) }, { 0, 0, 9, 0, 0, -1 })
end)

--- Width and height in pixels of a PNG file.
local function size_of_png(name) return string.unpack(">I4I4", text_of(name), 17) end

test("a figure of images is as high as they are", function()
  gibbs.plot.image_grid(images("row.png", { columns = 3, scale = "each" }))
  gibbs.plot.image_grid(images("column.png", { columns = 1, scale = "each" }))
  local wide, low = size_of_png(base .. "row.png")
  local width, high = size_of_png(base .. "column.png")
  assert(wide == width and low < wide and high > 2 * wide, ("%dx%d and %dx%d"):format(wide, low, width, high))
end)

test("a shared scale has colours with values, separate scales have none", function()
  gibbs.plot.image_grid(images("shared.svg", { label = "weight", title = "filters", palette = "diverging" }))
  gibbs.plot.image_grid(images("each.svg", { label = "weight", title = "filters", scale = "each" }))
  local shared, each = text_of(base .. "shared.svg"), text_of(base .. "each.svg")
  for _, word in ipairs { "weight", "filters", ">−5<", ">0<", ">5<" } do assert(shared:find(word, 1, true), word .. " is missing") end
  assert(each:find("filters", 1, true) and not each:find("weight", 1, true) and not each:find(">0<", 1, true))
end)

test("images come from data, parameters and rows of pixels", function()
  local function pixels(name, more)
    gibbs.plot.image_grid(images(name, more))
    return gibbs.read(base .. name:gsub("%.%w+$", ".csv"))
  end
  local rows = { { 1, 2, 3, 4 }, { 5, 6, 7, 8 } }
  local from_data = pixels("from_data.svg", { images = gibbs.data(rows), shape = { 2, 2 } })
  same(from_data.value, { 1, 2, 3, 4, 5, 6, 7, 8 })
  same(from_data.row, { 1, 1, 2, 2, 1, 1, 2, 2 })
  same(pixels("parameter.svg", { images = gibbs.parameter("W", { 2, 4 }, gibbs.tensor(rows)), shape = { 2, 2 } }), from_data)
  same(pixels("list.svg", { images = rows, shape = { 2, 2 } }), from_data)
end)

test("equal pixels, and a single one, are images", function()
  gibbs.plot.image_grid(images("flat.svg", { images = { { { 3, 3 }, { 3, 3 } } } }))
  gibbs.plot.image_grid(images("dot.svg", { images = { { { 0 } } }, palette = "diverging" }))
  assert(exists(base .. "flat.svg") and exists(base .. "dot.svg"))
end)

test("titles and file names are never commands", function()
  local name = path("touched")
  local evil = ("'; system('touch %s'); '`touch %s`\"$(touch %s)\n!touch %s"):format(name, name, name, name)
  gibbs.plot.lines(front("evil ' $(x) `y`.svg", { title = evil, x_label = evil }))
  assert(exists(base .. "evil ' $(x) `y`.svg"))
  assert(not exists(name))
end)

test("no part of a figure is left when there can be no figure", function()
  expect_error(function() gibbs.plot.lines(front("nowhere/x.svg")) end, "No such file or directory")
  gibbs.plot.lines(front("whole.svg"))
  assert(not exists(base .. "whole.svg.part"))
end)

--- name of the test -> function, text of the error
local rows = {
  { "a misspelt function", function() gibbs.plot.line {} end, "gibbs.plot.line: no such function; did you mean 'lines'?" },
  { "a misspelt option", function() gibbs.plot.lines(front("x.svg", { tilte = "x" })) end,
    "gibbs.plot.lines: unknown option 'tilte'; did you mean 'title'?" },
  { "a misspelt option of a series", function() gibbs.plot.lines(front("x.svg", { series = { { z = { 1 } } } })) end,
    "gibbs.plot.lines: series 1: unknown option 'z'" },
  { "no options", function() gibbs.plot.lines() end, "gibbs.plot.lines: nil given; write gibbs.plot.lines{ file = ..., ... }" },
  { "no file", function() gibbs.plot.lines { series = {} } end, "option 'file' is missing; it must be a path that ends in .svg, .png or .pdf" },
  { "another ending", function() gibbs.plot.lines(front("x.jpg")) end, "it must end in .svg, .png or .pdf" },
  { "no series", function() gibbs.plot.lines { file = "x.svg" } end, "option 'series' is missing" },
  { "an unknown style", function() gibbs.plot.lines(front("x.svg", { style = "dots" })) end,
    "option 'style' is 'dots'; it must be one of 'lines', 'points', 'both'" },
  { "a range the wrong way round", function() gibbs.plot.lines(front("x.svg", { x_range = { 2, 1 } })) end,
    "option 'x_range' is a table; it must be {from, to} with from < to" },
  { "x and y of two lengths", function() gibbs.plot.lines(front("x.svg", { series = { { x = { 1 }, y = { 1, 2 } } } })) end,
    "gibbs.plot.lines: series 1: 'x' has 1 numbers and 'y' has 2; they must be as many" },
  { "zero on a log axis", function() gibbs.plot.lines(front("x.svg", { series = { { y = { 1, 0 } } } })) end,
    "'y'[2] is 0, which a log axis cannot show" },
  { "a word among numbers", function() gibbs.plot.lines(front("x.svg", { series = { { y = { 1, "a" } } } })) end,
    "'y'[2] is 'a'; it must be a number" },
  { "no surface", function() gibbs.plot.heatmap { file = "x.svg", x = x, y = y } end, "option 'z' is missing" },
  { "a surface of another shape", function() gibbs.plot.heatmap(landscape("x.svg", { z = { { 1 } } })) end,
    "'z' must have 4 rows, one for each x" },
  { "no images", function() gibbs.plot.image_grid { file = "x.svg" } end, "option 'images' is missing; it must be a tensor of n x height x width" },
  { "images without a shape", function() gibbs.plot.image_grid(images("x.svg", { images = { { 1, 2 } } })) end,
    "gibbs.plot.image_grid: 'images' is 1x2; it must be n x height x width, or n x pixels with 'shape'" },
  { "images of another shape", function() gibbs.plot.image_grid(images("x.svg", { shape = { 2, 2 } })) end,
    "'images' is 3x2x3, which are no images of 2x2; the first axis counts them" },
  { "a shape of one length", function() gibbs.plot.image_grid(images("x.svg", { shape = { 6 } })) end,
    "option 'shape' is a table; it must be {height, width}, two whole numbers from 1" },
  { "a range of separate scales", function() gibbs.plot.image_grid(images("x.svg", { scale = "each", range = { 0, 1 } })) end,
    "option 'range' is for a shared scale, and 'scale' is 'each'" },
  { "an unknown palette", function() gibbs.plot.image_grid(images("x.svg", { palette = "gray" })) end, "it must be one of 'grey', 'viridis', 'diverging'" },
  { "no columns", function() gibbs.plot.image_grid(images("x.svg", { columns = 0 })) end, "option 'columns' is 0; it must be a whole number from 1" },
  { "falling steps", function() gibbs.plot.heatmap(landscape("x.svg", { x = { 0, 3, 1, 4 } })) end,
    "'x'[3] is 1; the values must rise" },
}
for _, row in ipairs(rows) do
  test(row[1], function() expect_error(row[2], row[3]) end)
end

-- A child without gnuplot in its path: the figure fails in words, the data are there.
test("without gnuplot the error names the package, and the data are written", function()
  local interpreter = arg[-1]
  if not interpreter:find("/", 1, true) then interpreter = io.popen("command -v " .. interpreter):read("l") end
  local script = path("child.lua")
  local file = assert(io.open(script, "w"))
  file:write(("require('gibbs').plot.lines{ file = %q, series = { { y = { 1, 2 } } } }\n"):format(path("none.svg")))
  file:close()
  made[#made + 1] = base .. "none.csv"
  local pipe = io.popen(("PATH=/nowhere '%s' '%s' 2>&1"):format(interpreter, script))
  local output = pipe:read("a")
  assert(not pipe:close(), "no error")
  assert(output:find("the program gnuplot was not found", 1, true) and output:find("Install the package gnuplot-nox", 1, true), output)
  assert(exists(base .. "none.csv") and not exists(base .. "none.svg"))
end)

for _, name in ipairs(made) do os.remove(name) end
support.finish()

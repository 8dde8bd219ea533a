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
    "; it must have 4, one for each x" },
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
local more_rows = {
  { "an error below zero", function() gibbs.plot.lines(front("x.svg", { series = { { y = { 1 }, error = { -1 } } } })) end,
    "gibbs.plot.lines: series 1: 'error'[1] is -1; an error must not be negative" },
  { "a low end without a high one", function() gibbs.plot.lines(front("x.svg", { series = { { y = { 1 }, low = { 0 } } } })) end,
    "series 1: options 'low' and 'high' go together" },
  { "errors twice", function() gibbs.plot.lines(front("x.svg", { series = { { y = { 1 }, low = { 0 }, high = { 2 }, error = 1 } } })) end,
    "series 1: 'error' goes without 'low' and 'high'; give one of them" },
  { "an empty series", function() gibbs.plot.lines(front("x.svg", { series = { { y = {} } } })) end, "series 1: 'y' is empty" },
  { "a range of a log axis from zero", function() gibbs.plot.lines(front("x.svg", { y_range = { 0, 1 } })) end,
    "option 'y_range' begins at 0; a log axis must begin above 0" },
  { "nothing to count", function() gibbs.plot.histogram { file = "x.svg" } end, "option 'values' is missing" },
  { "nothing finite to count", function() gibbs.plot.histogram { file = "x.svg", values = { 0 / 0 } } end, "none of the 1 values is finite" },
  { "values twice", function() gibbs.plot.histogram { file = "x.svg", values = { 1 }, series = {} } end,
    "both 'values' and 'series' are given; give one of them" },
  { "falling edges", function() gibbs.plot.histogram { file = "x.svg", values = { 1 }, bins = { 2, 1 } } end, "'bins'[2] is 1; edges must rise" },
  { "one edge", function() gibbs.plot.histogram { file = "x.svg", values = { 1 }, bins = { 2 } } end, "'bins' has one edge" },
  { "no bins", function() gibbs.plot.histogram { file = "x.svg", values = { 1 }, bins = 0 } end,
    "option 'bins' is 0; it must be how many bins, from 1 to 10000" },
  { "an axis of one value", function() gibbs.plot.heatmap(landscape("x.svg", { x = { 1 } })) end, "'x' has one value; it must have at least two" },
  { "a diverging log scale", function() gibbs.plot.heatmap(landscape("x.svg", { palette = "diverging" })) end,
    "a log scale has no 0 for the palette 'diverging'" },
  { "a log axis through zero", function() gibbs.plot.heatmap(landscape("x.svg", { x_scale = "log" })) end,
    "'x'[1] is -1, which a log axis cannot show" },
  { "images with a hole", function() gibbs.plot.image_grid(images("x.svg", { images = { { { 0 / 0 } } } })) end,
    "gibbs.plot.image_grid: 'images' holds nan; it must hold finite numbers" },
  { "a flow of nothing", function() gibbs.plot.flow { file = "x.svg" } end, "gibbs.plot.flow: option 'x' is missing" },
  { "a flow of one coupling",
    function() gibbs.plot.flow { file = "x.svg", map = gibbs.rg.migdal_kadanoff(), x_range = { 0, 1 }, y_range = { 0, 1 } } end,
    "gibbs.plot.flow: the couplings of the recursion are K; say over which two to draw: couplings = { x, y }" },
  { "a flow of a tensor", function() gibbs.plot.flow { file = "x.svg", map = gibbs.tensor { 1 }, x_range = { 0, 1 }, y_range = { 0, 1 } } end,
    "it must be a function or a recursion of gibbs.rg" },
  { "a start of one number",
    function() gibbs.plot.flow { file = "x.svg", map = function(a, b) return a, b end, x_range = { 0, 1 }, y_range = { 0, 1 },
      trajectories = { { from = { 1 } } } } end, "trajectories[1]: 'from' must be two numbers, {x, y}" },
  { "a flow of two kinds", function() gibbs.plot.flow { file = "x.svg", map = print, field = print } end,
    "both 'map' and 'field' are given; give one of them" },
  { "a flow without a range", function() gibbs.plot.flow { file = "x.svg", map = print } end,
    "option 'x_range' is missing; it must be {from, to}, as the field is a function" },
  { "a flow that gives no numbers", function() gibbs.plot.flow { file = "x.svg", map = function() end, x_range = { 0, 1 }, y_range = { 0, 1 } } end,
    "gives nil and nil; it must give two numbers" },
  { "a grid that cannot be followed",
    function() gibbs.plot.flow { file = "x.svg", x = { 0, 1 }, y = { 0, 1 }, u = { { 1, 1 }, { 1, 1 } }, v = { { 1, 1 }, { 1, 1 } },
      trajectories = { { from = { 0, 0 } } } } end, "trajectories[1]: 'from' needs 'map' or 'field'" },
  { "a sheet of nothing", function() gibbs.plot.sheet { file = "x.svg" } end, "gibbs.plot.sheet: there are no panels" },
  { "a panel of no kind", function() gibbs.plot.sheet { file = "x.svg", { kind = "line" } } end,
    "gibbs.plot.sheet: panel 1: option 'kind' is 'line'; it must be one of 'contour', 'flow', 'heatmap', 'histogram', 'image_grid', 'lines', "
    .. "'points'; did you mean 'lines'?" },
  { "a panel with a file of its own", function() gibbs.plot.sheet { file = "x.svg", { kind = "lines", file = "y.svg" } } end,
    "gibbs.plot.sheet: panel 1: unknown option 'file'" },
  { "a misspelt option of a panel", function() gibbs.plot.sheet { file = "x.svg", { kind = "lines", serie = {} } } end,
    "gibbs.plot.sheet: panel 1: unknown option 'serie'; did you mean 'series'?" },
}
table.move(more_rows, 1, #more_rows, #rows + 1, rows)
for _, row in ipairs(rows) do
  test(row[1], function() expect_error(row[2], row[3]) end)
end

-- ---- every kind ---------------------------------------------------------------------------------------------

--- The texts of an SVG file, without what sets their look.
local function texts(name)
  local list = {}
  for inner in text_of(base .. name):gmatch "<text>(.-)</text>" do list[#list + 1] = (inner:gsub("<[^>]*>", "")) end
  return table.concat(list, "|")
end

local function add_data(file, suffixes)
  for _, suffix in ipairs(suffixes) do made[#made + 1] = file:gsub("%.%w+$", "") .. suffix .. ".csv" end
end

local function histogram(name, more)
  local options = { file = path(name), values = { 1, 2, 2.5, 3, 3.5, 7 }, bins = { 0, 2, 4, 8 } }
  for key, value in pairs(more or {}) do options[key] = value end
  add_data(options.file, { "", "-curves" })
  return options
end

local function flow(name, more)
  local options = {
    file = path(name), map = function(a, b) return 2 * a * a + b, a * a end, x_range = { 0, 0.6 }, y_range = { 0, 0.3 }, arrows = 6,
    trajectories = { { name = "from here", from = { 0.3, 0.1 }, steps = 4 }, { name = "given", x = { 0.1, 0.2 }, y = { 0, 0.1 } } },
    fixed_points = { { name = "K^*", x = 1 / 3, y = 1 / 9 }, { x = 0, y = 0, stability = "stable" } },
  }
  for key, value in pairs(more or {}) do options[key] = value end
  add_data(options.file, { "", "-trajectories", "-points" })
  return options
end

local function contour(name, more)
  local options = landscape(name, { z_scale = "linear", levels = 5 })
  options.contours = nil
  for key, value in pairs(more or {}) do options[key] = value end
  return options
end

local function panel(kind, options)
  options.kind, options.file = kind, nil
  return options
end

local function sheet(name, more)
  local options = {
    file = path(name), title = "An overview", panel("lines", front "x.svg"), panel("heatmap", landscape "x.svg"),
    panel("image_grid", images "x.svg"), panel("histogram", histogram "x.svg"), panel("flow", flow "x.svg"), panel("contour", contour "x.svg"),
  }
  for key, value in pairs(more or {}) do options[key] = value end
  add_data(options.file, { "-a", "-b", "-b-points", "-c", "-d", "-e", "-e-points", "-e-trajectories", "-f", "-f-points" })
  return options
end

local kinds = { lines = front, points = front, heatmap = landscape, image_grid = images, histogram = histogram, flow = flow,
  contour = contour, sheet = sheet }

test("every kind of figure is tried here", function()
  for name in pairs(gibbs.plot) do assert(kinds[name], name) end
end)

for kind, make in pairs(kinds) do
  for ending, pattern in pairs(magic) do
    test(("%s as .%s: the same bytes every time, without a date"):format(kind, ending), function()
      local name = ("same_%s.%s"):format(kind, ending)
      gibbs.plot[kind](make(name))
      local first = text_of(base .. name)
      assert(first:find(pattern))
      if ending == "pdf" then assert(first:find("/CreationDate (D:19700101000000", 1, true), "a date") end
      gibbs.plot[kind](make(name))
      assert(text_of(base .. name) == first)
    end)
  end
end

test("a histogram counts: the last bin holds its upper edge, and what lies outside is told", function()
  gibbs.plot.histogram(histogram("counts.svg", { density = true }))
  local data = gibbs.read(base .. "counts.csv")
  same(data.count, { 1, 4, 1 })
  same(data.density, { 1 / 12, 4 / 12, 1 / 24 })
  gibbs.plot.histogram(histogram("counts.svg", { values = { 0, 8, 8, 9 } }))
  same(gibbs.read(base .. "counts.csv").count, { 1, 0, 2 })
end)

test("bins: points of a grid have one each or share them evenly, other values follow Freedman and Diaconis", function()
  local function edges(values)
    local options = histogram("bins.svg", { values = values })
    options.bins = nil
    gibbs.plot.histogram(options)
    return gibbs.read(base .. "bins.csv").from
  end
  same(edges { -4, -2, -2, 0, 4 }, { -5, -3, -1, 1, 3 })
  local even = {}
  for i = 0, 1000 do even[i + 1] = i / 1000 end
  even[1] = -1e-7 -- no grid
  assert(#edges(even) == 11, #edges(even)) -- 2 IQR / n^(1/3) is 1 / 1001^(1/3)
  same(edges { 7 }, { 6.5 })
  same(#edges { 0.3 }, 1)
  local grid = {}
  for i = 1, 3000 do grid[i] = 0.42 * ((i * i) % 701) / 256 end
  local from = edges(grid)
  local each = (from[2] - from[1]) * 256 / 0.42
  support.near(each, math.floor(each + 0.5), 1e-9)
  local count, sum = gibbs.read(base .. "bins.csv").count, 0
  for _, n in ipairs(count) do sum = sum + n end
  assert(sum == 3000 and each > 1 and each < 100, each)
  local random, state = {}, 1
  for i = 1, 2000 do
    state = (state * 16807) % 2147483647
    random[i] = state / 2147483647
  end
  assert(#edges(random) == 13, #edges(random))
  sum = 0
  for _, n in ipairs(gibbs.read(base .. "bins.csv").count) do sum = sum + n end
  assert(sum == 2000, sum)
end)

test("a histogram takes numbers of any shape, and a reference curve is a function or points", function()
  local function counts(values, more)
    gibbs.plot.histogram(histogram("shapes.svg", { values = values, curves = more }))
    return gibbs.read(base .. "shapes.csv").count
  end
  same(counts(gibbs.tensor { { 1, 1 }, { 5, 3 } }), { 2, 1, 1 })
  same(counts { { 1, 1 }, { 5, { 3 } } }, { 2, 1, 1 })
  same(counts(gibbs.data { { 1, 1 }, { 1, 3 } }, { { name = "f", of = function(x) return x end } }), { 3, 1, 0 })
  same(gibbs.read(base .. "shapes-curves.csv").y[401], 8)
  local chain = gibbs.ising { lattice = gibbs.lattice.square(3, 3), J = 0.1 }:chains { n = 4 }
  local series = chain:record { sweeps = 10, warm_up = 0, keep = true, observables = { m = gibbs.sum(gibbs.spins { 3, 3 }) * 0 + 1 } }
  same(counts(series), { 40, 0, 0 })
end)

test("estimates bring their errors along", function()
  local F = gibbs.free_energy(gibbs.ising { lattice = gibbs.lattice.square(3, 3), J = 0.1 }):value()
  gibbs.plot.lines(front("estimates.svg", { y_scale = "linear", series = {
    { y = { { value = 1, error = 0.5 }, F, 2 } }, { x = { { value = 1, error = 0.25 } }, y = { 1 }, low = { 0 }, high = { 3 }, errors = "band" } } }))
  local data = gibbs.read(base .. "estimates.csv")
  same(data.columns, { "series", "x", "y", "error", "x_error", "low", "high" })
  same(data.error, { 0.5, 0, 0, 0 })
  same({ data.x_error[4], data.low[4], data.high[4] }, { 0.25, 0, 3 })
end)

test("a flow follows its map, and its arrows are what it does", function()
  gibbs.plot.flow(flow "follow.svg")
  local paths, arrows = gibbs.read(base .. "follow-trajectories.csv"), gibbs.read(base .. "follow.csv")
  same({ paths.x[1], paths.y[1] }, { 0.3, 0.1 })
  support.near(paths.x[2], 2 * 0.3 ^ 2 + 0.1)
  support.near(paths.y[2], 0.3 ^ 2)
  assert(#arrows.x == 6 * 4)
  support.near(arrows.u[1], 2 * arrows.x[1] ^ 2 + arrows.y[1] - arrows.x[1])
  local text = text_of(base .. "follow.svg")
  for _, word in ipairs { "saddle", "stable fixed point", "from here" } do assert(text:find(word, 1, true), word .. " is missing") end
end)

test("the flow of a recursion is drawn over its couplings", function()
  local wilson = gibbs.rg.wilson { closure = "quadratic" }
  local options = flow("recursion.svg", { map = wilson, trajectories = { { points = wilson:flow({ K = 0.3, L = 0.1 }, 3) },
    { from = { K = 0.3, L = 0.1 }, steps = 3 } }, fixed_points = { { couplings = wilson:fixed_point().couplings } } })
  gibbs.plot.flow(options)
  local paths, points = gibbs.read(base .. "recursion-trajectories.csv"), gibbs.read(base .. "recursion-points.csv")
  for i = 1, 4 do
    support.near(paths.x[i], paths.x[i + 4])
    support.near(paths.y[i], paths.y[i + 4])
  end
  support.near(points.x[1], 1 / 3, 1e-9)
  support.near(points.y[1], 1 / 9, 1e-9)
  assert(texts("recursion.svg"):find("K|", 1, true))
end)

test("a field is followed into its sink", function()
  local options = flow("sink.svg", { field = function(a, b) return 0.3 - a, 0.1 - b end, trajectories = { { from = { 0.05, 0.25 } } } })
  options.map = nil
  gibbs.plot.flow(options)
  local paths = gibbs.read(base .. "sink-trajectories.csv")
  support.near(paths.x[#paths.x], 0.3, 0.01)
  support.near(paths.y[#paths.y], 0.1, 0.01)
end)

test("a sheet has its panels' letters, and the data of each", function()
  gibbs.plot.sheet(sheet "panels.svg")
  local text = text_of(base .. "panels.svg")
  for _, word in ipairs { "(a)", "(f)", "An overview" } do assert(text:find(word, 1, true), word .. " is missing") end
  same(gibbs.read(base .. "panels-d.csv").count, { 1, 4, 1 })
  assert(exists(base .. "panels-e-points.csv") and not exists(base .. "panels.csv"))
  gibbs.plot.sheet(sheet("panels.svg", { labels = false }))
  assert(not text_of(base .. "panels.svg"):find("(a)", 1, true))
end)

-- ---- how it looks ------------------------------------------------------------------------------------------

test("a legend below, axes that name the figure, a title for those who cannot see it", function()
  gibbs.plot.lines(front("frame.svg", { title = "KL & <more>" }))
  assert(text_of(base .. "frame.svg"):find("<title>KL &amp; &lt;more&gt;</title>", 1, true))
end)

test("_ and ^ raise and lower a letter, a group or a number, and are themselves within words", function()
  local label = "free_energy {x} @y &z ~a W_{ij} m^2 10^{-3} K_c 2^10 \\_a K^*"
  gibbs.plot.lines(front("markup.svg", { x_label = label, title = "F_λ 中" }))
  local seen = texts "markup.svg"
  assert(seen:find("free_energy {x} @y &amp;z ~a W", 1, true) and seen:find("_a K", 1, true), seen)
  assert(not seen:find("K_c", 1, true) and not seen:find("m^2", 1, true) and not seen:find("{ij}", 1, true), seen)
end)

test("names keep their _, and what follows an index its space", function()
  gibbs.plot.lines(front("names.svg", { x_label = "machine_1 of step_0", y_label = "K_1 of it" }))
  local seen = texts "names.svg"
  assert(seen:find("machine_1 of step_0", 1, true) and seen:find("\u{A0}of it", 1, true), seen)
end)

test("a long title wraps, and a long legend takes nothing from the axes", function()
  local function height(name) return tonumber(text_of(base .. name):match('viewBox="0 0 %d+ (%d+)"')) end
  local title, many = ("word "):rep(40):sub(1, -2), {}
  for k = 1, 14 do many[k] = { name = "a series with a name that fills its line, number " .. k, y = { k, k + 1 } } end
  gibbs.plot.lines { file = path "tall.svg", title = title, series = many }
  made[#made + 1] = base .. "tall.csv"
  gibbs.plot.lines(front "low.svg")
  assert(height "tall.svg" > height "low.svg" + 13 * 15, height "tall.svg")
  local _, words = texts("tall.svg"):gsub("word", "")
  assert(words == 40 and not texts("tall.svg"):find(title, 1, true), words)
end)

test("a line of one point is a point", function()
  gibbs.plot.lines { file = path "point.svg", series = { { x = { 1, 2, 3 }, y = { 0 / 0, 5, 0 / 0 } } } }
  made[#made + 1] = base .. "point.csv"
  assert(text_of(base .. "point.svg"):find("<use xlink:href=.#gpPt", 1))
end)

test("numbers below an axis stand apart, however long they are", function()
  gibbs.plot.lines { file = path "small.svg", series = { { x = { -8e-5, 7e-5 }, y = { 0, 1 } } } }
  made[#made + 1] = base .. "small.csv"
  local _, count = texts("small.svg"):gsub("×10", "")
  assert(count >= 2 and count <= 4, count)
end)

test("lines differ in their dashes, unless the script says which are dashed", function()
  local two = { { y = { 1, 2 } }, { y = { 2, 1 } } }
  gibbs.plot.lines { file = path "dashes.svg", series = two }
  assert(text_of(base .. "dashes.svg"):find("stroke-dasharray", 1, true))
  two[1].dashed = false
  gibbs.plot.lines { file = path "dashes.svg", series = two }
  made[#made + 1] = base .. "dashes.csv"
  assert(not text_of(base .. "dashes.svg"):find("stroke-dasharray", 1, true))
end)

test("many points are thinned in the figure and whole in the data", function()
  local many = {}
  for i = 1, 30000 do many[i] = math.sin(i) end
  many[12345] = 9
  gibbs.plot.lines { file = path "many.svg", series = { { y = many } } }
  made[#made + 1] = base .. "many.csv"
  assert(#text_of(base .. "many.svg") < 200000)
  local data = gibbs.read(base .. "many.csv")
  assert(#data.y == 30000 and data.y[12345] == 9)
end)

test("one point, equal points, huge and tiny ones are figures", function()
  for _, y in ipairs { { 1 }, { 2, 2, 2 }, { 1e-300, 1e300 }, { 1e6 + 1, 1e6 + 2 } } do
    gibbs.plot.lines(front("few.svg", { series = { { y = y } } }))
    assert(exists(base .. "few.svg"))
  end
  gibbs.plot.heatmap(landscape("few.svg", { x = { 0.1, 1, 10, 100 }, x_scale = "log", palette = "grey", points = {} }))
  gibbs.plot.contour(contour("few.svg", { x = { 0, 1 }, y = { 0, 1 }, z = { { 1, 1 }, { 1, 1 } }, curves = {} }))
  gibbs.plot.flow(flow("few.svg", { map = function(a, b) return a, b end, trajectories = {} }))
end)

-- ---- gnuplot that is missing, fails, dies or never ends: a child with another PATH ---------------------------

local interpreter = arg[-1]
if not interpreter:find("/", 1, true) then interpreter = io.popen("command -v " .. interpreter):read("l") end

--- What a script says that runs with a PATH of its own.
local function child(search, code)
  local script = path("child.lua")
  local file = assert(io.open(script, "w"))
  file:write(code)
  file:close()
  local pipe = io.popen(("PATH='%s' '%s' '%s' 2>&1"):format(search, interpreter, script))
  local output = pipe:read("a")
  return output, pipe:close() == true
end

local function draw(name, more)
  made[#made + 1] = base .. name .. ".csv"
  return ("%s require('gibbs').plot.lines{ file = %q, series = { { y = { 1, 2 } } } }\n"):format(more or "", path(name .. ".svg"))
end

test("without gnuplot the error names the package, and the data are written", function()
  local output, well = child("/nowhere", draw "none")
  assert(not well, "no error")
  assert(output:find("the program gnuplot was not found", 1, true) and output:find("Install the package gnuplot-nox", 1, true), output)
  assert(exists(base .. "none.csv") and not exists(base .. "none.svg"))
end)

local bin = base .. "bin"
os.execute(("mkdir '%s'"):format(bin))

--- A program of the name gnuplot.
local function pretend(code)
  local file = assert(io.open(path "bin/gnuplot", "w"))
  file:write("#!/bin/sh\n", code, "\n")
  file:close()
  os.execute(("chmod +x '%s/gnuplot'"):format(bin))
end

local troubles = {
  { "fails", 'echo \'"/dev/stdin" line 7: undefined variable: x\' >&2; exit 1', "gnuplot failed: undefined variable: x" },
  { "fails silently", "exit 3", "gnuplot failed: no reason given" },
  { "dies", "kill -SEGV $$", "gnuplot was ended by signal 11; there is no figure" },
  { "says nothing", "exit 0", "gnuplot drew nothing; there is no figure" },
  { "never ends", "exec sleep 1000", "gnuplot took longer than 0.2 seconds and was ended; there is no figure", "require('gibbs.plot.gnuplot').seconds = 0.2" },
}
for i, row in ipairs(troubles) do
  test("a gnuplot that " .. row[1] .. " leaves the data and no figure, and an error says so", function()
    pretend(row[2])
    local name = "trouble" .. i
    local output, well = child(bin .. ":/usr/bin:/bin", draw(name, row[4]))
    assert(not well and output:find("gibbs.plot.lines: " .. row[3], 1, true), output)
    assert(exists(base .. name .. ".csv") and not exists(base .. name .. ".svg"))
  end)
end
os.remove(bin .. "/gnuplot")
os.remove(bin)

for _, name in ipairs(made) do os.remove(name) end
support.finish()

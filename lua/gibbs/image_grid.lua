--- Images side by side: samples, filters, data.

local _, core = ...
local gibbs = core.gibbs
local figure = require "gibbs.figure"
local gnuplot = require "gibbs.gnuplot"

local who = "gibbs.plot.image_grid"

---@class gibbs.plot.ImageGrid
---@field file string         where the figure goes; its ending is .svg, .png or .pdf
---@field images any          n x height x width: a tensor, nested lists, data, or a parameter
---@field shape? integer[]    {height, width} of an image, where 'images' is n x pixels
---@field columns? integer    how many images in a row; by default as many as make a square
---@field scale? string       "shared": equal colours are equal values (default); "each": every image has a scale of its own
---@field range? number[]     {from, to} of a shared scale; by default that of all pixels
---@field palette? string     "grey" (default), from white to black; "viridis"; "diverging", blue to red with white at 0
---@field title? string
---@field label? string       beside the colours of a shared scale
---@field width? number       inches, 6
---@field height? number      inches; by default what the images need

local rows = {
  file = "string", images = "values", shape = "extents", columns = "count", scale = "image_scale", range = "range",
  palette = "palette", title = "string", label = "string", width = "length", height = "length",
}

local palettes = {
  grey = { "#ffffff", "#000000" },
  viridis = gnuplot.viridis,
  diverging = { "#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#ffffff", "#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f" },
}

-- ---- the images --------------------------------------------------------------------------------------------

local function numbers_below(value, depth)
  while depth > 0 and type(value) == "table" do value, depth = value[1], depth - 1 end
  return depth == 0 and math.type(value)
end

--- A list of images, each a list of rows.
local function read_images(options)
  local given = options.images
  if not given then core.raise(who .. ": option 'images' is missing; it must be a tensor of n x height x width") end
  if type(given) == "table" then given = gibbs.tensor(given) end
  if options.shape then
    local height, width = options.shape[1], options.shape[2]
    local extents = given:shape()
    local pixels = 1
    for k = 2, #extents do pixels = pixels * extents[k] end
    if #extents < 2 or pixels ~= height * width then
      core.raise(("%s: 'images' is %s, which are no images of %dx%d; the first axis counts them"):format(who, table.concat(extents, "x"), height, width))
    end
    given = given:tensor():reshape { extents[1], height, width }
  end
  local images = given:tensor():table()
  if not numbers_below(images, 3) then
    core.raise(("%s: 'images' is %s; it must be n x height x width, or n x pixels with 'shape'"):format(who, table.concat(given:shape(), "x")))
  end
  return images
end

local function extent(images)
  local low, high = math.huge, -math.huge
  for _, image in ipairs(images) do
    for _, row in ipairs(image) do
      for _, x in ipairs(row) do
        if figure.finite(x) then low, high = math.min(low, x), math.max(high, x) end
      end
    end
  end
  return low, high
end

--- The values of the first and the last colour; of a diverging palette 0 is in the middle.
local function colour_range(images, options)
  if options.range then return options.range end
  local low, high = extent(images)
  if low > high then return { 0, 1 } end
  if options.palette == "diverging" then high = math.max(math.abs(low), math.abs(high)); low = -high end
  if low == high then return { low - 0.5, high + 0.5 } end
  return { low, high }
end

local function save(images, options)
  local lines = {}
  for n, image in ipairs(images) do
    for i, row in ipairs(image) do
      for k, x in ipairs(row) do lines[#lines + 1] = { n, i, k, x } end
    end
  end
  gibbs.write(options.base .. ".csv", { header = { "image", "row", "column", "value" }, rows = lines })
end

-- ---- the figure --------------------------------------------------------------------------------------------

local function to_range(x, range)
  local t = (x - range[1]) / (range[2] - range[1])
  return t ~= t and t or math.max(0, math.min(1, t))
end

--- The colour, from 0 to 1, of pixel x, y of one picture of all images, with a pixel of nothing between two of them.
local function painter(images, columns, ranges)
  local height, width = #images[1], #images[1][1]
  return function(x, y)
    local n = y // (height + 1) * columns + x // (width + 1) + 1
    local row = images[n] and images[n][y % (height + 1) + 1]
    local value = row and row[x % (width + 1) + 1]
    return value and to_range(value, ranges[n]) or 0 / 0
  end
end

--- Rows x, y, colour for gnuplot. Viewers smooth the images in an SVG: there every pixel is many.
local function compose(paint, across, down, fine)
  local zoom = fine and math.max(1, math.min(8, 400 // math.max(across, down))) or 1
  local points = {}
  for y = 0, down * zoom - 1 do
    for x = 0, across * zoom - 1 do
      points[#points + 1] = { (x + 0.5) / zoom - 0.5, 0.5 - (y + 0.5) / zoom, paint(x // zoom, y // zoom) }
    end
    points[#points + 1] = {}
  end
  return points
end

--- Round values in the range, about four steps apart.
local function round_values(range)
  local rough = (range[2] - range[1]) / 4
  local power = 10.0 ^ math.floor(math.log(rough, 10))
  local step = rough <= 2 * power and 2 * power or rough <= 5 * power and 5 * power or 10 * power
  local list = {}
  for k = math.ceil(range[1] / step - 1e-9), math.floor(range[2] / step + 1e-9) do list[#list + 1] = k * step end
  return list
end

--- The colours go from 0 to 1; the ticks beside them tell the values.
local function colour_lines(options, shared)
  local stops = {}
  for i, colour in ipairs(palettes[options.palette]) do stops[i] = ("%d '%s'"):format(i - 1, colour) end
  local lines = { ("set palette defined (%s)"):format(table.concat(stops, ", ")), "set cbrange [0:1]" }
  if not shared then
    lines[3] = "unset colorbox"
    return lines
  end
  local ticks = {}
  for _, value in ipairs(round_values(shared)) do
    ticks[#ticks + 1] = ("%s %s"):format(gnuplot.quote(("%.12g"):format(value)), gnuplot.number(to_range(value, shared)))
  end
  lines[#lines + 1] = ("set cbtics (%s) scale 0.4 textcolor rgb '#202020'"):format(table.concat(ticks, ", "))
  lines[#lines + 1] = "set colorbox noborder"
  lines[#lines + 1] = options.label and "set cblabel " .. gnuplot.quote(options.label) .. " offset 1,0" or "unset cblabel"
  return lines
end

--- Everything but the colours and the pixels. Adds the terminal: the figure is as high as the images need.
local function frame(options, across, down, shared)
  local width = options.width or 6
  local left, right, top = 0.1, not shared and 0.1 or options.label and 0.95 or 0.75, options.title and 0.4 or 0.1
  local height = options.height or math.max(1, math.min(40, (width - left - right) * down / across + top + 0.1))
  figure.name_terminal(who, options, width, height)
  return {
    "unset border", "unset tics", "unset key", "set size ratio -1",
    ("set margins screen %g, screen %g, screen %g, screen %g"):format(left / width, 1 - right / width, 0.1 / height, 1 - top / height),
    "set object 1 rectangle from graph 0,0 to graph 1,1 behind fillcolor rgb '#e0e0e0' fillstyle solid noborder",
    options.title and "set title " .. gnuplot.quote(options.title) .. " offset 0,-0.3" or "unset title",
    ("set xrange [-0.5:%d.5]"):format(across - 1), ("set yrange [-%d.5:0.5]"):format(down - 1),
  }
end

---Images in rows, the first at the top left.
---@param given gibbs.plot.ImageGrid
return function(given)
  local options = figure.check(who, given, rows)
  options.palette = options.palette or "grey"
  if options.scale == "each" and options.range then
    core.raise(who .. ": option 'range' is for a shared scale, and 'scale' is 'each'; give one of them")
  end
  local images = read_images(options)
  local columns = math.min(options.columns or math.ceil(math.sqrt(#images)), #images)
  local across, down = columns * (#images[1][1] + 1) - 1, (#images + columns - 1) // columns * (#images[1] + 1) - 1
  local shared = options.scale ~= "each" and colour_range(images, options)
  local ranges = {}
  for n, image in ipairs(images) do ranges[n] = shared or colour_range({ image }, options) end
  local script, colours = frame(options, across, down, shared), colour_lines(options, shared)
  save(images, options)
  table.move(colours, 1, #colours, #script + 1, script)
  local fine = options.file:lower():match("%.svg$")
  script[#script + 1] = gnuplot.block("images", compose(painter(images, columns, ranges), across, down, fine))
  script[#script + 1] = "plot $images using 1:2:3 with image notitle"
  gnuplot.draw(who, options.file, options.terminal, script)
end

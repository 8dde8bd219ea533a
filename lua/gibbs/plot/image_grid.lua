--- Images side by side, as samples, filters or data are: gibbs.plot.image_grid.

local _, core = ...
local gibbs = core.gibbs
local options = require "gibbs.plot.options"
local values = require "gibbs.plot.values"
local gnuplot = require "gibbs.plot.gnuplot"
local look = require "gibbs.plot.look"

local rows = {
  { "images", "values", "n x height x width: a tensor, nested lists, data, a batch or a parameter" },
  { "shape", "extents", "{height, width} of an image, where 'images' is n x pixels" },
  { "columns", "count", "how many images in a row; by default as many as make a square" },
  { "scale", "image_scale", "of colours: equal ones are equal values, or each image has a scale of its own", "shared" },
  { "range", "range", "{from, to} of a shared scale; by default that of all pixels" },
  { "palette", "palette", "'diverging' goes from blue to red with white at 0, 'grey' from white to black", "grey" },
  { "label", "string", "beside the colours of a shared scale" },
}

-- ---- the images --------------------------------------------------------------------------------------------

local function numbers_below(value, depth)
  while depth > 0 and type(value) == "table" do value, depth = value[1], depth - 1 end
  return depth == 0 and math.type(value)
end

local function reshape(who, given, shape)
  local height, width = shape[1], shape[2]
  local extents, pixels = given:shape(), 1
  for k = 2, #extents do pixels = pixels * extents[k] end
  if #extents < 2 or pixels ~= height * width then
    core.raise(("%s: 'images' is %s, which are no images of %dx%d; the first axis counts them"):format(
      who, table.concat(extents, "x"), height, width))
  end
  return given:reshape { extents[1], height, width }
end

--- A list of images, each a list of rows.
local function read_images(panel)
  local given, who = panel.options.images, panel.who
  if not given then core.raise(who .. ": option 'images' is missing; it must be a tensor of n x height x width") end
  local ok, tensor = pcall(gibbs.tensor, values.nested(who, "images", given))
  if not ok then core.raise(("%s: %s"):format(who, (tensor:gsub("^.-argument 'values'", "'images'")))) end
  if panel.options.shape then tensor = reshape(who, tensor, panel.options.shape) end
  local images = tensor:table()
  if not numbers_below(images, 3) then
    core.raise(("%s: 'images' is %s; it must be n x height x width, or n x pixels with 'shape'"):format(who, table.concat(tensor:shape(), "x")))
  end
  return images
end

local function extent(images)
  local low, high = math.huge, -math.huge
  for _, image in ipairs(images) do
    for _, row in ipairs(image) do
      for _, x in ipairs(row) do low, high = math.min(low, x), math.max(high, x) end
    end
  end
  return low, high
end

--- The values of the first and the last colour; of a diverging palette 0 is in the middle.
local function colour_range(images, given)
  if given.range then return given.range end
  local low, high = extent(images)
  if given.palette == "diverging" then high = math.max(math.abs(low), math.abs(high)); low = -high end
  if low == high then return { low - 0.5, high + 0.5 } end
  return { low, high }
end

local function save(panel, images)
  local columns = { {}, {}, {}, {} }
  for n, image in ipairs(images) do
    for i, row in ipairs(image) do
      for k, x in ipairs(row) do
        local at = #columns[1] + 1
        columns[1][at], columns[2][at], columns[3][at], columns[4][at] = n, i, k, x
      end
    end
  end
  panel:save("", { "image", "row", "column", "value" }, columns)
end

local function read(panel)
  local given = panel.options
  if given.scale == "each" and given.range then
    core.raise(panel.who .. ": option 'range' is for a shared scale, and 'scale' is 'each'; give one of them")
  end
  local images = read_images(panel)
  panel.images, panel.columns = images, math.min(given.columns or math.ceil(math.sqrt(#images)), #images)
  panel.shared = given.scale ~= "each" and colour_range(images, given)
  panel.ranges = {}
  for n, image in ipairs(images) do panel.ranges[n] = panel.shared or colour_range({ image }, given) end
  save(panel, images)
end

--- Pixels across and down, with one of nothing between two images.
local function extents_of(panel)
  local images, columns = panel.images, panel.columns
  return columns * (#images[1][1] + 1) - 1, (#images + columns - 1) // columns * (#images[1] + 1) - 1
end

-- ---- the figure --------------------------------------------------------------------------------------------

local function to_range(x, range) return math.max(0, math.min(1, (x - range[1]) / (range[2] - range[1]))) end

--- The colour, from 0 to 1, of pixel x, y of one picture of all images.
local function painter(panel)
  local images = panel.images
  local height, width = #images[1], #images[1][1]
  return function(x, y)
    local n = y // (height + 1) * panel.columns + x // (width + 1) + 1
    local row = images[n] and images[n][y % (height + 1) + 1]
    local value = row and row[x % (width + 1) + 1]
    return value and to_range(value, panel.ranges[n]) or 0 / 0
  end
end

--- Rows x, y, colour for gnuplot. Viewers smooth images that are stretched: every pixel is many.
local function compose(paint, across, down)
  local zoom = math.max(1, math.min(8, 400 // math.max(across, down)))
  local points = {}
  for y = 0, down * zoom - 1 do
    for x = 0, across * zoom - 1 do
      points[#points + 1] = { (x + 0.5) / zoom - 0.5, 0.5 - (y + 0.5) / zoom, paint(x // zoom, y // zoom) }
    end
    points[#points + 1] = {}
  end
  return points
end

--- The colours go from 0 to 1; the ticks beside them tell the values.
local function add_colours(panel)
  local given, shared = panel.options, panel.shared
  if not shared then
    panel:add { look.palette(given.palette), "set cbrange [0:1]", "unset colorbox" }
    return
  end
  panel:add(look.colour_box(given.palette, "linear", { 0, 1 }, given.label))
  panel:add(look.ticks("cb", look.round_values(shared, 4), function(value) return to_range(value, shared) end))
end

--- Inches beside the images: left, right, top, bottom.
local function margins(panel)
  local right = not panel.shared and 0.1 or panel.options.label and 0.95 or 0.75
  return 0.1, right, panel.options.title and 0.4 or panel.labelled and 0.25 or 0.1, 0.1
end

--- As high as the images need.
local function height(panel, width)
  local across, down = extents_of(panel)
  local left, right, top, bottom = margins(panel)
  return (width - left - right) * down / across + top + bottom
end

--- The margins, with what is left over beside square pixels on both sides.
local function centred(panel)
  local across, down = extents_of(panel)
  local left, right, top, bottom = margins(panel)
  local width, high = panel.place[3] - left - right, panel.place[4] - top - bottom
  local pixel = math.min(width / across, high / down)
  local x, y = (width - pixel * across) / 2, (high - pixel * down) / 2
  return left + x, right + x, top + y, bottom + y
end

local function draw(panel)
  local across, down = extents_of(panel)
  panel:add { "unset border", "unset tics", "unset key", look.title(panel.options.title, panel.options.across) }
  panel:margins(centred(panel))
  panel:add {
    "set object 1 rectangle from graph 0,0 to graph 1,1 behind fillcolor rgb '#e0e0e0' fillstyle solid noborder",
    ("set xrange [-0.5:%d.5]"):format(across - 1), ("set yrange [-%d.5:0.5]"):format(down - 1),
  }
  add_colours(panel)
  panel:block("images", compose(painter(panel), across, down))
  panel:drawing("$images using 1:2:3 with image notitle")
end

return {
  name = "image_grid",
  what = "Images in rows, the first at the top left.",
  options = rows, read = read, draw = draw, height = height,
}

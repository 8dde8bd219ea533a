--- Doc entries: figures, by gnuplot.

--- What every figure takes.
local frame = {
  { name = "file", kind = "value", doc = "where it goes; the ending says how: .svg, .png or .pdf. The data go beside it as .csv" },
  { name = "title", kind = "value", doc = "above the figure; labels may hold subscripts and superscripts, F_Q, 10^{-3}" },
  { name = "x_label", kind = "value", doc = "below" },
  { name = "y_label", kind = "value", doc = "on the left" },
  { name = "x_range", kind = "value", doc = "{ from, to }; what holds the data when absent" },
  { name = "y_range", kind = "value", doc = "{ from, to }" },
  { name = "width", kind = "value", doc = "inches; 6 when absent" },
  { name = "height", kind = "value", doc = "inches; 4.5 when absent" },
  { name = "legend", kind = "value", doc = "where the names stand" },
}

local function with_frame(rows)
  local all = table.move(frame, 1, #frame, 1, {})
  return table.move(rows, 1, #rows, #all + 1, all)
end

local curves = with_frame {
  { name = "series", kind = "value", doc = "a list of { y, x, error, name, style, dashed, color }: lists or vectors; x is 1, 2, ... when absent, error one standard error of y" },
  { name = "style", kind = "value", doc = "'lines', 'points' or 'both'" },
  { name = "x_scale", kind = "value", doc = "'linear' or 'log'" },
  { name = "y_scale", kind = "value", doc = "'linear' or 'log'" },
  { name = "x_marks", kind = "value", doc = "reference lines { { at, name }, ... }" },
  { name = "y_marks", kind = "value", doc = "the same, across" },
}

local errors = "an unknown option; lists of different lengths; a value that a log axis cannot show; gnuplot is missing (the CSV is written all the same)."

return {
  title = "Figures",
  order = 125,
  {
    name = "gibbs.plot.lines",
    signature = "gibbs.plot.lines{ file, series, ... }",
    what = "Curves, with error bars where a series has them, in colours that the colour-blind can tell apart.",
    options = curves,
    errors = errors,
    example = [[
gibbs.plot.lines{ file = "kl.svg", x_label = "step", series = { { name = "KL", y = { 3, 2, 1.5 } } } }
print(gibbs.read("kl.csv").y[3])  --> 1.5]],
  },
  {
    name = "gibbs.plot.points",
    signature = "gibbs.plot.points{ file, series, ... }",
    what = "Points, with error bars where a series has them.",
    options = curves,
    errors = errors,
    example = [[
gibbs.plot.points{ file = "m.svg", series = { { x = { 0.3, 0.4 }, y = { 0.1, 0.6 }, error = { 0.02, 0.05 } } } }
print(gibbs.read("m.csv").error[2])  --> 0.05]],
  },
  {
    name = "gibbs.plot.heatmap",
    signature = "gibbs.plot.heatmap{ file, x, y, z, ... }",
    what = "A landscape over two parameters: colours, contour lines with their values, curves on which another surface has a value, and marked points.",
    options = with_frame {
      { name = "x", kind = "value", doc = "values along x, evenly spaced" },
      { name = "y", kind = "value", doc = "values along y, evenly spaced" },
      { name = "z", kind = "value", doc = "z[i][j] belongs to x[i] and y[j]" },
      { name = "z_label", kind = "value", doc = "beside the colours" },
      { name = "z_scale", kind = "value", doc = "'linear' or 'log'" },
      { name = "z_range", kind = "value", doc = "{ from, to } of the colours" },
      { name = "contours", kind = "value", doc = "how many lines, about (8), or a list of values" },
      { name = "curves", kind = "value", doc = "a list of { z, level, name, color }: lines on which another surface has this value (0)" },
      { name = "points", kind = "value", doc = "a list of { x, y, name, color }" },
    },
    errors = errors,
    example = [[
gibbs.plot.heatmap{ file = "f.svg", x = { 0, 1, 2 }, y = { 0, 1 }, z = { { 0, 1 }, { 1, 2 }, { 2, 3 } } }
print(#gibbs.read("f.csv").z)  --> 6]],
  },
  {
    name = "gibbs.plot.image_grid",
    signature = "gibbs.plot.image_grid{ file, images, ... }",
    what = "Images side by side: samples, filters, data.",
    options = {
      frame[1],
      { name = "images", kind = "value", doc = "n x height x width: a tensor, nested lists, data, or a parameter" },
      { name = "shape", kind = "value", doc = "{ height, width } of an image, where images are n x pixels" },
      { name = "columns", kind = "value", doc = "images in a row; as many as make a square when absent" },
      { name = "scale", kind = "value", doc = "'shared': equal colours are equal values; or 'each': a scale for every image" },
      { name = "range", kind = "value", doc = "{ from, to } of a shared scale; that of all pixels when absent" },
      { name = "palette", kind = "value", doc = "'grey', from white to black; 'viridis'; 'diverging', blue to red with white at 0" },
      frame[2],
      { name = "label", kind = "value", doc = "beside the colours of a shared scale" },
      frame[7],
      frame[8],
    },
    errors = errors,
    example = [[
local images = gibbs.tensor{ { 0, 1, 1, 0 }, { 1, 0, 0, 1 } }
gibbs.plot.image_grid{ file = "w.svg", images = images, shape = { 2, 2 } }
print(io.open("w.svg") ~= nil)  --> true]],
  },
}

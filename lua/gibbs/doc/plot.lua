--- Doc entries: figures, by gnuplot, and reports.  What the kinds of figures are, and their options, comes from their rows.

local figure = require "gibbs.plot.figure"
local kinds = require "gibbs.plot.kinds"
local options = require "gibbs.plot.options"

local labels = " Labels are UTF-8; `_` and `^` lower and raise one letter, a number (`^`) or what stands in braces: F_λ, m^2, 10^{-3}; `\\_` is itself, "
  .. "and so is `_` within a word and behind one of more than three letters: weight_decay, run_a, machine_1. Long titles go on in "
  .. "the next line, and a figure is as high as its legend needs."

local errors = "An unknown option; lists of different lengths; a value that a log axis cannot show; a path that cannot be written. Where gnuplot is missing, "
  .. "fails or takes longer than 300 s, the CSV is there and the error says so; a figure is there whole or not at all."

local files = " The same input gives the same bytes."

--- kind -> what its entry has beside its rows
local entries = {
  lines = {
    signature = "gibbs.plot.lines{ file, series, ... }",
    more = " More than 10000 points are thinned so that the figure looks the same." .. labels,
    example = [[
gibbs.plot.lines{ file = "kl.svg", x_label = "step", series = { { name = "KL", y = { 3, 2, 1.5 } } } }
print(gibbs.read("kl.csv").y[3])  --> 1.5]],
  },
  points = {
    signature = "gibbs.plot.points{ file, series, ... }",
    more = " Series are those of gibbs.plot.lines.",
    example = [[
gibbs.plot.points{ file = "m.svg", series = { { x = { 0.3, 0.4 }, y = { 0.1, 0.6 }, error = { 0.02, 0.05 } } } }
print(gibbs.read("m.csv").error[2])  --> 0.05]],
  },
  histogram = {
    signature = "gibbs.plot.histogram{ file, values, ... }",
    more = " A bin holds its lower edge, the last one its upper edge too.",
    example = [[
gibbs.plot.histogram{ file = "e.svg", values = { 1, 2, 2.5, 3, 7 }, bins = { 0, 2, 4, 8 } }
print(table.concat(gibbs.read("e.csv").count, " "))  --> 1 3 1]],
  },
  heatmap = {
    signature = "gibbs.plot.heatmap{ file, x, y, z, ... }",
    more = " Between the values colours are interpolated; what is not finite stays white, and is told.",
    example = [[
gibbs.plot.heatmap{ file = "f.svg", x = { 0, 1, 2 }, y = { 0, 1 }, z = { { 0, 1 }, { 1, 2 }, { 2, 3 } } }
print(#gibbs.read("f.csv").z)  --> 6]],
  },
  contour = {
    signature = "gibbs.plot.contour{ file, x, y, z, ... }",
    example = [[
gibbs.plot.contour{ file = "c.svg", x = { 0, 1, 2 }, y = { 0, 1 }, z = { { 0, 1 }, { 1, 2 }, { 2, 3 } }, levels = { 0.5, 1.5 } }
print(#gibbs.read("c.csv").z)  --> 6]],
  },
  image_grid = {
    signature = "gibbs.plot.image_grid{ file, images, ... }",
    example = [[
local images = gibbs.tensor{ { 0, 1, 1, 0 }, { 1, 0, 0, 1 } }
gibbs.plot.image_grid{ file = "w.svg", images = images, shape = { 2, 2 } }
print(#gibbs.read("w.csv").value)  --> 8]],
  },
  flow = {
    signature = "gibbs.plot.flow{ file, map, x_range, y_range, ... }",
    more = " A trajectory with 'from' is followed: step by step of a map, by Runge's and Kutta's midpoint rule through a field.",
    example = [[
local wilson = gibbs.rg.wilson{ closure = "quadratic" }
gibbs.plot.flow{ file = "rg.svg", map = wilson, x_range = { 0, 0.6 }, y_range = { 0, 0.3 },
  trajectories = { { points = wilson:flow({ K = 0.3, L = 0.1 }, 4) }, { from = { 0.4, 0.05 }, steps = 3 } },
  fixed_points = { { name = "K^*", couplings = wilson:fixed_point().couplings } } }
print(gibbs.read("rg-trajectories.csv").x[2])  --> 0.28]],
  },
}

--- What the tables in the options hold: "A series: name, in the legend; x, by default 1, 2, 3, ...; ..."
local function parts_of(kind)
  local texts = {}
  for i, part in ipairs(kind.parts or {}) do
    local fields = {}
    for k, row in ipairs(part[2]) do
      local text = ("%s (%s)"):format(row[1], row[3])
      fields[k] = row[4] == nil and text or ("%s = %s"):format(text, tostring(row[4]))
    end
    texts[i] = (" %s: %s."):format(part[1], table.concat(fields, "; "))
  end
  return table.concat(texts)
end

local list = { title = "Figures", order = 125 }

for _, kind in ipairs(kinds.list) do
  local entry = entries[kind.name]
  list[#list + 1] = {
    name = "gibbs.plot." .. kind.name,
    signature = entry.signature,
    what = kind.what .. (entry.more or "") .. parts_of(kind) .. files,
    options = options.documented(figure.rows(kind)),
    errors = errors,
    see = { "gibbs.plot.sheet" },
    example = entry.example,
  }
end

list[#list + 1] = {
  name = "gibbs.plot.sheet",
  signature = "gibbs.plot.sheet{ file, ... }",
  what = "Several figures in one file: the list of the table holds the panels, { kind = \"lines\", ... } with the options of gibbs.plot.lines except file, width "
    .. "and height. The data of panel (a) of all.svg are in all-a.csv." .. files,
  options = options.documented(figure.sheet_rows),
  errors = errors,
  example = [[
gibbs.plot.sheet{ file = "all.svg", columns = 2,
  { kind = "lines", series = { { y = { 3, 2, 1.5 } } } },
  { kind = "histogram", values = { 1, 2, 2, 3 } } }
print(table.concat(gibbs.read("all-b.csv").count, " "))  --> 1 2 1]],
}

list[#list + 1] = {
  name = "gibbs report",
  signature = "gibbs report DIR [options]",
  what = "Writes a page of HTML about a recorded run: status, options, environment, metrics as charts with bands of errors, figures, results, the files that it used, "
    .. "log and script. Of a folder with several runs, as a sweep leaves them, the page compares them. The page is one file, which asks for nothing "
    .. "on a network. Where something beyond a report lies in the page's place, it is kept.",
  parameters = { { "DIR", "string", "the folder of a recorded run, or one with several below it" } },
  errors = "Exit code 2 where there is no recorded run; 1 where the page cannot be written. A damaged file of a run is told on the page.",
  see = { "gibbs run", "gibbs sweep" },
  example = [[
echo 'require "gibbs".run():log{ step = 1, kl = 0.5 }' > study.lua
gibbs run study.lua --out a > log
gibbs report a
# --> a/report.html]],
}

return list

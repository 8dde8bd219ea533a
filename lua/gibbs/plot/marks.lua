--- Reference lines across a figure, each with its name beside it.

local _, core = ...
local options = require "gibbs.plot.options"
local gnuplot = require "gibbs.plot.gnuplot"

local marks = {}

marks.rows = {
  { "x_marks", "table", "reference lines at values of x: a list of { at = 0.44, name = 'K_c' }" },
  { "y_marks", "table", "reference lines at values of y" },
}

local mark_rows = {
  { "at", "number", "where" },
  { "name", "string", "beside the line" },
}

---Check both lists of a panel.
function marks.read(panel)
  for _, axis in ipairs { "x", "y" } do
    local list = {}
    for i, given in ipairs(panel.options[axis .. "_marks"] or {}) do
      local where = ("%s: %s_marks[%d]"):format(panel.who, axis, i)
      list[i] = options.check(where, given, mark_rows)
      if not list[i].at then core.raise(where .. ": option 'at' is missing") end
      if panel.options[axis .. "_scale"] == "log" and list[i].at <= 0 then
        core.raise(("%s: option 'at' is %s, which a log axis cannot show"):format(where, list[i].at))
      end
    end
    panel.options[axis .. "_marks"] = list
  end
end

---Where the marks of an axis are.
function marks.places(panel, axis)
  local list = {}
  for i, mark in ipairs(panel.options[axis .. "_marks"]) do list[i] = mark.at end
  return list
end

local function line(axis, at)
  if axis == "x" then
    return ("first %s, graph 0"):format(at), ("first %s, graph 1"):format(at), ("first %s, graph 0.97 offset 0.5,0"):format(at)
  end
  return "graph 0, first " .. at, "graph 1, first " .. at, ("graph 0.99, first %s right offset 0,0.6"):format(at)
end

function marks.draw(panel)
  for _, axis in ipairs { "x", "y" } do
    for _, mark in ipairs(panel.options[axis .. "_marks"]) do
      local from, to, beside = line(axis, gnuplot.number(mark.at))
      panel:add(("set arrow from %s to %s nohead dashtype 3 linecolor rgb '#606060' linewidth 1 back"):format(from, to))
      if mark.name then panel:add(("set label %s at %s textcolor rgb '#404040' front"):format(gnuplot.text(mark.name), beside)) end
    end
  end
end

return marks

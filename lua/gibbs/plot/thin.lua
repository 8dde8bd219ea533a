--- Leaving out points that nobody could see: a figure has some hundreds of dots across, data may have millions of points.

local options = require "gibbs.plot.options"

local thin = { most = 10000 } -- below this many points nothing is left out

local function is_rising(x)
  for i = 2, #x do
    if not (x[i] >= x[i - 1]) then return false end
  end
  return true
end

--- A map of an axis' values to whole cells.
local function cells(range, scale, count)
  local from, to = range[1], range[2]
  if scale == "log" then from, to = math.log(from), math.log(to) end
  return function(value)
    if scale == "log" then value = math.log(value) end
    return math.floor((value - from) / (to - from) * count)
  end
end

--- Of each column of dots the first, lowest, highest and last point: the line drawn through them covers the same dots.
local function line(x, y, across)
  local keep, first = {}, 1
  local function close(last)
    local low, high = first, first
    for i = first, last do
      if y[i] < y[low] then low = i end
      if y[i] > y[high] then high = i end
    end
    local chosen = { first, math.min(low, high), math.max(low, high), last }
    for k, i in ipairs(chosen) do
      if k == 1 or i ~= chosen[k - 1] then keep[#keep + 1] = i end
    end
  end
  for i = 2, #x do
    if across(x[i]) ~= across(x[first]) then
      close(i - 1)
      first = i
    end
  end
  close(#x)
  return keep
end

--- Of points in the same cell the first.
local function points(x, y, across, up)
  local keep, taken = {}, {}
  for i = 1, #x do
    local cell = across(x[i]) * 100000 + up(y[i])
    if not taken[cell] then
      taken[cell] = true
      keep[#keep + 1] = i
    end
  end
  return keep
end

--- Of points that follow each other in the same cell the first, and the last of all.
local function path(x, y, across, up)
  local keep, before_x, before_y = {}, nil, nil
  for i = 1, #x do
    local cell_x, cell_y = across(x[i]), up(y[i])
    if cell_x ~= before_x or cell_y ~= before_y or i == #x then keep[#keep + 1] = i end
    before_x, before_y = cell_x, cell_y
  end
  return keep
end

local function all_finite(x, y)
  for i = 1, #x do
    if not (options.finite(x[i]) and options.finite(y[i])) then return false end
  end
  return true
end

---Which points to draw, by their places in the lists; nil: all.
---@param x number[]
---@param y number[]
---@param frame table      x_range, y_range, x_scale, y_scale
---@param style string     "lines", "points" or "both"
---@param most integer?     nothing is left out up to so many points; beyond, about as many remain
---@return integer[]?
function thin.places(x, y, frame, style, most)
  if #x <= (most or thin.most) or not all_finite(x, y) then return nil end
  local fine = style == "points" and 300 or most and most // 4 or 1500
  local across, up = cells(frame.x_range, frame.x_scale, fine), cells(frame.y_range, frame.y_scale, fine)
  local keep
  if style == "points" then
    keep = points(x, y, across, up)
  else
    keep = is_rising(x) and line(x, y, across) or path(x, y, across, up)
  end
  return #keep < #x and keep or nil
end

return thin

--- Shapes: places of a lattice, flat lists as nested tables; all in row-major order.

local grid = {}

--- The number of places.
function grid.size(shape)
  local total = 1
  for _, length in ipairs(shape) do total = total * length end
  return total
end

--- All places as lists of coordinates from 0.
function grid.places(shape)
  local list = { {} }
  for _, length in ipairs(shape) do
    local longer = {}
    for _, place in ipairs(list) do
      for x = 0, length - 1 do
        local next_place = table.move(place, 1, #place, 1, {})
        next_place[#next_place + 1] = x
        longer[#longer + 1] = next_place
      end
    end
    list = longer
  end
  return list
end

--- A flat list as nested tables of a shape.
function grid.fold(flat, shape, axis, place)
  axis, place = axis or 1, place or { 0 }
  if axis > #shape then
    place[1] = place[1] + 1
    return flat[place[1]]
  end
  local list = {}
  for i = 1, shape[axis] do list[i] = grid.fold(flat, shape, axis + 1, place) end
  return list
end

return grid

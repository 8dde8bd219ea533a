--- The couplings of a Hamiltonian of a few +-1 spins: H(s) = -g - sum_A g_A prod_(i in A) s_i, exactly, by the Walsh-Hadamard
--- transform; and the same gathered into classes that the lattice's symmetries map onto each other.

local _, core = ...
local arguments = require "gibbs.arguments"
local grid = require "gibbs.grid"
local variables = require "gibbs.variables"

local couplings = {}

couplings.MOST_UNITS = 20

--- In place; afterwards list[mask + 1] is the sum over states of the value times the product of the spins in the mask.
local function walsh_hadamard(list)
  local half = 1
  while half < #list do
    for first = 1, #list, 2 * half do
      for i = first, first + half - 1 do
        local a, b = list[i], list[i + half]
        list[i], list[i + half] = a + b, a - b
      end
    end
    half = half * 2
  end
end

-- ---- classes ----------------------------------------------------------------------------------------------------

--- The coordinates of a site, from 0.
local function place_of(site, shape)
  local place = {}
  for axis = #shape, 1, -1 do
    place[axis] = site % shape[axis]
    site = site // shape[axis]
  end
  return place
end

--- Orders of the axes that leave the shape as it is: only axes of one length are exchanged.
local function axis_orders(shape)
  local orders = { {} }
  for _, length in ipairs(shape) do
    local longer = {}
    for _, order in ipairs(orders) do
      for axis = 1, #shape do
        local taken = shape[axis] ~= length
        for _, other in ipairs(order) do taken = taken or other == axis end
        if not taken then longer[#longer + 1] = table.move({ axis }, 1, 1, #order + 1, table.move(order, 1, #order, 1, {})) end
      end
    end
    orders = longer
  end
  return orders
end

--- Where a shift, reflections (a bit an axis) and an order of the axes move every site.
local function moved_sites(shape, order, reflect, shift)
  local images = {}
  for site = 0, grid.size(shape) - 1 do
    local place, number = place_of(site, shape), 0
    for axis, length in ipairs(shape) do
      local x = place[order[axis]]
      if reflect >> (axis - 1) & 1 == 1 then x = -x end
      number = number * length + (x + shift[axis]) % length
    end
    images[site] = number
  end
  return images
end

--- All symmetries of a periodic lattice, as where they move its sites; none twice.
local function symmetries(shape)
  local list, seen = {}, {}
  for _, order in ipairs(axis_orders(shape)) do
    for reflect = 0, (1 << #shape) - 1 do
      for _, shift in ipairs(grid.places(shape)) do
        local images = moved_sites(shape, order, reflect, shift)
        local key = table.concat(images, " ", 0)
        if not seen[key] then list[#list + 1] = images end
        seen[key] = true
      end
    end
  end
  return list
end

local function sites_of(mask)
  local list, site = {}, 0
  while mask >> site ~= 0 do
    if mask >> site & 1 == 1 then list[#list + 1] = site end
    site = site + 1
  end
  return list
end

--- How far two sites are apart along each axis, the smaller distance first where axes are of one length.
local function distance(one, other, shape)
  local a, b, apart = place_of(one, shape), place_of(other, shape), {}
  for axis, length in ipairs(shape) do
    local x = math.abs(a[axis] - b[axis])
    apart[axis] = math.min(x, length - x)
    for before = 1, axis - 1 do
      if shape[before] == length and apart[before] > apart[axis] then apart[before], apart[axis] = apart[axis], apart[before] end
    end
  end
  return apart
end

--- "field", "pair {0,1}", "3 spins {0,0} {0,1} {1,0}"
local function class_name(sites, shape)
  if #sites == 1 then return "field" end
  if #sites == 2 then return "pair {" .. table.concat(distance(sites[1], sites[2], shape), ",") .. "}" end
  local texts = {}
  for i, site in ipairs(sites) do texts[i] = "{" .. table.concat(place_of(site, shape), ",") .. "}" end
  return ("%d spins %s"):format(#sites, table.concat(texts, " "))
end

--- The class of a mask that no earlier class has; its masks are marked in `seen`.
local function class_from(mask, values, shape, images, seen)
  local sites, count, sum, low, high = sites_of(mask), 0, 0, math.huge, -math.huge
  for _, image in ipairs(images) do
    local other = 0
    for _, site in ipairs(sites) do other = other | 1 << image[site] end
    if not seen[other] then
      seen[other] = true
      local g = values[other + 1]
      count, sum, low, high = count + 1, sum + g, math.min(low, g), math.max(high, g)
    end
  end
  return { name = class_name(sites, shape), spins = #sites, count = count, value = sum / count, spread = high - low }
end

local function gather(values, shape)
  local images, seen, order, list = symmetries(shape), {}, {}, {}
  for mask = 1, #values - 1 do
    if not seen[mask] then
      list[#list + 1] = class_from(mask, values, shape, images, seen)
      order[list[#list]] = mask
    end
  end
  table.sort(list, function(a, b) return a.spins ~= b.spins and a.spins < b.spins or a.spins == b.spins and order[a] < order[b] end)
  for _, row in ipairs(list) do list[row.name] = row.value end
  return list
end

--- The number of spins of a distribution of one variable of +-1 spins, and their shape.
function couplings.need_spins(who, C)
  if not arguments.is_distribution(C) then arguments.refuse(who, "C", C, "a distribution of +-1 spins") end
  local domain, shape = variables.units(C.visible)
  if domain ~= "spins" then
    core.raise(("%s: the distribution is one of %s; couplings are products of one variable of +-1 spins"):format(who, variables.text(C.visible)))
  end
  return grid.size(shape), shape
end

--- list[mask + 1]: the coupling g_A of the spins in the mask; list[1] is the constant g.
function couplings.coefficients(C)
  local values = {}
  variables.each_hamiltonian(C, function(number, value) values[number + 1] = value end)
  walsh_hadamard(values)
  for i = 1, #values do values[i] = -values[i] / #values end
  return values
end

---The couplings of a distribution of up to 20 +-1 spins, as after transform:step(P).
---@param C any  the distribution
---@return table  a list of classes { name, spins, value (their mean), spread (greatest minus least), count } by the number of
---spins; the value is also in the field of the name; and `constant`, g
function couplings.of(C)
  local who = "gibbs.rg.couplings"
  local units, shape = couplings.need_spins(who, C)
  if units > couplings.MOST_UNITS then
    core.raise(("%s: %d spins have 2^%d couplings; at most %d spins. gibbs.rg.pair_couplings has fields and pairs of more spins, gibbs.rg.mcrg infers "
      .. "couplings in a basis"):format(who, units, units, couplings.MOST_UNITS))
  end
  local values = arguments.as(who, nil, couplings.coefficients, C)
  local list = gather(values, shape)
  list.constant = values[1]
  return list
end

return couplings

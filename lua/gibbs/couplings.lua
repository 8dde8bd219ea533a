--- The couplings of a Hamiltonian of a few +-1 spins: H(s) = -g - sum_A g_A prod_(i in A) s_i, exactly, by the Walsh-Hadamard
--- transform; and the same gathered into classes that the lattice's symmetries map onto each other.

local _, core = ...
local grid = require "gibbs.grid"

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

--- The sites of a mask as coordinates from 0.
local function sites_of(mask, shape)
  local list, site = {}, 0
  while mask >> site ~= 0 do
    if mask >> site & 1 == 1 then
      local place, rest = {}, site
      for axis = #shape, 1, -1 do
        place[axis] = rest % shape[axis]
        rest = rest // shape[axis]
      end
      list[#list + 1] = place
    end
    site = site + 1
  end
  return list
end

local function mask_of(sites, shape, shift, reflect)
  local mask = 0
  for _, place in ipairs(sites) do
    local number = 0
    for axis, length in ipairs(shape) do
      local x = reflect >> (axis - 1) & 1 == 1 and -place[axis] or place[axis]
      number = number * length + (x + shift[axis]) % length
    end
    mask = mask | 1 << number
  end
  return mask
end

--- Axes of one length may be exchanged.
local function exchanged(sites, shape)
  if #shape ~= 2 or shape[1] ~= shape[2] then return { sites } end
  local other = {}
  for i, place in ipairs(sites) do other[i] = { place[2], place[1] } end
  return { sites, other }
end

--- The least of all images of a mask.
local function class_of(mask, shape, all_shifts)
  local least = mask
  for _, sites in ipairs(exchanged(sites_of(mask, shape), shape)) do
    for reflect = 0, (1 << #shape) - 1 do
      for _, shift in ipairs(all_shifts) do
        least = math.min(least, mask_of(sites, shape, shift, reflect))
      end
    end
  end
  return least
end

function couplings.spins_in(mask)
  local count = 0
  while mask ~= 0 do
    mask = mask & (mask - 1)
    count = count + 1
  end
  return count
end

--- "pair {0,1}", "3 spins {0,0} {0,1} {1,0}"
local function class_name(mask, shape)
  local sites = sites_of(mask, shape)
  local texts = {}
  for i, place in ipairs(sites) do texts[i] = "{" .. table.concat(place, ",") .. "}" end
  if #sites == 1 then return "field" end
  if #sites == 2 then
    local apart = {}
    for axis, length in ipairs(shape) do
      local x = math.abs(sites[2][axis] - sites[1][axis])
      apart[axis] = math.min(x, length - x)
    end
    table.sort(apart)
    return "pair {" .. table.concat(apart, ",") .. "}"
  end
  return ("%d spins %s"):format(#sites, table.concat(texts, " "))
end

local function gather(values, shape)
  local all_shifts, by_class, list = grid.places(shape), {}, {}
  for mask = 1, #values - 1 do
    local least = class_of(mask, shape, all_shifts)
    local row = by_class[least]
    if not row then
      row = { name = class_name(least, shape), spins = couplings.spins_in(least), count = 0, value = 0, low = math.huge, high = -math.huge,
        mask = least }
      by_class[least] = row
      list[#list + 1] = row
    end
    local g = values[mask + 1]
    row.count, row.value = row.count + 1, row.value + g
    row.low, row.high = math.min(row.low, g), math.max(row.high, g)
  end
  for _, row in ipairs(list) do
    row.value, row.spread = row.value / row.count, row.high - row.low
    row.low, row.high = nil, nil
  end
  table.sort(list, function(a, b) return a.spins ~= b.spins and a.spins < b.spins or a.spins == b.spins and a.mask < b.mask end)
  for _, row in ipairs(list) do
    list[row.name] = list[row.name] or row.value
    row.mask = nil
  end
  return list
end

--- The number of spins of a distribution of +-1 spins; an error at the script's line for anything else.
function couplings.need_spins(who, C)
  local members = type(C) == "userdata" and core.members(C, true)
  if not (members and members.hamiltonian) or core.units(C.visible) ~= "spins" then
    core.raise(("%s: argument 'C' is %s; it must be a distribution of one variable of +-1 spins"):format(who, tostring(C)))
  end
  return grid.size(C.visible:shape())
end

--- list[mask + 1]: the coupling g_A of the spins in the mask; list[1] is the constant g.
function couplings.coefficients(C)
  local values = C:hamiltonian(grid.states(C.visible:shape())):table()
  walsh_hadamard(values)
  for i = 1, #values do values[i] = -values[i] / #values end
  return values
end

---The couplings of a distribution of up to 20 +-1 spins, as after transform:step(P).
---@param C any  the distribution
---@return table  a list of classes { name, spins, value (their mean), spread (greatest minus least), count }, by falling symmetry:
---the value is also in the field of the name; and `constant`, g
function couplings.of(C)
  local units = couplings.need_spins("gibbs.rg.couplings", C)
  if units > couplings.MOST_UNITS then
    core.raise(("gibbs.rg.couplings: %d spins have 2^%d couplings; at most %d spins. gibbs.rg.pair_couplings has fields and pairs of more spins, "
      .. "gibbs.rg.mcrg infers couplings in a basis"):format(units, units, couplings.MOST_UNITS))
  end
  local values = couplings.coefficients(C)
  local list = gather(values, C.visible:shape())
  list.constant = values[1]
  return list
end

return couplings

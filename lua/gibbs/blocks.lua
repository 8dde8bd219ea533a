--- Coarse-grainings by blocks of a lattice: decimation, majority, Kadanoff's block spins, filters, moved bonds.

local _, core = ...
local arguments = require "gibbs.arguments"
local grid = require "gibbs.grid"
local transforms = require "gibbs.transforms"
local variables = require "gibbs.variables"
local gibbs = core.fields

local blocks = {}

--- How large a field has to be to decide: exp(-200) is nothing beside 1.
local HARD = 100
--- How large fields may be in all: their rounding is an error of T.
local LARGEST = 1e6
--- Fields this small beside the sum of their weights are 0 but for rounding; the rules of gibbs.rg.mcrg say the same.
local ROUNDING = 1e-12
local MOST_SEEN = 16 -- spins of a hard filter, whose smallest field is looked for

-- ---- options ------------------------------------------------------------------------------------------------

local function is_spins(value) return variables.units(value) == "spins" end
local function is_length(value) return math.type(value) == "integer" and value >= 2 end
local function is_strength(value) return type(value) == "number" and value == value end

local VISIBLE = { "visible", "the +-1 spins of a lattice, as P.visible", is_spins }
local LENGTH = { "b", "a whole number of at least 2", is_length, 2 }

--- The shape of the blocks' lattice.
local function coarse_shape(who, shape, b)
  if #shape < 1 or #shape > 3 then
    core.raise(("%s: the spins have %d axes; a lattice has 1 to 3"):format(who, #shape))
  end
  local coarse = {}
  for axis, length in ipairs(shape) do
    if length % b ~= 0 then
      core.raise(("%s: blocks of length %d do not divide a lattice of length %d"):format(who, b, length))
    end
    coarse[axis] = length // b
  end
  return coarse
end

--- What all kinds of blocks need to know: { who, v, shape, b, coarse, h }.
local function lattice_of(who, given)
  local _, shape = variables.units(given.visible)
  local coarse = coarse_shape(who, shape, given.b)
  return { who = who, v = given.visible, shape = shape, b = given.b, coarse = coarse, h = gibbs.spins(coarse, "h") }
end

-- ---- fields --------------------------------------------------------------------------------------------------

--- Row-major number of a site, periodically.
local function site_number(shape, coordinates)
  local number = 0
  for axis, length in ipairs(shape) do number = number * length + coordinates[axis] % length end
  return number + 1
end

--- The sites that a block sees, one an offset from its corner.
local function sites_seen(lattice, corner, offsets)
  local sites = {}
  for i, offset in ipairs(offsets) do
    local at = {}
    for axis = 1, #lattice.shape do at[axis] = corner[axis] * lattice.b + offset[axis] end
    sites[i] = site_number(lattice.shape, at)
  end
  return sites
end

--- The field of every block: a matrix of blocks times sites.
local function field_matrix(lattice, offsets, weights)
  local rows = {}
  for _, corner in ipairs(grid.places(lattice.coarse)) do
    local row = {}
    for site = 1, grid.size(lattice.shape) do row[site] = 0 end
    for i, site in ipairs(sites_seen(lattice, corner, offsets)) do row[site] = row[site] + weights[i] end
    rows[#rows + 1] = row
  end
  return gibbs.tensor(rows)
end

--- h . phi - sum log 2cosh phi, without the second part when it is not normalised.
local function block_kernel(lattice, field, normalised)
  local count = grid.size(lattice.coarse)
  local phi = field_matrix(lattice, field.offsets, field.weights):mul(lattice.v:reshape{ grid.size(lattice.shape) }) + field.bias
  local T = lattice.h:reshape{ count }:dot(phi)
  return normalised and T - gibbs.sum(gibbs.logcosh(phi)) - count * math.log(2) or T
end

--- The kernel is made when it is first asked for: its matrix grows as the square of the lattice, and a rule does without.
local function block_transform(lattice, name, field, rule, way)
  way = way or {}
  way.kernel = function() return block_kernel(lattice, field, rule ~= nil) end
  return transforms.new({ name = name, visible = lattice.v, hidden = lattice.h, rule = rule }, way)
end

--- Offsets of all sites of a block, and the same weight for each.
local function whole_block(lattice, weight)
  local lengths, weights = {}, {}
  for axis = 1, #lattice.shape do lengths[axis] = lattice.b end
  local offsets = grid.places(lengths)
  for i = 1, #offsets do weights[i] = weight end
  return { offsets = offsets, weights = weights, bias = 0 }
end

local function clip(value, most) return math.max(-most, math.min(most, value)) end

-- ---- decimation ----------------------------------------------------------------------------------------------

--- v in terms of the spins that stay, h, and of the others: v = A h + B u, without any limit of a strong coupling.
local function split(lattice)
  local sites, corner = grid.size(lattice.shape), {}
  for axis = 1, #lattice.shape do corner[axis] = 0 end
  local stays = {}
  for i, place in ipairs(grid.places(lattice.coarse)) do stays[sites_seen(lattice, place, { corner })[1]] = i end
  local A, B, others = {}, {}, sites - grid.size(lattice.coarse)
  local other = 0
  for site = 1, sites do
    A[site], B[site] = {}, {}
    for i = 1, sites - others do A[site][i] = stays[site] == i and 1 or 0 end
    if not stays[site] then other = other + 1 end
    for i = 1, others do B[site][i] = not stays[site] and i == other and 1 or 0 end
  end
  local u = gibbs.spins(others, "u")
  local v = gibbs.tensor(A):mul(lattice.h:reshape{ sites - others }) + gibbs.tensor(B):mul(u)
  return v:reshape(lattice.shape), u
end

--- The energy of a step that keeps every b-th spin, out of the Hamiltonian of all spins; and what is summed over.
local function decimated(lattice, H)
  local v, u = split(lattice)
  return core.substitute(H, lattice.v, v), u
end

local function decimation_of(lattice)
  local corner = {}
  for axis = 1, #lattice.shape do corner[axis] = 0 end
  return block_transform(lattice, "decimation", { offsets = { corner }, weights = { HARD }, bias = 0 },
    { kind = "decimation", b = lattice.b }, { step = function(P) return decimated(lattice, P.H) end })
end

---Every b-th spin along each axis stays.
---@param options {visible: any, b?: integer}
function blocks.decimation(options)
  local who = "gibbs.rg.decimation"
  return decimation_of(lattice_of(who, arguments.read(who, options, { VISIBLE, LENGTH })))
end

-- ---- block spins ---------------------------------------------------------------------------------------------

---The sign of a block's sum; a fair coin where that is 0.
---@param options {visible: any, b?: integer}
function blocks.majority(options)
  local who = "gibbs.rg.majority"
  local lattice = lattice_of(who, arguments.read(who, options, { VISIBLE, LENGTH }))
  local field = whole_block(lattice, HARD / (lattice.b % 2 == 0 and 2 or 1)) -- the smallest sum that is not 0
  return block_transform(lattice, "majority", field, { kind = "majority", b = lattice.b })
end

---Kadanoff's block spins: exp T = prod_B exp(p h_B sum_B v) / 2cosh(p sum_B v); without the normalisation the trace condition
---does not hold.
---@param options {visible: any, b?: integer, p: number, normalised?: boolean}
function blocks.block_spin(options)
  local who = "gibbs.rg.block_spin"
  local given = arguments.read(who, options, { VISIBLE, LENGTH, { "p", "a number, or math.huge for the majority", is_strength },
    { "normalised", "true or false", arguments.is_boolean, true } })
  local lattice = lattice_of(who, given)
  if given.normalised then -- beyond HARD nothing changes: it is the majority
    return block_transform(lattice, "block_spin", whole_block(lattice, clip(given.p, HARD)),
      { kind = "block_spin", b = given.b, p = clip(given.p, LARGEST) })
  end
  if math.abs(given.p) > LARGEST then
    core.raise(("%s: option 'p' is %g; where the kernel is not normalised it must lie in [-%g, %g]"):format(who, given.p, LARGEST, LARGEST))
  end
  return block_transform(lattice, "block_spin", whole_block(lattice, given.p)) -- no rule draws from what does not add up to 1
end

-- ---- filters -------------------------------------------------------------------------------------------------

local function check_offset(who, i, offset, axes)
  local whole = type(offset) == "table" and #offset == axes
  for axis = 1, axes do whole = whole and math.type(offset[axis]) ~= nil and math.tointeger(offset[axis]) ~= nil end
  if not whole then
    core.raise(("%s: offset %d is %s; it must be a list of %d whole numbers, one an axis"):format(who, i, arguments.text(offset), axes))
  end
end

local function check_filter(who, given, axes)
  if #given.offsets ~= #given.weights then
    core.raise(("%s: %d offsets and %d weights; there must be as many of both"):format(who, #given.offsets, #given.weights))
  end
  local total = math.abs(given.bias)
  for i, offset in ipairs(given.offsets) do
    check_offset(who, i, offset, axes)
    local weight = given.weights[i]
    if not arguments.is_number(weight) then
      core.raise(("%s: weight %d is %s; it must be a number"):format(who, i, arguments.text(weight)))
    end
    total = total + math.abs(weight)
  end
  if total > LARGEST and not given.hard then
    core.raise(("%s: the field can be as large as %g, at most %g; hard = true takes its sign"):format(who, total, LARGEST))
  end
  return total
end

--- The smallest field that is not 0; nil where all are.
local function smallest_field(given, total)
  local sums, smallest = { given.bias }, nil
  for _, weight in ipairs(given.weights) do
    local more = {}
    for _, sum in ipairs(sums) do
      more[#more + 1] = sum + weight
      more[#more + 1] = sum - weight
    end
    sums = more
  end
  for _, sum in ipairs(sums) do
    local size = math.abs(sum)
    if size > ROUNDING * total and size < (smallest or math.huge) then smallest = size end
  end
  return smallest
end

--- By what a hard filter's fields have to be multiplied, to decide all of them.
local function hard_scale(who, given, total)
  if #given.weights > MOST_SEEN then
    core.raise(("%s: a hard filter of %d spins; at most %d"):format(who, #given.weights, MOST_SEEN))
  end
  local smallest = smallest_field(given, total)
  if smallest and HARD * total / smallest > LARGEST then
    core.raise(("%s: the field can be as large as %g and as small as %g; a hard filter tells signs down to %g of the largest")
      :format(who, total, smallest, HARD / LARGEST))
  end
  return smallest and HARD / smallest or 1
end

---A filter of one's own: phi = bias + weights . spins at offsets from the block's corner; hard takes its sign.
---@param options {visible: any, b?: integer, offsets: table, weights: number[], bias?: number, hard?: boolean}
function blocks.filter(options)
  local who = "gibbs.rg.filter"
  local given = arguments.read(who, options, { VISIBLE, LENGTH, { "offsets", "a list of offsets, one whole number an axis each", arguments.is_list },
    { "weights", "a list of numbers", arguments.is_list }, { "bias", "a number", arguments.is_number, 0 },
    { "hard", "true or false", arguments.is_boolean, false } })
  local lattice = lattice_of(who, given)
  local total = check_filter(who, given, #lattice.shape)
  local scale, scaled = given.hard and hard_scale(who, given, total) or 1, {}
  for i, weight in ipairs(given.weights) do scaled[i] = weight * scale end
  local rule = { kind = "filter", b = given.b, offsets = given.offsets, weights = given.weights, bias = given.bias, hard = given.hard }
  return block_transform(lattice, "filter", { offsets = given.offsets, weights = scaled, bias = given.bias * scale }, rule)
end

-- ---- moved bonds -------------------------------------------------------------------------------------------------

--- 1 on the lines along `axis` through the corners of the blocks, 0 elsewhere.
local function line_mask(lattice, axis)
  local flat = {}
  for i, place in ipairs(grid.places(lattice.shape)) do
    local on = 1
    for other, x in ipairs(place) do
      if other ~= axis and x % lattice.b ~= 0 then on = 0 end
    end
    flat[i] = on
  end
  return gibbs.tensor(grid.fold(flat, lattice.shape))
end

--- The energy with the bonds of b^(d-1) parallel lines on one of them.
local function moved_energy(lattice, J)
  local axes, v = #lattice.shape, lattice.v
  local moved = 0
  for axis = 1, axes do
    local step = {}
    for other = 1, axes do step[other] = other == axis and 1 or 0 end
    moved = moved - J * lattice.b ^ (axes - 1) * gibbs.sum(line_mask(lattice, axis) * v * v:shift(step))
  end
  return moved
end

---Migdal and Kadanoff's step of the hypercubic Ising model: the bonds of b^(d-1) parallel lines are moved onto one, and all spins but
---every b-th are summed over.  T = H - H_moved + that of decimation, so D = H_moved - H, whose mean is 0 where all bonds along an
---axis have the same mean: F_l <= F.
---@param options {visible: any, J: number, b?: integer}
function blocks.bond_moving(options)
  local who = "gibbs.rg.bond_moving"
  local given = arguments.read(who, options, { VISIBLE, { "J", "a number, the coupling of nearest neighbours", arguments.is_number }, LENGTH })
  local lattice = lattice_of(who, given)
  local moved, decimation = moved_energy(lattice, given.J), decimation_of(lattice)
  return transforms.new({ name = "bond_moving", visible = lattice.v, hidden = lattice.h,
    kernel = function(P) return P.H - moved + decimation.kernel end },
    { machine = function() return moved - decimation.kernel end, step = function() return decimated(lattice, moved) end })
end

return blocks

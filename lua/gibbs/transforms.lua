--- Coarse-grainings: T(v, h), the kernel of a step from v to h, and what follows from it.
---
--- With the Hamiltonian H of P the machine E = H - T has P's spins visible and the block spins hidden; its Hamiltonian is
--- H_l = H + D, D(v) = -log sum_h exp T.  Seen from the other side it is the step itself: H'(h) = -log sum_v exp(T - H).
--- sum_h exp T = 1 for every v, the trace condition, is D = 0.  (Mehta and Schwab, arXiv:1410.3831, eqs. 9 to 13.)

local _, core = ...
local grid = require "gibbs.grid"
local gibbs = core.fields

local transforms = {}

--- How strong a coupling has to be to decide: exp(-80) is nothing beside 1.
local HARD = 40

-- ---- objects ---------------------------------------------------------------------------------------------

local Transform = { __name = "gibbs.transform" }
local methods = {}

function Transform.__index(self, name)
  local method = methods[name]
  if method then return method end
  local known = { kernel = true, visible = true, hidden = true, rule = true, name = true }
  if known[name] then return nil end
  for key in pairs(methods) do known[key] = true end
  core.raise(("transform: no field or method '%s'%s"):format(tostring(name), core.hint(tostring(name), known)))
end

local function shape_text(expression)
  local text = table.concat(expression:shape(), "x")
  return text == "" and "1" or text
end

function Transform:__tostring()
  return ("transform %s: %s spins to %s"):format(self.name, shape_text(self.visible), shape_text(self.hidden))
end

local function new(fields)
  return setmetatable(fields, Transform)
end

-- ---- checks ----------------------------------------------------------------------------------------------

local function is_distribution(value)
  local members = type(value) == "userdata" and core.members(value, true)
  return members and members.free_energy ~= nil and members.hamiltonian ~= nil
end

local function need_distribution(who, name, value)
  if not is_distribution(value) then
    core.raise(("%s: argument '%s' is %s; it must be a distribution with an energy"):format(who, name, tostring(value)))
  end
end

local function need_table(who, value)
  if type(value) ~= "table" then
    core.raise(("%s: argument 'options' is %s; it must be a table"):format(who, tostring(value)))
  end
end

--- rows: { name = { legal, check, default } }; unknown names are refused, missing ones without a default too.
local function read(who, options, rows)
  need_table(who, options)
  local given = {}
  for name in pairs(options) do
    if not rows[name] then
      core.raise(("%s: unknown option '%s'%s"):format(who, tostring(name), core.hint(tostring(name), rows)))
    end
  end
  for name, row in pairs(rows) do
    local value = options[name]
    if value == nil then value = row[3] end
    if value == nil and not row.optional then core.raise(("%s: option '%s' is missing; it must be %s"):format(who, name, row[1])) end
    if value ~= nil and not row[2](value) then
      core.raise(("%s: option '%s' is %s; it must be %s"):format(who, name, tostring(value), row[1]))
    end
    given[name] = value
  end
  return given
end

local function is_expression(value)
  local members = type(value) == "userdata" and core.members(value, true)
  return members and members.shape ~= nil and members.reshape ~= nil
end

local function is_number(value) return type(value) == "number" and value == value and math.abs(value) < math.huge end
local function is_list(value) return type(value) == "table" and #value > 0 end
local function is_length(value) return math.type(value) == "integer" and value >= 2 end
local function is_boolean(value) return type(value) == "boolean" end

local VISIBLE = { "the spins of a lattice, as P.visible", is_expression }
local LENGTH = { "a whole number of at least 2", is_length, 2 }

-- ---- what follows from a kernel ------------------------------------------------------------------------------

--- T for the distribution that is coarse-grained: a kernel may need its Hamiltonian.
local function kernel_for(self, P)
  return type(self.kernel) == "function" and self.kernel(P) or self.kernel
end

--- log sum_h exp T is minus D: the Hamiltonian of the machine whose energy is -T.
local function trace_machine(self, P)
  return gibbs.boltzmann{ visible = self.visible, hidden = self.hidden, energy = -kernel_for(self, P) }
end

---The machine with E = H - T: P's spins visible, the block spins hidden.
function methods:machine(P)
  need_distribution("transform:machine", "P", P)
  return gibbs.boltzmann{ visible = self.visible, hidden = self.hidden, energy = P.H - kernel_for(self, P) }
end

---The step: the distribution of the block spins, H'(h) = -log sum_v exp(T - H).  Exact where all v can be summed.
function methods:step(P)
  need_distribution("transform:step", "P", P)
  return gibbs.boltzmann{ visible = self.hidden, hidden = self.visible, energy = P.H - kernel_for(self, P) }
end

local MOST_LISTED = 16 -- units whose states are listed one by one

local function largest_of(tensor)
  local largest = 0
  for _, value in ipairs(tensor:table()) do largest = math.max(largest, math.abs(value)) end
  return largest
end

--- The largest |D| over all states where they are few, else over samples of P.
local function largest_trace(self, P, X, n)
  local shape = self.visible:shape()
  if grid.size(shape) <= MOST_LISTED then return largest_of(X:hamiltonian(grid.states(shape))), "all states" end
  return largest_of(X:hamiltonian(P:sample{ n = n })), ("%d samples"):format(n)
end

---The trace condition: log sum_h exp T over the states of P, whose spread is that of D = H_l - H with the sign turned.
---@param how? any      as for P:mean; exact without it
---@return table  mean, spread, largest (of the modulus), over (what it is the largest of), holds (largest below 1e-9)
function methods:trace(P, how)
  need_distribution("transform:trace", "P", P)
  local X = trace_machine(self, P)
  local mean = P:mean(-X.H, how)
  local square = P:mean(X.H ^ 2, how)
  local largest, over = largest_trace(self, P, X, 1000)
  return { mean = mean, spread = math.sqrt(math.max(0, square.value - mean.value ^ 2)), largest = largest, over = over,
    holds = largest < 1e-9 }
end

---The free-energy budget F_l - F = <D>_P - KL(P||P_l) = <D>_Pl + KL(P_l||P).
---@param how? any  as for objectives' value; exact without it
---@return table  F, F_machine, gap (F_l - F), mean_D, mean_D_machine, kl, kl_reverse: estimates
function methods:budget(P, how)
  need_distribution("transform:budget", "P", P)
  local Q, X = self:machine(P), trace_machine(self, P)
  return {
    F = P:free_energy(), F_machine = how == nil and Q:free_energy() or nil,
    gap = (gibbs.free_energy(Q) - gibbs.free_energy(P)):value(how),
    mean_D = P:mean(X.H, how), mean_D_machine = Q:mean(X.H, how),
    kl = gibbs.kl(P, Q):value(how), kl_reverse = gibbs.kl(Q, P):value(how),
  }
end

--- For help and its kin (gibbs.doc).
table.insert(core.classes, { name = "transform", article = "a", methods = methods,
  fields = { kernel = true, visible = true, hidden = true, rule = true, name = true } })

-- ---- any kernel -----------------------------------------------------------------------------------------------

---A coarse-graining by a kernel of one's own.
---@param options {kernel: any, visible: any, hidden: any, name?: string}
function transforms.transform(options)
  local who = "gibbs.rg.transform"
  local given = read(who, options, {
    kernel = { "an expression T(v, h), or a function of the distribution that gives one",
      function(value) return is_expression(value) or type(value) == "function" end },
    visible = { "the variable v", is_expression },
    hidden = { "the variable h", is_expression },
    name = { "a word", function(value) return type(value) == "string" end, "T" },
  })
  return new{ name = given.name, kernel = given.kernel, visible = given.visible, hidden = given.hidden }
end

---The step of a machine: T = H(v) - E(v, h), so that coarse-graining by it is sampling its hidden units.
---@param Q any  a distribution with hidden units, whose visible units are those of the distribution that is coarse-grained
function transforms.rbm(Q)
  local who = "gibbs.rg.rbm"
  need_distribution(who, "Q", Q)
  if Q.hidden == nil or type(Q.hidden) == "table" and #Q.hidden == 0 then
    core.raise(who .. ": argument 'Q' has no hidden units; they are what it coarse-grains to")
  end
  return new{ name = "rbm", visible = Q.visible, hidden = Q.hidden, kernel = function(P) return P.H - Q.E end }
end

-- ---- blocks -----------------------------------------------------------------------------------------------------

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

--- Row-major number of a site, periodically.
local function site_number(shape, coordinates)
  local number = 0
  for axis, length in ipairs(shape) do number = number * length + coordinates[axis] % length end
  return number + 1
end

--- The field of every block: a matrix of blocks times sites.
local function field_matrix(shape, b, offsets, weights)
  local coarse, rows = {}, {}
  for axis, length in ipairs(shape) do coarse[axis] = length // b end
  for _, corner in ipairs(grid.places(coarse)) do
    local row = {}
    for site = 1, grid.size(shape) do row[site] = 0 end
    for i, offset in ipairs(offsets) do
      local at = {}
      for axis = 1, #shape do at[axis] = corner[axis] * b + offset[axis] end
      local site = site_number(shape, at)
      row[site] = row[site] + weights[i]
    end
    rows[#rows + 1] = row
  end
  return gibbs.tensor(rows), coarse
end

--- h . phi - sum log 2cosh phi, without the second part when it is not normalised.
local function block_kernel(v, h, matrix, bias, normalised, blocks)
  local phi = matrix:mul(v:reshape{ grid.size(v:shape()) }) + bias
  local T = h:reshape{ blocks }:dot(phi)
  return normalised and T - gibbs.sum(gibbs.logcosh(phi)) - blocks * math.log(2) or T
end

local function block_transform(who, name, rule, visible, offsets, weights, bias, scale, normalised)
  local shape = visible:shape()
  local coarse = coarse_shape(who, shape, rule.b)
  local scaled = {}
  for i, weight in ipairs(weights) do scaled[i] = weight * scale end
  local matrix = field_matrix(shape, rule.b, offsets, scaled)
  local h = gibbs.spins(coarse, "h")
  return new{ name = name, visible = visible, hidden = h, rule = rule,
    kernel = block_kernel(visible, h, matrix, bias * scale, normalised, grid.size(coarse)) }
end

--- Offsets of all sites of a block, and the same weight for each.
local function whole_block(axes, b, weight)
  local lengths, weights = {}, {}
  for axis = 1, axes do lengths[axis] = b end
  local offsets = grid.places(lengths)
  for i = 1, #offsets do weights[i] = weight end
  return offsets, weights
end

---Every b-th spin along each axis stays.
---@param options {visible: any, b?: integer}
function transforms.decimation(options)
  local who = "gibbs.rg.decimation"
  local given = read(who, options, { visible = VISIBLE, b = LENGTH })
  local corner = {}
  for axis = 1, #given.visible:shape() do corner[axis] = 0 end
  return block_transform(who, "decimation", { kind = "decimation", b = given.b }, given.visible, { corner }, { 1 }, 0, HARD, true)
end

---The sign of a block's sum; a fair coin where that is 0.
---@param options {visible: any, b?: integer}
function transforms.majority(options)
  local who = "gibbs.rg.majority"
  local given = read(who, options, { visible = VISIBLE, b = LENGTH })
  local offsets, weights = whole_block(#given.visible:shape(), given.b, 1)
  return block_transform(who, "majority", { kind = "majority", b = given.b }, given.visible, offsets, weights, 0, HARD, true)
end

---Kadanoff's block spins: exp T = prod_B exp(p h_B sum_B v) / 2cosh(p sum_B v); without the normalisation the trace condition
---does not hold.
---@param options {visible: any, b?: integer, p: number, normalised?: boolean}
function transforms.block_spin(options)
  local who = "gibbs.rg.block_spin"
  local given = read(who, options, { visible = VISIBLE, b = LENGTH, p = { "a number", is_number },
    normalised = { "true or false", is_boolean, true } })
  local offsets, weights = whole_block(#given.visible:shape(), given.b, given.p)
  local made = block_transform(who, "block_spin", { kind = "block_spin", b = given.b, p = given.p }, given.visible, offsets, weights, 0, 1,
    given.normalised)
  if not given.normalised then made.rule = nil end -- a rule draws from what adds up to 1
  return made
end

---A filter of one's own: phi = bias + weights . spins at offsets from the block's corner; hard takes its sign.
---@param options {visible: any, b?: integer, offsets: table, weights: number[], bias?: number, hard?: boolean}
function transforms.filter(options)
  local who = "gibbs.rg.filter"
  local given = read(who, options, { visible = VISIBLE, b = LENGTH, offsets = { "a list of offsets, one number an axis each", is_list },
    weights = { "a list of numbers", is_list }, bias = { "a number", is_number, 0 }, hard = { "true or false", is_boolean, false } })
  local axes = #given.visible:shape()
  if #given.offsets ~= #given.weights then
    core.raise(("%s: %d offsets and %d weights; there must be as many of both"):format(who, #given.offsets, #given.weights))
  end
  for i, offset in ipairs(given.offsets) do
    if type(offset) ~= "table" or #offset ~= axes then
      core.raise(("%s: offset %d must be a list of %d whole numbers, one an axis"):format(who, i, axes))
    end
  end
  local rule = { kind = "filter", b = given.b, offsets = given.offsets, weights = given.weights, bias = given.bias, hard = given.hard }
  return block_transform(who, "filter", rule, given.visible, given.offsets, given.weights, given.bias, given.hard and HARD or 1, true)
end

-- ---- moved bonds -------------------------------------------------------------------------------------------------

--- 1 on the lines along `axis` through the corners of the blocks, 0 elsewhere.
local function line_mask(shape, b, axis)
  local flat = {}
  for i, place in ipairs(grid.places(shape)) do
    local on = 1
    for other, x in ipairs(place) do
      if other ~= axis and x % b ~= 0 then on = 0 end
    end
    flat[i] = on
  end
  return gibbs.tensor(grid.fold(flat, shape))
end

---Migdal and Kadanoff's step of the hypercubic Ising model: the bonds of b^(d-1) parallel lines are moved onto one, and all spins but
---every b-th are summed over.  T = H - H_moved + that of decimation, so D = H_moved - H, whose mean is 0 where all bonds have the
---same mean: F_l <= F.
---@param options {visible: any, J: number, b?: integer}
function transforms.bond_moving(options)
  local who = "gibbs.rg.bond_moving"
  local given = read(who, options, { visible = VISIBLE, b = LENGTH, J = { "the coupling of nearest neighbours", is_number } })
  local v, b = given.visible, given.b
  local shape = v:shape()
  local decimation = transforms.decimation{ visible = v, b = b }
  local moved = 0
  for axis = 1, #shape do
    local step = {}
    for other = 1, #shape do step[other] = other == axis and 1 or 0 end
    moved = moved - given.J * b ^ (#shape - 1) * gibbs.sum(line_mask(shape, b, axis) * v * v:shift(step))
  end
  return new{ name = "bond_moving", visible = v, hidden = decimation.hidden,
    kernel = function(P) return P.H - moved + decimation.kernel end }
end

return transforms

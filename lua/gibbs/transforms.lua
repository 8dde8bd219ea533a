--- Coarse-grainings: T(v, h), the kernel of a step from v to h, and what follows from it.
---
--- With the Hamiltonian H of P the machine E = H - T has P's spins visible and the block spins hidden; its Hamiltonian is
--- H_l = H + D, D(v) = -log sum_h exp T.  Seen from the other side it is the step itself: H'(h) = -log sum_v exp(T - H).
--- sum_h exp T = 1 for every v, the trace condition, is D = 0.  (Mehta and Schwab, arXiv:1410.3831, eqs. 9 to 13.)

local _, core = ...
local arguments = require "gibbs.arguments"
local variables = require "gibbs.variables"
local gibbs = core.fields
local as = arguments.as

local transforms = {}
local functions = {} -- of gibbs.rg

-- ---- objects ---------------------------------------------------------------------------------------------

local Transform = { __name = "gibbs.transform" }
local methods = {}
local fields = { kernel = true, visible = true, hidden = true, rule = true, name = true }

--- transform -> what its maker says better than its kernel: functions of P, machine (E of P) and step (the energy of the step's
--- distribution, and what it sums over); and kernel, which makes the kernel.
local ways = setmetatable({}, { __mode = "k" })

function Transform.__index(self, name)
  if methods[name] then return methods[name] end
  if name == "kernel" and ways[self].kernel then -- made when it is first read
    rawset(self, "kernel", ways[self].kernel())
    return rawget(self, "kernel")
  end
  if fields[name] then return nil end
  local known = {}
  for _, names in ipairs{ fields, methods } do
    for key in pairs(names) do known[key] = true end
  end
  core.raise(("transform: no field or method '%s'%s"):format(tostring(name), core.hint(tostring(name), known)))
end

function Transform.__newindex(_, name)
  core.raise(("transform: field '%s' cannot be set; make another transform"):format(tostring(name)))
end

local function units_text(value, usual)
  local texts = {}
  for i, each in ipairs(variables.list(value)) do
    local domain, shape = variables.units(each)
    local extent = #shape == 0 and "1" or table.concat(shape, "x")
    texts[i] = domain == usual and extent or extent .. " " .. domain
  end
  return table.concat(texts, " and ")
end

function Transform:__tostring()
  local domain = variables.units(variables.list(self.visible)[1])
  return ("transform %s: %s to %s"):format(self.name, units_text(self.visible), units_text(self.hidden, domain))
end

---@param made table   its fields: name, kernel, visible, hidden, rule
---@param way? table   see `ways`
function transforms.new(made, way)
  ways[made] = way or {}
  if not made.rule and not made.kernel then made.kernel = ways[made].kernel() end
  return setmetatable(made, Transform)
end

-- ---- mistakes --------------------------------------------------------------------------------------------

--- Complaints of the machine of a kernel in words of the kernel; `instead` is the call of ours for one that is advised.
local function in_words_of_kernels(instead)
  return function(said)
    said = said:gsub("^the energy has ", "the kernel has "):gsub("^the energy depends ", "the kernel depends ")
    if instead then said = said:gsub("any size: Q:%a[%w_]*%b()", "any size: " .. instead) end
    if not (said:match " is %-?inf" or said:match " is %-?nan") then return said end
    return said .. "; T(v, h) and H(v) must be finite everywhere (a strong coupling decides as well as an infinite one)"
  end
end

local as_kernel = in_words_of_kernels()
local as_trace = in_words_of_kernels "t:trace(P, gibbs.chains{ sweeps = 10000 })"
local as_budget = in_words_of_kernels "t:budget(P, gibbs.chains{ n = 64, sweeps = 1000, free_energy = gibbs.ais{ both = true } })"

--- P must be over the very variables that the transform is made for.
local function check_distribution(self, who, P)
  if getmetatable(self) ~= Transform then arguments.refuse(who, "self", self, "a transform; call it as t:" .. who:match ":(.*)$" .. "(P)") end
  if not arguments.is_distribution(P) then arguments.refuse(who, "P", P, "a distribution with an energy") end
  if not variables.same(P.visible, self.visible) then
    core.raise(("%s: P is a distribution of %s, the transform one of another variable, %s; make both of one, with visible = P.visible")
      :format(who, variables.text(P.visible), variables.text(self.visible)))
  end
end

-- ---- what follows from a kernel ------------------------------------------------------------------------------

--- T for the distribution that is coarse-grained: a kernel may need its Hamiltonian.
local function kernel_for(self, P)
  if type(self.kernel) ~= "function" then return self.kernel end
  local T = self.kernel(P)
  if not arguments.is_expression(T) then
    core.raise(("transform %s: the kernel's function gave %s; it must give an expression T(v, h)"):format(self.name, arguments.text(T)))
  end
  return T
end

--- E = H - T.
local function energy_for(self, P)
  local way = ways[self].machine
  if way then return way(P) end
  return P.H - kernel_for(self, P)
end

local function machine_of(self, P)
  return gibbs.boltzmann{ visible = P.visible, hidden = self.hidden, energy = energy_for(self, P) }
end

--- log sum_h exp T is minus D: the Hamiltonian of the machine whose energy is -T.
local function trace_machine(self, P)
  return gibbs.boltzmann{ visible = P.visible, hidden = self.hidden, energy = -kernel_for(self, P) }
end

---The machine with E = H - T: P's spins visible, the block spins hidden.
function methods:machine(P)
  local who = "transform:machine"
  check_distribution(self, who, P)
  return as(who, as_kernel, machine_of, self, P)
end

local function step_of(self, P)
  local energy, summed
  if ways[self].step then energy, summed = ways[self].step(P) end
  return gibbs.boltzmann{ visible = self.hidden, hidden = summed or self.visible, energy = energy or energy_for(self, P) }
end

---The step: the distribution of the block spins, H'(h) = -log sum_v exp(T - H).  Exact where all v can be summed.
function methods:step(P)
  local who = "transform:step"
  check_distribution(self, who, P)
  return as(who, as_kernel, step_of, self, P)
end

-- ---- the trace condition -------------------------------------------------------------------------------------

local MOST_LISTED, MOST_INVERTED = 2 ^ 16, 2 ^ 20 -- states: all of them are looked at, or samples are independent
local MOST_SAMPLES = 1000

--- By inversion where all states can be listed, by chains elsewhere.
local function samples(P)
  if variables.count(P.visible) <= MOST_INVERTED then return P:sample{ n = MOST_SAMPLES } end
  return P:chains{ n = MOST_SAMPLES }:warm_up(200):batch()
end

--- The largest |D| over all states where they are few, else over samples of P.
local function largest_trace(P, X)
  local largest = 0
  local function take(_, value)
    if not (math.abs(value) <= largest) then largest = math.abs(value) end -- NaN stays
  end
  if variables.count(P.visible) <= MOST_LISTED then
    variables.each_hamiltonian(X, take)
    return largest, "all states"
  end
  for i, value in ipairs(X:hamiltonian(samples(P)):table()) do take(i, value) end
  return largest, ("%d samples"):format(MOST_SAMPLES)
end

--- The standard deviation of D about its mean, and its error.
local function spread_of(P, X, mean, how)
  local square = P:mean((X.H + mean) ^ 2, how)
  local spread = math.sqrt(square.value)
  return spread, spread > 0 and square.error / (2 * spread) or 0
end

local function trace_of(self, P, how)
  local X = trace_machine(self, P)
  local mean = P:mean(-X.H, how)
  local spread, spread_error = spread_of(P, X, mean.value, how)
  local largest, over = largest_trace(P, X)
  return { mean = mean, spread = spread, spread_error = spread_error, largest = largest, over = over, holds = largest < 1e-9 }
end

---The trace condition: log sum_h exp T over the states of P, whose spread is that of D = H_l - H with the sign turned.
---@param how? any      as for P:mean; exact without it
---@return table  mean, spread, spread_error, largest (of the modulus), over (what it is the largest of), holds (largest below 1e-9)
function methods:trace(P, how)
  local who = "transform:trace"
  check_distribution(self, who, P)
  return as(who, as_trace, trace_of, self, P, how)
end

-- ---- the budget ----------------------------------------------------------------------------------------------

local function free_energy_of(Q, how)
  if how == nil then return Q:free_energy() end
  return gibbs.free_energy(Q):value(how)
end

local function budget_of(self, P, how)
  local Q, X = machine_of(self, P), trace_machine(self, P)
  return {
    F = free_energy_of(P, how), F_machine = free_energy_of(Q, how),
    gap = (gibbs.free_energy(Q) - gibbs.free_energy(P)):value(how),
    mean_D = P:mean(X.H, how), mean_D_machine = Q:mean(X.H, how),
    kl = gibbs.kl(P, Q):value(how), kl_reverse = gibbs.kl(Q, P):value(how),
  }
end

---The free-energy budget F_l - F = <D>_P - KL(P||P_l) = <D>_Pl + KL(P_l||P).
---@param how? any  as for objectives' value; exact without it
---@return table  F, F_machine, gap (F_l - F), mean_D, mean_D_machine, kl, kl_reverse: estimates
function methods:budget(P, how)
  local who = "transform:budget"
  check_distribution(self, who, P)
  return as(who, as_budget, budget_of, self, P, how)
end

--- Errors name the script's line even where it ends in `return t:step(P)`.
for name, method in pairs(methods) do methods[name] = core.wrap(method) end

--- For help and its kin (gibbs.doc).
table.insert(core.classes, { name = "transform", article = "a", methods = methods, fields = fields })

-- ---- any kernel -----------------------------------------------------------------------------------------------

local function is_kernel(value) return arguments.is_expression(value) or type(value) == "function" end
local function is_name(value) return type(value) == "string" and value ~= "" end

local function check_kernel(who, given)
  if type(given.kernel) == "function" then return end
  local shape = given.kernel:shape()
  if #shape > 0 then
    core.raise(("%s: option 'kernel' has shape %s; T(v, h) is one number: sum it, or use dot"):format(who, table.concat(shape, "x")))
  end
  as(who, as_kernel, gibbs.boltzmann, { visible = given.visible, hidden = given.hidden, energy = -given.kernel })
end

---A coarse-graining by a kernel of one's own.
---@param options {kernel: any, visible: any, hidden: any, name?: string}
function functions.transform(options)
  local who = "gibbs.rg.transform"
  local given = arguments.read(who, options, {
    { "kernel", "an expression T(v, h), or a function of the distribution that gives one", is_kernel },
    { "visible", "the variable v, or a list of variables", variables.list },
    { "hidden", "the variable h, or a list of variables", variables.list },
    { "name", "a word", is_name, "T" },
  })
  check_kernel(who, given)
  return transforms.new{ name = given.name, kernel = given.kernel, visible = given.visible, hidden = given.hidden }
end

---The step of a machine: T = H(v) - E(v, h), so that coarse-graining by it is sampling its hidden units.
---@param Q any  a distribution with hidden units, whose visible units are those of the distribution that is coarse-grained
function functions.rbm(Q)
  local who = "gibbs.rg.rbm"
  if not arguments.is_distribution(Q) then arguments.refuse(who, "Q", Q, "a distribution with an energy and hidden units") end
  if not variables.list(Q.hidden) then
    core.raise(who .. ": argument 'Q' has no hidden units; they are what it coarse-grains to")
  end
  return transforms.new({ name = "rbm", visible = Q.visible, hidden = Q.hidden, kernel = function(P) return P.H - Q.E end },
    { machine = function() return Q.E end })
end

transforms.functions = functions

return transforms

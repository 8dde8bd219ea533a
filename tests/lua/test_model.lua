-- Distributions and objectives as a script sees them: families against the same energies written by hand, objectives
-- against differences and against each other, minimisation, samples, data.
package.path = "../support/?.lua;" .. package.path
local gibbs = require "gibbs"

local failures, tests = 0, 0
local function expect(what, ok, detail)
  tests = tests + 1
  if ok then return end
  failures = failures + 1
  print(("FAILED %s: %s"):format(what, detail or "it does not hold"))
end

local function numbers(value)
  if type(value) == "number" then return { value } end
  local flat = {}
  local function walk(item)
    if type(item) == "table" then for _, part in ipairs(item) do walk(part) end else flat[#flat + 1] = item end
  end
  walk(type(value) == "userdata" and value:table() or value)
  return flat
end

local function near(what, found, expected, tolerance)
  local a, b = numbers(found), numbers(expected)
  local worst = #a == #b and 0 or math.huge
  for i = 1, math.min(#a, #b) do worst = math.max(worst, math.abs(a[i] - b[i]) / (1 + math.abs(b[i]))) end
  expect(what, worst <= tolerance, ("%s found, %s expected, %.2g apart"):format(a[1], b[1], worst))
end

-- ---- the same energy by name and by hand --------------------------------------------------------------------------

local function machines(visible, hidden)
  local v, h = gibbs[visible](6), gibbs[hidden](4)
  gibbs.seed(11)
  local Q = gibbs.rbm{ visible = v, hidden = h, init = gibbs.normal(0, 0.8), a = { 0.1, -0.2, 0.3, 0.4, -0.5, 0.6 },
    b = { 0.5, -0.3, 0.2, 0.1 } }
  local by_hand = gibbs.boltzmann{ visible = v, hidden = h,
    energy = -gibbs.sum(gibbs.outer(v, h) * Q.W) - gibbs.sum(v * Q.a) - Q.b:dot(h) }
  return Q, by_hand
end

for _, visible in ipairs{ "spins", "bits" } do
  for _, hidden in ipairs{ "spins", "bits" } do
    local name = visible .. "/" .. hidden
    local Q, by_hand = machines(visible, hidden)
    local P = gibbs.boltzmann{ visible = Q.visible, energy = -0.4 * gibbs.sum(Q.visible * Q.visible:shift{ 1 }) }
    near(name .. ": F", by_hand:free_energy().value, Q:free_energy().value, 1e-12)
    near(name .. ": S", by_hand:entropy().value, Q:entropy().value, 1e-12)
    near(name .. ": <h>", by_hand:mean(by_hand.hidden).value, Q:mean(Q.hidden).value, 1e-12)
    near(name .. ": <v h>", by_hand:mean(gibbs.outer(Q.visible, Q.hidden)).value,
      Q:mean(gibbs.outer(Q.visible, Q.hidden)).value, 1e-12)
    near(name .. ": KL", gibbs.kl(P, by_hand):value().value, gibbs.kl(P, Q):value().value, 1e-12)
    local one, other = gibbs.kl(P, by_hand):gradient(), gibbs.kl(P, Q):gradient()
    for _, parameter in ipairs{ "W", "a", "b" } do
      near(name .. ": gradient of KL, " .. parameter, one[parameter], other[parameter], 1e-12)
    end
  end
end

for _, lattice in ipairs{ gibbs.lattice.square(3, 4), gibbs.lattice.chain(7, { periodic = false }), gibbs.lattice.triangular(3, 3) } do
  local s = gibbs.spins(lattice)
  local named = gibbs.ising{ lattice = lattice, J = 0.37, field = 0.05, visible = s }
  local by_hand = gibbs.boltzmann{ energy = -0.37 * gibbs.bonds(s, lattice) - 0.05 * gibbs.sum(s), visible = s }
  near("Ising: F", by_hand:free_energy().value, named:free_energy().value, 1e-12)
  near("Ising: energies", by_hand:hamiltonian(named:sample{ n = 5 }), named:hamiltonian(named:sample{ n = 5 }), 1e-12)
  near("Ising: KL of the two", gibbs.kl(named, by_hand):value().value, 0, 1e-12)
end

-- One coupling a direction, one a bond, and a trainable one are the same model.
do
  local lattice = gibbs.lattice.square(3, 3)
  local uniform = gibbs.ising{ lattice = lattice, J = 0.3 }:free_energy().value
  near("J a direction", gibbs.ising{ lattice = lattice, J = { 0.3, 0.3 } }:free_energy().value, uniform, 1e-13)
  local bonds = {}
  for i = 1, 18 do bonds[i] = 0.3 end
  near("J a bond", gibbs.ising{ lattice = lattice, J = bonds }:free_energy().value, uniform, 1e-13)
  local P = gibbs.ising{ lattice = lattice, J = gibbs.parameter("J", {}, 0.3) }
  near("J a parameter", P:free_energy().value, uniform, 1e-13)
  near("dF/dJ = -<bonds>", gibbs.free_energy(P):gradient().J, -P:mean(gibbs.bonds(P.visible, lattice)).value, 1e-12)
end

-- ---- an energy as a plain Lua function ------------------------------------------------------------------------------

do
  local s = gibbs.spins(5)
  local slow = gibbs.lua_energy{ visible = s, energy = function(v)
    local total = 0
    for i = 1, 5 do total = total - 0.6 * v[i] * v[i % 5 + 1] end
    return total
  end }
  local ring = gibbs.ising{ lattice = gibbs.lattice.chain(5), J = 0.6 }
  near("lua_energy: F", gibbs.boltzmann{ energy = slow, visible = s }:free_energy().value, ring:free_energy().value, 1e-13)
  local broken = gibbs.lua_energy{ visible = s, energy = function() error({ code = 7 }) end }
  local ok, problem = pcall(function() return gibbs.boltzmann{ energy = broken, visible = s }:free_energy() end)
  expect("an error value of a callback arrives unchanged", not ok and type(problem) == "table" and problem.code == 7)
end

-- ---- objectives ------------------------------------------------------------------------------------------------------

do
  local Q = machines("spins", "bits")
  local P = gibbs.boltzmann{ visible = Q.visible, energy = -0.5 * gibbs.sum(Q.visible * Q.visible:shift{ 1 }) }
  local kl, gap = gibbs.kl(P, Q), gibbs.free_energy(P) - gibbs.free_energy(Q)
  local f = gibbs.sum(Q.visible) * gibbs.sum(Q.hidden)
  local data = gibbs.data(P:sample{ n = 20, seed = 3 })
  local objectives = {
    kl = kl, reverse = gibbs.kl(Q, P), gap = gap^2, entropy = gibbs.entropy(Q), mean = gibbs.mean(Q, f),
    likelihood = gibbs.log_likelihood(data, Q), pseudo = gibbs.pseudo_likelihood(data, Q), data = gibbs.kl(data, Q),
    hybrid = 0.3 * kl + 0.7 * gap^2, absolute = gibbs.abs(gap), huber = gibbs.huber(gap, 0.1), square = gibbs.square(gap),
    exponential = gibbs.exp(-kl), logarithm = gibbs.log(kl) / gap, regularised = kl + 0.01 * gibbs.sum(Q.W^2),
    product = kl * gap * gibbs.mean(Q, gibbs.sum(Q.visible)),
  }
  for name, objective in pairs(objectives) do
    local check = objective:check()
    expect("gradient of " .. name, check.ok, ("%s[%d]: %.12g, difference %.12g"):format(check.parameter, check.element,
      check.gradient, check.difference))
  end
  near("KL of data = -S - log-likelihood", gibbs.kl(data, Q):value().value + gibbs.log_likelihood(data, Q):value().value,
    -gibbs.entropy(P):value().value + (gibbs.kl(data, P):value().value + gibbs.log_likelihood(data, P):value().value)
      + gibbs.entropy(P):value().value, 1e-12)

  -- F_λ - F = <D>_P - KL(P||P_λ) = <D>_Pλ + KL(P_λ||P)
  local D = Q.H - P.H
  near("budget", P:mean(D).value - kl:value().value, -gap:value().value, 1e-12)
  near("reverse budget", Q:mean(D).value + gibbs.kl(Q, P):value().value, -gap:value().value, 1e-12)

  local custom = gibbs.objective{ model = Q, target = P,
    value = function(c) return (c.target.P * (c.target.log_P - c.log_P)):dot(c.P * 0 + 1) end,
    weight = function(c) return c.target.P - c.P end }
  near("custom KL: value", custom:value().value, kl:value().value, 1e-12)
  for name, tensor in pairs(custom:gradient()) do near("custom KL: " .. name, tensor, kl:gradient()[name], 1e-12) end
  expect("custom KL: check", custom:check().ok)
  local wrong = gibbs.objective{ model = Q, target = P, value = function(c) return c.F end,
    weight = function(c) return 2 * c.P end }
  expect("check sees a wrong functional derivative", not wrong:check().ok)
end

-- ---- minimisation ------------------------------------------------------------------------------------------------------

do
  local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.3, field = 0.2 }
  local function fresh()
    gibbs.seed(5)
    return gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), init = gibbs.normal(0, 0.5) }
  end
  local results = {}
  for _, method in ipairs{ "lbfgs", "adam", "momentum", "sgd" } do
    local Q = fresh()
    local before = gibbs.kl(P, Q):value().value
    local fit = gibbs.minimize(gibbs.kl(P, Q), Q, { method = method, steps = 300, rate = 0.05 })
    results[method] = fit.value
    expect(method .. " descends", fit.value < before, ("%g to %g"):format(before, fit.value))
    near(method .. ": the machine is left at the best point", gibbs.kl(P, Q):value().value, fit.value, 1e-12)
    expect(method .. " keeps a history", #fit.history > 1 and fit.history[1].value >= fit.history[#fit.history].value)
  end
  local one, other = fresh(), fresh()
  local options = { restarts = 3, seed = 9 }
  local a, b = gibbs.minimize(gibbs.kl(P, one), one, options), gibbs.minimize(gibbs.kl(P, other), other, options)
  expect("the same seed gives the same bits", a.value == b.value and a.evaluations == b.evaluations)

  local Q = fresh()
  local fit = gibbs.minimize(gibbs.kl(P, Q), Q, { subject_to = { gibbs.free_energy(Q), equals = P:free_energy().value - 2 * math.log(2) } })
  near("a constraint is met", Q:free_energy().value, P:free_energy().value - 2 * math.log(2), 1e-9)
  expect("a constraint has a multiplier", fit.converged and fit.multiplier ~= 0, fit.reason)
  local kl, F = gibbs.kl(P, Q):gradient(), gibbs.free_energy(Q):gradient()
  near("stationarity under a constraint", kl.W + fit.multiplier * F.W, kl.W * 0, 1e-8)
end

-- ---- parameters, samples, data --------------------------------------------------------------------------------------------

do
  local Q = gibbs.rbm{ visible = gibbs.spins(3), hidden = gibbs.bits(2) }
  Q:set("W", { { 1, 2 }, { 3, 4 }, { 5, 6 } })
  near("set and get", Q:parameters().W, { { 1, 2 }, { 3, 4 }, { 5, 6 } }, 0)
  Q:set("W", 0)
  near("an empty machine", Q:free_energy().value, -5 * math.log(2), 1e-14)
  local normalised = gibbs.rbm{ visible = Q.visible, hidden = Q.hidden, W = Q.W, a = Q.a, b = Q.b, normalised = true }
  near("normalised trace", normalised:free_energy().value, -3 * math.log(2), 1e-14)
  near("energy of a joint configuration", Q:energy({ 1, -1, 1 }, { 0, 1 }), 0, 0)
  near("log-probability", Q:log_probability{ { 1, 1, 1 }, { -1, 1, 1 } }, { -3 * math.log(2), -3 * math.log(2) }, 1e-14)
  local one, other = Q:sample{ n = 50, seed = 4 }, Q:sample{ n = 50, seed = 4 }
  near("samples repeat", one, other, 0)
  near("shape of samples", one:shape(), { 50, 3 }, 0)
  local data = gibbs.data({ { 1, 1, -1 }, { 1, -1, -1 } }, { 3, 1 })
  near("mean over data", data:mean(Q.visible).value, { 1, 0.5, -1 }, 1e-15)
  expect("describe names the closed form", Q:describe():find("summed in closed form", 1, true) ~= nil)
end

-- Potts: a chain of three states against its transfer matrix, and one-hot means that add up to one.
do
  local q, K = 3, 0.7
  local lattice = gibbs.lattice.chain(6)
  local s = gibbs.potts(6, q)
  local P = gibbs.boltzmann{ energy = -K * gibbs.bonds(s, lattice), visible = s }
  local large, small = math.exp(K) + q - 1, math.exp(K) - 1
  near("Potts ring: F", P:free_energy().value, -math.log(large^6 + (q - 1) * small^6), 1e-13)
  near("Potts ring: means", gibbs.sum(P:mean(s).value, 2), { 1, 1, 1, 1, 1, 1 }, 1e-13)
end

print(("%d checks, %d failed"):format(tests, failures))
if failures > 0 then os.exit(1) end

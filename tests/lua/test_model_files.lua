--- Q:save and gibbs.load: what comes back is the same distribution, to the last bit of every number and every chain.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
local test, same, expect_error = support.test, support.same, support.expect_error
gibbs.threads(1)

local base = os.tmpname()
local made = { base }

local function path(name)
  made[#made + 1] = ("%s-%s.h5"):format(base, name)
  return made[#made]
end

local function bytes_of(name)
  local file = assert(io.open(name, "rb"))
  local bytes = file:read "a"
  file:close()
  return bytes
end

--- The number or the message, as text with all digits.
local function outcome(fn, ...)
  local ok, value = pcall(fn, ...)
  if not ok then return (tostring(value):gsub("^[^ ]+: ", "")) end
  if type(value) == "number" then return ("%a"):format(value) end
  return ("%a %a"):format(value.value, value.error)
end

local function expect_same_values(P, Q)
  same(tostring(Q), tostring(P))
  same(Q:describe(), P:describe())
  same(outcome(Q.free_energy, Q), outcome(P.free_energy, P), "free energy")
  same(outcome(Q.entropy, Q), outcome(P.entropy, P), "entropy")
  local names = {}
  for name, values in pairs(P:parameters()) do
    same(values:table(), Q:parameters()[name]:table())
    names[#names + 1] = name
  end
end

--- Every kernel that can do it, with hidden units where there are any.
local function expect_same_chains(P, Q)
  local tried, sweeps = 0, support.effort < 1 and 1 or 7
  for _, row in ipairs(gibbs.kernels()) do
    local options = { n = support.effort < 1 and 1 or 3, seed = 5, kernel = row.name }
    local ok, chains = pcall(P.chains, P, options)
    if ok then
      tried = tried + 1
      local again = Q:chains(options)
      same(again:advance(sweeps):batch():table(), chains:advance(sweeps):batch():table(), row.name)
    end
  end
  assert(tried > 0, "no kernel can do it")
  same(Q:chains{ n = 2 }.kernel, P:chains{ n = 2 }.kernel)
end

local function boltzmann(v, energy, h) return gibbs.boltzmann{ visible = v, hidden = h, energy = energy } end

--- Each on units of its own: what else has been made of the same units may decide in which order sums are written.
local function torus(kind)
  return function() return gibbs.ising{ lattice = gibbs.lattice[kind](3, 3), J = 0.4, field = 0.1 } end
end

local function six() return gibbs.spins(6, "n") end

local models = {
  square = torus "square",
  triangular = torus "triangular",
  honeycomb = torus "honeycomb",
  open_cubic = function()
    local J = gibbs.parameter("J", 3, { 0.1, 0.2, -0.3 })
    return gibbs.ising{ lattice = gibbs.lattice.cubic(2, 2, 3, { periodic = false }), J = J }
  end,
  long_lattice = function() return gibbs.ising{ lattice = gibbs.lattice.square(80, 70), J = 0.44 } end,
  graph = function()
    return gibbs.ising{ lattice = gibbs.lattice.graph{ sites = 4, edges = { { 1, 2 }, { 2, 3 }, { 1, 4 } } }, J = { 1, -0.5, 0.25 } }
  end,
  complete = function() return gibbs.ising{ lattice = gibbs.lattice.complete(7), J = 0.1 } end,
  rbm = function() return gibbs.rbm{ visible = six(), hidden = gibbs.bits(3), init = gibbs.normal(0, 0.7) } end,
  normalised = function()
    return gibbs.rbm{ visible = gibbs.bits{ 3, 3 }, hidden = gibbs.spins(2), init = gibbs.uniform(-1, 1), normalised = true }
  end,
  triples = function()
    local s = gibbs.spins{ 4, 4 }
    return boltzmann(s, -0.35 * gibbs.sum(s * s:shift{ 0, 1 } * s:shift{ 1, 0 }) - 0.15 * gibbs.sum(s))
  end,
  shared = function()
    local n = six()
    return boltzmann(n, (n[1] * n[2] + gibbs.tanh(n[3] + n[4])) ^ 2 + gibbs.tanh(n[3] + n[4]) / 3)
  end,
  two = function()
    local n, b = six(), gibbs.bits(5)
    return boltzmann({ n, b }, -gibbs.sum(n) * b[1] + gibbs.logcosh(gibbs.sum(b) - 2 * n[1]))
  end,
  idle = function()
    local n = six()
    return boltzmann({ n, gibbs.bits(2, "idle") }, -0.5 * gibbs.bonds(n, gibbs.lattice.chain(6)))
  end,
  potts = function()
    local p, f = gibbs.potts({ 3, 2 }, 3, "p"), gibbs.parameter("f", { 3, 2, 3 }, gibbs.normal(0, 1))
    return boltzmann(p, -0.8 * gibbs.bonds(p, gibbs.lattice.square(3, 2)) - gibbs.sum(p * f))
  end,
  deep = function()
    local n, h, g = six(), gibbs.spins(2, "h"), gibbs.bits(3, "g")
    local W, U = gibbs.parameter("W", { 6, 2 }, gibbs.normal(0, 1)), gibbs.parameter("U", { 2, 3 }, gibbs.normal(0, 1))
    return boltzmann(n, -n:dot(W:mul(h)) - h:dot(U:mul(g)) - 0.3 * gibbs.sum(g), { h, g })
  end,
  inner_sum = function()
    local n, h, W = six(), gibbs.spins(2, "h"), gibbs.parameter("W", { 6, 2 }, gibbs.normal(0, 1))
    local inner = boltzmann(n, -n:dot(W:mul(h)) + gibbs.exp(0.3 * h[1] * h[2] * n[1]), h)
    return boltzmann(n, inner.H + n[1])
  end,
  reals = function()
    local x = gibbs.reals(4, "x")
    return boltzmann(x, gibbs.sum(x ^ 4) / 4 - 0.3 * gibbs.sum(x * x:shift{ 1 }))
  end,
  axis_sum = function()
    local s = gibbs.spins{ 4, 4 }
    local M = gibbs.tensor{ { 1, 0, 0, 2 }, { 0, 0, 0, 0 }, { 3, 0, 1, 0 }, { 0, 1, 0, 0 } }
    return boltzmann(s, gibbs.sum(gibbs.sum(s, 1) ^ 2) / 7 + gibbs.sum(gibbs.outer(s[1], s[2]) * M))
  end,
  nothing = function()
    local n = six()
    return boltzmann(n, gibbs.sum(0 * n) + 3)
  end,
}

for name, make in pairs(models) do
  test(name .. " comes back as it was", function()
    local P, first, second = make(), path(name), path(name .. "-again")
    P:save(first)
    local Q = gibbs.load(first)
    Q:save(second)
    assert(bytes_of(first) == bytes_of(second), "the same model makes other bytes")
    expect_same_values(P, Q)
    expect_same_chains(P, Q)
  end)
end

test("the same script makes the same bytes, whatever else it made", function()
  local function model()
    local v = gibbs.spins(5, "v")
    return boltzmann(v, -0.5 * v[1] * v[2] + gibbs.exp(v[3] * 1.25))
  end
  local a, b = path "a", path "b"
  model():save(a)
  local _ = gibbs.exp(gibbs.spins(3)) * 1.25 + 0.5
  model():save(b)
  assert(bytes_of(a) == bytes_of(b))
end)

test("training goes on with the same bits, restarts included", function()
  local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.6 }
  local function fit(Q) return gibbs.minimize(gibbs.kl(P, Q), Q, { steps = 20, restarts = 3, seed = 4 }) end
  local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), init = gibbs.normal(0, 0.5) }
  local name = path "train"
  Q:save(name)
  local R = gibbs.load(name)
  fit(Q)
  -- P has variables of its own: the loaded machine is compared on a target that lives on its units
  P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.6, visible = R.visible }
  fit(R)
  same(R:parameters().W:table(), Q:parameters().W:table())
  same(R:parameters().a:table(), Q:parameters().a:table())
end)

test("two parameters of one name, and names that HDF5 does not take", function()
  local v = gibbs.spins(2, "v")
  local Q = boltzmann(v, gibbs.parameter("a/b", nil, 1) * v[1] + gibbs.parameter("a/b", nil, 2) * v[2] + gibbs.parameter("@x", 2, 3):dot(v) + gibbs.parameter(".", nil, 4) * v[1] * v[2])
  local name = path "names"
  Q:save(name)
  local R = gibbs.load(name)
  same(R:hamiltonian{ 1, -1 }, Q:hamiltonian{ 1, -1 })
  local groups = gibbs.read(name)
  same(groups.parameter_table.name, { "a/b", "a/b", "@x", "." })
  same(groups.parameter_table.dataset, { "a_b", "a_b.2", "_x", "parameter" })
  same(groups.parameters["a_b.2"], 2)
end)

test("a model among other things in a file", function()
  local P = gibbs.ising{ lattice = gibbs.lattice.chain(5), J = 0.3 }
  local name = path "several"
  gibbs.write(name, { fits = { best = P }, note = "x" })
  same(gibbs.load(name, "fits/best"):free_energy().value, P:free_energy().value)
  expect_error(function() gibbs.load(name) end, "cannot be read as a model: it has no attribute 'format'")
  expect_error(function() gibbs.load(name, "note") end, "cannot be read as a model")
end)

test("a file of version 1 is the machine that it always was", function()
  local Q = gibbs.load "../truth/model_version_1.h5"
  same(tostring(Q), "boltzmann: 6 visible, 2 hidden units, 18 parameters")
  same(tostring(Q.visible), "bits v 3x2")
  support.near(Q:free_energy().value, -6.27047432711568, 1e-14)
  support.near(Q:hamiltonian{ 1, 0, 1, 1, 0, 1 }, -2.48941456531947, 1e-14)
end)

test("a saved file replaces a model whole, and nothing else", function()
  local P = gibbs.ising{ lattice = gibbs.lattice.chain(5), J = 0.3 }
  local name = path "other"
  gibbs.write(name, { x = 1 })
  local before = bytes_of(name)
  expect_error(function() P:save(name) end, "is there already and is no model; only a model is replaced by one")
  assert(bytes_of(name) == before)
  local chain = path "chain"
  assert(P:save(chain) == P, "save gives the distribution")
  gibbs.ising{ lattice = gibbs.lattice.chain(6), J = 0.3 }:save(chain)
  same(tostring(gibbs.load(chain)), "ising: 6 visible, 0 hidden units, 0 parameters")
end)

for _, name in ipairs(made) do os.remove(name) end
support.finish()

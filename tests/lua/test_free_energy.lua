-- Free energies by annealing, integration and acceptance ratios, against exact sums: every machine of the reference
-- tables, small lattices, and the machine with a hidden spin a bond, whose free energy Kaufman's solution gives at any
-- size; whether error bars are right, and that what cannot be trusted says so.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
local truth = require "truth"
local test = support.test

-- Within four of its own errors, or not trusted by itself.
local function judge(what, f, exact)
  if not f.converged then return print(("%-40s says itself: %s"):format(what, f.why)) end
  local apart = math.abs(f.value - exact)
  print(("%-40s %s  exact %.6f  %+.2f errors, ess %.0f"):format(what, f, exact, (f.value - exact) / f.error, f.ess))
  assert(apart <= 4 * f.error + 1e-9 * math.abs(exact), ("%s: %s, exact %.8g"):format(what, f, exact))
end

local function ways(seed, reference)
  return {
    { "ais", gibbs.ais{ temperatures = 100, chains = 100, seed = seed, reference = reference } },
    { "ais reverse", gibbs.ais{ temperatures = 100, chains = 100, burn = 100, reverse = true, seed = seed, reference = reference } },
    { "ais both", gibbs.ais{ temperatures = 100, chains = 100, burn = 100, both = true, seed = seed, reference = reference } },
    { "integration", gibbs.ti{ temperatures = 16, chains = 64, sweeps = 50, burn = 20, seed = seed, reference = reference } },
    { "bar", gibbs.bar{ chains = 64, sweeps = 50, burn = 50, seed = seed, reference = reference } },
    { "jarzynski", gibbs.jarzynski{ temperatures = 100, chains = 100, seed = seed, reference = reference } },
    { "mbar", gibbs.mbar{ temperatures = 12, chains = 32, sweeps = 50, burn = 20, seed = seed, reference = reference } },
  }
end

-- All ways; the ones that fail have to say that states do not overlap.
local function compare(what, Q, exact, seed, reference)
  local trusted = 0
  for _, way in ipairs(ways(seed, reference)) do
    local fine, f = pcall(function() return Q:free_energy(way[2]) end)
    if not fine then
      assert(tostring(f):find("do not overlap", 1, true) or tostring(f):find("effective", 1, true), tostring(f))
      print(("%-40s fails: no overlap"):format(what .. " " .. way[1]))
    else
      judge(what .. " " .. way[1], f, exact)
      trusted = trusted + (f.converged and 1 or 0)
    end
  end
  return trusted
end

local function flat_potts(case)
  local W, a = {}, {}
  for unit = 1, case.n do
    for state = 1, case.q do
      W[#W + 1] = case.W[unit][state]
      a[#a + 1] = case.a[unit][state]
    end
  end
  return W, a
end

for number, case in ipairs(truth.cases "B1_rbm_exact") do
  if case.id:find "^gauss" == nil then
    test("every way agrees with the exact sum: " .. case.id, function()
      local W, a, visible = case.W, case.a, case.visible == "potts" and gibbs.potts(case.n, case.q) or gibbs[case.visible](case.n)
      if case.visible == "potts" then W, a = flat_potts(case) end
      local Q = gibbs.rbm{ visible = visible, hidden = gibbs[case.hidden](case.m), W = W, a = a, b = case.b }
      local trusted = compare(case.id, Q, case.out.F, number)
      if not case.id:find "huge" then assert(trusted >= 5, "only " .. trusted .. " ways trust themselves") end
    end)
  end
end

local function gaussian(case)
  local v, h, precision = gibbs.reals(case.n), gibbs[case.hidden](case.m), {}
  local W, a, b = gibbs.tensor(case.W), gibbs.tensor(case.a), gibbs.tensor(case.b)
  for i, sigma in ipairs(case.sigma) do precision[i] = 1 / sigma ^ 2 end
  local scale = gibbs.tensor(precision)
  local E = -b:dot(h)
  if case.visible == "gaussian" then
    E = E + 0.5 * gibbs.sum(scale * v * v) - a:dot(v) - v:dot(W:mul(h))
  else
    local root = scale ^ 0.5
    E = E + 0.5 * gibbs.sum(scale * (v - a) * (v - a)) - (root * v):dot(W:mul(h))
  end
  return gibbs.boltzmann{ energy = E, visible = v, hidden = h }
end

for number, case in ipairs(truth.cases "B1_rbm_exact") do
  if case.id:find "^gauss" then
    test("real visible units: " .. case.id, function()
      local Q = gaussian(case)
      judge(case.id .. " ais", Q:free_energy(gibbs.ais{ temperatures = 100, seed = number }), case.out.F)
      judge(case.id .. " both", Q:free_energy(gibbs.ais{ temperatures = 100, both = true, burn = 50, seed = number }), case.out.F)
      judge(case.id .. " integration", Q:free_energy(gibbs.ti{ temperatures = 16, sweeps = 60, chains = 32, seed = number }), case.out.F)
      judge(case.id .. " bar", Q:free_energy(gibbs.bar{ sweeps = 50, burn = 50, chains = 32, seed = number }), case.out.F)
    end)
  end
end

test("the reference may be the energy's own fields, or units fitted to data", function()
  local spins = gibbs.rbm{ visible = gibbs.spins(8), hidden = gibbs.spins(4), init = gibbs.normal(0, 0.4), a = { 1, -1, 0.5, 0.2, -2, 0, 1, 1 } }
  local exact = spins:free_energy().value
  assert(compare("fields", spins, exact, 3, "fields") >= 5)
  assert(compare("data", spins, exact, 4, gibbs.data(spins:sample{ n = 200 })) >= 5)
  local potts = gibbs.rbm{ visible = gibbs.potts(3, 3), hidden = gibbs.bits(3), init = gibbs.normal(0, 0.4) }
  assert(compare("potts, data", potts, potts:free_energy().value, 5, gibbs.data(potts:sample{ n = 200 })) >= 5)
end)

test("real units: a Gaussian whose sum is known", function()
  local x = gibbs.reals(3)
  local Q = gibbs.boltzmann{ energy = 2 * x:dot(x) + 0.5 * x[1] * x[2] - x[3], visible = x }
  -- precision matrix {{4, .5, 0}, {.5, 4, 0}, {0, 0, 4}}
  local exact = -(1.5 * math.log(2 * math.pi) - 0.5 * math.log((16 - 0.25) * 4) + 1 / 8)
  judge("gaussian ais both", Q:free_energy(gibbs.ais{ both = true, temperatures = 50, burn = 50 }), exact)
  judge("gaussian integration", Q:free_energy(gibbs.ti{ temperatures = 8, sweeps = 50 }), exact)
end)

for _, L in ipairs{ 4, 5, 6 } do
  test(("the Ising model of %d x %d sites, and its bond machine"):format(L, L), function()
    local K = 0.4
    local P = gibbs.ising{ lattice = gibbs.lattice.square(L, L), J = K }
    local exact = gibbs.kaufman(L, L, K).free_energy
    assert(compare("ising " .. L, P, exact, L) >= 4)
    for _, kernel in ipairs{ "heat_bath", "multispin" } do
      judge(kernel, P:free_energy(gibbs.ais{ temperatures = 100, chains = 100, burn = 100, both = true, kernel = kernel, seed = L }), exact)
    end
  end)
end

-- One hidden spin a bond: exp(K s s') = exp(-K) / 2 sum_h exp(w h (s + s')) with cosh 2w = exp(2 K).
local function bond_machine(L, K)
  local s, h, g = gibbs.spins{ L, L }, gibbs.spins{ L, L }, gibbs.spins{ L, L }
  local e = math.exp(2 * K)
  local w = math.log(e + math.sqrt(e * e - 1)) / 2
  local E = -w * gibbs.sum(h * (s + s:shift{ 1, 0 })) - w * gibbs.sum(g * (s + s:shift{ 0, 1 }))
  local Q = gibbs.boltzmann{ energy = E, visible = s, hidden = { h, g } }
  return Q, gibbs.kaufman(L, L, K).free_energy - 2 * L * L * (K + math.log(2))
end

for _, K in ipairs{ 0.2, 0.408, 0.44068679350977151 } do
  test(("the bond machine of the 12 x 12 torus, K = %.4g"):format(K), function()
    local Q, exact = bond_machine(12, K)
    judge("ais both", Q:free_energy(gibbs.ais{ both = true, temperatures = 300, chains = 64, burn = 300 }), exact)
    judge("integration", Q:free_energy(gibbs.ti{ temperatures = 16, chains = 32, sweeps = 60, burn = 60 }), exact)
    local P = gibbs.ising{ lattice = gibbs.lattice.square(12, 12), J = K, visible = Q.visible }
    local known = gibbs.kaufman(12, 12, K).free_energy
    judge("bar from the lattice", Q:free_energy(gibbs.bar{ from = P, free_energy = known, chains = 32, sweeps = 50 }), exact)
  end)
end

-- A machine of 784 bits whose mass lies in a few of the 4096 hidden states: chains do not cross from one to another at
-- the end of the path, and have to be brought there with the right weights.
test("a machine with modes that chains do not cross", function()
  local W, a, b = {}, {}, {}
  for i = 0, 783 do
    W[i + 1], a[i + 1] = {}, 0.2 * math.cos(0.9 * i) - 0.1
    for j = 0, 11 do W[i + 1][j + 1] = 0.3 * math.sin(1.7 * i + 2.3 * j + 0.5 * ((i * j) % 7)) end
  end
  for j = 0, 11 do b[j + 1] = 0.5 * math.sin(1.1 * j) - 1 end
  local Q = gibbs.rbm{ visible = gibbs.bits(784), hidden = gibbs.bits(12), W = W, a = a, b = b }
  local exact = Q:free_energy().value
  support.near(exact, -559.2023149490244, 1e-12)
  judge("784 x 12 ais both", Q:free_energy(gibbs.ais{ both = true }), exact)
  judge("784 x 12 ais reverse", Q:free_energy(gibbs.ais{ reverse = true }), exact)
  local f = Q:free_energy(gibbs.ti{ chains = 32, sweeps = 60 })
  judge("784 x 12 integration", f, exact)
  assert(not f.converged, "chains that stay where they are are trusted")
end)

test("a machine of 100 spins and 12 hidden ones", function()
  local W, a, b = {}, {}, {}
  for i = 0, 99 do
    W[i + 1], a[i + 1] = {}, 0.05 * math.cos(0.9 * i)
    for j = 0, 11 do W[i + 1][j + 1] = 0.12 * math.sin(1.7 * i + 2.3 * j + 0.5 * ((i * j) % 7)) end
  end
  for j = 0, 11 do b[j + 1] = 0.1 * math.sin(1.1 * j) end
  local Q = gibbs.rbm{ visible = gibbs.spins(100), hidden = gibbs.spins(12), W = W, a = a, b = b }
  local exact = Q:free_energy().value
  support.near(exact, -87.53069928328388, 1e-12)
  assert(compare("100 x 12", Q, exact, 6) >= 4)
end)

-- A machine and its exact weights: 1, 4 and 16 steps with a sweep between from the uniform distribution.
local SIX = {
  W = { { -0.649982, -0.661236, 0.843634 }, { -1.429461, 0.507356, -0.658763 }, { 0.92433, 1.348324, 0.093345 },
    { 0.856514, -0.07985, -0.337602 }, { 0.188039, 0.804532, -0.382564 }, { 0.345073, -1.364787, -0.726792 } },
  a = { -0.118351, 0.503365, -0.270001, -0.132846, -0.07452, 0.155022 },
  b = { -0.266221, -0.528687, -0.451416 },
  F = -10.982163670247758,
  variance = { [1] = 7.942638269829608, [4] = 1.8982599333345846, [16] = 0.4984974288209787 },
}
local function six() return gibbs.rbm{ visible = gibbs.spins(6), hidden = gibbs.spins(3), W = SIX.W, a = SIX.a, b = SIX.b } end

test("weights have the variance that transition matrices give", function()
  local Q, n = six(), 65536
  for steps, variance in pairs(SIX.variance) do
    local f = Q:free_energy(gibbs.ais{ temperatures = steps, chains = n })
    judge(steps .. " steps", f, SIX.F)
    support.near(f.error ^ 2 * n, variance, 0.2)
    support.near(n / f.ess, 1 + variance, 0.2)
  end
end)

test("a second method is asked where it is wanted", function()
  local f = six():free_energy(gibbs.ais{ temperatures = 100, both = true, check = true })
  assert(f.converged and f.gap == f.upper - f.lower)
end)

test("chains that cannot reach all states are caught by the second direction, or the second method", function()
  -- Two wells: all spins up or down, which sweeps of single units never connect; the fields favour what is rare at first.
  local s = gibbs.spins(18)
  local m = gibbs.sum(s)
  local Q = gibbs.boltzmann{ energy = -0.25 * m * m + 1.2 * m * m * m / 324 - 0.9 * m, visible = s }
  local f = Q:free_energy(gibbs.ais{ both = true, temperatures = 20, chains = 64, burn = 20, kernel = "heat_bath" })
  local exact = Q:free_energy().value
  judge("two wells", f, exact)
end)

test("places that chains do not leave are seen where energies do not tell them apart", function()
  -- The machine bits_784x12 of table E1, by its formula: 98 % lie with one state of the hidden units, and chains stay with
  -- theirs. With these seeds each way was five and more of its own errors off.
  local W, a, b = {}, {}, {}
  for i = 0, 783 do
    W[i + 1], a[i + 1] = {}, 0.2 * math.cos(0.9 * i) - 0.1
    for j = 0, 11 do W[i + 1][j + 1] = 0.3 * math.sin(1.7 * i + 2.3 * j + 0.5 * (i * j % 7)) end
  end
  for j = 0, 11 do b[j + 1] = 0.5 * math.sin(1.1 * j) - 1 end
  local Q = gibbs.rbm{ visible = gibbs.bits(784), hidden = gibbs.bits(12), W = W, a = a, b = b }
  local exact = Q:free_energy().value
  support.near(exact, -559.2023149490244, 1e-9)
  for _, seed in ipairs{ 4, 5 } do
    judge("reverse", Q:free_energy(gibbs.ais{ temperatures = 300, burn = 100, reverse = true, seed = seed }), exact)
    judge("both", Q:free_energy(gibbs.ais{ temperatures = 300, burn = 100, both = true, seed = seed }), exact)
  end
  for _, seed in ipairs{ 1, 3 } do judge("mbar", Q:free_energy(gibbs.mbar{ seed = seed }), exact) end
end)

test("chains that go back from where the caller says know what lies there", function()
  -- Two wells, up and down, that chains at the end of the path do not connect. From well A alone reverse annealing finds
  -- F + log(p / P_A), p the part of forward runs that end in A and P_A its probability: these parts add up to 1.
  local s = gibbs.spins(16)
  local m = gibbs.sum(s) / 16
  local Q = gibbs.boltzmann{ energy = -40 * m * m - 1.5 * m, visible = s }
  local F, up, ways = Q:free_energy().value, 0, 1
  for k = 0, 7 do -- spins that are down
    local x = 1 - k / 8
    up = up + ways * math.exp(F + 40 * x * x + 1.5 * x)
    ways = ways * (16 - k) / (k + 1)
  end
  local function from(sign)
    local rows = {}
    for i = 1, 16 do rows[i] = sign end
    local f = Q:free_energy(gibbs.ais{ reverse = true, start = gibbs.data{ rows }, temperatures = 400, chains = 400, burn = 20,
      kernel = "heat_bath", seed = 3 })
    assert(not f.converged and f.why:find("come from 1 independent", 1, true), "one start is taken for many")
    return f
  end
  local a, b = from(1), from(-1)
  local part_a, part_b = up * math.exp(a.value - F), (1 - up) * math.exp(b.value - F)
  print(("up %s, down %s, exact %.4f: parts %.3f and %.3f"):format(a, b, F, part_a, part_b))
  assert(math.abs(part_a + part_b - 1) < 4 * math.sqrt((part_a * a.error) ^ 2 + (part_b * b.error) ^ 2))
end)

test("the same numbers on one thread and on two, and other numbers for another seed", function()
  local Q = six()
  local function value(seed) return Q:free_energy(gibbs.ais{ temperatures = 20, both = true, burn = 20, seed = seed }).value end
  assert(value(5) == value(5) and value(5) ~= value(6))
end)

test("what is wrong is said", function()
  local Q, P = six(), gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.3 }
  local expect = support.expect_error
  expect(function() gibbs.ais{ temperature = 10 } end, "temperatures")
  expect(function() gibbs.ais{ temperatures = 0 } end, "a whole number from 1")
  expect(function() gibbs.ais{ reference = "flat" } end, "'uniform', 'fields', or data")
  expect(function() gibbs.ti{ both = true } end, "both")
  expect(function() gibbs.ais{ start = gibbs.data{ { 1, -1 } } } end, "add both = true or reverse = true")
  expect(function() gibbs.ais{ both = true, start = 3 } end, "data or samples")
  expect(function() Q:free_energy(gibbs.ais{ both = true, start = gibbs.data{ { 1, -1 } } }) end, "the start has 2 units")
  expect(function() Q:free_energy(gibbs.ais{ both = true, start = gibbs.data{ { 1, 0, 1, 1, 1, 1 } } }) end, "0")
  expect(function() gibbs.bar{ free_energy = 1 } end, "from = P")
  expect(function() Q:free_energy(gibbs.ais{ temperatures = { 0, 0.5, 0.4, 1 } }) end, "must rise from 0 to 1")
  expect(function() Q:free_energy(gibbs.bar{ from = P }) end, "different visible units")
  expect(function() Q:free_energy(gibbs.ais{ kernel = "tempering" }) end, "its own temperatures")
  expect(function() Q:free_energy(gibbs.ais{ reference = gibbs.data{ { 1, -1 } } }) end, "6")
  expect(function() Q:mean(Q.H, gibbs.ais{}) end, "gibbs.ais{} estimates the free energy of one distribution")
  local other = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4, visible = P.visible }
  expect(function() other:free_energy(gibbs.bar{ from = P }) end, "free_energy = ")
end)

support.finish()

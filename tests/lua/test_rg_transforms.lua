-- Coarse-grainings on samples: the free-energy budget within errors, renormalization by a transform, mistakes, and the same bits again.
package.path = "./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
local test, expect_error = support.test, support.expect_error
local rg = gibbs.rg
local critical = math.log(1 + math.sqrt(2)) / 2

-- ---- the budget, sampled -----------------------------------------------------------------------------------------------

local P = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.3 }
local v = P.visible

local function how(seed)
  return gibbs.chains{ n = 64, sweeps = 300, seed = seed, free_energy = gibbs.ais{ both = true, chains = 128, temperatures = 500, seed = seed + 1 } }
end

-- Zero, within some errors of all that is in it.
local function closes(what, rest, estimates, most)
  local square = 0
  for _, e in ipairs(estimates) do square = square + (e.error or 0) ^ 2 end
  local error = math.sqrt(square)
  assert(error < 0.3, ("%s: an error of %g shows nothing"):format(what, error))
  assert(math.abs(rest) <= 4 * error + most, ("%s: off by %g, the errors make %g"):format(what, rest, error))
end

local machine = gibbs.rbm{ visible = v, hidden = gibbs.spins(9), init = gibbs.normal(0, 0.15) }
local h = gibbs.spins(4)
local rows = gibbs.parameter("rows", { 4, 36 }, gibbs.normal(0, 0.1)):value()
local own = rg.transform{ kernel = h:dot(rows:mul(v:reshape{ 36 })) - 4 * math.log(2), visible = v, hidden = h }
for name, case in pairs{
  majority = { rg.majority{ visible = v }, 1e-10 },
  decimation = { rg.decimation{ visible = v, b = 3 }, 1e-10 },
  ["block spins"] = { rg.block_spin{ visible = v, p = 0.4 }, 1e-10 },
  ["a filter"] = { rg.filter{ visible = v, offsets = { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 2, 0 } }, weights = { 0.5, 0.3, -0.2, 0.1 } }, 1e-10 },
  ["a kernel of one's own"] = { own, 0 },
  ["block spins that are not normalised"] = { rg.block_spin{ visible = v, p = 0.4, normalised = false }, 0 },
  ["moved bonds"] = { rg.bond_moving{ visible = v, J = 0.3 }, 0 },
  ["a random machine"] = { rg.rbm(machine), 0 },
} do
  test("F_l - F = <D>_P - KL = <D>_Pl + KL' on samples: " .. name, function()
    local b = case[1]:budget(P, how(1))
    closes("by P", b.gap.value - b.mean_D.value + b.kl.value, { b.gap, b.mean_D, b.kl }, case[2])
    closes("by the machine", b.gap.value - b.mean_D_machine.value - b.kl_reverse.value, { b.gap, b.mean_D_machine, b.kl_reverse }, case[2])
    if case[2] > 0 then -- the trace condition holds
      support.near(b.gap.value, 0, 1e-10)
    else
      assert(b.kl.value > 4 * b.kl.error and b.kl_reverse.value > 4 * b.kl_reverse.error, "the machine is not P")
    end
    if name == "moved bonds" then assert(b.gap.value < -4 * b.gap.error and math.abs(b.mean_D.value) < 4 * b.mean_D.error, "moved bonds bound F from below") end
  end)
end

test("sampled budgets are those of sums where there are sums", function()
  local small = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
  local t = rg.block_spin{ visible = small.visible, p = 0.4, normalised = false }
  local exact, sampled = t:budget(small), t:budget(small, how(3))
  for _, name in ipairs{ "gap", "mean_D", "mean_D_machine", "kl", "kl_reverse" } do
    closes(name, sampled[name].value - exact[name].value, { sampled[name] }, 1e-10)
  end
  support.near(exact.mean_D.value - exact.kl.value, exact.gap.value, 1e-10)
  support.near(exact.mean_D_machine.value + exact.kl_reverse.value, exact.gap.value, 1e-10)
end)

test("the trace condition on samples", function()
  local normalised, plain = rg.block_spin{ visible = v, p = 0.4 }, rg.block_spin{ visible = v, p = 0.4, normalised = false }
  local good, bad = normalised:trace(P, gibbs.chains{ n = 32, sweeps = 100, seed = 1 }), plain:trace(P, gibbs.chains{ n = 32, sweeps = 100, seed = 1 })
  assert(good.holds and good.largest < 1e-10 and good.spread < 1e-6)
  -- log sum_h exp T of nine blocks is nine times at least log 2.
  assert(not bad.holds and bad.mean.value > 9 * math.log(2) and bad.spread > 0.1 and bad.largest > bad.mean.value)
end)

-- ---- Monte Carlo by a transform ---------------------------------------------------------------------------------------------

local lattice = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = critical }

local function renormalise(rule)
  local c = lattice:chains{ n = 32, kernel = "swendsen_wang", seed = 1 }:warm_up(60)
  return rg.mcrg{ chains = c, rule = rule, levels = 2, measurements = 100, couplings_every = 5, seed = 3 }
end

test("a transform is a rule, the same as its name", function()
  local t = rg.majority{ visible = lattice.visible }
  local by_transform, by_name = renormalise(t), renormalise "majority"
  for step = 1, 2 do
    local a, b = by_transform:exponent(step, { operators = 2 }), by_name:exponent(step, { operators = 2 })
    assert(a.value == b.value and a.error == b.error, step)
    assert(math.abs(a.value - 1) < 0.1, tostring(a))
  end
  assert(by_transform:couplings(1).nearest.value == by_name:couplings(1).nearest.value)
end)

test("a filter that is majority is majority", function()
  local t = rg.filter{ visible = lattice.visible, offsets = { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }, weights = { 1, 1, 1, 1 }, hard = true }
  assert(renormalise(t):mean(2, "nearest").value == renormalise "majority":mean(2, "nearest").value)
end)

test("the same bits with one thread and with two", function()
  support.same_for_threads [[
local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.4406868 }
local c = P:chains{ n = 16, kernel = "swendsen_wang", seed = 1 }:warm_up(40)
local m = gibbs.rg.mcrg{ chains = c, rule = { kind = "block_spin", b = 2, p = 0.7 }, levels = 2, measurements = 60, couplings_every = 5, seed = 2 }
local y, K = m:exponent(2, { operators = 2 }), m:couplings(1, { operators = 3 })
print(("%a %a %a %a"):format(y.value, y.error, K.nearest.value, K.diagonal.value))
local w = gibbs.rg.vmcrg{ lattice = { 8, 8 }, K = { nearest = 0.3 }, rule = "majority", operators = { "nearest", "diagonal" }, replicas = 8, steps = 50,
  measured = 100, seed = 1 }
print(("%a %a"):format(w.couplings.nearest.value, w.couplings.diagonal.error))
local b = gibbs.rg.block_spin{ visible = P.visible, p = 0.4, normalised = false }:budget(P, gibbs.chains{ n = 16, sweeps = 30, seed = 4,
  free_energy = gibbs.ais{ chains = 32, temperatures = 50, seed = 5 } })
print(("%a %a %a"):format(b.gap.value, b.kl.value, b.mean_D_machine.value))
]]
end)

-- ---- mistakes ----------------------------------------------------------------------------------------------------------------

test("blocks that do not divide", function()
  expect_error(function() rg.majority{ visible = v, b = 4 } end, "gibbs.rg.majority: blocks of length 4 do not divide a lattice of length 6")
  expect_error(function() rg.bond_moving{ visible = v, b = 4, J = 0.3 } end, "blocks of length 4 do not divide a lattice of length 6")
  expect_error(function() rg.mcrg{ chains = P:chains{ n = 4, seed = 1 }, rule = { kind = "majority", b = 4 } } end, "divide")
  expect_error(function() rg.vmcrg{ lattice = { 9, 9 }, K = { nearest = 0.3 }, rule = "majority", operators = { "nearest" } } end, "divide")
end)

test("filters of another length, and offsets of another lattice", function()
  expect_error(function() rg.filter{ visible = v, offsets = { { 0, 0 }, { 0, 1 } }, weights = { 1 } } end, "2 offsets and 1 weights; there must be as many of both")
  expect_error(function() rg.filter{ visible = v, offsets = { { 0 } }, weights = { 1 } } end, "offset 1 is {0}; it must be a list of 2 whole numbers, one an axis")
  expect_error(function()
    rg.mcrg{ chains = P:chains{ n = 4, seed = 1 }, rule = { kind = "filter", offsets = { { 0, 0 }, { 0, 1 } }, weights = { 1 } } }
  end, "weights")
end)

test("bases whose operators depend on each other", function()
  local c = lattice:chains{ n = 16, kernel = "swendsen_wang", seed = 1 }:warm_up(20)
  expect_error(function() rg.mcrg{ chains = c, rule = "majority", even = { "nearest", { { 0, 0 }, { 1, 0 } } } } end, "operator 'operator_2' is operator 'nearest' again, moved or turned")
  -- Two by two spins: all threes of spins are one and the same, and neighbours' second neighbours are they themselves.
  local m = rg.mcrg{ chains = lattice:chains{ n = 16, kernel = "swendsen_wang", seed = 1 }:warm_up(20), rule = "majority", levels = 3, measurements = 50 }
  expect_error(function() m:exponent(3, { odd = true }) end, "operator 'three_in_line' is the same as 'spin' on the lattice of 2 x 2 sites")
  expect_error(function() m:exponent(3, { operators = 7 }) end, "operator 'second' is constant on the lattice of 2 x 2 sites")
end)

test("units that are no spins", function()
  local bits = gibbs.bits{ 8, 8 }
  local Q = gibbs.boltzmann{ visible = bits, energy = -0.1 * gibbs.sum(bits * bits:shift{ 0, 1 }) }
  expect_error(function() rg.mcrg{ chains = Q:chains{ n = 4, seed = 1 }, rule = "majority" } end, "+-1")
end)

test("kernels that are no rule, and what is no distribution", function()
  local plain = rg.block_spin{ visible = lattice.visible, p = 0.4, normalised = false }
  expect_error(function() rg.mcrg{ chains = lattice:chains{ n = 4, seed = 1 }, rule = plain } end, "the transform has no rule that draws each block spin from its block")
  expect_error(function() rg.majority{ visible = v }:trace(3) end, "transform:trace: argument 'P' is 3; it must be a distribution with an energy")
  expect_error(function() rg.majority{ visible = v }:budgets(P) end, "did you mean 'budget'?")
  expect_error(function() rg.rbm(P) end, "has no hidden units")
  expect_error(function() rg.couplings(P) end, "36 spins have 2^36 couplings; at most 20 spins")
  expect_error(function() rg.majority{ visible = v, bb = 3 } end, "unknown option 'bb'")
end)

support.finish()

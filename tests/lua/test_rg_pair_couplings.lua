--- gibbs.rg.pair_couplings: exactly against the Walsh-Hadamard transform and formulas; by random states against the exact ones, with errors that
--- hold as often as they say; machines too large for sums.
local gibbs = require "gibbs"
local support = require "support"
local test, expect_error, near = support.test, support.expect_error, support.near
local rg = gibbs.rg

--- What the hidden units of a machine with random weights do.
local function hidden_side(shape, units)
  local n = shape[1] * shape[2]
  local v, h = gibbs.spins(units), gibbs.spins(shape)
  local W, b = gibbs.parameter("W", { units, n }, gibbs.normal(0, 0.3)), gibbs.parameter("b", { n }, gibbs.normal(0, 0.3))
  local flat = h:reshape{ n }
  return gibbs.boltzmann{ visible = h, hidden = v, energy = -v:dot(W:mul(flat)) - b:dot(flat) }
end

--- Of all coefficients: f(one, other).
local function each(a, b, n, f)
  f(a.constant, b.constant)
  for i = 1, n do
    f(a.fields:get(i), b.fields:get(i))
    for j = i + 1, n do f(a.pairs:get(i, j), b.pairs:get(i, j)) end
  end
end

test("one coupled pair: log cosh", function()
  -- H'(h) = -2 log 2 - log cosh(w (h1 + h2)) - log cosh(0): the pair has log cosh(2 w) / 2.
  for _, w in ipairs{ 0.1, 1, 3 } do
    local v, h = gibbs.spins(2), gibbs.spins(2)
    local C = gibbs.boltzmann{ visible = h, hidden = v, energy = -gibbs.tensor{ { w, 0 }, { w, 0 } }:mul(v):dot(h) }
    local c = rg.pair_couplings(C)
    near(c.pairs:get(1, 2), math.log(math.cosh(2 * w)) / 2)
    near(c.constant, 2 * math.log(2) + math.log(math.cosh(2 * w)) / 2)
    near(c.fields:get(1), 0)
    near(c.variance, c.pairs:get(2, 1) ^ 2)
    near(c.rest, 0)
    assert(c.error == 0 and c.pairs:get(1, 1) == 0)
  end
end)

test("the same as all couplings of a step", function()
  local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4, field = 0.1 }
  local C = rg.decimation{ visible = P.visible }:step(P)
  local all, c = rg.couplings(C), rg.pair_couplings(C)
  near(c.constant, all.constant)
  for i = 1, 4 do near(c.fields:get(i), all.field) end
  near(c.pairs:get(1, 2), all["pair {0,1}"])
  near(c.pairs:get(1, 4), all["pair {1,1}"])
  local rest = 0
  for _, class in ipairs(all) do rest = rest + (class.spins > 2 and class.count * class.value ^ 2 or 0) end
  near(c.rest, rest)
end)

test("random states: errors hold as often as they say", function()
  -- Runs of 137 coefficients, nearly independent; 60: the mean of (difference / error)^2 over all has the standard deviation sqrt(2 / 8220) = 0.016,
  -- the share within one error 0.005; 5 of these: a false alarm in some million.
  gibbs.seed(3)
  local n, C = 16, hidden_side({ 4, 4 }, 30)
  local exact = rg.pair_couplings(C)
  local square, within, count, runs, variance, rest = 0, 0, 0, math.max(4, math.floor(60 * support.effort)), 0, 0
  for seed = 1, runs do
    -- The fewest that are taken, and many.
    local c = rg.pair_couplings(C, { samples = seed % 2 == 0 and 3200 or 20000, seed = seed })
    each(c, exact, n, function(found, true_value)
      local x = (found - true_value) / c.error
      square, count, within = square + x ^ 2, count + 1, within + (math.abs(x) < 1 and 1 or 0)
    end)
    variance, rest = variance + c.variance / runs, rest + c.rest / runs
  end
  assert(math.abs(square / count - 1) < 5 * math.sqrt(2 / count), square / count)
  assert(math.abs(within / count - 0.6827) < 5 * math.sqrt(0.6827 * 0.3173 / count), within / count)
  assert(math.abs(rest / exact.rest - 1) < 0.05 and math.abs(variance / exact.variance - 1) < 0.02, rest / exact.rest)
end)

test("a lattice of 144 spins has its own couplings, and no others", function()
  local P = gibbs.ising{ lattice = gibbs.lattice.square(12, 12), J = 0.4, field = 0.05 }
  local c = rg.pair_couplings(P)
  local rows = c.pairs:table()
  for j = 1, 144 do
    local neighbour = j == 2 or j == 12 or j == 13 or j == 133
    near(rows[1][j], neighbour and 0.4 or 0, 6 * c.error)
    near(rows[j][1], rows[1][j])
  end
  assert(c.error < 0.001 and c.rest < 0.01 * c.variance, c.error)
  near(c.fields:get(7), 0.05, 6 * c.error)
  near(c.variance, 288 * 0.4 ^ 2 + 144 * 0.05 ^ 2, 0.01)
end)

test("the same bits with one thread and with two", function()
  support.same_for_threads [[
local gibbs = require "gibbs"
local v, h = gibbs.spins(80), gibbs.spins{ 5, 8 }
local W = gibbs.parameter("W", { 80, 40 }, gibbs.normal(0, 0.2))
local c = gibbs.rg.pair_couplings(gibbs.boltzmann{ visible = h, hidden = v, energy = -v:dot(W:mul(h:reshape{ 40 })) }, { samples = 20000, seed = 4 })
print(("%a %a %a %a %a"):format(c.constant, c.error, c.rest, c.pairs:get(3, 30), c.fields:get(2)))
]]
end)

test("mistakes", function()
  local P = gibbs.ising{ lattice = gibbs.lattice.square(5, 5), J = 0.4 }
  local bits = gibbs.bits(3)
  local v, w = gibbs.spins(2), gibbs.spins(3)
  expect_error(function() rg.pair_couplings(gibbs.boltzmann{ visible = bits, energy = gibbs.sum(bits) }) end, "the distribution is one of bits 3")
  expect_error(function() rg.pair_couplings(gibbs.boltzmann{ visible = { v, w }, energy = gibbs.sum(v) * gibbs.sum(w) }) end, "one variable of +-1 spins")
  expect_error(function() rg.pair_couplings(P, { sample = 3 }) end, "did you mean 'samples'?")
  expect_error(function() rg.pair_couplings(P, 4) end, "argument 'options' is 4; it must be a table")
  local many = gibbs.ising{ lattice = gibbs.lattice.square(50, 50), J = 0.4 }
  expect_error(function() rg.pair_couplings(many) end, "gibbs.rg.pair_couplings: 2500 spins; at most 2000")
end)

support.finish()

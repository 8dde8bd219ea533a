--- Monte Carlo renormalization against sums over all states of the 4x4 torus and its 2x2 blocks, and how often its errors are right.

local gibbs = require "gibbs"
local support = require "support"
local test = support.test

local rg = gibbs.rg

-- By a program of its own that sums over all 65536 states and 16 blocks: exponents by 1, 2, 3 operators (nearest, diagonal, plaquette), that of the
-- spin, dK'/dK, couplings by pseudo-likelihood in a basis of 1 and 3 (the latter complete, so the Hamiltonian's), and the bias of 1 with its slope.
-- block_spin has p = 0.6.
local EXACT = {
  { rule = "majority", K = 0.44068679, y = { 0.8698717532, 0.9826848827, 0.9854192892 }, y_h = 1.869475366,
    T = { { 1.330546228, 1.741769654, 0.6102677534 }, { 0.452230853, 0.8023078746, 0.1737995852 }, { 0.002061871179, -0.1117016521, 0.1852750237 } },
    K_1 = { 0.422302665 }, K_3 = { 0.3464501661, 0.08184601653, 0.004908632439 }, J_1 = { 0.3464501661 }, slope_1 = 1.330546228 },
  { rule = "majority", K = 0.6, y = { 0.9008061266, 1.049681784, 1.068515788 }, y_h = 1.969809191,
    T = { { 1.367491906, 1.96006949, 0.6188174885 }, { 0.5258747571, 0.8950439142, 0.1993873967 }, { -0.0816174231, -0.3965861501, 0.2758204516 } },
    K_1 = { 0.7200923114 }, K_3 = { 0.5649387174, 0.1612240495, -0.001661956113 }, J_1 = { 0.5649387174 }, slope_1 = 1.367491907 },
  { rule = "decimation", K = 0.35, y = { 0.4617477685, 0.6216979658, 0.625604411 }, y_h = 1.797124149,
    T = { { 1.125074997, 1.28033172, 0.6101351356 }, { 0.3660136991, 0.6857036284, 0.1163604402 }, { -0.1459689108, -0.2584337945, 0.01944002368 } },
    K_1 = { 0.1967181155 }, K_3 = { 0.1762349962, 0.0420231365, -0.008175673947 }, J_1 = { 0.1762349962 }, slope_1 = 1.125074997 },
  { rule = "block_spin", K = 0.2, y = { -0.5229413037, -0.2843884998, -0.2843769833 }, y_h = 1.206089363,
    T = { { 0.6160056165, 0.698476486, 0.1737089683 }, { 0.1431804787, 0.3347742325, 0.03280315012 }, { -1.573357943e-05, -0.006567175385, 0.04104932836 } },
    K_1 = { 0.08171461038 }, K_3 = { 0.0784598439, 0.01066675019, 4.828087198e-05 }, J_1 = { 0.0784598439 }, slope_1 = 0.6160056165 },
}

local function rule_of(case) return case.rule == "block_spin" and { kind = "block_spin", p = 0.6 } or case.rule end

local function renormalise(case, chains, measurements, seed)
  local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = case.K }
  local c = P:chains{ n = chains, kernel = "swendsen_wang", seed = seed }:warm_up(20)
  return rg.mcrg{ chains = c, rule = rule_of(case), measurements = measurements, couplings_every = 1, seed = seed }
end

--- Within five errors, which are at most `most`: a false alarm in 2e5 by chains of 31 degrees of freedom.
local function agrees(what, found, exact, most)
  if not (math.abs(found.value - exact) <= 5 * found.error and found.error < most) then
    error(("%s is %s(%s), exactly %.8g"):format(what, found.value, found.error, exact), 2)
  end
end

for _, case in ipairs(EXACT) do
  test(("sums over all states: %s at K = %g"):format(case.rule, case.K), function()
    local m = renormalise(case, 32, 3000, 1)
    for count = 1, 3 do agrees(("y by %d"):format(count), m:exponent(1, { operators = count }), case.y[count], 0.05) end
    agrees("y_h", m:exponent(1, { odd = true, operators = 1 }), case.y_h, 0.02)
    local T, errors = m:matrix(1, { operators = 3 })
    for a = 1, 3 do
      for b = 1, 3 do agrees(("T[%d][%d]"):format(a, b), { value = T[a][b], error = errors[a][b] }, case.T[a][b], 0.1) end
    end
    local one, three = m:couplings(1, { operators = 1 }), m:couplings(1, { operators = 3 })
    agrees("K by 1", one.nearest, case.K_1[1], 0.02)
    for k, name in ipairs{ "nearest", "diagonal", "plaquette" } do agrees(name, three[name], case.K_3[k], 0.03) end
    agrees("K of level 0", m:couplings(0, { operators = 2 }).nearest, case.K, 0.02)
    local w = rg.vmcrg{ lattice = { 4, 4 }, K = { nearest = case.K }, rule = rule_of(case), operators = { "nearest" }, seed = 1 }
    agrees("J", w.couplings.nearest, case.J_1[1], 0.02)
    agrees("its slope", { value = w.matrix[1][1], error = w.matrix_error[1][1] }, case.slope_1, 0.3)
    assert(w.couplings.nearest.converged and w.exponent.converged)
  end)
end

test("eigenvalues add up to the trace, the first has the exponent", function()
  local m = renormalise(EXACT[1], 32, 500, 1)
  local list, T, sum, trace = m:eigenvalues(1, { operators = 3 }), m:matrix(1, { operators = 3 }), 0, 0
  for k = 1, 3 do
    sum, trace = sum + list[k].real.value, trace + T[k][k]
    assert(list[k].imaginary == 0 and list[k].real.error > 0)
    assert(k == 1 or math.abs(list[k].real.value) <= math.abs(list[k - 1].real.value) + 1e-3)
  end
  support.near(sum, trace, 1e-9)
  local y = m:exponent(1, { operators = 3 })
  assert(y.value == list[1].exponent.value and y.error == list[1].exponent.error)
end)

-- ---- other lattices -----------------------------------------------------------------------------------------------------------

local function chain(K, length, seed)
  return gibbs.ising{ lattice = gibbs.lattice.chain(length), J = K }:chains{ n = 32, kernel = "swendsen_wang", seed = seed }:warm_up(40)
end

--- The decimated chain has bonds between neighbours alone, tanh K' = tanh^b K: so one operator is a complete basis.
test("chains of spins, by b = 2, 3, 4", function()
  local K = 0.7
  for b = 2, 4 do
    local m = rg.mcrg{ chains = chain(K, 48, b), rule = { kind = "decimation", b = b }, levels = 1, measurements = 1000, couplings_every = 10, seed = 1 }
    local t = (math.exp(2 * K) - 1) / (math.exp(2 * K) + 1)
    local slope = b * t ^ (b - 1) * (1 - t * t) / (1 - t ^ (2 * b))
    agrees("y of b = " .. b, m:exponent(1, { operators = 1 }), math.log(slope) / math.log(b), 0.05)
    local found = m:couplings(1, { operators = 2 })
    agrees("K' of b = " .. b, found.nearest, 0.5 * math.log((1 + t ^ b) / (1 - t ^ b)), 0.02)
    agrees("second of b = " .. b, found.second, 0, 0.02)
  end
end)

test("an eigenvalue below 0 is no exponent that one believes", function()
  local m = rg.mcrg{ chains = chain(-0.7, 48, 1), rule = { kind = "decimation", b = 2 }, levels = 1, measurements = 200, odd = {}, seed = 1 }
  local first = m:eigenvalues(1, { operators = 1 })[1]
  assert(first.real.value < -0.5 and first.real.converged and not first.exponent.converged)
  assert(first.exponent.why == "the eigenvalue is negative")
end)

test("rectangles and cubes have the couplings of their energy", function()
  for _, case in ipairs{ { gibbs.lattice.square(4, 12), 0.4 }, { gibbs.lattice.square(2, 8), 0.3 }, { gibbs.lattice.cubic(4, 4, 4), 0.2 } } do
    local c = gibbs.ising{ lattice = case[1], J = case[2] }:chains{ n = 32, kernel = "swendsen_wang", seed = 1 }:warm_up(40)
    local m = rg.mcrg{ chains = c, rule = "majority", levels = 1, measurements = 400, couplings_every = 2, seed = 1 }
    local K = m:couplings(0, { operators = 2 })
    agrees("nearest", K.nearest, case[2], 0.02)
    agrees("diagonal", K.diagonal, 0, 0.02)
  end
end)

-- ---- errors --------------------------------------------------------------------------------------------------------------------

--- The share of 150 runs that are within one error of the truth: 0.683 is expected (0.665 by 15 degrees of freedom), with a standard deviation of
--- 0.038; nine shares are looked at.
test("errors are right as often as they should be", function()
  local case, runs, within = EXACT[1], math.max(20, math.floor(150 * support.effort)), {}
  local function count(name, found, exact) within[name] = (within[name] or 0) + (math.abs(found.value - exact) <= found.error and 1 or 0) end
  for seed = 1, runs do
    for _, chains in ipairs{ 2, 16, 40 } do
      local m = renormalise(case, chains, chains == 2 and 500 or 120, seed)
      count(chains .. " chains, y", m:exponent(1, { operators = 2 }), case.y[2])
      count(chains .. " chains, y_h", m:exponent(1, { odd = true, operators = 1 }), case.y_h)
      count(chains .. " chains, K", m:couplings(1, { operators = 1 }).nearest, case.K_1[1])
    end
  end
  for name, number in pairs(within) do
    local share, spread = number / runs, 3.5 * math.sqrt(0.68 * 0.32 / runs)
    assert(share > 0.67 - spread and share < 0.69 + spread, ("%s: %.3f of %d within one error"):format(name, share, runs))
  end
end)

test("biased block spins: their errors too", function()
  local case, runs, within = EXACT[3], math.max(20, math.floor(100 * support.effort)), 0
  for seed = 1, runs do
    local w = rg.vmcrg{ lattice = { 4, 4 }, K = { nearest = case.K }, rule = case.rule, operators = { "nearest" }, steps = 60, sweeps = 5, measured = 300,
      seed = seed }
    if math.abs(w.couplings.nearest.value - case.J_1[1]) <= w.couplings.nearest.error then within = within + 1 end
  end
  local spread = 3.5 * math.sqrt(0.67 * 0.33 / runs)
  assert(math.abs(within / runs - 0.67) < spread, ("%d of %d within one error"):format(within, runs))
end)

support.finish()

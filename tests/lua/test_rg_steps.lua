-- Coarse-grainings against plain sums over states: steps, budgets and trace conditions of all kinds of blocks, lattices and units;
-- couplings and their classes; errors of what is sampled.
package.path = "./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
local test, near = support.test, support.near
local rg = gibbs.rg

-- ---- plain sums --------------------------------------------------------------------------------------------------------

local function size_of(shape)
  local size = 1
  for _, length in ipairs(shape) do size = size * length end
  return size
end

-- The coordinates of a site, and the site at coordinates, from 0 and row-major.
local function place_of(site, shape)
  local place = {}
  for axis = #shape, 1, -1 do
    place[axis], site = site % shape[axis], site // shape[axis]
  end
  return place
end

local function site_at(place, shape)
  local site = 0
  for axis, length in ipairs(shape) do site = site * length + place[axis] % length end
  return site
end

local function spins_of(number, count)
  local s = {}
  for i = 0, count - 1 do s[i] = number >> i & 1 == 0 and 1 or -1 end
  return s
end

local function log_add(a, b)
  if a < b then a, b = b, a end
  return b == -math.huge and a or a + math.log(1 + math.exp(b - a))
end

-- Periodic, every site's bond along every axis, so that a length of 2 has it twice.
local function energy(s, shape, J, field)
  local sum = 0
  for site = 0, size_of(shape) - 1 do
    for axis = 1, #shape do
      local other = place_of(site, shape)
      other[axis] = other[axis] + 1
      sum = sum - J * s[site] * s[site_at(other, shape)]
    end
    sum = sum - field * s[site]
  end
  return sum
end

-- log p(h = +1) and log p(h = -1) of a block with the field phi.
local function log_probabilities(phi, hard)
  if hard then
    if math.abs(phi) < 1e-9 then return -math.log(2), -math.log(2) end
    return phi > 0 and 0 or -math.huge, phi > 0 and -math.huge or 0
  end
  return -math.log(1 + math.exp(-2 * phi)), -math.log(1 + math.exp(2 * phi))
end

-- H'(h) = -log sum_v p(h|v) exp(-H(v)) for all h by number; rule = { b, offsets, weights, bias, hard }.
local function coarse_hamiltonian(shape, J, field, rule)
  local coarse = {}
  for axis, length in ipairs(shape) do coarse[axis] = length // rule.b end
  local blocks, list = size_of(coarse), {}
  for h = 0, (1 << blocks) - 1 do list[h] = -math.huge end
  for number = 0, (1 << size_of(shape)) - 1 do
    local s = spins_of(number, size_of(shape))
    local up, down = {}, {}
    for block = 0, blocks - 1 do
      local corner, phi = place_of(block, coarse), rule.bias or 0
      for i, offset in ipairs(rule.offsets) do
        local at = {}
        for axis = 1, #shape do at[axis] = corner[axis] * rule.b + offset[axis] end
        phi = phi + rule.weights[i] * s[site_at(at, shape)]
      end
      up[block], down[block] = log_probabilities(phi, rule.hard)
    end
    local minus_energy = -energy(s, shape, J, field)
    for h = 0, (1 << blocks) - 1 do
      local log = minus_energy
      for block = 0, blocks - 1 do log = log + (h >> block & 1 == 0 and up or down)[block] end
      list[h] = log_add(list[h], log)
    end
  end
  for h = 0, (1 << blocks) - 1 do list[h] = -list[h] end
  return list, blocks
end

local function lattice_of(shape)
  if #shape == 1 then return gibbs.lattice.chain(shape[1]) end
  return #shape == 2 and gibbs.lattice.square(shape[1], shape[2]) or gibbs.lattice.cubic(shape[1], shape[2], shape[3])
end

-- All sites of a block, with one weight.
local function block(axes, b, weight)
  local offsets, weights = {}, {}
  for i = 0, b ^ axes // 1 - 1 do
    local place, rest = {}, math.tointeger(i)
    for axis = axes, 1, -1 do
      place[axis], rest = rest % b, rest // b
    end
    offsets[#offsets + 1], weights[#weights + 1] = place, weight
  end
  return offsets, weights
end

-- The kinds of blocks as transforms and as rules of the sums above.
local function kinds(v, shape, b)
  local axes, corner, near_by, far = #shape, {}, {}, {}
  for axis = 1, axes do corner[axis], near_by[axis], far[axis] = 0, -1, axis == 1 and b or 1 end
  local offsets, ones = block(axes, b, 1)
  local function all(weight) return select(2, block(axes, b, weight)) end
  local own, weights, weak = { corner, near_by, far }, { 0.7, -0.4, 0.3 }, { 0.01, 0.01, -0.02 }
  return {
    decimation = { rg.decimation{ visible = v, b = b }, { offsets = { corner }, weights = { 1 }, hard = true } },
    majority = { rg.majority{ visible = v, b = b }, { offsets = offsets, weights = ones, hard = true } },
    ["block spins"] = { rg.block_spin{ visible = v, b = b, p = 0.3 }, { offsets = offsets, weights = all(0.3) } },
    ["block spins that turn"] = { rg.block_spin{ visible = v, b = b, p = -2 }, { offsets = offsets, weights = all(-2) } },
    ["block spins, p = 0"] = { rg.block_spin{ visible = v, b = b, p = 0 }, { offsets = offsets, weights = all(0) } },
    ["block spins without limit"] = { rg.block_spin{ visible = v, b = b, p = math.huge }, { offsets = offsets, weights = ones, hard = true } },
    filter = { rg.filter{ visible = v, b = b, offsets = own, weights = weights, bias = 0.2 }, { offsets = own, weights = weights, bias = 0.2 } },
    ["a hard filter of small weights, with ties"] = { rg.filter{ visible = v, b = b, offsets = own, weights = weak, hard = true },
      { offsets = own, weights = weak, hard = true } },
    ["a hard filter with a bias"] = { rg.filter{ visible = v, b = b, offsets = own, weights = weak, bias = 0.003, hard = true },
      { offsets = own, weights = weak, bias = 0.003, hard = true } },
  }
end

for _, case in ipairs{ { { 8 }, 2 }, { { 9 }, 3 }, { { 2, 4 }, 2 }, { { 4, 2 }, 2 }, { { 3, 3 }, 3 }, { { 2, 2, 2 }, 2 } } do
  local shape, b = case[1], case[2]
  local P = gibbs.ising{ lattice = lattice_of(shape), J = 0.4, field = 0.13 }
  for name, kind in pairs(kinds(P.visible, shape, b)) do
    test(("H' of %s, %s by %d"):format(name, table.concat(shape, "x"), b), function()
      kind[2].b = b
      local expected, blocks = coarse_hamiltonian(shape, 0.4, 0.13, kind[2])
      local C = kind[1]:step(P)
      for h = 0, (1 << blocks) - 1 do
        local s = spins_of(h, blocks)
        near(C:hamiltonian(table.move(s, 0, blocks - 1, 1, {})), expected[h], 1e-12)
      end
      near(C:free_energy().value, P:free_energy().value, 1e-12)
      assert(kind[1]:trace(P).holds)
    end)
  end
end

-- ---- the budget and the trace condition, exactly -------------------------------------------------------------------------

local function closes(t, P, keeps)
  local b, trace, C = t:budget(P), t:trace(P), t:step(P)
  near(b.gap.value, b.mean_D.value - b.kl.value, 1e-10)
  near(b.gap.value, b.mean_D_machine.value + b.kl_reverse.value, 1e-10)
  near(b.gap.value, b.F_machine.value - b.F.value, 1e-10)
  near(C:free_energy().value, t:machine(P):free_energy().value, 1e-11)
  near(trace.mean.value, -b.mean_D.value, 1e-11)
  assert(trace.holds == keeps and trace.over == "all states", t.name)
  assert(trace.largest >= math.abs(trace.mean.value) - 1e-12 and trace.spread <= trace.largest + 1e-12)
  assert(b.mean_D_machine.value <= b.gap.value + 1e-11 and b.gap.value <= b.mean_D.value + 1e-11)
  if keeps then near(C:free_energy().value, P:free_energy().value, 1e-11) end
end

test("the budget closes on oblong lattices and cubes, by threes, and without periods", function()
  for _, case in ipairs{ { gibbs.lattice.square(2, 6), 2 }, { gibbs.lattice.square(6, 2), 2 }, { gibbs.lattice.square(3, 3), 3 },
    { gibbs.lattice.cubic(2, 2, 2), 2 }, { gibbs.lattice.square(2, 4, { periodic = false }), 2 } } do
    local P = gibbs.ising{ lattice = case[1], J = 0.35, field = 0.1 }
    local v, b = P.visible, case[2]
    closes(rg.majority{ visible = v, b = b }, P, true)
    closes(rg.block_spin{ visible = v, b = b, p = 0.4, normalised = false }, P, false)
    closes(rg.bond_moving{ visible = v, b = b, J = 0.35 }, P, false)
    closes(rg.rbm(gibbs.rbm{ visible = v, hidden = gibbs.spins(3), W = 0.2, a = 0.1 }), P, false)
  end
end)

test("Potts units and bits", function()
  local q, k = gibbs.potts(4, 3), gibbs.potts(2, 3)
  local P = gibbs.boltzmann{ visible = q, energy = -0.7 * gibbs.sum(q * q:shift{ 1, 0 }) }
  local theta = gibbs.tensor{ { 0.8, 0.8, 0, 0 }, { 0, 0, 0.8, 0.8 } }:mul(q)
  local bare = rg.transform{ kernel = gibbs.sum(k * theta), visible = q, hidden = k, name = "bare" }
  closes(bare, P, false)
  assert(tostring(bare) == "transform bare: 4 potts to 2", tostring(bare))
  local v, h = gibbs.bits{ 2, 3 }, gibbs.bits(2)
  local R = gibbs.boltzmann{ visible = v, energy = -0.7 * gibbs.sum(v * v:shift{ 0, 1 }) }
  local phi = gibbs.tensor{ { 1, 0.5, 0.2, 0, 0, 0.1 }, { 0.3, 0, 0.1, 0.7, -0.5, 0 } }:mul(v:reshape{ 6 })
  closes(rg.transform{ kernel = h:dot(phi) - gibbs.sum(gibbs.softplus(phi)), visible = v, hidden = h }, R, true)
  closes(rg.transform{ kernel = h:dot(phi), visible = v, hidden = h }, R, false)
end)

test("several variables, in any order", function()
  local a, b, g, k = gibbs.spins({ 2, 2 }, "a"), gibbs.bits(3, "b"), gibbs.spins(2, "g"), gibbs.potts(2, 3, "k")
  local P = gibbs.boltzmann{ visible = { a, b }, energy = -0.2 * gibbs.sum(a * a:shift{ 0, 1 }) - 0.3 * gibbs.sum(a) * gibbs.sum(b) }
  local Q = gibbs.boltzmann{ visible = { a, b }, hidden = { g, k }, energy = -0.2 * gibbs.sum(a) * gibbs.sum(g) - 0.3 * b:dot(gibbs.tensor{ 1, 0, -1 }) * gibbs.sum(k[1]) }
  closes(rg.rbm(Q), P, false)
  local given_v = rg.transform{ kernel = Q.H - Q.E, visible = { b, a }, hidden = { k, g }, name = "p(h|v)" }
  closes(given_v, P, true)
  assert(tostring(given_v) == "transform p(h|v): 3 bits and 2x2 spins to 2 potts and 2 spins", tostring(given_v))
end)

test("a machine with two layers of hidden units, and a distribution with hidden units", function()
  local v, one, two = gibbs.spins(6), gibbs.spins(3), gibbs.spins(2)
  local Q = gibbs.boltzmann{ visible = v, hidden = { one, two }, energy = -0.3 * gibbs.sum(v) * gibbs.sum(one) - 0.4 * gibbs.sum(one) * gibbs.sum(two) }
  closes(rg.rbm(Q), gibbs.ising{ lattice = gibbs.lattice.chain(6), J = 0.4, visible = v }, false)
  closes(rg.majority{ visible = v, b = 3 }, gibbs.rbm{ visible = v, hidden = gibbs.spins(4), W = 0.3 }, true)
end)

test("a step of a step keeps F, its constant included", function()
  local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4, field = 0.1 }
  local C = rg.majority{ visible = P.visible }:step(P)
  closes(rg.decimation{ visible = C.visible }, C, true)
  near(rg.block_spin{ visible = C.visible, p = 0.3 }:step(C):free_energy().value, P:free_energy().value, 1e-12)
end)

test("strong couplings", function()
  for _, K in ipairs{ 20, 100 } do
    local P = gibbs.ising{ lattice = gibbs.lattice.chain(8), J = K }
    near(rg.couplings(rg.decimation{ visible = P.visible }:step(P))["pair {1}"], rg.chain{}:step{ K = K }.K, 1e-13)
    local F = gibbs.ising{ lattice = gibbs.lattice.chain(8), J = 0.3, field = K }
    near(rg.couplings(rg.decimation{ visible = F.visible }:step(F)).field, rg.chain{}:step{ K = 0.3, h = K }.h, 1e-13)
  end
  local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
  local majority = rg.couplings(rg.majority{ visible = P.visible }:step(P))
  for _, p in ipairs{ 1e3, 1e10, 1e300 } do
    local C = rg.block_spin{ visible = P.visible, p = p }:step(P)
    near(C:free_energy().value, P:free_energy().value, 1e-12)
    near(rg.couplings(C)["pair {0,1}"], majority["pair {0,1}"], 1e-12)
  end
end)

test("Migdal's and Kadanoff's step is their recursion, with its constant", function()
  for _, case in ipairs{ { { 8 }, 2 }, { { 9 }, 3 }, { { 2, 8 }, 2 }, { { 4, 4 }, 2 }, { { 3, 6 }, 3 }, { { 6, 3 }, 3 }, { { 2, 2, 4 }, 2 }, { { 4, 4 }, 4 } } do
    local shape, b, J = case[1], case[2], 0.37
    local v, nearest, coarse = gibbs.spins(#shape == 1 and shape[1] or shape), 0, {}
    for axis = 1, #shape do
      local step = {}
      for other = 1, #shape do step[other] = other == axis and 1 or 0 end
      nearest = nearest + gibbs.sum(v * v:shift(step))
      coarse[axis] = shape[axis] // b
    end
    local P = gibbs.boltzmann{ visible = v, energy = -J * nearest }
    local t = rg.bond_moving{ visible = v, b = b, J = J }
    local C = t:step(P)
    local expected, g = rg.migdal_kadanoff{ d = #shape, b = b }:step{ K = J }
    local blocks = size_of(coarse)
    for number = 0, (1 << blocks) - 1 do
      local s = spins_of(number, blocks)
      near(C:hamiltonian(table.move(s, 0, blocks - 1, 1, {})), energy(s, coarse, expected.K, 0) - blocks * g, 1e-11)
    end
    local budget = t:budget(P)
    near(budget.mean_D.value, 0, 1e-11)
    assert(budget.gap.value <= 1e-11)
  end
end)

test("a kernel with parameters: normalised it keeps F at any of them, else training by the trace condition makes it", function()
  local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
  local w, c, h = gibbs.parameter("w", { 9 }, 0.1), gibbs.parameter("c", {}, 0), gibbs.spins(1)
  local phi = w:dot(P.visible:reshape{ 9 })
  local whole = rg.transform{ kernel = gibbs.sum(h) * phi - gibbs.logcosh(phi) - math.log(2), visible = P.visible, hidden = h }
  whole:machine(P):set("w", 0.7)
  assert(whole:trace(P).holds)
  near(whole:step(P):free_energy().value, P:free_energy().value, 1e-12)
  local t = rg.transform{ kernel = gibbs.sum(h) * phi + c, visible = P.visible, hidden = h }
  local M = t:machine(P)
  local penalty = gibbs.mean(P, (M.H - P.H) ^ 2)
  local trace = t:trace(P)
  near(penalty:value().value, trace.mean.value ^ 2 + trace.spread ^ 2, 1e-10)
  assert(penalty:check().ok)
  gibbs.minimize(penalty, M, { steps = 500 })
  assert(t:trace(P).largest < 1e-4 and math.abs(t:budget(P).gap.value) < 1e-6)
end)

-- ---- couplings -------------------------------------------------------------------------------------------------------------

local function pairs_text(shape, J)
  local list = rg.couplings(gibbs.ising{ lattice = lattice_of(shape), J = J })
  local texts, total = {}, 0
  for _, row in ipairs(list) do
    total = total + row.count
    if row.spins == 2 and math.abs(row.value) > 1e-12 then
      texts[#texts + 1] = ("%s %d %.3f"):format(row.name, row.count, row.value)
      assert(list[row.name] == row.value and row.spread < 1e-12)
    end
  end
  assert(total == (1 << size_of(shape)) - 1, "every set of spins is in one class")
  return table.concat(texts, ", ")
end

test("classes of pairs: a bond that is there twice counts twice, axes are exchanged where they are of one length", function()
  support.same(pairs_text({ 6 }, 0.2), "pair {1} 6 0.200")
  support.same(pairs_text({ 2 }, 0.2), "pair {1} 1 0.400")
  support.same(pairs_text({ 2, 2 }, 0.2), "pair {0,1} 4 0.400")
  support.same(pairs_text({ 3, 3 }, 0.2), "pair {0,1} 18 0.200")
  support.same(pairs_text({ 2, 4 }, 0.2), "pair {0,1} 8 0.200, pair {1,0} 4 0.400")
  support.same(pairs_text({ 4, 2 }, 0.2), "pair {0,1} 4 0.400, pair {1,0} 8 0.200")
  support.same(pairs_text({ 2, 2, 2 }, 0.2), "pair {0,0,1} 12 0.400")
  support.same(pairs_text({ 2, 2, 3 }, 0.2), "pair {0,0,1} 12 0.200, pair {0,1,0} 12 0.400")
end)

test("couplings that the lattice's symmetries do not map onto each other have a spread, and give H back", function()
  local v = gibbs.spins{ 2, 3 }
  local K = gibbs.tensor{ { 0.1, 0.3, -0.2 }, { 0.5, 0, 0.25 } }
  local P = gibbs.boltzmann{ visible = v, energy = 1.5 - gibbs.sum(K * v * v:shift{ 0, 1 }) - 0.3 * v[1][1] * v[1][2] * v[2][3] }
  local list = rg.couplings(P)
  near(list.constant, -1.5, 1e-14)
  near(list["pair {0,1}"], (0.1 + 0.3 - 0.2 + 0.5 + 0.25) / 6, 1e-14)
  for _, row in ipairs(list) do
    if row.name == "pair {0,1}" then near(row.spread, 0.7, 1e-14) end
  end
end)

-- ---- sampled errors ----------------------------------------------------------------------------------------------------------

test("errors of the trace condition cover as they should", function()
  local P = gibbs.ising{ lattice = gibbs.lattice.square(2, 4), J = 0.3 }
  local t = rg.block_spin{ visible = P.visible, p = 0.4, normalised = false }
  local exact, runs = t:trace(P), 150 * support.effort // 1
  local mean, spread = 0, 0
  for seed = 1, runs do
    local found = t:trace(P, gibbs.chains{ n = 16, sweeps = 60, seed = seed })
    if math.abs(found.mean.value - exact.mean.value) <= found.mean.error then mean = mean + 1 end
    if math.abs(found.spread - exact.spread) <= found.spread_error then spread = spread + 1 end
  end
  local slack = 4 * math.sqrt(0.68 * 0.32 / runs)
  assert(math.abs(mean / runs - 0.68) < slack, ("mean: %g"):format(mean / runs))
  assert(math.abs(spread / runs - 0.68) < slack, ("spread: %g"):format(spread / runs))
end)

test("real units: the budget on samples, against integrals", function()
  local x, h = gibbs.reals(4), gibbs.spins(2)
  local P = gibbs.boltzmann{ visible = x, energy = 0.5 * gibbs.sum(x * x) }
  local phi = gibbs.tensor{ { 1, 1, 0, 0 }, { 0, 0, 1, 1 } }:mul(x)
  local t = rg.transform{ kernel = 0.5 * h:dot(phi) - 2 * math.log(2), visible = x, hidden = h }
  -- D = -sum_B log cosh(phi_B / 2), phi_B normal of variance 2: by sums over a fine grid.
  local norm, log_cosh, cosh, both = 0, 0, 0, 0
  for i = -6000, 6000 do
    local u = i / 500
    local weight, c = math.exp(-u * u / 4), (math.exp(u / 2) + math.exp(-u / 2)) / 2
    norm, log_cosh, cosh, both = norm + weight, log_cosh + weight * math.log(c), cosh + weight * c, both + weight * c * math.log(c)
  end
  local D, D_machine, gap = -2 * log_cosh / norm, -2 * both / cosh, -2 * math.log(cosh / norm)
  local expected = { F = -2 * math.log(2 * math.pi), F_machine = gap - 2 * math.log(2 * math.pi), gap = gap, mean_D = D, mean_D_machine = D_machine,
    kl = D - gap, kl_reverse = gap - D_machine }
  local found = t:budget(P, gibbs.chains{ n = 64, sweeps = 200, seed = 1, free_energy = gibbs.ais{ both = true, chains = 128, temperatures = 100, seed = 2 } })
  for name, value in pairs(expected) do
    local e = found[name]
    assert(e.error < 0.02 and math.abs(e.value - value) <= 4 * e.error + 1e-9, ("%s: %s, expected %g"):format(name, e, value))
  end
end)

-- ---- large lattices and memory ---------------------------------------------------------------------------------------------------

test("a rule of a large lattice has no matrix until its kernel is read", function()
  local core = require "gibbs.core"
  collectgarbage()
  local _, before = core.memory()
  local t = rg.majority{ visible = gibbs.spins{ 256, 256 } }
  local _, after = core.memory()
  assert(tostring(t) == "transform majority: 256x256 spins to 128x128" and after - before < 1e6, after - before)
end)

test("steps and couplings leave nothing behind", function()
  local core = require "gibbs.core"
  local function once()
    local P = gibbs.ising{ lattice = gibbs.lattice.square(2, 4), J = 0.3 }
    for _, t in ipairs{ rg.majority{ visible = P.visible }, rg.decimation{ visible = P.visible }, rg.bond_moving{ visible = P.visible, J = 0.3 } } do
      rg.couplings(t:step(P))
      t:budget(P)
      t:trace(P)
    end
  end
  once()
  collectgarbage()
  collectgarbage()
  local nodes, bytes = core.memory()
  for _ = 1, 20 do once() end
  collectgarbage()
  collectgarbage()
  local nodes_after, bytes_after = core.memory()
  assert(nodes_after <= nodes and bytes_after <= bytes, ("%d nodes and %d bytes more"):format(nodes_after - nodes, bytes_after - bytes))
end)

support.finish()

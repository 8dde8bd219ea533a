--- Markov chains as a script sees them: making, advancing, reading, holding units, files, kernels and their options, and
--- chains as a way to estimate.  What kernels do is tested elsewhere; here they are whatever suits an energy.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
gibbs.threads(1) -- small systems, for which two would wait for each other most of the time
local test, same, expect_error = support.test, support.same, support.expect_error

local lattice = gibbs.lattice.square(3, 4)
local P = gibbs.ising{ lattice = lattice, J = 0.3, field = 0.1 }
local v = P.visible

--- Within `most` standard errors, and with an error at all.
local function agrees(estimate, exact, most)
  if not (estimate.error > 0 and math.abs(estimate.value - exact) <= (most or 5) * estimate.error) then
    error(("%s is not near %.10g"):format(estimate, exact), 2)
  end
end

local function machine()
  gibbs.seed(7)
  return gibbs.rbm{ visible = gibbs.spins(5), hidden = gibbs.bits(3), init = gibbs.normal(0, 0.7) }
end

-- ---- making, advancing, reading -------------------------------------------------------------------------------------

test("chains tell their kernel, number, sweeps and seed", function()
  local c = P:chains{ n = 3, seed = 11, kernel = "exact" }
  same({ c.n, c.seed, c.sweeps, c.kernel, c.rungs }, { 3, 11, 0, "exact", 1 })
  same(tostring(c:advance(4)), "3 chains of ising, exact, 4 sweeps done")
  same(c:advance{ sweeps = 2 }.sweeps, 6)
  same(c:advance().sweeps, 7)
  same(c:advance(0).sweeps, 7)
end)

test("the kernel is chosen where none is named, and the seed is the script's", function()
  gibbs.seed(23)
  local c = P:chains()
  assert(c.n == 64 and c.seed == 23)
  local known = {}
  for _, kernel in ipairs(gibbs.kernels()) do known[kernel.name] = true end
  assert(known[c.kernel])
  assert(P:describe():find("kernel +" .. c.kernel), P:describe())
  gibbs.seed(1)
end)

test("a batch has the shape of the units, holds legal values, and is a copy", function()
  local c = P:chains{ n = 6 }
  local before = c:batch()
  same(before:shape(), { 6, 3, 4 })
  local old = before:table()
  c:advance(20)
  same(before:table(), old)
  for _, rows in ipairs(c:batch():table()) do
    for _, row in ipairs(rows) do for _, s in ipairs(row) do assert(s == 1 or s == -1) end end
  end
end)

test("the same seed gives the same bits, another does not, and more chains change none", function()
  local function run(n, seed) return P:chains{ n = n, seed = seed }:advance(7):batch():table() end
  same(run(4, 5), run(4, 5))
  local few, many = run(4, 5), run(9, 5)
  for c = 1, 4 do same(few[c], many[c]) end
  assert(not pcall(same, run(4, 5), run(4, 6)))
end)

test("one thread and two give the same bits", function()
  local before, runs = gibbs.threads(), {}
  for threads = 1, 2 do
    gibbs.threads(threads)
    runs[threads] = P:chains{ n = 130, seed = 3 }:advance(5):batch():table()
  end
  gibbs.threads(before)
  same(runs[1], runs[2])
end)

test("configurations are set row by row, one for all, or with one number", function()
  local c = P:chains{ n = 2, start = 1 }
  for _, rows in ipairs(c:batch():table()) do for _, row in ipairs(rows) do same(row, { 1, 1, 1, 1 }) end end
  local one = { { 1, -1, 1, -1 }, { -1, -1, 1, 1 }, { 1, 1, 1, -1 } }
  same(c:set(v, one):batch(v):table(), { one, one })
  local other = { { -1, -1, -1, -1 }, { 1, 1, 1, 1 }, { 1, -1, -1, 1 } }
  same(c:set("visible", { one, other }):batch("visible"):table(), { one, other })
  same(P:chains{ n = 2, start = gibbs.tensor{ one, other } }:batch():table(), { one, other })
  same(P:chains{ n = 2, start = { visible = one } }:batch():table(), { one, one })
  c:set(v, -1)
  same(c:batch():table()[2][3], { -1, -1, -1, -1 })
end)

test("several variables are laid end to end, or read one by one", function()
  local a, b = gibbs.spins(2, "a"), gibbs.bits({ 1, 3 }, "b")
  local Q = gibbs.boltzmann{ visible = { a, b }, energy = 0.3 * gibbs.sum(a) * gibbs.sum(b) }
  local c = Q:chains{ n = 2, start = { { 1, -1, 0, 1, 1 }, { -1, -1, 1, 0, 1 } } }
  same(c:batch():table(), { { 1, -1, 0, 1, 1 }, { -1, -1, 1, 0, 1 } })
  same(c:batch(a):table(), { { 1, -1 }, { -1, -1 } })
  same(c:batch("b"):table(), { { { 0, 1, 1 } }, { { 1, 0, 1 } } })
  c:set(b, { 1, 1, 1 })
  same(c:batch():table(), { { 1, -1, 1, 1, 1 }, { -1, -1, 1, 1, 1 } })
end)

test("Potts units are state numbers from 1", function()
  local s = gibbs.potts(4, 3)
  local Q = gibbs.boltzmann{ visible = s, energy = -gibbs.bonds(s, gibbs.lattice.chain(4)) }
  local c = Q:chains{ n = 50 }:advance(3)
  for _, row in ipairs(c:batch():table()) do for _, state in ipairs(row) do assert(state >= 1 and state <= 3) end end
  agrees(c:mean(Q.H, { sweeps = 1000 }), Q:mean(Q.H).value)
end)

test("hidden units are sampled or summed as asked, and batches of them are there only when they are sampled", function()
  local Q = machine()
  local joint = Q:chains{ n = 20, hidden = "sampled" }:advance(3)
  same(joint:batch(Q.hidden):shape(), { 20, 3 })
  same(joint:batch():shape(), { 20, 5 })
  agrees(joint:mean(gibbs.sum(Q.hidden), { sweeps = 3000 }), Q:mean(gibbs.sum(Q.hidden)).value)
  local summed = Q:chains{ n = 20, hidden = "summed" }
  agrees(summed:mean(gibbs.sum(Q.hidden), { sweeps = 3000 }), Q:mean(gibbs.sum(Q.hidden)).value)
  expect_error(function() summed:batch(Q.hidden) end, "these chains sum over the hidden units")
  expect_error(function() Q:chains{ hidden = "summed", start = { hidden = 1 } } end, "add hidden = 'sampled'")
end)

test("of two hidden layers one is summed in closed form and the other by its states, or both are sampled", function()
  gibbs.seed(5)
  local h1, h2, x = gibbs.bits(4, "h1"), gibbs.spins(3, "h2"), gibbs.bits(5, "x")
  local W1 = gibbs.parameter("W1", { 5, 4 }, gibbs.normal(0, 0.8))
  local W2 = gibbs.parameter("W2", { 4, 3 }, gibbs.normal(0, 0.8))
  local Q = gibbs.boltzmann{ visible = x, hidden = { h1, h2 }, energy = -x:dot(W1:mul(h1)) - h1:dot(W2:mul(h2)) }
  assert(Q:describe():find("kernel +block_gibbs"), Q:describe())
  for _, options in ipairs{ { hidden = "summed" }, { hidden = "sampled" }, { hidden = "summed", kernel = "informed" } } do
    options.n, options.seed = 20, 3
    local c = Q:chains(options)
    for _, f in ipairs{ gibbs.sum(x), gibbs.sum(h1), gibbs.sum(x) * gibbs.sum(h2) } do
      agrees(c:mean(f, { sweeps = 2000 }), Q:mean(f).value)
    end
  end
end)

test("new values of parameters count from the next sweep on", function()
  local J = gibbs.parameter("J", {}, 0)
  local Q = gibbs.ising{ lattice = lattice, J = J }
  local c = Q:chains{ n = 40 }:advance(5)
  Q:set("J", 0.25)
  agrees(c:mean(gibbs.bonds(Q.visible, lattice), { sweeps = 2000 }), Q:mean(gibbs.bonds(Q.visible, lattice)).value)
end)

test("proposals of an even number of changes reach all configurations", function()
  local s = gibbs.spins(6, "s")
  local Q = gibbs.boltzmann{ visible = s, energy = -0.2 * gibbs.sum(s * s:shift{ 1 }) - 0.5 * gibbs.sum(s) }
  local parity = s[1] * s[2] * s[3] * s[4] * s[5] * s[6]
  for _, flips in ipairs{ 2, 3, 4 } do
    local c = Q:chains{ n = 20, kernel = "informed", flips = flips, start = 1 }:advance(20)
    local found = c:mean(parity, { sweeps = 6000 })
    assert(found.converged, tostring(found))
    agrees(found, Q:mean(parity).value)
  end
end)

test("a kernel says which parameters it cannot go on with, and goes on with others", function()
  local s, b = gibbs.spins({ 4, 4 }, "s"), gibbs.parameter("b", { 4, 4 }, 0.1)
  local grid = gibbs.lattice.square(4, 4)
  local Q = gibbs.boltzmann{ visible = s, energy = -0.2 * gibbs.bonds(s, grid) - gibbs.sum(b * s) }
  local c = Q:chains{ n = 20, kernel = "multispin" }:advance(2)
  local uneven = {}
  for i = 1, 4 do uneven[i] = { 0.1, 0.2, 0.3, 0.1 * i } end
  Q:set("b", uneven)
  expect_error(function() c:advance(1) end, "kernel multispin cannot go on with the present parameters: the field")
  same(c.sweeps, 2)
  Q:set("b", gibbs.tensor{ { 0.2, 0.2, 0.2, 0.2 }, { 0.2, 0.2, 0.2, 0.2 }, { 0.2, 0.2, 0.2, 0.2 }, { 0.2, 0.2, 0.2, 0.2 } })
  agrees(c:mean(gibbs.sum(s), { sweeps = 1500 }), Q:mean(gibbs.sum(s)).value)
end)

-- ---- held units ---------------------------------------------------------------------------------------------------------

test("held units keep their values, and the others have their conditional distribution", function()
  local s = gibbs.spins(5, "s")
  local Q = gibbs.boltzmann{ visible = s, energy = -0.7 * gibbs.sum(s * s:shift{ 1 }) - 0.2 * gibbs.sum(s) }
  local values = { 1, gibbs.null, gibbs.null, -1, 0 / 0 }
  local c = Q:chains{ n = 50, clamp = { [s] = values } }
  local means = c:mean(s, { sweeps = 2000 })
  for _, row in ipairs(c:batch():table()) do assert(row[1] == 1 and row[4] == -1) end
  local weight, sums = 0, { 0, 0, 0, 0, 0 }
  for k = 0, 7 do
    local row = { 1, k & 1 == 0 and 1 or -1, k & 2 == 0 and 1 or -1, -1, k & 4 == 0 and 1 or -1 }
    local w = math.exp(-Q:energy(row))
    weight = weight + w
    for i = 1, 5 do sums[i] = sums[i] + w * row[i] end
  end
  for _, i in ipairs{ 2, 3, 5 } do
    local off = means.value:get(i) - sums[i] / weight
    assert(math.abs(off) <= 5 * means.error:get(i), ("unit %d: off by %g"):format(i, off))
  end
  assert(means.value:get(1) == 1 and means.value:get(4) == -1)
end)

test("every chain may hold values of its own, and hidden units may be held", function()
  local Q = machine()
  local rows = {}
  for c = 1, 8 do rows[c] = { c & 1 == 0 and 1 or -1, 1, -1, c & 2 == 0 and 1 or -1, 1 } end
  local c = Q:chains{ n = 8, clamp = { visible = rows } }:advance(5)
  same(c:batch():table(), rows)
  local held = Q:chains{ n = 3, clamp = { [Q.hidden] = { 1, 0, gibbs.null } } }:advance(5)
  for _, row in ipairs(held:batch("hidden"):table()) do assert(row[1] == 1 and row[2] == 0) end
  same(#Q:chains{ n = 3, clamp = {} }:batch():table(), 3)
end)

-- ---- kernels and their options -------------------------------------------------------------------------------------------

test("gibbs.kernels gives rows that are complete", function()
  local kinds = { number = true, integer = true, boolean = true, word = true }
  assert(#gibbs.kernels() >= 2)
  for _, kernel in ipairs(gibbs.kernels()) do
    assert(#kernel.name > 0 and #kernel.doc > 0 and #kernel.source > 0)
    for _, option in ipairs(kernel.options) do
      assert(#option.name > 0 and #option.doc > 0 and kinds[option.kind], kernel.name .. "." .. option.name)
      assert(option.kind ~= "word" or option.words[1])
      assert(option.kind ~= "number" and option.kind ~= "integer" or (option.low <= option.initial
        and option.initial <= option.high))
    end
  end
end)

test("an option of a kernel is read by its row, and stands in the settings", function()
  local tried = 0
  for _, kernel in ipairs(gibbs.kernels()) do
    for _, option in ipairs(kernel.options) do
      local ok, c = pcall(function() return P:chains{ n = 2, kernel = kernel.name, [option.name] = option.initial } end)
      if ok then
        tried = tried + 1
        same(c.settings[option.name], option.initial)
        expect_error(function() P:chains{ kernel = kernel.name, [option.name] = {} } end, "option '" .. option.name .. "'")
        expect_error(function() P:chains{ kernel = kernel.name, [option.name .. "_"] = 1 } end,
          ("kernel %s: unknown option '%s_'; did you mean '"):format(kernel.name, option.name))
        expect_error(function() gibbs.chains{ kernel = kernel.name, [option.name .. "_"] = 1 } end, "unknown option")
      end
    end
  end
  assert(tried > 0)
end)

test("a ladder of scales has as many rungs, of which one is selected", function()
  local c = P:chains{ n = 40, kernel = "tempering", ladder = { 1, 0.6, 0.2 } }:advance(100)
  same({ c.rungs, c:ladder().selected }, { 3, 1 })
  same(c:ladder().scale:table(), { 1, 0.6, 0.2 })
  for _, rate in ipairs(c:ladder().acceptance:table()) do assert(rate > 0 and rate <= 1) end
  agrees(c:mean(P.H, { sweeps = 300 }), P:mean(P.H).value)
  local hot = gibbs.ising{ lattice = lattice, J = 0.06, field = 0.02, visible = v }
  agrees(c:select(3):mean(hot.H, { sweeps = 300 }), hot:mean(hot.H).value)
  assert(tostring(c:ladder()):find("^ladder: acceptance = .*, scale = .*, selected = 3$"), tostring(c:ladder()))
  expect_error(function() c:select(4) end, "argument 'rung' is 4; it must lie in [1, 3]")
  expect_error(function() P:chains{ kernel = "tempering", ladder = { scal = { 1 } } } end, "did you mean 'scale'?")
end)

test("a ladder of parameters", function()
  local J = gibbs.parameter("J", {}, 0.3)
  local Q = gibbs.ising{ lattice = lattice, J = J }
  local c = Q:chains{ n = 40, kernel = "tempering", ladder = { J = { 0.3, 0.1 } } }
  local bonds = gibbs.bonds(Q.visible, lattice)
  agrees(c:mean(bonds, { sweeps = 500 }), Q:mean(bonds).value)
  c:select(2)
  local second = c:mean(bonds, { sweeps = 500 })
  Q:set("J", 0.1)
  agrees(second, Q:mean(bonds).value)
end)

-- ---- files ------------------------------------------------------------------------------------------------------------------

local folder = os.tmpname()
os.remove(folder)
assert(os.execute("mkdir " .. folder))

test("chains go on bit for bit from a file of every kind", function()
  for _, ending in ipairs{ "h5", "npz", "json" } do
    local path = folder .. "/chains." .. ending
    local c = P:chains{ n = 5, seed = 9 }:warm_up(10):advance(3)
    c:save(path)
    local stored = P:chains{ load = path }
    same({ stored.n, stored.seed, stored.sweeps, stored.kernel }, { c.n, c.seed, c.sweeps, c.kernel })
    local other = P:chains{ n = 5, seed = 9 }:load(path)
    local expected = c:advance(6):batch():table()
    same(stored:advance(6):batch():table(), expected)
    same(other:advance(6):batch():table(), expected)
  end
end)

test("held units, hidden ones and ladders come back from files", function()
  local Q = machine()
  local path = folder .. "/held.h5"
  local c = Q:chains{ n = 4, seed = 2, hidden = "sampled", clamp = { visible = { 1, gibbs.null, -1, gibbs.null, 1 } } }:advance(4)
  c:save(path)
  local stored = Q:chains{ load = path }
  local expected = c:advance(5):batch():table()
  same(stored:advance(5):batch():table(), expected)
  for _, row in ipairs(expected) do assert(row[1] == 1 and row[3] == -1 and row[5] == 1) end
  expect_error(function() Q:chains{ n = 4, seed = 2, hidden = "sampled" }:load(path) end, "another set of clamped values")
  local hot = folder .. "/ladder.npz"
  local ladder = P:chains{ n = 3, kernel = "tempering", ladder = { 1, 0.5 } }:advance(4)
  ladder:save(hot)
  same(P:chains{ load = hot }:advance(3):select(2):batch():table(), ladder:advance(3):select(2):batch():table())
  expect_error(function() P:chains{ n = 3, kernel = "tempering", ladder = { 1, 0.4 } }:load(hot) end, "another ladder")
end)

test("files of something else are refused, and leave the chains as they were", function()
  local path = folder .. "/refused.h5"
  P:chains{ n = 5, seed = 9, kernel = "exact" }:advance(2):save(path)
  local c = P:chains{ n = 5, seed = 8, kernel = "exact" }:advance(1)
  local before = c:batch():table()
  expect_error(function() c:load(path) end, "another seed")
  same(c:batch():table(), before)
  expect_error(function() P:chains{ n = 4, kernel = "exact" }:load(path) end, "another number of chains")
  expect_error(function() P:chains{ n = 5, seed = 9, kernel = "tempering", ladder = { 1 } }:load(path) end, "another kernel")
  expect_error(function() gibbs.ising{ lattice = gibbs.lattice.square(2, 4), J = 0.3 }:chains{ load = path } end, "another model")
  expect_error(function() gibbs.ising{ lattice = lattice, J = 0.31, field = 0.1 }:chains{ load = path } end, "energy with other values")
  expect_error(function() P:chains{ load = path, n = 3 } end, "'n' cannot stand beside it")
  expect_error(function() P:chains{ load = 3 } end, "option 'load'")
  expect_error(function() P:chains{ load = folder .. "/nothing.h5" } end, "No such file")
end)

test("every part of a file is checked", function()
  local path = folder .. "/damaged.json"
  P:chains{ n = 2, seed = 1, kernel = "tempering", ladder = { 1, 0.5 } }:advance(1):save(path)
  local whole = gibbs.read(path)
  local function plain(value) return type(value) == "userdata" and value:table() or value end
  local function with(name, value)
    local copy = {}
    for key, item in pairs(whole) do copy[key] = plain(item) end
    copy[name] = value
    gibbs.write(path, copy)
  end
  local damages = {
    format = { "gibbs chains 99", 3, false }, model = { "ising", {} }, kernel = { "none", { 1 } }, n = { { -1 }, { 3 }, { 0.5 }, "x" },
    seed = { { 1e300 }, { -1 } }, hidden = { { 7 } }, settings = { { 1 }, { 1, 2, 3, 4, 5 }, { 1e9, 0.1, 0 }, { 8, 0.1, 1e9 }, { 8, 0.1, 0.5 } },
    energy = { { 1 }, { 1, 2 } }, state = { { 1, 2, 3 }, "x" }, ["ladder.scale"] = { { 1, 0.5, 0.2 }, "x" }, ["held.1"] = { { 1, 2 } },
  }
  local cases = 0
  for name, values in pairs(damages) do
    for _, value in ipairs(values) do
      with(name, value)
      local ok, message = pcall(function() P:chains{ load = path } end)
      cases = cases + 1
      if ok then error(("%s = %s was accepted"):format(name, tostring(value))) end
      if not message:find("distribution:chains: ", 1, true) then error(("%s: %s"):format(name, message)) end
    end
    with(name, nil)
    local ok = pcall(function() P:chains{ load = path } end)
    if ok and name ~= "held.1" and name ~= "ladder.scale" then error(name .. " may be missing") end
  end
  assert(cases > 20)
  with("n", plain(whole.n))
  P:chains{ load = path }
end)

os.execute("rm -r " .. folder)

-- ---- means -------------------------------------------------------------------------------------------------------------------

test("means agree with exact sums, for numbers and tensors", function()
  local c = P:chains{ n = 20 }
  local energy = c:mean(P.H, { sweeps = 3000 })
  agrees(energy, P:mean(P.H).value)
  assert(energy.converged and energy.why == "" and energy.method == c.kernel and energy.sweeps > 2000)
  assert(energy.ess > 1000 and energy.tau > 0 and energy.r_hat < 1.05 and energy.warm_up >= 0)
  local m = c:mean(v, { sweeps = 3000, every = 2 })
  same(m.value:shape(), { 3, 4 })
  same(m.error:shape(), { 3, 4 })
  local exact = P:mean(v).value
  for i = 1, 3 do for j = 1, 4 do
    assert(math.abs(m.value:get(i, j) - exact:get(i, j)) < 6 * m.error:get(i, j))
  end end
end)

test("chains are a way to estimate", function()
  local how = gibbs.chains{ n = 20, sweeps = 2000, seed = 4 }
  same(tostring(how), "20 chains of 2000 sweeps")
  local a, b = P:mean(P.H, how), gibbs.mean(P, P.H):value(how)
  agrees(a, P:mean(P.H).value)
  same(a.value, b.value)
  assert(a.warm_up >= 200)
  local burnt = P:mean(P.H, gibbs.chains{ n = 20, sweeps = 500, burn = 30 })
  same({ burnt.warm_up, burnt.sweeps }, { 30, 500 })
  agrees(burnt, P:mean(P.H).value)
  local Q = machine()
  agrees(Q:mean(gibbs.sum(Q.hidden), gibbs.chains{ n = 20, sweeps = 2000 }), Q:mean(gibbs.sum(Q.hidden)).value)
end)

test("what chains cannot estimate is refused with what can be done", function()
  local how = gibbs.chains{}
  expect_error(function() P:free_energy(how) end, "a free energy is none")
  expect_error(function() P:mean(P.H, gibbs.pcd{}) end, "a mean is estimated by gibbs.chains{}")
  expect_error(function() gibbs.mean(P, P.H):hessian(how) end, "differences of exact gradients")
  expect_error(function() gibbs.data{ { 1, 1 } }:mean(gibbs.spins(2), how) end, "needs no chains")
  local large = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.3 }
  expect_error(function() large:mean(large.H) end, "chains do it for any size: Q:mean(f, gibbs.chains{")
  expect_error(function() large:sample{} end, "chains do it for any size: Q:chains{")
end)

test("an estimate that has not converged says so when it is printed", function()
  local s = gibbs.spins(40)
  local Q = gibbs.boltzmann{ visible = s, energy = -3 * gibbs.sum(s * s:shift{ 1 }) }
  local short = Q:mean(gibbs.sum(s), gibbs.chains{ n = 3, sweeps = 40, burn = 0, kernel = "heat_bath" })
  assert(not short.converged and #short.why > 0)
  assert(tostring(short):find(" (not converged: " .. short.why .. ")", 1, true))
end)

test("chains that sit still in one valley give no error that can be believed", function()
  local cold = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 20 }
  local m = cold:chains{ n = 8, kernel = "heat_bath", start = 1 }:mean(gibbs.sum(cold.visible), { sweeps = 200 })
  same({ m.value, m.error, m.converged }, { 16, 0, false })
  assert(tostring(m):find("16 (not converged: it had the same value all the time", 1, true), tostring(m))
end)

test("a huge distribution has means by chains", function()
  local large = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.2 }
  local e = large:mean(large.H, gibbs.chains{ n = 8, sweeps = 400 })
  agrees(e, gibbs.kaufman(16, 16, 0.2).energy, 6)
end)

-- ---- callbacks ----------------------------------------------------------------------------------------------------------------

local function slow(energy)
  local s = gibbs.spins(4)
  return gibbs.boltzmann{ visible = s, energy = gibbs.lua_energy{ visible = s, energy = energy } }, s
end

test("an energy of the script's is sampled, and its errors arrive unchanged", function()
  local Q, s = slow(function(x) return -0.5 * (x[1] * x[2] + x[2] * x[3]) - 0.1 * x[4] end)
  local fast = gibbs.boltzmann{ visible = s, energy = -0.5 * (s[1] * s[2] + s[2] * s[3]) - 0.1 * s[4] }
  agrees(Q:chains{ n = 20 }:mean(s[1] * s[3], { sweeps = 300 }), fast:mean(s[1] * s[3]).value)
  local armed = false
  local broken = slow(function(x) if armed then error({ code = 7 }) end return x[1] end)
  local c = broken:chains{ n = 2 }
  armed = true
  local ok, problem = pcall(function() c:advance(5) end)
  assert(not ok and type(problem) == "table" and problem.code == 7)
end)

test("an energy cannot use the chains that sample it, and closing them meanwhile does no harm", function()
  local c, wanted
  local Q = slow(function(x)
    if wanted == "use" then c:advance(1) end
    if wanted == "close" then wanted = nil; do local gone <close> = c end end
    return 0.1 * x[1]
  end)
  c = Q:chains{ n = 2 }
  wanted = "use"
  expect_error(function() c:advance(1) end, "an energy cannot use the chains that sample it")
  c, wanted = nil, nil
  c = Q:chains{ n = 2 }
  wanted = "close"
  c:advance(3)
  expect_error(function() c:advance(1) end, "the chains is closed")
end)

test("an energy that is not finite stops with its place", function()
  local Q = slow(function(x) return x[1] > 0 and 0 / 0 or 0 end)
  expect_error(function() Q:chains{ n = 8 }:advance(20) end, "chains:advance: ")
end)

-- ---- wrong arguments ---------------------------------------------------------------------------------------------------------

test("wrong arguments are refused by name", function()
  local c = P:chains{ n = 2, kernel = "exact" }
  expect_error(function() P:chains{ n = 0 } end, "option 'n' is 0; it must lie in [1, 16777216]")
  expect_error(function() P:chains{ n = 2.5 } end, "option 'n' is 2.5; it must be an integer")
  expect_error(function() P:chains{ kernel = "exat" } end, "did you mean 'exact'?")
  expect_error(function() P:chains{ kernel = 3 } end, "option 'kernel' is 3")
  expect_error(function() P:chains{ sed = 1 } end, "did you mean 'seed'?")
  expect_error(function() P:chains{ rungs = 3 } end, "write kernel = 'tempering' beside it")
  expect_error(function() P:chains{ hidden = "sumed" } end, "did you mean 'summed'?")
  expect_error(function() P:chains(3) end, "a table of named options")
  expect_error(function() P:chains{ start = "cold" } end, "option 'start' is 'cold'")
  expect_error(function() P:chains{ start = { 1, 2 } } end, "option 'start' gives 2 values for 12 units")
  expect_error(function() P:chains{ n = 2, start = 3 } end, "spins are -1 or +1")
  expect_error(function() P:chains{ start = { visible = gibbs.null } } end, "holds a null; it must hold numbers")
  expect_error(function() P:chains{ clamp = 3 } end, "whose keys are variables or their names")
  expect_error(function() P:chains{ clamp = { visble = 1 } } end, "did you mean 'visible'?")
  expect_error(function() P:chains{ clamp = { [gibbs.spins(3)] = 1 } } end, "which is no variable of the distribution")
  expect_error(function() P:chains{ clamp = { visible = { 1, 1 } } } end, "option 'clamp' gives 2 values for 12 units")
  expect_error(function() P:chains{ clamp = { visible = 0.5 } } end, "spins are -1 or +1")
  expect_error(function() P:chains{ clamp = { visible = 1, [v] = 1 } } end, "twice")
  expect_error(function() c:advance("x") end, "chains:advance: argument 'options' is 'x'")
  expect_error(function() c:advance(-1) end, "argument 'sweeps' is -1")
  expect_error(function() c:advance{ sweep = 1 } end, "did you mean 'sweeps'?")
  expect_error(function() c.advance(3) end, "write x:advance(...), with a colon")
  expect_error(function() c:set(v) end, "argument 'values' is missing")
  expect_error(function() c:set(v, { 1 }) end, "gives 1 values for 12 units")
  expect_error(function() c:batch("h") end, "which is no variable of the distribution")
  expect_error(function() c:measure("x") end, "no measure 'x'")
  expect_error(function() return c.kernal end, "did you mean 'kernel'?")
  expect_error(function() c:mean(v, { sweeps = 2, every = 3 }) end, "2 sweeps hold no row")
  expect_error(function() c:mean(v, { sweeps = 2 }) end, "chains:mean: ")
  expect_error(function() c:mean(gibbs.spins(2)) end, "chains:mean: ")
  expect_error(function() c:mean(v, { warm_up = "detekt" }) end, "a number of sweeps, or 'detect'")
  expect_error(function() gibbs.chains{ burn = -1 } end, "option 'burn' is -1")
  expect_error(function() gibbs.chains{ sweeps = 1, every = 2 } end, "hold no measurement")
  expect_error(function() P:sample{ kernel = "tempering" } end, "samples that are independent are 'exact'")
  same(P:sample{ n = 3, seed = 2, kernel = "exact" }:table(), P:sample{ n = 3, seed = 2 }:table())
end)

test("units beside a regular lattice keep to their own values", function()
  local s = gibbs.spins(6, "s")
  local P = gibbs.boltzmann{ visible = { s, gibbs.bits(2, "beside") }, energy = -0.5 * gibbs.bonds(s, gibbs.lattice.chain(6)) }
  for _, kernel in ipairs{ "swendsen_wang", "wolff", "heat_bath" } do
    local sum = 0
    for _, row in ipairs(P:chains{ n = 400, seed = 5, kernel = kernel }:advance(7):batch():table()) do
      assert((row[7] == 0 or row[7] == 1) and (row[8] == 0 or row[8] == 1), kernel)
      sum = sum + row[8] / 400
    end
    assert(math.abs(sum - 0.5) < 0.1, kernel)
  end
end)

support.finish()

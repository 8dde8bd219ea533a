--- How values are shown at the prompt: one line each, or all that there is.
local gibbs = require "gibbs"
local display = require "gibbs.display"
local support = require "support"
local test, same = support.test, support.same
local short = display.short

local function full(value) return table.concat(display.full(value), "\n") end

test("numbers, strings and what Lua has", function()
  same(short(1), "1")
  same(short(0.5), "0.5")
  same(short(nil), "nil")
  same(short(true), "true")
  same(short("a\nb\"c"), '"a\\nb\\"c"')
  same(short("grün"), '"grün"')
  same(short("\255\0"), '"\\xff\\0"')
  same(short(("x"):rep(1000)), '"' .. ("x"):rep(200) .. '"... (1000 bytes)')
end)

test("functions say where help is, or where they were made", function()
  same(short(gibbs.kl), "function gibbs.kl: help(gibbs.kl) tells of it")
  same(short(gibbs.lattice.square), "function gibbs.lattice.square: help(gibbs.lattice.square) tells of it")
  same(short(print), "function")
  assert(short(full):match("^function of .*test_display.lua:%d+$"))
  same(short(gibbs), "the module gibbs")
  same(short { gibbs.kl, a = print }, "{gibbs.kl, a = function}")
end)

test("tables", function()
  same(short({}), "{}")
  same(short({ 1, 2, a = 3 }), "{1, 2, a = 3}")
  same(short({ [5] = 1, ["a b"] = 2, [true] = 3, [{}] = 4 }), '{[5] = 1, [boolean] = 3, ["a b"] = 2, [table] = 4}')
  same(short({ 1, { 2, { 3, { 4 }, x = 5 } } }), "{1, {2, {3 entries}}}")
  same(short({ a = { b = { { 1 } } } }), "{a = {b = {1 entry}}}")
  local many = {}
  for i = 1, 100 do many[i] = i end
  same(short(many), "{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ... (100 in all)}")
  local itself = {}
  itself.me = itself
  same(short(itself), "{me = {me = {1 entry}}}")
end)

test("a line is a line", function()
  local long = {}
  for i = 1, 12 do long[i] = ("ä"):rep(50) end
  assert(#short(long) < 320)
  assert(utf8.len(short(long)))
  assert(not short(setmetatable({}, { __tostring = function() return "two\nlines" end })):find("\n"))
end)

test("nothing of the user's runs but __tostring", function()
  local function called() error("called") end
  local t = setmetatable({ 1, a = 2 }, { __index = called, __len = called, __pairs = called, __name = "gibbs.lattice" })
  same(short(t), "{1, a = 2}")
  full(t)
  local forged = setmetatable({ 1 }, { __name = "gibbs.expression", __tostring = function() return "tensor 9" end })
  same(full(forged), "tensor 9\n  [1] = 1")
end)

test("objects in one line", function()
  local P = gibbs.ising { lattice = gibbs.lattice.square(4, 4), J = 0.4 }
  local Q = gibbs.rbm { visible = P.visible, hidden = gibbs.spins(2), init = gibbs.normal(0, 0.1) }
  same(short(gibbs.tensor { { 1, 2 }, { 3, 4 } }), "tensor 2x2, 1..4, mean 2.5")
  same(short(gibbs.tensor { 1, 2 }), "tensor 2: 1.0 2.0")
  same(short(gibbs.spins { 4, 4 }), "spins 4x4")
  same(short(P), "ising: 16 visible, 0 hidden units, 0 parameters")
  same(short(gibbs.lattice.square(4, 4)), "square lattice 4x4, periodic, 32 bonds")
  same(short(P:chains { n = 8 }), "8 chains of ising, swendsen_wang, 0 sweeps done")
  same(short(gibbs.kl(P, Q)), "expression scalar: kl(ising, rbm)")
  same(short(gibbs.free_energy(P) - gibbs.free_energy(Q)), "expression scalar: (free_energy(ising) - free_energy(rbm))")
  same(short(-gibbs.log_likelihood(gibbs.data(P:sample { n = 3 }:reshape { 3, 16 }), Q)), "expression scalar: -log_likelihood(data, rbm)")
  same(short(gibbs.exact()), "exact")
  assert(short(gibbs.minimize(gibbs.free_energy(Q) ^ 2, Q)):match("^fit: value .* after %d+ steps: "))
  assert(short { P = P, list = { Q } }:match("^{P = ising: .*, list = {rbm: .*}}$"))
end)

test("all of a tensor", function()
  same(full(gibbs.tensor { { 1, 2.5 }, { -3, 4 } }), "tensor 2x2, -3..4, mean 1.125\n    1 2.5\n   -3   4")
  same(full(gibbs.tensor { { { 1, 2 } }, { { 3, 4 } } }), "tensor 2x1x2, 1..4, mean 2.5\n  [1]\n  1 2\n  [2]\n  3 4")
  same(full(gibbs.tensor { 1, 2, 3 }), "tensor 3: 1.0 2.0 3.0\n  1 2 3")
end)

test("all of tables and strings", function()
  same(full("two\nlines"), "two\nlines")
  same(full {}, "{}")
  same(full { 1, a = { b = 2 } }, "{\n  [1] = 1\n  a = {b = 2}\n}")
  local deep = { list = {} }
  for i = 1, 20 do deep.list[i] = { value = "number " .. i } end
  assert(full(deep):match('^{\n  list =\n    %[1%] = {value = "number 1"}\n'))
  local itself = { 1 }
  itself.me = { itself, ("x"):rep(100) }
  assert(#full(itself) < 1000)
  local many = {}
  for i = 1, 5000 do many[i] = i end
  assert(full(many):match("%(5000 in all%)"))
end)

test("all of objects", function()
  local P = gibbs.ising { lattice = gibbs.lattice.square(4, 4), J = 0.4 }
  local chains = P:chains { n = 8, seed = 7 }
  assert(full(chains):match("\n  kernel = \"swendsen_wang\"\n"))
  assert(full(chains):match("\n  seed = 7\n"))
  assert(full(P):match("\n  exact +2%^16 visible states"))
  assert(full(chains:mean(P.H, { sweeps = 100 })):match("\n  tau = "))
end)

test("gibbs.show prints, one value after the other", function()
  local written = {}
  local write = io.stdout.write
  getmetatable(io.stdout).__index.write = function(_, ...)
    for _, text in ipairs { ... } do written[#written + 1] = text end
  end
  gibbs.show(1, nil, "a")
  getmetatable(io.stdout).__index.write = write
  same(table.concat(written), "1\nnil\na\n")
end)

support.finish()

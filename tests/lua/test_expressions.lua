--- Expressions from Lua: shapes, operators in both orders, folding of tensors, printing, derivatives.
local gibbs = require "gibbs"
local support = require "support"
local test, near, same, expect_error = support.test, support.near, support.same, support.expect_error

local function parameter(values) return gibbs.parameter("p", #values, values) end

test("variables have the shape that was asked for", function()
  same(gibbs.spins(4):shape(), {4})
  same(gibbs.bits{2, 3}:shape(), {2, 3})
  same(gibbs.reals(gibbs.lattice.square(3, 2)):shape(), {3, 2})
  same(gibbs.potts(5, 3):shape(), {5, 3})
  same(gibbs.lattice.honeycomb(2, 3):shape(), {2, 3, 2})
end)

test("every operator takes a number on either side", function()
  local x = parameter{2, 3}
  local rows = {
    { x + 1, {3, 4} }, { 1 + x, {3, 4} }, { x - 1, {1, 2} }, { 1 - x, {-1, -2} }, { x * 2, {4, 6} }, { 2 * x, {4, 6} },
    { x / 2, {1, 1.5} }, { 6 / x, {3, 2} }, { x ^ 2, {4, 9} }, { 2 ^ x, {4, 8} }, { -x, {-2, -3} },
  }
  for i, row in ipairs(rows) do
    local values = row[1]:value():table()
    for k = 1, 2 do near(values[k], row[2][k], 1e-14) end
    assert(i)
  end
end)

test("operators take tables and tensors as well as expressions", function()
  local x = parameter{2, 3}
  same((x + {1, 2}):value():table(), {3, 5})
  same((gibbs.tensor{1, 2} + x):value():table(), {3, 5})
  near(x:dot{10, 1}:value(), 23)
end)

test("what is made of tensors alone is a tensor, and a number without axes", function()
  local t = gibbs.tensor{{1, 2}, {3, 4}}
  same((t + 1):table(), {{2, 3}, {4, 5}})
  same(t:t():table(), {{1, 3}, {2, 4}})
  same(t:mul(t):table(), {{7, 10}, {15, 22}})
  same(t:mul(gibbs.tensor{1, 1}):table(), {3, 7})
  same(gibbs.outer({1, 2}, {3, 4}):table(), {{3, 4}, {6, 8}})
  assert(gibbs.sum(t) == 10)
  same(gibbs.sum(t, 1):table(), {4, 6})
  same(t:sum(2):table(), {3, 7})
  assert(t[2][1] == 3 and t:get(2, 1) == 3)
  assert(t:dot(t) == 30)
  same(t:reshape(4):table(), {1, 2, 3, 4})
  same(gibbs.tensor{1, 2, 3}:shift{1}:table(), {2, 3, 1})
  assert(#t == 2 and #gibbs.tensor{1, 2, 3} == 3)
end)

test("functions of numbers are numbers", function()
  near(gibbs.exp(1), math.exp(1), 1e-15)
  near(gibbs.log(2), math.log(2), 1e-15)
  near(gibbs.logcosh(800), 800 - math.log(2), 1e-15)
  near(gibbs.softplus(-800), 0, 1e-300)
  near(gibbs.sigmoid(0), 0.5)
  near(gibbs.square(3), 9)
  assert(gibbs.relu(-2) == 0 and gibbs.abs(-2) == 2 and gibbs.sqrt(9) == 3)
end)

test("huber is a parabola that goes over into straight lines", function()
  near(gibbs.huber(0.5, 1), 0.125, 1e-15)
  near(gibbs.huber(-3, 1), 2.5, 1e-15)
  near(gibbs.huber(1e12, 2), 2 * (1e12 - 1), 1e-15)
  local x = parameter{0.5, -3}
  same(gibbs.grad(gibbs.sum(gibbs.huber(x, 1)), x):value():table(), {0.5, -1})
end)

test("the same expression is the same node, and tensors compare by value", function()
  local x = parameter{1, 2}
  assert(x + 1 == x + 1)
  assert(gibbs.tensor{1, 2} == gibbs.tensor{1, 2})
  assert(gibbs.tensor{1, 2} ~= gibbs.tensor{1, 3})
end)

test("derivatives nest", function()
  local x = gibbs.parameter("x", {}, 0.7)
  local f = gibbs.exp(x) * x ^ 3
  local first = gibbs.grad(f, x)
  local second = gibbs.grad(first, x)
  local third = gibbs.grad(second, x)
  local e, v = math.exp(0.7), 0.7
  near(first:value(), e * (v ^ 3 + 3 * v ^ 2), 1e-13)
  near(second:value(), e * (v ^ 3 + 6 * v ^ 2 + 6 * v), 1e-13)
  near(third:value(), e * (v ^ 3 + 9 * v ^ 2 + 18 * v + 6), 1e-13)
end)

test("a table of leaves gives a table of derivatives of their shapes", function()
  local W, v = gibbs.parameter("W", {2, 3}, {{1, 2, 3}, {4, 5, 6}}), parameter{1, 2}
  local h = gibbs.parameter("h", 3, {1, 1, 2})
  local e = v:dot(W:mul(h))
  local g = gibbs.grad(e, {W, v, h})
  same(g[1]:value():table(), {{1, 1, 2}, {2, 2, 4}})
  same(g[2]:value():table(), {9, 21})
  same(g[3]:value():table(), {9, 12, 15})
end)

test("what an expression does not depend on has zero derivatives", function()
  local x, y = parameter{1, 2}, gibbs.parameter("y", 3)
  same(gibbs.grad(gibbs.sum(x), y):value():table(), {0, 0, 0})
end)

test("parameters hold their values and take new ones", function()
  local p = gibbs.parameter("W", {2, 2}, {{1, 2}, {3, 4}})
  assert(p:name() == "W" and p:get(2, 1) == 3)
  p:set{{5, 6}, {7, 8}}
  same(p:table(), {{5, 6}, {7, 8}})
  local copy = p:tensor()
  p:set(0)
  same(copy:table(), {{5, 6}, {7, 8}})
  same(p:table(), {{0, 0}, {0, 0}})
  same(gibbs.parameter("b", 2):table(), {0, 0})
  same(gibbs.parameter("b", 2, 3):table(), {3, 3})
end)

test("random starts depend on the seed and on their order only", function()
  gibbs.seed(7)
  local a = gibbs.parameter("a", 100, gibbs.normal(1, 2)):table()
  local b = gibbs.parameter("b", 100, gibbs.uniform(2, 3)):table()
  gibbs.seed(7)
  same(gibbs.parameter("x", 100, gibbs.normal(1, 2)):table(), a)
  same(gibbs.parameter("y", 100, gibbs.uniform(2, 3)):table(), b)
  gibbs.seed(8)
  assert(gibbs.parameter("a", 100, gibbs.normal(1, 2)):get(1) ~= a[1])
  local mean = gibbs.sum(gibbs.tensor(a)) / 100
  near(mean, 1, 0.6) -- three standard errors of a mean of 100 normals of deviation 2
  for _, value in ipairs(b) do assert(value >= 2 and value < 3) end
  gibbs.seed(1)
end)

test("things print in one line", function()
  same(tostring(gibbs.spins({4, 4}, "v")), "spins v 4x4")
  same(tostring(gibbs.potts(4, 3)), "potts 4 of 3 states")
  same(tostring(gibbs.parameter("W", {16, 8})), "parameter W 16x8")
  same(tostring(gibbs.tensor{{1, 2}, {3, 4}}), "tensor 2x2, 1..4, mean 2.5")
  same(tostring(gibbs.tensor{1, 2}), "tensor 2: 1.0 2.0")
  same(tostring(gibbs.lattice.chain(6)), "chain lattice 6, periodic, 6 bonds")
  assert(tostring(gibbs.sum(gibbs.spins(3))):match("^expression scalar: "))
  local long = gibbs.parameter("a", {})
  for _ = 1, 200 do long = gibbs.exp(long) + long end
  assert(#tostring(long) < 100)
end)

test("lattices list their bonds from 1", function()
  local ring = gibbs.lattice.chain(3)
  assert(ring:sites() == 3)
  same(ring:bonds(), {{1, 2, 1}, {2, 3, 1}, {3, 1, 1}})
  assert(#gibbs.lattice.chain(3, { periodic = false }):bonds() == 2)
  assert(#gibbs.lattice.square(2, 2):bonds() == 8)
  local graph = gibbs.lattice.graph{ edges = {{1, 3}, {3, 2}} }
  assert(graph:sites() == 3)
  same(graph:bonds(), {{1, 3, 1}, {3, 2, 1}})
  assert(gibbs.lattice.graph{ edges = {{1, 2}}, sites = 5 }:sites() == 5)
end)

test("an energy is evaluated at a configuration", function()
  local v = gibbs.spins(3)
  local J = gibbs.parameter("J", {}, 2)
  local E = -J * gibbs.bonds(v, gibbs.lattice.chain(3))
  near(E:at(v, {1, 1, -1}), 2)
  near(E:at(v, {1, 1, 1}), -6)
  same((2 * v):at(v, {1, -1, 1}):table(), {2, -2, 2})
  local s = gibbs.potts(2, 3)
  near(gibbs.bonds(s, gibbs.lattice.chain(2, { periodic = false })):at(s, {3, 3}), 1)
  near(gibbs.bonds(s, gibbs.lattice.chain(2, { periodic = false })):at(s, {3, 2}), 0)
end)

test("a tensor can be closed at the end of a block", function()
  local kept
  do
    local t <close> = gibbs.tensor{1, 2}
    kept = t
  end
  expect_error(function() return kept:get(1) end, "the expression is closed")
end)

support.finish()

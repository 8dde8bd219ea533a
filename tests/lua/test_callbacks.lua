--- Energies written as Lua functions: what they are given, and how their errors come back.
local gibbs = require "gibbs"
local support = require "support"
local test, near, same, expect_error = support.test, support.near, support.same, support.expect_error

test("the function gets plain nested tables", function()
  local v, h = gibbs.spins{2, 2}, gibbs.potts(2, 3)
  local seen, seen_too
  local E = gibbs.lua_energy{ visible = v, hidden = h, energy = function(s, t)
    seen, seen_too = s, t
    return 1.5
  end }
  near(E:at(v, {{1, -1}, {-1, 1}}, h, {3, 1}), 1.5)
  same(seen, {{1, -1}, {-1, 1}})
  same(seen_too, {3, 1})
end)

test("it is an expression like any other", function()
  local v = gibbs.spins(3)
  local E = gibbs.lua_energy{ visible = v, energy = function(s) return -s[1] * s[2] end }
  local sum = 2 * E + gibbs.sum(v)
  near(sum:at(v, {1, 1, -1}), -1)
end)

test("an error value arrives unchanged", function()
  local v = gibbs.spins(2)
  local thrown = { code = 3 }
  local E = gibbs.lua_energy{ visible = v, energy = function() error(thrown) end }
  local ok, value = pcall(function() return E:at(v, {1, 1}) end)
  assert(not ok and value == thrown and value.code == 3)
end)

test("an error message has the line of the function", function()
  local v = gibbs.spins(2)
  local E = gibbs.lua_energy{ visible = v, energy = function(s) return s.x.y end }
  local line = debug.getinfo(1, "l").currentline - 1
  local _, message = pcall(function() return E:at(v, {1, 1}) end)
  assert(message:match("test_callbacks%.lua:" .. line .. ":"), message)
end)

test("nil as an error value arrives too", function()
  local v = gibbs.spins(2)
  local E = gibbs.lua_energy{ visible = v, energy = function() error() end }
  local ok, value = pcall(function() return E:at(v, {1, 1}) end)
  assert(not ok and value == nil)
end)

test("a result that is no number is refused", function()
  local v = gibbs.spins(2)
  for _, result in ipairs{ "1", {}, false } do
    local E = gibbs.lua_energy{ visible = v, energy = function() return result end }
    expect_error(function() return E:at(v, {1, 1}) end, "it must give a number")
  end
end)

test("an energy may use the library itself, from another coroutine too", function()
  local v, w = gibbs.spins(2), gibbs.spins(2)
  local inner = gibbs.lua_energy{ visible = w, energy = function(s) return s[1] + s[2] end }
  local E = gibbs.lua_energy{ visible = v, energy = function(s)
    return coroutine.wrap(function() return inner:at(w, s) end)() * 10
  end }
  near((E + gibbs.lua_energy{ visible = v, energy = function(s) return s[1] end }):at(v, {1, 1}), 21)
end)

test("after an error the next evaluation is sound", function()
  local v = gibbs.spins(2)
  local fail = true
  local E = gibbs.lua_energy{ visible = v, energy = function(s)
    if fail then error("once") end
    return s[1]
  end }
  expect_error(function() return E:at(v, {1, 1}) end, "once")
  fail = false
  near(E:at(v, {1, 1}), 1)
end)

test("there is no derivative through it", function()
  local v = gibbs.reals(2)
  local E = gibbs.lua_energy{ visible = v, energy = function(s) return s[1] end }
  expect_error(function() return gibbs.grad(E, v) end, "an energy written as a Lua function has no derivative")
end)

test("the function is let go with the expression", function()
  local gone = setmetatable({}, { __mode = "k" })
  do
    local energy = (function(x) return function(s) return s[1] + x end end)(3)
    gone[energy] = true
    local E = gibbs.lua_energy{ visible = gibbs.spins(2), energy = energy }
    assert(E)
  end
  collectgarbage()
  collectgarbage()
  assert(next(gone) == nil)
end)

support.finish()

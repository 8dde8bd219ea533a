--- gibbs.progress: the numbers of a loop, however it is left.
local gibbs = require "gibbs"
local support = require "support"
local test, same, expect_error = support.test, support.same, support.expect_error

local function numbers(n, stop)
  local list = {}
  for i in gibbs.progress(n, "numbers") do
    list[#list + 1] = i
    if i == stop then break end
  end
  return list
end

test("it counts from 1 to n", function()
  same(numbers(3), { 1, 2, 3 })
  same(numbers(1), { 1 })
  same(numbers(0), {})
  for i in gibbs.progress(2) do assert(math.type(i) == "integer") end
end)

test("a loop may be left", function()
  same(numbers(1e15, 2), { 1, 2 })
  expect_error(function()
    for i in gibbs.progress(10) do
      if i == 3 then gibbs.spins("x") end
    end
  end, "gibbs.spins")
  same(numbers(2), { 1, 2 })
end)

test("loops nest, in each other and in computations", function()
  local sum = 0
  for i in gibbs.progress(3, "outer") do
    for k in gibbs.progress(4, "inner") do sum = sum + i * k end
  end
  same(sum, 60)
  local P = gibbs.ising { lattice = gibbs.lattice.square(3, 3), J = 0.3 }
  local Q = gibbs.rbm { visible = P.visible, hidden = gibbs.spins(1), init = gibbs.normal(0, 0.5) }
  local steps = 0
  gibbs.minimize(gibbs.kl(P, Q), Q, {
    steps = 3,
    watch = function()
      for _ in gibbs.progress(2, "within") do steps = steps + 1 end
    end,
  })
  assert(steps >= 6 and steps % 2 == 0)
end)

test("an iterator that is forgotten, or called by hand, does no harm", function()
  local next_number, loop = gibbs.progress(2)
  same(next_number(loop, 0), 1)
  same(next_number(loop, 2), nil)
  same(next_number(nil, 0), nil)
  loop = nil
  collectgarbage()
  local begun = { gibbs.progress(5), gibbs.progress(6) }
  begun = nil
  collectgarbage()
  same(numbers(2), { 1, 2 })
end)

test("what is not understood", function()
  expect_error(function() gibbs.progress() end, "gibbs.progress: argument 'n' is missing")
  expect_error(function() gibbs.progress(-1) end, "gibbs.progress: argument 'n' is -1; it must lie in [0, ")
  expect_error(function() gibbs.progress(1.5) end, "gibbs.progress: argument 'n' is 1.5")
  expect_error(function() gibbs.progress(1, 2) end, "gibbs.progress: argument 'what' is 2; it must be a text")
end)

support.finish()

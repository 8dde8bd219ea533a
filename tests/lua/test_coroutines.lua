--- The program's own resume, wrap and close do what the library's do.

local support = require "support"

local function same(expected, ...)
  local got = table.pack(...)
  support.same({ n = got.n, table.unpack(got, 1, got.n) }, expected)
end

support.test("values go in and out, nil among them", function()
  local co = coroutine.create(function(a, b)
    local c, d = coroutine.yield(b, nil, a)
    return d, c, nil
  end)
  same({ n = 4, true, 2, nil, 1 }, coroutine.resume(co, 1, 2))
  same({ n = 4, true, "d", "c", nil }, coroutine.resume(co, "c", "d"))
  same({ n = 2, false, "cannot resume dead coroutine" }, coroutine.resume(co))
  support.same(coroutine.status(co), "dead")
end)

support.test("many values go in and out", function()
  local co = coroutine.create(function(...) return ... end)
  same({ n = 3, true, 5000, 5000 }, (function(ok, ...) return ok, select("#", ...), (select(-1, ...)) end)(
    coroutine.resume(co, table.unpack(setmetatable({}, { __index = function(_, i) return i end }), 1, 5000))))
end)

support.test("errors come back as they were, with the place of the caller where it wraps", function()
  local value = { 1 }
  same({ n = 2, false, value }, coroutine.resume(coroutine.create(function() error(value) end)))
  local ok, message = pcall(coroutine.wrap(function() error("deep", 0) end))
  assert(not ok and message == "deep", message)
  ok, message = pcall(function() coroutine.wrap(function() error("deep", 0) end)() end)
  assert(not ok and message:match("test_coroutines.lua:%d+: deep$"), message)
  ok, message = pcall(coroutine.wrap(function() error(value) end))
  assert(not ok and message == value)
  local dead = coroutine.wrap(function() end)
  dead()
  ok, message = pcall(dead)
  assert(not ok and message:match("cannot resume dead coroutine$"), message)
end)

support.test("a coroutine cannot resume itself or what runs it", function()
  local co
  co = coroutine.create(function() return coroutine.resume(co) end)
  same({ n = 3, true, false, "cannot resume non-suspended coroutine" }, coroutine.resume(co))
  local main = coroutine.running()
  co = coroutine.create(function() return coroutine.resume(main) end)
  same({ n = 3, true, false, "cannot resume non-suspended coroutine" }, coroutine.resume(co))
end)

support.test("closing calls what is to be closed, once, also after an error", function()
  local closed = 0
  local function body()
    local guard <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
    coroutine.yield()
    error("late", 0)
  end
  local co = coroutine.create(body)
  coroutine.resume(co)
  same({ n = 1, true }, coroutine.close(co))
  support.same(closed, 1)
  support.same(coroutine.status(co), "dead")
  local step = coroutine.wrap(body)
  step()
  assert(not pcall(step))
  support.same(closed, 2)
  co = coroutine.create(function() local guard <close> = setmetatable({}, { __close = function() error("bad", 0) end }) coroutine.yield() end)
  coroutine.resume(co)
  same({ n = 2, false, "bad" }, coroutine.close(co))
  support.expect_error(function() coroutine.close(coroutine.running()) end, "cannot close a running coroutine")
end)

support.test("wrong arguments are named", function()
  support.expect_error(function() coroutine.resume(1) end, "thread expected")
  support.expect_error(function() coroutine.wrap(1) end, "function expected")
  support.expect_error(function() coroutine.close({}) end, "thread expected")
end)

support.test("generators, and yields across pcall, go as ever", function()
  local function count(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
  local sum = 0
  for i in count(10) do sum = sum + i end
  support.same(sum, 55)
  local co = coroutine.wrap(function() return pcall(function() return coroutine.yield(1) + 1 end) end)
  support.same(co(), 1)
  same({ n = 2, true, 8 }, co(7))
end)

support.finish()

--- Completion at the prompt: names in sight, fields and methods; it never runs the user's code.
local gibbs = require "gibbs"
local complete = require "gibbs.complete"
local support = require "support"
local test, same = support.test, support.same

test("functions of the module", function()
  rawset(_G, "g", gibbs)
  same(complete.word("g.spi"), {"g.spins"})
  same(complete.word("g.lattice.sq"), {"g.lattice.square"})
  same(complete.word("g:spi"), {})
end)

test("methods of an object", function()
  rawset(_G, "v", gibbs.spins(3))
  same(complete.word("v:sh"), {"v:shape", "v:shift"})
  same(complete.word("v.sh"), {})
  same(complete.word("v:nothing"), {})
end)

test("globals, keywords and fields of tables", function()
  rawset(_G, "sizes", { small = 1, smaller = 2, [3] = "x", ["a b"] = 1 })
  same(complete.word("size"), {"sizes"})
  same(complete.word("sizes.sm"), {"sizes.small", "sizes.smaller"})
  same(complete.word("sizes."), {"sizes.small", "sizes.smaller"})
  same(complete.word("whi"), {"while"})
  same(complete.word("string.gs"), {"string.gsub"})
end)

test("nothing of the user's runs", function()
  rawset(_G, "trap", setmetatable({}, { __index = function() error("called") end, __pairs = function() error("called") end }))
  same(complete.word("trap.x"), {})
  same(complete.word("trap.x.y"), {})
  same(complete.word("nothing.x"), {})
  same(complete.word("1.5"), {})
end)

support.finish()

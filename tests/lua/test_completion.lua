--- Completion at the prompt: names in sight, fields, methods, options, words, topics and files; it never runs the user's code.
local gibbs = require "gibbs"
local complete = require "gibbs.complete"
local support = require "support"
local test, same = support.test, support.same

--- What the end of an input becomes, with the word as readline cuts it.
local function at(text)
  local start = #text - #text:match("[^ \t\n\"'<>=~;,(){}%[%]+%-*/^%%#&|]*$")
  local list = complete.at(text, start)
  for i, candidate in ipairs(list) do list[i] = text:sub(1, start) .. candidate end
  return list
end

--- The candidates alone, without what is there already.
local function offers(text, known)
  local list = at(text)
  for i, whole in ipairs(list) do list[i] = whole:sub(#text - #known + 1) end
  return list
end

local function has(list, wanted)
  for _, item in ipairs(list) do
    if item == wanted then return end
  end
  error(("%s is not among %s"):format(wanted, table.concat(list, " ")), 2)
end

rawset(_G, "g", gibbs)
rawset(_G, "v", gibbs.spins(3))
rawset(_G, "P", gibbs.ising { lattice = gibbs.lattice.square(2, 2), J = 0.4 })

test("functions of the module", function()
  same(complete.word("g.spi"), { "g.spins" })
  same(complete.word("g.lattice.sq"), { "g.lattice.square" })
  has(complete.word("g.lattice."), "g.lattice.triangular")
  has(complete.word("g.plot.im"), "g.plot.image_grid")
  same(complete.word("g:spi"), {})
  same(complete.word("g.nothing.x"), {})
end)

test("methods of an object", function()
  same(complete.word("v:sh"), { "v:shape", "v:shift" })
  same(complete.word("v.sh"), {})
  same(complete.word("v:nothing"), {})
  has(complete.word("P:"), "P:free_energy")
  same(complete.word("P:free_e"), { "P:free_energy" })
end)

test("objects in fields of objects and in tables", function()
  same(complete.word("P.visible:shi"), { "P.visible:shift" })
  rawset(_G, "list", { v, { deep = P } })
  same(offers("list[1]:shi", "shi"), { "shift" })
  same(offers("list[2].deep:free_e", "free_e"), { "free_energy" })
  same(offers("list['x']:shi", "shi"), {})
end)

test("globals, keywords and fields of tables", function()
  rawset(_G, "sizes", { small = 1, smaller = 2, [3] = "x", ["a b"] = 1 })
  same(complete.word("size"), { "sizes" })
  same(complete.word("sizes.sm"), { "sizes.small", "sizes.smaller" })
  same(complete.word("sizes."), { "sizes.small", "sizes.smaller" })
  same(complete.word("whi"), { "while" })
  same(complete.word("string.gs"), { "string.gsub" })
  same(at("x = 1 + string.gs"), { "x = 1 + string.gsub" })
  same(at(""), {})
  same(at("x = "), {})
end)

test("nothing of the user's runs", function()
  local function called() error("called") end
  rawset(_G, "trap", setmetatable({}, { __index = called, __pairs = called, __tostring = called, __len = called }))
  same(complete.word("trap.x"), {})
  same(complete.word("trap.x.y"), {})
  same(complete.word("trap:x"), {})
  same(complete.word("nothing.x"), {})
  same(complete.word("1.5"), {})
  same(at("trap.f{ zz"), {})
  same(at("called():x"), {})
end)

test("options in the braces of a call", function()
  has(offers("g.minimize(kl, Q, { ", ""), "restarts")
  same(at("g.minimize(kl, Q, { toler"), { "g.minimize(kl, Q, { tolerance = " })
  same(at("g.minimize(f(x), Q, { steps = 3, toler"), { "g.minimize(f(x), Q, { steps = 3, tolerance = " })
  same(at("g.minimize(kl,\n  Q, {\n  toler"), { "g.minimize(kl,\n  Q, {\n  tolerance = " })
  has(offers("g.rbm{ ", ""), "hidden")
  same(at("Q = g.rbm{ visible = v, hid"), { "Q = g.rbm{ visible = v, hidden = " })
  has(offers("P:chains{ n = 8, ", ""), "kernel")
  has(offers("c:record{ sweeps = 1, ", ""), "observables") -- an object that does not exist yet
  same(at("g.kl{ whi"), { "g.kl{ while" }) -- it takes none
end)

test("after the equals sign of an option there are values", function()
  same(at("g.minimize(kl, Q, { steps = st"), { "g.minimize(kl, Q, { steps = string" })
  same(at("g.rbm{ visible = v, hidden = g.bi"), { "g.rbm{ visible = v, hidden = g.bits" })
end)

test("the words of an option, in quotes", function()
  same(at('g.minimize(kl, Q, { method = "lb'), { 'g.minimize(kl, Q, { method = "lbfgs"' })
  has(offers("g.minimize(kl, Q, { schedule = '", ""), "cosine")
end)

test("topics of help, in quotes", function()
  rawset(_G, "help", gibbs.help)
  has(offers('help "kl', "kl"), 'kl"')
  has(offers('g.help("chains:rec', "chains:rec"), 'chains:record"')
end)

test("files, in other quotes", function()
  same(at('g.data("support.lu'), { 'g.data("support.lua"' })
  same(at("dofile 'support.lu"), { "dofile 'support.lua'" })
  same(at('g.data("../lua/test_comp'), { 'g.data("../lua/test_completion.lua"' })
  same(at('g.data("../golde'), { 'g.data("../golden/' })
  has(offers('g.data("../', ""), "unit/")
  same(at('g.data("no such folder/'), {})
end)

test("names of files with marks that cut words", function()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  assert(io.open(folder .. "/a-b (c).csv", "w")):close()
  assert(io.open(folder .. "/.hidden", "w")):close()
  same(at(('g.data("%s/a-b (c'):format(folder)), { ('g.data("%s/a-b (c).csv"'):format(folder) })
  same(at(('g.data("%s/'):format(folder)), { ('g.data("%s/a-b (c).csv"'):format(folder) })
  same(at(('g.data("%s/.h'):format(folder)), { ('g.data("%s/.hidden"'):format(folder) })
  os.execute("rm -r " .. folder)
end)

test("comments, long strings and numbers become nothing", function()
  same(at("-- whi"), {})
  same(at("--[[ whi"), {})
  same(at("x = [[ whi"), {})
  same(at("--[[ x ]] whi"), { "--[[ x ]] while" })
  same(at("--[==[ ]] ]==] whi"), { "--[==[ ]] ]==] while" })
  same(at("-- x\nwhi"), { "-- x\nwhile" })
  same(at('"a \\" b" .. string.gs'), { '"a \\" b" .. string.gsub' })
  same(at("12whi"), {})
end)

test("junk is no reason to fail", function()
  for _, text in ipairs { ")", "}}}", "a.b.c.d:", "..", "a..b", "::x::", "\0\1\255", "[", "]]", "f(((((", '"', "'\\", "a[", "a[1", ":x", ".x", "{,{;" } do
    at(text)
    at(text .. " g.sp")
  end
  same(complete.at(("x "):rep(100000) .. "whi", 200000), {}) -- too long to be typed
end)

support.finish()

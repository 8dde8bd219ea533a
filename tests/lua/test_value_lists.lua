--- Lists and ranges of option values: what they hold, to the last digit, and what is wrong with those that hold nothing.

local kinds = require "gibbs.kinds"
local support = require "support"
local value_lists = require "gibbs.value_lists"

local test, same = support.test, support.same

local function texts(text, kind)
  local values, message = value_lists.read(text, kind)
  if not values then error(message, 2) end
  for i, value in ipairs(values) do values[i] = kinds.text(value) end
  return table.concat(values, " ")
end

local function wrong(text, kind)
  local values, message = value_lists.read(text, kind)
  if values then error(text .. " is not refused", 2) end
  return message
end

test("a list holds its values in the order given", function()
  same(texts("8,16,32", kinds.integer), "8 16 32")
  same(texts("3,1,2", kinds.integer), "3 1 2")
  same(texts("newton,adam", kinds.choice { "adam", "newton" }), "newton adam")
  same(texts("true,false", kinds.boolean), "true false")
  same(texts("4", kinds.integer), "4")
end)

test("the values of a range are decimals, and both ends are among them", function()
  same(texts("0:1:0.1", kinds.number), "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1")
  same(texts("1:4", kinds.integer), "1 2 3 4")
  same(texts("1:0:-0.25", kinds.number), "1 0.75 0.5 0.25 0")
  same(texts("-0.2:0.2:0.1", kinds.number), "-0.2 -0.1 0 0.1 0.2")
  same(texts("1e-3:5e-3:2e-3", kinds.number), "0.001 0.003 0.005")
  same(texts("5:5:1", kinds.integer), "5")
  same(texts("100:300:1e2", kinds.integer), "100 200 300")
end)

test("every value of a range is the double that its decimal names", function()
  local values = value_lists.read("0:100:0.01", kinds.number)
  same(#values, 10001)
  for i, value in ipairs(values) do same(value, tonumber(("%d.%02d"):format((i - 1) // 100, (i - 1) % 100))) end
end)

test("an end that is not reached is left out", function()
  same(texts("0:1:0.3", kinds.number), "0 0.3 0.6 0.9")
  same(texts("0:1:2", kinds.number), "0")
end)

test("ranges and values stand together in a list", function()
  same(texts("1:3,10,20:22:2", kinds.integer), "1 2 3 10 20 22")
end)

test("numbers are written in one way, whatever way they were given in", function()
  same(texts("0.50,+1,1e-5,100000,.25", kinds.number), "0.5 1 1e-05 100000 0.25")
  same(texts("0.1000000000000000055", kinds.number), "0.1")
end)

test("texts have no ranges, and a comma in one stands behind a backslash", function()
  same(texts("a:b:c,d", kinds.string), "a:b:c d")
  same(texts("a\\,b,c", kinds.string), "a,b c")
end)

test("what is no list of values is refused in words", function()
  same(wrong("8,x", kinds.integer), "'x' is not an integer")
  same(wrong("8,,9", kinds.integer), "'' is not an integer")
  same(wrong("1.5", kinds.integer), "'1.5' is not an integer")
  same(wrong("adan", kinds.choice { "adam", "newton" }), "'adan' is not one of adam, newton")
  same(wrong("0.1,0.10", kinds.number), "0.1 is given twice")
  same(wrong("1:3,2", kinds.integer), "2 is given twice")
  same(wrong("0:1:0", kinds.number), "the range '0:1:0' cannot be run through: its step is 0")
  same(wrong("0:1:-0.1", kinds.number), "the range '0:1:-0.1' cannot be run through: its step leads away from its end")
  same(wrong("0:1:0.5", kinds.integer), "the range '0:1:0.5' holds 0.5; every value must be an integer")
  same(wrong("0:x", kinds.number), "'0:x' is no range from:to:step of numbers")
  same(wrong("1:2:3:4", kinds.number), "'1:2:3:4' is no range from:to:step of numbers")
  same(wrong("1:", kinds.number), "'1:' is no range from:to:step of numbers")
  same(wrong("0:1e9:0.1", kinds.number), "the range '0:1e9:0.1' cannot be run through: it has 10000000001 values; at most 100000 are possible")
  same(wrong("1:1e12:1e-9", kinds.number), "the range '1:1e12:1e-9' cannot be run through: its numbers have too many digits")
end)

test("seeds are a count, a list or a range", function()
  same(value_lists.seeds "3", { 1, 2, 3 })
  same(value_lists.seeds "7,3", { 7, 3 })
  same(value_lists.seeds "10:12", { 10, 11, 12 })
  same(value_lists.seeds "5:5", { 5 })
  same(select(2, value_lists.seeds "0"), "'0' is no count in [1, 100000]")
  same(select(2, value_lists.seeds "-1,2"), "'-1' is not an integer in [0, 9007199254740992]")
  same(select(2, value_lists.seeds "x"), "'x' is not an integer in [0, 9007199254740992]")
end)

support.finish()

--- What a wrong argument says: who, what, the value, what is legal, and the script's own line.
local gibbs = require "gibbs"
local support = require "support"
local test, expect_error = support.test, support.expect_error

local v = gibbs.spins({4, 4}, "v")
local W = gibbs.parameter("W", {4, 3})
local a = gibbs.parameter("a", 4)
local t = gibbs.tensor{{1, 2}, {3, 4}}

--- name of the test -> function, text of the error
local rows = {
  { "shapes are named, both of them", function() return v + W end, "add: shapes 4x4 and 4x3 do not agree" },
  { "a product names the sizes", function() return W:mul(a) end, "a 4x3 matrix cannot multiply a vector of 4" },
  { "dot names both shapes", function() return v:dot(a) end, "4x4 and 4" },
  { "misspelt method", function() return v:shpe() end, "expression: no field or method 'shpe'; did you mean 'shape'?" },
  { "misspelt function", function() return gibbs.sipns(3) end, "gibbs.sipns: no such function; did you mean 'spins'?" },
  { "misspelt lattice", function() return gibbs.lattice.sqare(3) end, "gibbs.lattice.sqare: no such function; did you mean 'square'?" },
  { "misspelt option", function() return gibbs.lattice.square(3, 3, { periodc = true }) end,
    "gibbs.lattice.square: unknown option 'periodc'; did you mean 'periodic'?" },
  { "option of the wrong type", function() return gibbs.lattice.square(3, 3, { periodic = 1 }) end,
    "gibbs.lattice.square: option 'periodic' is 1; it must be true or false" },
  { "options without names", function() return gibbs.lattice.square(3, 3, { true }) end, "options have names" },
  { "shape of the wrong type", function() return gibbs.spins("x") end,
    "gibbs.spins: argument 'shape' is 'x'; it must be an integer, a table of integers or a lattice" },
  { "missing shape", function() return gibbs.spins() end, "gibbs.spins: argument 'shape' is missing" },
  { "shape of zero", function() return gibbs.spins(0) end, "holds the extent 0" },
  { "shape of a fraction", function() return gibbs.spins(2.5) end, "holds the extent 2.5" },
  { "shape of words", function() return gibbs.spins{2, "b"} end, "holds the extent 'b'" },
  { "too many axes", function() return gibbs.spins{1, 1, 1, 1, 1, 1, 1} end, "has 7 axes; at most 6" },
  { "too large a shape", function() return gibbs.spins{2 ^ 40, 2 ^ 40} end, "too" },
  { "name of the wrong type", function() return gibbs.spins(3, {}) end, "argument 'name' is a table; it must be a string" },
  { "too few states", function() return gibbs.potts(3, 1) end, "argument 'states' is 1; it must lie in [2, 65535]" },
  { "too many arguments", function() return gibbs.spins(3, "a", 1) end, "gibbs.spins: 3 arguments given; it takes at most 2" },
  { "index above the end", function() return t:get(3, 1) end, "index 1 is 3; it must lie in [1, 2]" },
  { "index below the start", function() return t:get(1, 0) end, "index 2 is 0; it must lie in [1, 2]" },
  { "too few indices", function() return t:get(1) end, "1 indices given; a tensor 2x2 takes 2" },
  { "element outside", function() return v[5] end, "x[i]: index 5 of spins v 4x4; it must be an integer in [1, 4]" },
  { "element of a scalar", function() return gibbs.sum(v)[1] end, "has no elements" },
  { "ragged tensor", function() return gibbs.tensor{{1, 2}, {3}} end, "is not rectangular: one row has 1 elements, the first has 2" },
  { "tensor of words", function() return gibbs.tensor{{1, 2}, {3, "x"}} end, "holds 'x'; it must hold numbers only" },
  { "tensor of NaN", function() return gibbs.tensor{1, 0 / 0} end, "it must hold finite numbers" },
  { "empty tensor", function() return gibbs.tensor{} end, "holds an empty table" },
  { "no tensor at all", function() return gibbs.tensor() end, "argument 'values' is missing" },
  { "assignment to a field", function() v.x = 3 end, "field 'x' cannot be set" },
  { "assignment to the module", function() gibbs.kl2 = 3 end, "the module cannot be changed" },
  { "order of expressions", function() return v < 1 end, "expressions have no order when they are written" },
  { "order, the other way round", function() return 1 <= a end, "expressions have no order" },
  { "equality of expressions", function() return v == a end, "are not known when they are written" },
  { "math.max", function() return math.max(a, 0) end, "math.max(x, 0) is gibbs.relu(x)" },
  { "concatenation", function() return "a = " .. a end, "use tostring(x)" },
  { "modulo", function() return a % 2 end, "this operator is not defined for a parameter a 4" },
  { "length of a scalar", function() return #gibbs.sum(v) end, "is a scalar" },
  { "axis outside", function() return gibbs.sum(v, 3) end, "gibbs.sum: argument 'axis' is 3; it must lie in [1, 2]" },
  { "axis of a scalar", function() return gibbs.sum(gibbs.sum(v), 1) end, "has no axes" },
  { "derivative of a field", function() return gibbs.grad(v, v) end, "it must be a scalar" },
  { "derivative by nothing", function() return gibbs.grad(gibbs.sum(v), {}) end, "'x' is an empty table" },
  { "initial values of another shape", function() return gibbs.parameter("x", 3, {1, 2}) end,
    "gibbs.parameter: the values are 2, but parameter 'x' is 3" },
  { "parameter without a name", function() return gibbs.parameter("", 3) end, "argument 'name' is empty" },
  { "values of another shape", function() a:set{1, 2} end, "parameter:set: the values are 2, but parameter 'a' is 4" },
  { "set of a tensor", function() t:set(1) end, "a tensor 2x2 cannot be changed; only parameters can" },
  { "values of an expression", function() return (a + 1):table() end, "has no values of its own" },
  { "ends in the wrong order", function() return gibbs.uniform(2, 1) end, "argument 'high' is 1.0; it must be at least 'low', 2.0" },
  { "negative deviation", function() return gibbs.normal(0, -1) end, "argument 'sd' is -1.0" },
  { "a method with a dot", function() return v.shape() end, "with a colon" },
  { "reshape to another size", function() return v:reshape(3) end, "4x4 (16 elements) cannot become 3" },
  { "shift of too many axes", function() return v:shift{1, 2, 3} end, "takes 1 to 2, one for each axis" },
  { "a function of a string", function() return gibbs.exp("x") end, "gibbs.exp: argument 'x' is 'x'; it must be an expression, a tensor or a number" },
  { "NaN as a number", function() return gibbs.exp(0 / 0) end, "it must be a finite number" },
  { "huber without delta", function() return gibbs.huber(1) end, "gibbs.huber: argument 'delta' is nil; it must be a positive number" },
  { "seed of words", function() return gibbs.seed("x") end, "gibbs.seed: argument 'seed' is 'x'; it must be an integer" },
  { "threads of zero", function() return gibbs.threads(0) end, "gibbs.threads: argument 'threads' is 0; it must lie in [1, 1024]" },
  { "a lattice with too few lengths", function() return gibbs.lattice.square(3) end, "argument 'n2' is missing" },
  { "an edge outside", function() return gibbs.lattice.graph{ edges = {{1, 5}}, sites = 3 } end, "bond 1 ends at site 5; sites are numbered 1 to 3" },
  { "an edge of one", function() return gibbs.lattice.graph{ edges = {{1}} } end, "edge 1 is a table; it must be a pair of sites {i, j}" },
  { "a loop", function() return gibbs.lattice.graph{ edges = {{2, 2}} } end, "joins site 2 to itself" },
  { "bonds without a lattice", function() return gibbs.bonds(v) end, "argument 'lattice' is missing; it must be a lattice" },
  { "bonds of another size", function() return gibbs.bonds(a, gibbs.lattice.chain(5)) end, "5" },
  { "an energy that is no function", function() return gibbs.lua_energy{ visible = v, energy = 3 } end,
    "gibbs.lua_energy: option 'energy' is 3; it must be a function" },
  { "an energy of nothing", function() return gibbs.lua_energy{ energy = print } end, "option 'visible' is missing" },
  { "an energy of a parameter", function() return gibbs.lua_energy{ visible = a, energy = print } end, "it must be a variable" },
  { "a value with variables", function() return gibbs.sum(v):value() end, "v" },
  { "a configuration of another size", function() return gibbs.sum(v):at(v, {1, 2}) end, "the values are 2, but the variable is spins v 4x4" },
  { "a configuration with an impossible value", function() return gibbs.sum(a):at(gibbs.spins(1), {0.5}) end, "0.5" },
  { "an option that comes too late", function() return gibbs.option("n", 3) end, "'n' comes too late" },
}

for _, row in ipairs(rows) do
  test(row[1], function() expect_error(row[2], row[3]) end)
end

test("a metatable cannot be reached", function()
  assert(getmetatable(v) == false)
  assert(getmetatable(gibbs) == false)
end)

test("the line is the script's, also from inside the library's own Lua", function()
  local _, message = pcall(function()
    local x = 1
    return gibbs.huber(x, -1)
  end)
  local line = debug.getinfo(1, "l").currentline - 2
  assert(message:match("test_errors%.lua:(%d+): ") == tostring(line), message)
end)

support.finish()

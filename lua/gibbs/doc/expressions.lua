--- Doc entries: expressions, their algebra and their functions, each as a function of the module and as a method.

local entries = {
  title = "Expressions",
  order = 6,
  {
    name = "expression",
    what = [[A formula of variables, parameters and constants, of any shape of at most 6 axes: energies, observables, objectives.

      The operators + - * / ^ and -x work element by element, on equal shapes or with a single number; W:mul(x) is the product of matrices. x[i] is element i along the first
      axis, from 1, which disappears; #x is the length of the first axis. Shapes are checked as formulas are written, and an error names both and the script's line. What is made
      of tensors alone is a tensor, or a number. Conditions are written with gibbs.step, gibbs.relu and gibbs.abs, since values are not known when a formula is written:
      < and == are refused, but == of two tensors, or of a thing with itself.

      Tensors, variables, parameters and objectives are expressions too.]],
    example = [[
local s = gibbs.spins(3)
local f = (1 + s) / 2 * gibbs.tensor{ 1, 2, 3 }
print(f:at(s, { 1, -1, 1 }), f[3]:at(s, { 1, 1, 1 }))  --> tensor 3: 1.0 0.0 3.0	3.0]],
  },
  {
    name = "gibbs.sum",
    signature = "gibbs.sum(x, axis?)",
    what = "The sum of all elements, or along one axis, which disappears.",
    parameters = { { "x", "expression", "of any shape; a tensor or a nested table too" }, { "axis", "integer", "1 to the number of axes; absent: all elements" } },
    returns = "expression|number",
    returns_what = "a number where x is a tensor and the sum is one number",
    errors = "an axis that x does not have.",
    example = [[
print(gibbs.sum{ { 1, 2 }, { 3, 4 } }, gibbs.sum({ { 1, 2 }, { 3, 4 } }, 1))  --> 10.0	tensor 2: 4.0 6.0]],
  },
  {
    name = "gibbs.dot",
    signature = "gibbs.dot(a, b)",
    what = "The sum of the products of the elements, sum_i a_i b_i.",
    parameters = { { "a", "expression", "of any shape" }, { "b", "expression", "of the same shape" } },
    returns = "expression|number",
    returns_what = "a scalar; a number for two tensors",
    errors = "different shapes, both named.",
    example = [[
print(gibbs.dot({ 1, 2, 3 }, { 4, 5, 6 }))  --> 32.0]],
  },
  {
    name = "gibbs.outer",
    signature = "gibbs.outer(a, b)",
    what = "All products of the elements of two vectors: the matrix a_i b_j.",
    parameters = { { "a", "expression", "n elements" }, { "b", "expression", "m elements" } },
    returns = "expression",
    returns_what = "n x m",
    errors = "an argument that is no vector.",
    example = [[
print(gibbs.outer({ 1, 2 }, { 3, 4, 5 }):get(2, 3))  --> 10.0]],
  },
  {
    name = "gibbs.logsumexp",
    signature = "gibbs.logsumexp(x)",
    what = "log sum exp along the last axis, which disappears: exact where exp would overflow.",
    parameters = { { "x", "expression", "at least one axis" } },
    returns = "expression|number",
    errors = "a scalar.",
    example = [[
print(string.format("%.6f", gibbs.logsumexp{ 1000, 1000 }))  --> 1000.693147]],
  },
  {
    name = "gibbs.bonds",
    signature = "gibbs.bonds(v, lattice)",
    what = "The sum over the bonds of a lattice of the product of the two ends, sum_<ij> v_i v_j; for Potts units the number of bonds whose ends agree. An Ising energy is -J * gibbs.bonds(s, lattice).",
    parameters = { { "v", "expression", "one unit a site: the lattice's shape, or as many in a row" }, { "lattice", "lattice", "whose bonds are summed over" } },
    returns = "expression",
    returns_what = "a scalar; on a regular lattice its structure is kept, and sampled as such",
    errors = "v has not one unit a site.",
    cost = "O(bonds) an evaluation.",
    example = [[
local s = gibbs.spins{ 4, 4 }
local f = gibbs.bonds(s, gibbs.lattice.square(4, 4))
print(f:at(s, { { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 } }))  --> 32.0]],
  },
  {
    name = "gibbs.grad",
    signature = "gibbs.grad(e, x)",
    what = "The derivative of a scalar: an expression again, so that derivatives nest. Derivatives of step and sign are 0, of relu and abs at 0 are 0.",
    parameters = { { "e", "expression", "a scalar" }, { "x", "expression|table", "a variable, a parameter or any part of e; or a list of them" } },
    returns = "expression|table",
    returns_what = "of the shape of x, zeros where e does not depend on it; a list for a list",
    errors = "e is no scalar; a derivative through gibbs.lua_energy.",
    cost = "one reverse pass: a few times the size of e.",
    example = [[
local x = gibbs.parameter("x", {}, 2)
local d = gibbs.grad(x ^ 3, x)
print(d:value(), gibbs.grad(d, x):value())  --> 12.0	12.0]],
  },
  {
    name = "gibbs.square",
    signature = "gibbs.square(x)",
    what = "x^2, element by element.",
    parameters = { { "x", "expression|number", "of any shape" } },
    returns = "expression|number",
    errors = "no argument.",
    example = [[
print(gibbs.square(3), gibbs.square(gibbs.tensor{ 1, -2 }))  --> 9	tensor 2: 1.0 4.0]],
  },
  {
    name = "gibbs.huber",
    signature = "gibbs.huber(x, delta)",
    what = "Huber's function: x^2 / 2 where |x| <= delta, and delta (|x| - delta / 2) elsewhere, which continues it smoothly.",
    parameters = { { "x", "expression|number", "of any shape" }, { "delta", "number", "above 0" } },
    returns = "expression|number",
    errors = "delta is no positive number.",
    source = "Huber, Ann. Math. Stat. 35 (1964) 73",
    example = [[
print(gibbs.huber(0.5, 1), gibbs.huber(-3, 1))  --> 0.125	2.5]],
  },
  {
    name = "expression:sum",
    signature = "expression:sum(axis?)",
    what = "The sum of all elements, or along one axis: gibbs.sum(x, axis).",
    parameters = { { "axis", "integer", "1 to the number of axes; absent: all elements" } },
    returns = "expression|number",
    example = [[
print(gibbs.tensor{ 1, 2, 3 }:sum())  --> 6.0]],
  },
  {
    name = "expression:dot",
    signature = "expression:dot(b)",
    what = "The sum of the products of the elements: gibbs.dot(a, b).",
    parameters = { { "b", "expression", "of the same shape" } },
    returns = "expression|number",
    errors = "different shapes, both named.",
    example = [[
print(gibbs.tensor{ 1, 2 }:dot{ 3, 4 })  --> 11.0]],
  },
  {
    name = "expression:mul",
    signature = "expression:mul(x)",
    what = "The product of a matrix with a vector or a matrix, sum_j W_ij x_j. (W * x is element by element.)",
    parameters = { { "x", "expression", "m elements, or m x k, for W of n x m" } },
    returns = "expression",
    returns_what = "n elements, or n x k",
    errors = "shapes that do not fit, both named.",
    example = [[
print(gibbs.tensor{ { 1, 2 }, { 3, 4 } }:mul{ 1, 1 })  --> tensor 2: 3.0 7.0]],
  },
  {
    name = "expression:outer",
    signature = "expression:outer(b)",
    what = "All products of the elements of two vectors: gibbs.outer(a, b).",
    parameters = { { "b", "expression", "m elements" } },
    returns = "expression",
    example = [[
print(gibbs.tensor{ 1, 2 }:outer{ 3, 4 }:get(2, 1))  --> 6.0]],
  },
  {
    name = "expression:t",
    signature = "expression:t()",
    what = "The transpose of a matrix.",
    returns = "expression",
    errors = "no matrix.",
    example = [[
print(gibbs.tensor{ { 1, 2, 3 }, { 4, 5, 6 } }:t():get(3, 1))  --> 3.0]],
  },
  {
    name = "expression:logsumexp",
    signature = "expression:logsumexp()",
    what = "log sum exp along the last axis, which disappears: gibbs.logsumexp(x).",
    returns = "expression|number",
    example = [[
print(string.format("%.6f", gibbs.tensor{ 0, 0, 0 }:logsumexp()))  --> 1.098612]],
  },
  {
    name = "expression:shift",
    signature = "expression:shift(offset)",
    what = "The elements moved along the axes, periodic: element k of the result is x at k + offset. The products over the bonds along the first axis are s * s:shift{ 1, 0 }.",
    parameters = { { "offset", "table", "whole numbers, one for each of the first axes; at least one" } },
    returns = "expression",
    returns_what = "of the shape of x",
    errors = "more numbers than axes; a number that is not whole.",
    example = [[
print(gibbs.tensor{ 10, 20, 30 }:shift{ 1 })  --> tensor 3: 20.0 30.0 10.0]],
  },
  {
    name = "expression:reshape",
    signature = "expression:reshape(shape)",
    what = "The same elements in the same order (the last axis fastest) under another shape.",
    parameters = { { "shape", "integer|table|lattice", "of as many elements" } },
    returns = "expression",
    errors = "another number of elements.",
    example = [[
print(gibbs.tensor{ 1, 2, 3, 4 }:reshape{ 2, 2 }:get(2, 1))  --> 3.0]],
  },
  {
    name = "expression:shape",
    signature = "expression:shape()",
    what = "The shape as a list of extents, {} for a scalar. Beside it, #x is the first extent, and x[i] element i along the first axis, which disappears.",
    returns = "integer[]",
    example = [[
local W = gibbs.parameter("W", { 4, 3 })
print(table.concat(W:shape(), "x"), #W, table.concat(W[1]:shape(), "x"))  --> 4x3	4	3]],
  },
  {
    name = "expression:name",
    signature = "expression:name()",
    what = "The name of a variable or a parameter; \"\" for anything else.",
    returns = "string",
    example = [[
print(gibbs.parameter("W", { 4, 3 }):name())  --> W]],
  },
  {
    name = "expression:value",
    signature = "expression:value(how?)",
    what = "The number behind an expression with the present values of its parameters. For an objective, an estimate: exact without `how`; with one the samples are drawn anew each time.",
    parameters = {
      { "how", "estimator", "of objectives: gibbs.exact(), gibbs.transfer(), gibbs.chains{}, gibbs.pcd{}, gibbs.cd{}, gibbs.jarzynski{}; absent: exact, or known by structure" },
    },
    returns = "number|tensor|estimate",
    returns_what = "an estimate where e holds an objective, else a number, or a tensor of its shape",
    errors = "the expression depends on variables (use e:at(v, values) or a mean); too many states; a value that samples do not tell: add free_energy = gibbs.ais{} to the way to sample.",
    example = [[
local W = gibbs.parameter("W", { 2, 2 }, 0.5)
print(gibbs.sum(W * W):value())                              --> 1.0
local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0 }
print(string.format("%.6f", gibbs.free_energy(Q):value().value))  --> -4.158883]],
  },
  {
    name = "expression:at",
    signature = "expression:at(v, values, ...)",
    what = "The value of an expression at one configuration, with the present values of its parameters.",
    parameters = {
      { "v", "expression", "a variable that e depends on" },
      { "values", "tensor|table|number", "one value a unit: -1 and 1, 0 and 1, states 1 to q, or real" },
      { "...", "any", "further variables and their values, in turn" },
    },
    returns = "number|tensor",
    errors = "a variable without values; another number of units; a value that its unit cannot take.",
    example = [[
local s = gibbs.spins(3)
print(gibbs.sum(s):at(s, { 1, -1, 1 }), (2 * s):at(s, { 1, -1, 1 }))  --> 1.0	tensor 3: 2.0 -2.0 2.0]],
  },
}

--- name, formula, what its derivative is, an example's argument
local functions = {
  { "exp", "exp(x)", "exp(x)", "1" },
  { "log", "The natural logarithm log(x), x > 0", "1 / x", "2" },
  { "tanh", "tanh(x)", "1 - tanh(x)^2", "0.5" },
  { "cosh", "cosh(x)", "sinh(x)", "0.5" },
  { "sinh", "sinh(x)", "cosh(x)", "0.5" },
  { "logcosh", "log(cosh(x)), without overflow for any x: what a hidden spin gives to -H", "tanh(x)", "1000" },
  { "softplus", "log(1 + exp(x)), without overflow for any x: what a hidden bit gives to -H", "sigmoid(x)", "0" },
  { "sigmoid", "1 / (1 + exp(-x))", "sigmoid(x) (1 - sigmoid(x))", "0.5" },
  { "relu", "x where it is positive, else 0", "step(x)", "-2" },
  { "step", "1 where x is positive, else 0", "0", "3" },
  { "abs", "|x|", "sign(x), 0 at 0", "-2" },
  { "sign", "-1, 0 or 1", "0", "-2" },
  { "sqrt", "The square root, x >= 0", "1 / (2 sqrt(x))", "2" },
  { "neg", "-x, the operator as a function", "-1", "2" },
}

--- What the examples print, by the functions' names.
local results = {
  exp = "2.718282", log = "0.693147", tanh = "0.462117", cosh = "1.127626", sinh = "0.521095", logcosh = "999.306853",
  softplus = "0.693147", sigmoid = "0.622459", relu = "0.000000", step = "1.000000", abs = "2.000000", sign = "-1.000000",
  sqrt = "1.414214", neg = "-2.000000",
}

for _, row in ipairs(functions) do
  local name, formula, derivative, x = table.unpack(row)
  entries[#entries + 1] = {
    name = "gibbs." .. name,
    signature = ("gibbs.%s(x)"):format(name),
    what = ("%s, element by element. Its derivative is %s."):format(formula, derivative),
    parameters = { { "x", "expression|number", "of any shape; a tensor or a nested table too" } },
    returns = "expression|number",
    returns_what = "of the shape of x; a number for a number",
    example = ([[print(string.format("%%.6f", gibbs.%s(%s)))  --> %s]]):format(name, x, results[name]),
  }
  entries[#entries + 1] = {
    name = "expression:" .. name,
    signature = ("expression:%s()"):format(name),
    what = ("%s, element by element: gibbs.%s(x)."):format(formula, name),
    returns = "expression",
    returns_what = "of the shape of x",
    example = ([[print(string.format("%%.6f", gibbs.tensor{ %s }:%s():get(1)))  --> %s]]):format(x, name, results[name]),
  }
end

return entries

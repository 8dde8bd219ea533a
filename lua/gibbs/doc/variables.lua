--- Doc entries: variables, parameters and how they start, and tensors.

local shape = { "shape", "integer|table|lattice", "extents from 1 on: n, { n1, n2, ... } of at most 6 axes, or a lattice for its shape" }
local name = { "name?", "string", "for messages and files" }

return {
  title = "Variables, parameters and tensors",
  order = 5,
  {
    name = "random start",
    what = "How a parameter starts: random numbers, drawn when it is made and again at every restart of gibbs.minimize. Made by gibbs.normal and gibbs.uniform.",
    example = [[
print(gibbs.normal(0, 0.5))  --> normal(0.0, 0.5)]],
  },
  {
    name = "gibbs.spins",
    signature = "gibbs.spins(shape, name?)",
    what = "A random variable whose units take the values -1 and +1. It is an expression: energies and observables are made of it.",
    parameters = { shape, name },
    returns = "variable",
    errors = "a shape that is none.",
    example = [[
local s = gibbs.spins{ 4, 4 }
print(s, gibbs.sum(s * s:shift{ 1, 0 }))  --> spins 4x4	expression scalar: sum((spins * gather(spins)))]],
  },
  {
    name = "gibbs.bits",
    signature = "gibbs.bits(shape, name?)",
    what = "A random variable whose units take the values 0 and 1.",
    parameters = { shape, name },
    returns = "variable",
    errors = "a shape that is none.",
    example = [[
print(gibbs.bits({ 8, 8 }, "pixels"))  --> bits pixels 8x8]],
  },
  {
    name = "gibbs.potts",
    signature = "gibbs.potts(shape, states, name?)",
    what = "A random variable whose units take the states 1 to q. Expressions see q indicators on a last axis, 0 or 1, of which one is 1; configurations are given and taken as state numbers.",
    parameters = { shape, { "states", "integer", "q, 2 to 65535" }, name },
    returns = "variable",
    errors = "a shape that is none; q out of range.",
    source = "Potts, Proc. Camb. Phil. Soc. 48 (1952) 106",
    example = [[
local s = gibbs.potts(3, 4)
local P = gibbs.boltzmann{ visible = s, energy = -1 * gibbs.bonds(s, gibbs.lattice.chain(3)) }
print(table.concat(s:shape(), "x"), P:energy{ 1, 1, 3 })  --> 3x4	-1.0]],
  },
  {
    name = "gibbs.reals",
    signature = "gibbs.reals(shape, name?)",
    what = "A random variable whose units take any real value. It is sampled (kernel hmc) and fitted by score matching; it has no exact sums.",
    parameters = { shape, name },
    returns = "variable",
    errors = "a shape that is none.",
    example = [[
local x = gibbs.reals(2)
local P = gibbs.boltzmann{ visible = x, energy = 0.5 * gibbs.sum(x * x) }
local e = P:mean(x * x, gibbs.chains{ n = 16, sweeps = 500, seed = 1 })
print(math.abs(e.value:get(1) - 1) < 5 * e.error:get(1))  --> true]],
  },
  {
    name = "gibbs.parameter",
    signature = "gibbs.parameter(name, shape?, init?)",
    what = "A trainable tensor. Its values change by training and by set; its shape and name stay. Energies that hold it follow.",
    parameters = {
      { "name", "string", "not empty: gradients, files and Q.name go by it" },
      { "shape?", "integer|table|lattice", "absent or {}: one number" },
      { "init?", "number|table|tensor|random start", "one number for all elements, values of its shape, gibbs.normal or gibbs.uniform, which restarts draw again; absent: 0" },
    },
    returns = "parameter",
    errors = "an empty name; values of another shape.",
    example = [[
local K = gibbs.parameter("K", {}, 0.4)
local P = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = K }
K:set(0.5)
print(P:parameters().K:get(), P.K == K)  --> 0.5	true]],
  },
  {
    name = "gibbs.normal",
    signature = "gibbs.normal(mean?, sd?)",
    what = "A random start of parameters: normal numbers, drawn from the session's seed and the number of random tensors made before.",
    parameters = { { "mean?", "number", "0 when absent" }, { "sd?", "number", "the standard deviation, at least 0; 1 when absent" } },
    returns = "random start",
    errors = "a standard deviation below 0.",
    example = [[
gibbs.seed(1)
local W = gibbs.parameter("W", { 100, 100 }, gibbs.normal(0, 0.1))
print(string.format("%.2f", math.sqrt(gibbs.sum(W * W):value()) / 100))  --> 0.10]],
  },
  {
    name = "gibbs.uniform",
    signature = "gibbs.uniform(low?, high?)",
    what = "A random start of parameters: numbers that are uniform from low to high.",
    parameters = { { "low?", "number", "0 when absent" }, { "high?", "number", "at least low; 1 when absent" } },
    returns = "random start",
    errors = "low above high.",
    example = [[
local W = gibbs.parameter("W", { 100, 100 }, gibbs.uniform(-1, 1))
print(string.format("%.1f", (gibbs.sum(W * W):value() / 10000)))  --> 0.3]],
  },
  {
    name = "gibbs.tensor",
    signature = "gibbs.tensor(values)",
    what = "An array of doubles that does not change: a constant in expressions, with arithmetic (+ - * / ^, element by element, or with a number) and all methods of expressions. "
      .. "Wherever a tensor is taken, a nested table of numbers will do.",
    parameters = { { "values", "table|number", "nested tables of numbers, rectangular, at most 6 deep, all finite" } },
    returns = "tensor",
    errors = "a table that is empty, not rectangular, or holds anything but finite numbers.",
    example = [[
local t = gibbs.tensor{ { 1, 2 }, { 3, 4 } }
print((2 * t + 1):get(2, 1), #t, t[1])  --> 7.0	2	tensor 2: 1.0 2.0]],
  },
  {
    name = "tensor:get",
    signature = "tensor:get(...)",
    what = "One element of a tensor, or of a parameter's present values: t:get(i, j). Of a single number: t:get().",
    parameters = { { "...", "integer", "one index an axis, from 1" } },
    returns = "number",
    errors = "another number of indices; one out of range; an expression without values of its own.",
    example = [[
print(gibbs.tensor{ { 1, 2 }, { 3, 4 } }:get(2, 1))  --> 3.0]],
  },
  {
    name = "tensor:table",
    signature = "tensor:table()",
    what = "A copy of the values of a tensor or parameter as nested tables.",
    returns = "table",
    returns_what = "a number for a single number",
    example = [[
print(gibbs.tensor{ { 1, 2 }, { 3, 4 } }:table()[2][1])  --> 3.0]],
  },
  {
    name = "parameter:tensor",
    signature = "parameter:tensor()",
    what = "A copy of the present values of a parameter, which training does not change; a tensor gives itself.",
    returns = "tensor",
    example = [[
local W = gibbs.parameter("W", 2, 1)
local before = W:tensor()
W:set{ 3, 4 }
print(before, W:tensor())  --> tensor 2: 1.0 1.0	tensor 2: 3.0 4.0]],
  },
  {
    name = "parameter:set",
    signature = "parameter:set(values)",
    what = "Write the values of a parameter.",
    parameters = { { "values", "tensor|table|number", "of its shape, or one number for all elements" } },
    returns = "parameter",
    returns_what = "the parameter itself",
    errors = "another shape; an expression that is no parameter.",
    example = [[
print(gibbs.parameter("W", { 2, 2 }):set(0.5):get(2, 2))  --> 0.5]],
  },
}

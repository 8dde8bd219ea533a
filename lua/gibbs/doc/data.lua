--- Doc entries: data, empirical distributions.

return {
  title = "Data",
  order = 110,
  {
    name = "data",
    what = "An empirical distribution, made by gibbs.data: configurations and their weights. What is made of it (head, split, scale, binarise) is new data.",
    example = [[
print(gibbs.data{ { 0, 1 }, { 1, 1 } })  --> data: 2 configurations of 2 units]],
  },
  {
    name = "gibbs.data",
    signature = "gibbs.data(rows, weights?)",
    what = "An empirical distribution: configurations with weights that sum to 1. It has means and samples, and no Hamiltonian: gibbs.kl(data, Q), gibbs.log_likelihood(data, Q).",
    parameters = {
      { "rows", "tensor|table|string", "configurations along the first axis (-1 and 1, 0 and 1, states from 1 on, or real numbers), or the path of a file that gibbs.read knows: a matrix, "
        .. "a table of columns, idx images, or the only array of a .npz or .h5 file" },
      { "weights", "tensor|table", "one number a configuration, at least 0; absent: equal" },
    },
    returns = "data",
    errors = "no configuration; a value that is not finite; another number of weights; a file with several arrays (choose by gibbs.data(gibbs.read(path).name)) or with texts, by column and row.",
    cost = "the tensor is kept, not copied; 8 bytes a value.",
    example = [[
local data = gibbs.data({ { 1, -1 }, { 1, 1 }, { -1, -1 } }, { 2, 1, 1 })
print(data)                                        --> data: 3 configurations of 2 units
local s = gibbs.spins(2)
print(data:mean(s[1]).value)                       --> 0.5]],
  },
  {
    name = "data:count",
    signature = "data:count()",
    what = "The number of configurations.",
    returns = "integer",
    example = [[
print(gibbs.data{ { 0, 1 }, { 1, 1 }, { 0, 0 } }:count())  --> 3]],
  },
  {
    name = "data:shape",
    signature = "data:shape()",
    what = "The count, then the axes of one configuration: { 60000, 28, 28 }.",
    returns = "integer[]",
    example = [[
print(table.concat(gibbs.data{ { 0, 1 }, { 1, 1 }, { 0, 0 } }:shape(), "x"))  --> 3x2]],
  },
  {
    name = "data:tensor",
    signature = "data:tensor()",
    what = "The configurations as a tensor of the data's shape.",
    returns = "tensor",
    cost = "O(1): nothing is copied.",
    example = [[
print(gibbs.data{ { 0, 1 }, { 1, 1 } }:tensor():get(2, 1))  --> 1.0]],
  },
  {
    name = "data:rows",
    signature = "data:rows()",
    what = "The configurations as a matrix, one a row, whatever axes they have.",
    returns = "tensor",
    returns_what = "count x units",
    example = [[
print(table.concat(gibbs.data{ { { 0, 1 }, { 1, 1 } } }:rows():shape(), "x"))  --> 1x4]],
  },
  {
    name = "data:mean",
    signature = "data:mean(f, how?)",
    what = "The weighted mean of an expression over the configurations. The variables of f, in the order in which they were made, hold the columns one after the other.",
    parameters = { { "f", "expression", "of any shape" }, { "how", "estimator", "gibbs.exact() alone" } },
    returns = "estimate",
    returns_what = "exact: of these data, not of where they came from",
    errors = "variables of another number of units than a row has; a value that a unit cannot take; a way to sample.",
    cost = "one evaluation of f a row.",
    example = [[
local s = gibbs.spins(2)
print(gibbs.data{ { 1, -1 }, { 1, 1 } }:mean(s).value)  --> tensor 2: 1.0 0.0]],
  },
  {
    name = "data:sample",
    signature = "data:sample{ n?, seed? }",
    what = "Rows drawn with replacement, by their weights.",
    options = "data:sample",
    returns = "tensor",
    returns_what = "n x units",
    example = [[
print(table.concat(gibbs.data{ { 0, 1 }, { 1, 1 } }:sample{ n = 5, seed = 1 }:shape(), "x"))  --> 5x2]],
  },
  {
    name = "data:head",
    signature = "data:head(n)",
    what = "The first n configurations.",
    parameters = { { "n", "integer", "1 to the count" } },
    returns = "data",
    errors = "n out of range; weights that are all 0.",
    example = [[
print(gibbs.data{ { 0, 1 }, { 1, 1 }, { 0, 0 } }:head(2))  --> data: 2 configurations of 2 units]],
  },
  {
    name = "data:split",
    signature = "data:split{ test?, seed? }",
    what = "Shuffle, and part into data for training and data for testing. The order depends on the count and the seed alone, so that images and labels are split alike.",
    options = "data:split",
    returns = "data, data",
    returns_what = "training, testing",
    errors = "a part would be empty.",
    example = [[
local train, test = gibbs.data{ { 0, 1 }, { 1, 1 }, { 0, 0 }, { 1, 0 } }:split{ test = 0.25, seed = 1 }
print(train:count(), test:count())  --> 3	1]],
  },
  {
    name = "data:scale",
    signature = "data:scale{ low?, high }",
    what = "(x - low) / (high - low) of every value: grey levels from 0 to 255 to numbers from 0 to 1.",
    options = "data:scale",
    returns = "data",
    errors = "a value outside of [low, high]; low not below high.",
    example = [[
print(gibbs.data{ { 0, 51, 255 } }:scale{ high = 255 }:tensor():get(1, 2))  --> 0.2]],
  },
  {
    name = "data:binarise",
    signature = "data:binarise{ threshold?, probability?, as?, seed? }",
    what = "Values of two kinds: on where a value is above the threshold, or, with probability = true, with the value as probability.",
    options = "data:binarise",
    returns = "data",
    errors = "threshold and probability together; a value outside of [0, 1], unless a threshold is given.",
    source = "stochastic binarisation: Salakhutdinov and Murray, ICML (2008) 872",
    example = [[
print(gibbs.data{ { 0.2, 0.7 } }:binarise{ as = "spins" }:tensor()[1])  --> tensor 2: -1.0 1.0]],
  },
}

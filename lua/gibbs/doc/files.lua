--- Doc entries: files.

return {
  title = "Files",
  order = 120,
  {
    name = "gibbs.read",
    signature = "gibbs.read(path)",
    what = "Read a file into tables and tensors, by its ending. There are .json (tables; null is gibbs.null), .csv (a matrix where the first row is numbers; else a table of `columns`, the names in order, and one list for each name; an empty field and NA are nan), "
      .. ".npy (a tensor), .npz (a table of tensors), .h5 and .hdf5 (groups are tables, data sets tensors; an attribute of a group is \"@name\", one of a data set W is \"W@name\"; both are written so), .idx (MNIST's format; also a file named like "
      .. "train-images-idx3-ubyte), and .csv.gz and .idx.gz. Files are parsed and size-checked, never executed.",
    parameters = { { "path", "string", "of a file with one of these endings" } },
    returns = "table|tensor",
    returns_what = "whole numbers up to 2^31 are integers",
    errors = "no such file; another ending; contents that the format does not describe to the last byte, by line and column in texts; integers that a double does not hold exactly.",
    cost = "O(size of the file).",
    example = [[
gibbs.write("cases.json", { name = "ring", sizes = { 4, 6 } })
local cases = gibbs.read "cases.json"
print(cases.name, cases.sizes[2])  --> ring	6]],
  },
  {
    name = "gibbs.write",
    signature = "gibbs.write(path, value)",
    what = "Write a value to a file so that gibbs.read gives it back, with all bits of every number. The file is complete or not there: the one that was there before is untouched by a failure. "
      .. "As CSV: a tensor of one or two axes, a table of lists of one length (ordered by `columns` if it is there), or { header = names, rows = list of lists }.",
    parameters = {
      { "path", "string", "ends in .json, .csv, .npy, .npz, .h5, .hdf5 or .idx" },
      { "value", "table|tensor|parameter|distribution|number|string|boolean", "numbers, strings, booleans, gibbs.null, tensors, parameters (their present values), distributions (gibbs.load), and tables of them: lists without holes, or names" },
    },
    errors = "a value that the format cannot hold, and where it is; a table with holes or with keys of both kinds; nan in JSON; an unwritable folder.",
    cost = "O(size of the value).",
    example = [[
gibbs.write("curve.csv", { header = { "K", "F" }, rows = { { 0.1, -2 }, { 0.2, -3 } } })
print(gibbs.read("curve.csv").F[2])  --> -3]],
  },
  {
    name = "gibbs.append",
    signature = "gibbs.append(path, value)",
    what = "Add a value to what a file holds, as if it had been written along with it; a file that is not there is made. To .csv: rows, below a matrix or below columns of the same names, in any form that gibbs.write takes. To .npy and .idx: along the first axis. "
      .. "To .npz, .h5 and .hdf5: further items; groups of one name are joined. To .json: items of a list, or names of a table. Nothing that is there is replaced. The file is written anew, and is complete or as it was before.",
    parameters = {
      { "path", "string", "ends in .json, .csv, .npy, .npz, .h5, .hdf5 or .idx" },
      { "value", "table|tensor|parameter|distribution|number|string|boolean", "as gibbs.write takes it" },
    },
    errors = "other columns, or another shape, than what is there; an item that is there already; a checkpoint or a model by Q:save, which is sealed; what gibbs.read and gibbs.write refuse.",
    cost = "O(size of the file): for a row now and then. A loop that logs keeps a table, or uses run:log.",
    see = { "gibbs.write" },
    example = [[
gibbs.append("log.csv", { K = { 0.1 }, F = { -2 } })
gibbs.append("log.csv", { header = { "K", "F" }, rows = { { 0.2, -3 }, { 0.3, -4 } } })
print(#gibbs.read("log.csv").F)  --> 3]],
  },
  {
    name = "gibbs.null",
    what = "What JSON calls null: nothing, in a table that a file holds, where Lua's nil would leave a hole. In values of units (clamp) it marks one that is free.",
    returns = "null",
    example = [[
gibbs.write("list.json", { 1, gibbs.null, 3 })
print(gibbs.read("list.json")[2] == gibbs.null)  --> true]],
  },
}

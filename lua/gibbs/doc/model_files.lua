--- Doc entries: models in files.

return {
  title = "Models in files",
  order = 125,
  {
    name = "distribution:save",
    signature = "distribution:save(path)",
    what = "Write a distribution to an HDF5 file: its energy as data, its variables, its parameters and their values. What gibbs.load makes of it is the same distribution, to the last bit of its free energy and of its chains. "
      .. "The same script writes the same bytes. The file is complete and flushed to disk before it takes its name; a model that was there is replaced, anything else is not. gibbs.write takes distributions too, as one item among others.",
    parameters = { { "path", "string", "ends in .h5 or .hdf5" } },
    returns = "distribution",
    returns_what = "Q itself",
    errors = "the energy is a function of the script (gibbs.lua_energy), which is code; the path ends otherwise, cannot be written, or is taken by a file that is no model.",
    cost = "O(nodes of the energy + numbers): 8 bytes a number and about 90 a node, and 10 kB at least. Lattices and shifts are kept as rules, whatever their size.",
    see = { "gibbs.load", "gibbs.write" },
    example = [[
local Q = gibbs.rbm{ visible = gibbs.spins(6), hidden = gibbs.spins(2), init = gibbs.normal(0, 0.5) }
Q:save("machine.h5")
print(gibbs.load("machine.h5"):free_energy().value == Q:free_energy().value)  --> true]],
  },
  {
    name = "gibbs.load",
    signature = "gibbs.load(path, name?)",
    what = "The distribution that Q:save wrote, with variables and parameters of its own. The file is parsed and every length, shape, word and number of it is checked; nothing in it is executed. Length and checksum are told before anything else, so that damage is no "
      .. "other machine. Files of version 1, the only one so far, stay readable; other versions are refused by name.\n\n"
      .. "The layout, for h5py and others. Numbers are float64 and count from 0; where there is a list of lengths, the numbers of the rows lie one after the other."
      .. "\n\nAttributes of the file: format is \"gibbs model\", version is 1, then gibbs (the writer's version) and family."
      .. "\n\nparameters/<dataset>: the values, in their shapes. parameter_table: name, dataset (the name, without / and not twice), initial (values, normal, uniform), a and b (of a random start)."
      .. "\n\nvariables: name, kind (spins, bits, potts, reals), states (q; 0 for reals), role (visible, then hidden, then inner: those that sums inside the energy bind), shape of the units (rows of 6, zeros behind the last axis)."
      .. "\n\nnodes: op, shape, detail, argument_count, arguments, energy (which node the energy is); arguments stand before those who use them. "
      .. "What a node does: an elementwise operation by its name (add, mul, tanh, ...), constant, variable, parameter (detail: which one), sum, matmul (detail: 1 if the first matrix is transposed, plus 2 for the second), outer, "
      .. "gather, out[k] = x[list[k]], and scatter, out[list[k]] += x[k] (detail: which list), logsumexp over the last axis, marginal, -log sum exp(-x) over the states of the variables that follow, and marginal_mean of a value, for an energy, over variables."
      .. "\n\nconstants: length (1: one number for all elements) and numbers."
      .. "\n\nlists: rule, length and numbers: positions, one by one; same: count and position; shift: rank, extents, offsets; first_end and second_end of a lattice's bonds: elements a site, axes, sites a cell, steps, 1 if periodic, extents, and for each step from and to which site and the offset of the cell. "
      .. "energy_text: the energy for human eyes.\n\n"
      .. "Before HDF5's own beginning stand 512 bytes with the checksum. A file without them, as other programs write it, is read too: to change a model in Python, copy its items to a new file (source.copy(name, target)) and change them there.",
    parameters = {
      { "path", "string", "of a file by Q:save; or of one by gibbs.write or run:save, with a name" },
      { "name", "string", "of a model inside the file, as in \"fits/best\"; without it the file is the model" },
    },
    returns = "distribution",
    errors = "no such file; a file that is cut off, changed, of another kind or version; contents that are no model, saying where.",
    cost = "O(size of the file), and what gibbs.boltzmann costs.",
    see = { "distribution:save", "gibbs.read" },
    example = [[
local v = gibbs.spins({ 4, 4 }, "v")
local P = gibbs.boltzmann{ visible = v, energy = -0.3 * gibbs.sum(v * v:shift{ 1, 0 } * v:shift{ 0, 1 }) }
gibbs.write("fits.h5", { best = P, note = "three-body" })
print(gibbs.load("fits.h5", "best"))                --> boltzmann: 16 visible, 0 hidden units, 0 parameters
print(gibbs.read("fits.h5").best.variables.kind[1]) --> spins]],
  },
}

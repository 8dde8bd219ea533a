--- Doc entries: distributions from energies, and the families whose energy is written for you.

return {
  title = "Distributions and families",
  order = 10,
  {
    name = "gibbs.boltzmann",
    signature = "gibbs.boltzmann{ energy, visible, hidden? }",
    what = "The Boltzmann distribution of any energy that can be written down: P(v) = exp(F - H(v)) with the marginal "
      .. "Hamiltonian H(v) = -log sum_h exp(-E(v,h)) and F = -log sum_v exp(-H(v)). Energies are dimensionless (beta is "
      .. "absorbed), low energy is likely. The energy is lowered to its structure (fields, pairs, layers, functions of affine "
      .. "forms), so that one written by hand runs as fast as the named families; P:describe() says what was found.",
    parameters = { { "energy", "expression", "" }, { "visible", "variable|variable[]", "" }, { "hidden", "variable|variable[]", "" } },
    options = "gibbs.boltzmann",
    returns = "distribution",
    returns_what = "its parameters are those in the energy; P.name is the parameter of that name",
    errors = "the energy is no scalar, or depends on a variable that is neither visible nor hidden; a variable is in both lists.",
    cost = "O(size of the expression) to make. Hidden units in which the energy is affine are summed in closed form, others by "
      .. "enumeration (at most 2^20 joint states), or they have to be sampled.",
    source = "Ackley, Hinton and Sejnowski, Cognitive Science 9 (1985) 147",
    example = [[
local s = gibbs.spins{ 3, 3 }
local P = gibbs.boltzmann{ visible = s, energy = -0.5 * gibbs.sum(s * s:shift{ 0, 1 } * s:shift{ 1, 0 }) }
print(P)                                             --> boltzmann: 9 visible, 0 hidden units, 0 parameters
print(string.format("%.6f", P:free_energy().value))  --> -7.348153]],
  },
  {
    name = "gibbs.ising",
    signature = "gibbs.ising{ lattice, J, field?, visible? }",
    what = "The Ising model H(s) = -sum_<ij> J_ij s_i s_j - sum_i field_i s_i of spins s = -1, +1 on a lattice, beta absorbed: "
      .. "J > 0 is ferromagnetic. J is one number, one a bond (in the order of lattice:bonds()) or one a direction; the field "
      .. "one number or one a site; both may be parameters or expressions of them. A direction of length 2 has each bond "
      .. "twice when the lattice is periodic.",
    parameters = {
      { "lattice", "lattice", "" },
      { "J", "expression|number|table", "" },
      { "field", "expression|number|table", "" },
      { "visible", "variable", "" },
    },
    options = "gibbs.ising",
    returns = "distribution",
    returns_what = "P.visible holds the spins, of the lattice's shape",
    errors = "J or field of a shape that fits neither sites, bonds nor directions; visible units that are not one a site.",
    cost = "F exact: sums to 2^30 states, elimination for narrow lattices (gibbs.transfer), Kaufman's formula for square tori "
      .. "without field. Beyond that gibbs.chains, gibbs.ais.",
    source = "Ising, Z. Phys. 31 (1925) 253",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.408 }
local F = P:free_energy()
print(string.format("%.9f", F.value), F.method)      --> -14.740191127	exact]],
  },
  {
    name = "gibbs.rbm",
    signature = "gibbs.rbm{ visible, hidden, W?, a?, b?, init?, normalised? }",
    what = "The restricted Boltzmann machine E(v,h) = -v.W h - a.v - b.h, with n visible and m hidden units of any discrete "
      .. "kind, flattened (a Potts unit of q states counts as q indicators). Parameters: W (n x m), a (n), b (m). A tensor, number or random start (gibbs.normal) given for W, a or b is where the "
      .. "parameter starts; an expression or a parameter is used as it is, so that weights can be shared or held. "
      .. "With normalised = true the hidden states are averaged over instead of summed: log of their number is added to E, "
      .. "which moves F and leaves P(v) alone.",
    parameters = {
      { "visible", "variable", "" },
      { "hidden", "variable", "" },
      { "W", "expression|number|table|random start", "" },
      { "a", "expression|number|table|random start", "" },
      { "b", "expression|number|table|random start", "" },
      { "init", "number|tensor|table|random start", "" },
    },
    options = "gibbs.rbm",
    returns = "distribution",
    returns_what = "Q.W, Q.a, Q.b are its parameters, Q.visible and Q.hidden its units",
    errors = "visible or hidden is no variable; W, a or b do not hold n m, n or m values; both W and init.",
    cost = "exact F sums the smaller layer: at most 2^30 of its states. A sweep of chains is two matrix products, O(n m) a chain.",
    source = "Smolensky, in: Parallel Distributed Processing 1 (1986) 194; Hinton, Neural Computation 14 (2002) 1771",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.spins(4), hidden = gibbs.spins(2), W = 0.5, a = 0, b = 0.1 }
print(Q)                                             --> rbm: 4 visible, 2 hidden units, 14 parameters
print(string.format("%.6f", Q:free_energy().value))  --> -5.380214
print(Q.W, Q.b)                                      --> parameter W 4x2	parameter b 2]],
  },
  {
    name = "gibbs.lua_energy",
    signature = "gibbs.lua_energy{ visible, hidden?, energy }",
    what = "An energy as a plain Lua function of one configuration: the slow way that can say anything. The function gets a "
      .. "nested table of numbers for each variable (visible ones first), of its shape, with the states 1 to q of Potts units, "
      .. "and gives one number. The result is a scalar expression, to be used like any other.",
    parameters = { { "visible", "variable|variable[]", "" }, { "hidden", "variable|variable[]", "" }, { "energy", "function", "" } },
    options = "gibbs.lua_energy",
    returns = "expression",
    returns_what = "a scalar",
    errors = "the function gives anything but a number; a derivative through it is asked for (gibbs.grad, gradients of objectives by what is in the function).",
    cost = "a call of Lua a configuration, on one thread: about a microsecond and more. Exact sums to 2^22 states; the kernels "
      .. "heat_bath and metropolis, which call it for every state of every unit.",
    example = [[
local s = gibbs.spins(4)
local energy = gibbs.lua_energy{ visible = s, energy = function(x)
  return x[1] == x[4] and -1 or 0                    -- what no formula of + and * says better
end }
local P = gibbs.boltzmann{ visible = s, energy = energy }
print(string.format("%.6f", P:free_energy().value))  --> -3.392703]],
  },
}

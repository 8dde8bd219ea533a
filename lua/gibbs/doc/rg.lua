--- Doc entries: renormalization.

---A field: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, returns = returns, what = what }
end

local spins = { "visible", "variable", "the spins of a lattice of 1 to 3 axes, as P.visible; b divides every length" }
local length = { "b", "integer", "the length of a block along each axis, at least 2; 2 by default" }

--- The option rows of a transform, which Lua reads.
local function rows(...)
  local list = {}
  for i, parameter in ipairs { ... } do list[i] = { name = parameter[1], kind = "value", doc = parameter[3] } end
  return list
end

--- A transform: its parameters are its options.
local function transform(entry, ...)
  entry.options, entry.parameters = rows(...), { ... }
  for i, parameter in ipairs(entry.parameters) do entry.parameters[i] = { parameter[1], parameter[2], "" } end
  entry.returns = "transform"
  return entry
end

return {
  title = "Renormalization",
  order = 78,
  {
    name = "transform",
    what = [[A coarse-graining of a distribution P: a kernel T(v, h), by which spins v become block spins h.

      The machine E = H - T has P's spins visible and the block spins hidden, and H_l = H + D with D(v) = -log sum_h exp(T(v,h)). The step is the same machine seen from the
      other side, H'(h) = -log sum_v exp(T - H). The trace condition, sum_h exp(T) = 1 for every v, is D = 0: then the step keeps the free energy.
      Made by gibbs.rg.decimation, majority, block_spin, filter, bond_moving, rbm and transform.]],
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
print(gibbs.rg.majority{ visible = P.visible })  --> transform majority: 4x4 spins to 2x2]],
  },
  {
    name = "transform:step",
    signature = "transform:step(P)",
    what = "The distribution of the block spins, H'(h) = -log sum_v exp(T(v,h) - H(v)): exact where all v can be summed, and a distribution like any other.",
    parameters = { { "P", "distribution", "over the spins that the transform was made for" } },
    returns = "distribution",
    source = "Mehta and Schwab, arXiv:1410.3831 (2014)",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local C = gibbs.rg.majority{ visible = P.visible }:step(P)
print(math.abs(C:free_energy().value - P:free_energy().value) < 1e-9)  --> true]],
  },
  {
    name = "transform:machine",
    signature = "transform:machine(P)",
    what = "The machine of the step, E(v,h) = H(v) - T(v,h): P's spins visible, the block spins hidden. Where the trace condition holds its distribution of v is P.",
    parameters = { { "P", "distribution", "over the spins that the transform was made for" } },
    returns = "distribution",
    source = "Mehta and Schwab, arXiv:1410.3831 (2014)",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local Q = gibbs.rg.block_spin{ visible = P.visible, p = 1 }:machine(P)
print(math.abs(gibbs.kl(P, Q):value().value) < 1e-9)  --> true]],
  },
  {
    name = "transform:trace",
    signature = "transform:trace(P, how?)",
    what = "How well the trace condition holds: -D(v) = log sum_h exp(T(v,h)) over the configurations of P.",
    parameters = { { "P", "distribution", "over the spins that the transform was made for" }, { "how?", "estimator", "as for P:mean; exact without it" } },
    returns = "table",
    returns_what = "mean (an estimate), spread (its standard deviation), largest modulus, over (what that is the largest of: all states up to 16 spins, else samples), holds (largest below 1e-9)",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 2), J = 0.3 }
print(gibbs.rg.decimation{ visible = P.visible }:trace(P).holds)               --> true
print(gibbs.rg.bond_moving{ visible = P.visible, J = 0.3 }:trace(P).holds)     --> false]],
  },
  {
    name = "transform:budget",
    signature = "transform:budget(P, how?)",
    what = "The free-energy budget F_l - F = <D>_P - KL(P||P_l) = <D>_Pl + KL(P_l||P) of the machine of the step.",
    parameters = { { "P", "distribution", "over the spins that the transform was made for" }, { "how?", "estimator", "as for values of objectives; exact without it" } },
    returns = "table",
    returns_what = "estimates F, F_machine (exact alone), gap = F_l - F, mean_D, mean_D_machine, kl and kl_reverse, in nats",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local b = gibbs.rg.bond_moving{ visible = P.visible, J = 0.3 }:budget(P)
print(string.format("%.6f", b.gap.value), math.abs(b.gap.value - b.mean_D.value + b.kl.value) < 1e-9)  --> -1.423988	true]],
  },
  field("transform.name", "string", "What it is called."),
  field("transform.visible", "variable", "The spins v that it starts from."),
  field("transform.hidden", "variable", "The block spins h that it leads to."),
  field("transform.kernel", "expression|function", "T(v, h), or a function of the distribution that gives it."),
  field("transform.rule", "table", "What gibbs.rg.mcrg and gibbs.rg.vmcrg draw by; nil where blocks cannot be drawn one by one."),
  transform({
    name = "gibbs.rg.decimation",
    signature = "gibbs.rg.decimation{ visible, b? }",
    what = "Every b-th spin along each axis stays, all others are summed over.",
    errors = "b does not divide a length.",
    source = "Kadanoff and Houghton, Phys. Rev. B 11 (1975) 377",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.chain(8), J = 0.5 }
local K = gibbs.rg.couplings(gibbs.rg.decimation{ visible = P.visible }:step(P))["pair {1}"]
print(string.format("%.6f", math.exp(2 * K)))  -- cosh(2 J)  --> 1.543081]],
  }, spins, length),
  transform({
    name = "gibbs.rg.majority",
    signature = "gibbs.rg.majority{ visible, b? }",
    what = "The sign of a block's sum; a fair coin where that is 0.",
    errors = "b does not divide a length.",
    source = "Niemeijer and van Leeuwen, Phys. Rev. Lett. 31 (1973) 1411; Swendsen, Phys. Rev. Lett. 42 (1979) 859",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local C = gibbs.rg.majority{ visible = P.visible }:step(P)
print(string.format("%.6f", gibbs.rg.couplings(C)["pair {0,1}"]))  --> 0.587040]],
  }, spins, length),
  transform({
    name = "gibbs.rg.block_spin",
    signature = "gibbs.rg.block_spin{ visible, p, b?, normalised? }",
    what = "Kadanoff's block spins: exp(T) = prod_B exp(p h_B sum_B v) / 2cosh(p sum_B v). Without the normalisation the trace condition does not hold.",
    errors = "b does not divide a length.",
    source = "Kadanoff and Houghton, Phys. Rev. B 11 (1975) 377; Mehta and Schwab, arXiv:1410.3831 (2014)",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 2), J = 0.3 }
print(gibbs.rg.block_spin{ visible = P.visible, p = 1 }:trace(P).holds)                      --> true
print(gibbs.rg.block_spin{ visible = P.visible, p = 1, normalised = false }:trace(P).holds)  --> false]],
  }, spins, { "p", "number", "the strength by which a block spin follows its spins" }, length,
    { "normalised", "boolean", "whether to divide by 2cosh(p sum_B v); true by default" }),
  transform({
    name = "gibbs.rg.filter",
    signature = "gibbs.rg.filter{ visible, offsets, weights, b?, bias?, hard? }",
    what = "A filter of one's own: block spin B is +1 with probability 1 / (1 + exp(-2 phi_B)), phi_B = bias + sum_i weights_i v(corner of B + offsets_i), periodic. Whatever the weights, the free energy is kept.",
    errors = "offsets and weights that are not as many; an offset that is no list of one number an axis.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 2), J = 0.3 }
local f = gibbs.rg.filter{ visible = P.visible, offsets = { { 0, 0 }, { 1, 1 } }, weights = { 0.7, 0.4 } }
print(f:trace(P).holds)  --> true]],
  }, spins, { "offsets", "table[]", "a list of offsets from the block's corner, one number an axis" }, { "weights", "number[]", "a number an offset" }, length,
    { "bias", "number", "added to the weighted sum; 0 by default" },
    { "hard", "boolean", "the sign of phi, a fair coin at 0, instead of drawing by it; false by default" }),
  transform({
    name = "gibbs.rg.bond_moving",
    signature = "gibbs.rg.bond_moving{ visible, J, b? }",
    what = "Migdal and Kadanoff's step of the hypercubic Ising model on its spins: the bonds of b^(d-1) parallel lines are moved onto one, and all spins but every b-th are summed over. "
      .. "D = H_moved - H has mean 0 where all bonds have the same mean, so that F_l <= F: a bound, not a trace condition.",
    errors = "b does not divide a length.",
    source = "Migdal, Sov. Phys. JETP 42 (1975) 743; Kadanoff, Ann. Phys. 100 (1976) 359",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local C = gibbs.rg.bond_moving{ visible = P.visible, J = 0.3 }:step(P)
print(C:free_energy().value < P:free_energy().value)  --> true]],
  }, spins, { "J", "number", "the coupling of nearest neighbours" }, length),
  {
    name = "gibbs.rg.rbm",
    signature = "gibbs.rg.rbm(Q)",
    what = "The step of a machine: T = H(v) - E(v,h), so that coarse-graining by it is sampling its hidden units, and its budget is that of the machine against P.",
    parameters = { { "Q", "distribution", "with hidden units; its visible units are those of the distribution that is coarse-grained" } },
    returns = "transform",
    errors = "Q has no hidden units.",
    source = "Mehta and Schwab, arXiv:1410.3831 (2014)",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), W = 0.2 }
local b = gibbs.rg.rbm(Q):budget(P)
print(math.abs(b.kl.value - gibbs.kl(P, Q):value().value) < 1e-9)  --> true]],
  },
  transform({
    name = "gibbs.rg.transform",
    signature = "gibbs.rg.transform{ kernel, visible, hidden, name? }",
    what = "A coarse-graining by a kernel of one's own.",
    errors = "a kernel that is neither an expression nor a function.",
    example = [[
local s, h = gibbs.spins(4), gibbs.spins(2)
local P = gibbs.boltzmann{ visible = s, energy = -0.5 * gibbs.bonds(s, gibbs.lattice.chain(4)) }
local T = h:dot(gibbs.tensor{ { 1, 1, 0, 0 }, { 0, 0, 1, 1 } }:mul(s))
print(gibbs.rg.transform{ kernel = T, visible = s, hidden = h }:trace(P).holds)  --> false]],
  }, { "kernel", "expression|function", "an expression T(v, h), or a function of the distribution that gives one" }, { "visible", "variable", "the variable v" },
    { "hidden", "variable", "the variable h" }, { "name", "string", "what it is called; T by default" }),
  {
    name = "gibbs.rg.couplings",
    signature = "gibbs.rg.couplings(C)",
    what = "The couplings of a distribution of +-1 spins, exactly: H(s) = -g - sum_A g_A prod_(i in A) s_i, gathered into classes that the symmetries of the lattice map onto each other.",
    parameters = { { "C", "distribution", "of at most 20 spins, as after transform:step(P)" } },
    returns = "table",
    returns_what = "a list of classes { name, spins, value (their mean), spread (greatest less least), count }; the value also by the name, \"pair {0,1}\"; and constant = g",
    errors = "more than 20 spins: gibbs.rg.mcrg infers couplings in a basis.",
    cost = "O(n 2^n) for n spins, in Lua.",
    source = "the Walsh-Hadamard transform of H",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
print(string.format("%.6f", gibbs.rg.couplings(P)["pair {0,1}"]))  --> 0.300000]],
  },
  {
    name = "recursion",
    what = "An approximate renormalization in closed form, K' = R(K), with ln Z_N(K) = (N / b^d) g(K) + ln Z_(N / b^d)(K'). From R follow flows, fixed points and exponents y = ln lambda / ln b; from the constant g the free energy. "
      .. "Made by gibbs.rg.chain, migdal_kadanoff, niemeijer_van_leeuwen, kadanoff, wilson and recursion.",
    example = [[
print(gibbs.rg.migdal_kadanoff())  --> recursion migdal_kadanoff: 1 coupling, b = 2.0, d = 2.0]],
  },
  {
    name = "gibbs.rg.chain",
    signature = "gibbs.rg.chain{ b? }",
    what = "The chain of spins in a field, all but every b-th summed over: exact. Without field tanh K' = tanh(K)^b.",
    options = "gibbs.rg.chain",
    returns = "recursion",
    source = "Nelson and Fisher, Ann. Phys. 91 (1975) 226",
    example = [[
local K = gibbs.rg.chain():step(1).K
print(string.format("%.10f", K))  --> 0.6625013737]],
  },
  {
    name = "gibbs.rg.migdal_kadanoff",
    signature = "gibbs.rg.migdal_kadanoff{ b?, d?, q?, order? }",
    what = "Bonds of hypercubic lattices moved together, b^(d-1) to one, and decimated along lines: any b and d, Ising and Potts. For d = b = 2: K' = log(cosh(4 K)) / 2.",
    options = "gibbs.rg.migdal_kadanoff",
    returns = "recursion",
    source = "Migdal, Sov. Phys. JETP 42 (1975) 743; Kadanoff, Ann. Phys. 100 (1976) 359",
    example = [[
local mk = gibbs.rg.migdal_kadanoff{ d = 2, b = 2 }
print(string.format("%.7f %.6f", mk.couplings.K, mk.y_t))  --> 0.3046889 0.747236]],
  },
  {
    name = "gibbs.rg.niemeijer_van_leeuwen",
    signature = "gibbs.rg.niemeijer_van_leeuwen()",
    options = "gibbs.rg.niemeijer_van_leeuwen",
    what = "The majority of triangles of the triangular Ising lattice, b = sqrt 3, to the first cumulant, linear in the field: K' = 2 K ((e^3K + e^-K) / (e^3K + 3 e^-K))^2.",
    returns = "recursion",
    source = "Niemeijer and van Leeuwen, Phys. Rev. Lett. 31 (1973) 1411",
    example = [[
local r = gibbs.rg.niemeijer_van_leeuwen()
print(string.format("%.6f %.6f %.6f", r.couplings.K, r.y_t, r.y_h))  --> 0.335614 0.882203 1.369070]],
  },
  {
    name = "gibbs.rg.kadanoff",
    signature = "gibbs.rg.kadanoff{ d?, p? }",
    what = "Kadanoff's variational lower bound: potentials moved into every 2^d-th hypercube, and block spins of strength p. Moving potentials of mean 0 bounds the free energy from below for every p; "
      .. "by default p is the one that makes it stationary at the fixed point.",
    options = "gibbs.rg.kadanoff",
    returns = "recursion",
    source = "Kadanoff, Phys. Rev. Lett. 34 (1975) 1005; Kadanoff, Houghton and Yalabik, J. Stat. Phys. 14 (1976) 171",
    example = [[
local r = gibbs.rg.kadanoff{ d = 2 }
print(string.format("%.4f %.4f", r.y_t, r.y_h))                   --> 1.0009 1.8753
print(r:bound(0.4) <= gibbs.onsager(0.4).free_energy)             --> true]],
  },
  {
    name = "gibbs.rg.wilson",
    signature = "gibbs.rg.wilson{ closure? }",
    what = "The square lattice decimated by sqrt 2, with couplings beyond the diagonal dropped.",
    options = "gibbs.rg.wilson",
    returns = "recursion",
    source = "Wilson, Rev. Mod. Phys. 47 (1975) 773; Maris and Kadanoff, Am. J. Phys. 46 (1978) 652",
    example = [[
print(string.format("%.4f", gibbs.rg.wilson().y_t))  --> 0.8213]],
  },
  {
    name = "gibbs.rg.recursion",
    signature = "gibbs.rg.recursion{ couplings, step, scale?, dimension?, odd?, start?, states? }",
    what = "A recursion of one's own: step is a function of a table of couplings by name, which gives the new ones and, where it is known, the constant g.",
    parameters = { { "couplings", "string[]", "" }, { "step", "function", "" }, { "odd", "string[]", "" }, { "start", "number|table", "" } },
    options = "gibbs.rg.recursion",
    returns = "recursion",
    errors = "step gives no table of these couplings; more than 24 of them.",
    example = [[
local r = gibbs.rg.recursion{ couplings = { "K" }, start = { K = 0.3 },
  step = function(c) return { K = 0.5 * math.log((math.exp(4 * c.K) + math.exp(-4 * c.K)) / 2) } end }
print(string.format("%.6f", r.y_t))  --> 0.747236]],
  },
  {
    name = "recursion:step",
    signature = "recursion:step(couplings)",
    what = "One step: the new couplings, and the constant g a new site where the scheme knows it.",
    parameters = { { "couplings", "number|table", "by name, or K of the nearest-neighbour model" } },
    returns = "table, number",
    returns_what = "couplings by name; g",
    errors = "a coupling of another name; couplings that overflow.",
    example = [[
local next, g = gibbs.rg.migdal_kadanoff():step(0.4)
print(string.format("%.6f %.6f", next.K, g))  --> 0.473403 3.026248]],
  },
  {
    name = "recursion:flow",
    signature = "recursion:flow(couplings, steps)",
    what = "Step after step.",
    parameters = { { "couplings", "number|table", "by name, or K of the nearest-neighbour model" }, { "steps", "integer", "0 to 1000000" } },
    returns = "table[]",
    returns_what = "couplings by name, the start first",
    errors = "couplings that overflow.",
    example = [[
local flow = gibbs.rg.chain():flow(1, 4)
print(#flow, string.format("%.6f", flow[5].K))  --> 5	0.012812]],
  },
  {
    name = "recursion:fixed_point",
    signature = "recursion:fixed_point(start?)",
    what = "The fixed point that Newton's method reaches, with the eigenvalues of dK'/dK there and the exponents y = ln |lambda| / ln b.",
    parameters = { { "start?", "number|table", "couplings near it; the scheme's own without it" } },
    returns = "table",
    returns_what = "couplings, eigenvalues (real parts, by falling modulus), imaginary, exponents, y_t (the largest of even couplings), y_h (of odd ones), residual",
    errors = "no fixed point is reached.",
    example = [[
local point = gibbs.rg.migdal_kadanoff():fixed_point(0.3)
print(string.format("%.7f %.7f", point.couplings.K, point.eigenvalues[1]))  --> 0.3046889 1.6785735]],
  },
  {
    name = "recursion:free_energy",
    signature = "recursion:free_energy(couplings)",
    what = "The free energy a site, -ln Z / N = -sum_n g(K_n) / b^(d (n + 1)) along the flow, of the infinite lattice.",
    parameters = { { "couplings", "number|table", "by name, or K of the nearest-neighbour model" } },
    returns = "number",
    errors = "a scheme without constants.",
    example = [[
print(string.format("%.10f", -gibbs.rg.chain():free_energy(1)))  -- log(2 cosh 1)  --> 1.1269280110]],
  },
  {
    name = "recursion:bound",
    signature = "recursion:bound(K, h?)",
    what = "Kadanoff's lower bound of the free energy a site of the nearest-neighbour model, by the best p, which need not be that of the fixed point.",
    parameters = { { "K", "number", "the coupling" }, { "h?", "number", "the field; 0 by default" } },
    returns = "number, number",
    returns_what = "the bound of -ln Z / N, and its p",
    errors = "a scheme that bounds nothing: gibbs.rg.kadanoff does.",
    source = "Kadanoff, Phys. Rev. Lett. 34 (1975) 1005",
    example = [[
print(string.format("%.6f", (gibbs.rg.kadanoff():bound(0.4))))  --> -0.901025]],
  },
  field("recursion.name", "string", "The name of the scheme."),
  field("recursion.scale", "number", "The scale factor b."),
  field("recursion.dimension", "number", "The dimension d."),
  field("recursion.couplings", "table", "The couplings at the fixed point of the scheme's own start, by name."),
  field("recursion.y_t", "number", "The thermal exponent at the fixed point, 1 / nu; nil without one."),
  field("recursion.y_h", "number", "The magnetic exponent at the fixed point; nil where there are no odd couplings."),
  field("recursion.p", "number", "gibbs.rg.kadanoff: the strength of the block spins, given or found; nil of others."),
  {
    name = "gibbs.rg.tensor",
    signature = "gibbs.rg.tensor{ K, h?, q?, bond_dimension?, steps? }",
    what = "The free energy a site of a large square torus by tensor renormalization: every step halves the number of tensors and keeps the largest singular values. What is dropped is the only error; it is no bound.",
    options = "gibbs.rg.tensor",
    returns = "table",
    returns_what = "free_energy = -ln Z a site of 2^steps sites, by_step (that of 2^0, 2^1, ... sites), truncation (the largest share of squared singular values that a step dropped)",
    cost = "O(bond_dimension^6) a step, memory a few times 8 bond_dimension^4 bytes.",
    source = "Levin and Nave, Phys. Rev. Lett. 99 (2007) 120601",
    example = [[
local r = gibbs.rg.tensor{ K = 0.3, bond_dimension = 12, steps = 30 }
print(math.abs(r.free_energy - gibbs.onsager(0.3).free_energy) < 1e-5)  --> true]],
  },
}

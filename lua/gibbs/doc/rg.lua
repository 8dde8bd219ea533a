--- Doc entries: renormalization.

---A field: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, signature = name, returns = returns, what = what }
end

local visible = { "visible", "variable", "the spins of a lattice of 1 to 3 axes, each a multiple of b; P.visible" }
local b = { "b?", "integer", "length of a block along each axis, at least 2; 2 when absent" }
local refused = "spins that are no +-1 spins; blocks that do not divide the lattice; a lattice of more than three axes; an option that is missing or unknown."
local by_name = "a number, K of the nearest-neighbour model, or a table of couplings by name; those that are left out are 0"
local no_start = "no fixed point near the start; a recursion without a start of its own (gibbs.rg.recursion without `start`, gibbs.rg.kadanoff with a p "
  .. "at which nothing is critical)."

return {
  title = "Renormalization",
  order = 75,
  {
    name = "transform",
    what = "A coarse-graining T(v, h): spins v become block spins h with the weight exp T. With the Hamiltonian H of P it gives the machine E = H - T, whose marginal "
      .. "Hamiltonian is H + D, D(v) = -log sum_h exp T; the trace condition sum_h exp T = 1 is D = 0. Made by gibbs.rg.decimation, majority, block_spin, filter, "
      .. "bond_moving, rbm and transform.  It is not changed once it is made.",
    source = "Mehta and Schwab, arXiv:1410.3831 (2014), eqs. 9 to 13",
    see = { "list transforms" },
  },
  field("transform.name", "string", "What it calls itself: 'decimation', 'rbm', or the name it was given."),
  field("transform.kernel", "expression|function", "T(v, h); or a function of the distribution that gives it, where it needs H. That of a block rule is made when it is first read, since its matrix grows as the square of the lattice."),
  field("transform.visible", "variable|table", "The units v; a list where they are several variables."),
  field("transform.hidden", "variable|table", "The block spins h; likewise."),
  field("transform.rule", "table", "What gibbs.rg.mcrg and gibbs.rg.vmcrg read: { kind, b, ... }; nil where no block rule says the same."),
  {
    name = "transform:step",
    signature = "transform:step(P)",
    what = "The distribution of the block spins, H'(h) = -log sum_v exp(T - H): one step of renormalization, exact where all v can be summed. Its H keeps the additive constant, so that F' = F where "
      .. "the trace condition holds. It can be coarse-grained again. Beyond sums its chains walk over h and v together, which is slow for rules that leave nothing to chance: of a majority of an odd "
      .. "number of spins they do not get from one h to another, and say that they did not converge; gibbs.rg.mcrg draws h from chains of P instead.",
    parameters = { { "P", "distribution", "over the transform's visible spins" } },
    returns = "distribution",
    returns_what = "visible: the block spins; hidden: what is summed over, all spins or, of decimation and bond_moving, those that do not stay",
    errors = "P is no distribution with an energy, or one of other variables. More than 2^20 states to be summed over: when the step's H is asked for.",
    see = { "gibbs.rg.couplings" },
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local step = gibbs.rg.decimation{ visible = P.visible }:step(P)
print(string.format("%.6f", gibbs.rg.couplings(step)["pair {0,1}"]))  --> 0.470843]],
  },
  {
    name = "transform:machine",
    signature = "transform:machine(P)",
    what = "The machine with E = H - T: P's spins visible, the block spins hidden. Its free energy and distribution are those of P where the trace condition holds.",
    parameters = { { "P", "distribution", "over the transform's visible spins" } },
    returns = "distribution",
    errors = "P is no distribution with an energy, or one of other variables.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local machine = gibbs.rg.decimation{ visible = P.visible }:machine(P)
print(math.abs(machine:free_energy().value - P:free_energy().value) < 1e-9)  --> true]],
  },
  {
    name = "transform:trace",
    signature = "transform:trace(P, how?)",
    what = "The trace condition: log sum_h exp T over the states of P, which is 0 everywhere where it holds.",
    parameters = {
      { "P", "distribution", "over the transform's visible spins" },
      { "how?", "estimator", "as for distribution:mean; absent: exact" },
    },
    returns = "table",
    returns_what = "mean (an estimate), spread (the standard deviation), spread_error, largest (of the modulus), over (what it is the largest of: 'all states' where they are at most 2^16, "
      .. "else '1000 samples', independent ones up to 2^20 states and chains of their own beyond), holds (largest below 1e-9)",
    errors = "as those of distribution:mean; P is one of other variables; a kernel that is not finite everywhere.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
print(gibbs.rg.majority{ visible = P.visible }:trace(P).holds)                                     --> true
print(gibbs.rg.block_spin{ visible = P.visible, p = 0.5, normalised = false }:trace(P).holds)      --> false]],
  },
  {
    name = "transform:budget",
    signature = "transform:budget(P, how?)",
    what = "The free-energy budget of the machine: F_l - F = <D>_P - KL(P||P_l) = <D>_Pl + KL(P_l||P), every part of it.",
    parameters = {
      { "P", "distribution", "over the transform's visible spins" },
      { "how?", "estimator", "as for objectives; absent: exact" },
    },
    returns = "table",
    returns_what = "estimates: F, F_machine, gap (F_l - F), mean_D, mean_D_machine, kl, kl_reverse",
    errors = "as those of objectives; P is one of other variables; a kernel that is not finite everywhere.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local budget = gibbs.rg.bond_moving{ visible = P.visible, J = 0.4 }:budget(P)
print(string.format("%.6f %.6f", budget.gap.value, budget.mean_D.value - budget.kl.value))  --> -2.152191 -2.152191]],
  },
  {
    name = "gibbs.rg.decimation",
    signature = "gibbs.rg.decimation{ visible, b? }",
    what = "A coarse-graining: every b-th spin along each axis stays.",
    parameters = { visible, b },
    returns = "transform",
    errors = refused,
    example = [[
print(gibbs.rg.decimation{ visible = gibbs.spins{ 6, 6 }, b = 3 })  --> transform decimation: 6x6 spins to 2x2]],
  },
  {
    name = "gibbs.rg.majority",
    signature = "gibbs.rg.majority{ visible, b? }",
    what = "A coarse-graining: a block spin is the sign of its block's sum, a fair coin where that is 0. In the kernel the sign is that of a coupling of 100 a spin: the wrong one has the "
      .. "weight exp(-200), and steps are right as long as H of likely and unlikely spins differs by less.",
    parameters = { visible, b },
    returns = "transform",
    errors = refused,
    example = [[
print(gibbs.rg.majority{ visible = gibbs.spins{ 4, 4 } })  --> transform majority: 4x4 spins to 2x2]],
  },
  {
    name = "gibbs.rg.block_spin",
    signature = "gibbs.rg.block_spin{ visible, b?, p, normalised? }",
    what = "Kadanoff's block spins: exp T = prod_B exp(p h_B sum_B v) / 2 cosh(p sum_B v). Without the normalisation the trace condition does not hold.",
    parameters = {
      visible, b,
      { "p", "number", "strength of the coupling of a block spin to each of its spins; 0: a fair coin; math.huge: the majority" },
      { "normalised?", "boolean", "whether exp T adds up to 1; true when absent" },
    },
    returns = "transform",
    errors = refused,
    source = "Kadanoff, Phys. Rev. Lett. 34 (1975) 1005",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local loose = gibbs.rg.block_spin{ visible = P.visible, p = 0.5, normalised = false }
print(string.format("%.6f", loose:budget(P).gap.value))  --> -7.368123]],
  },
  {
    name = "gibbs.rg.filter",
    signature = "gibbs.rg.filter{ visible, b?, offsets, weights, bias?, hard? }",
    what = "A coarse-graining by a filter of one's own: a block spin sees phi = bias + weights . spins at offsets from its block's corner, and is +1 with probability "
      .. "1 / (1 + exp(-2 phi)); hard takes the sign of phi, as gibbs.rg.majority does.",
    parameters = {
      visible, b,
      { "offsets", "table", "a list of offsets, one whole number an axis each" },
      { "weights", "number[]", "a number an offset" },
      { "bias?", "number", "added; 0 when absent" },
      { "hard?", "boolean", "the sign of phi, a fair coin where it is 0 (below 1e-12 of the sum of weights); false when absent" },
    },
    returns = "transform",
    errors = refused .. " Offsets and weights that are not as many, or no whole numbers and numbers; fields that can be larger than 10^6; hard: more than 16 spins, or signs that hang on 10^-4 of the weights.",
    example = [[
local rule = gibbs.rg.filter{ visible = gibbs.spins{ 4, 4 }, offsets = { { 0, 0 }, { 0, 1 } }, weights = { 1, 0.5 } }
print(rule)  --> transform filter: 4x4 spins to 2x2]],
  },
  {
    name = "gibbs.rg.bond_moving",
    signature = "gibbs.rg.bond_moving{ visible, J, b? }",
    what = "Migdal and Kadanoff's step of the hypercubic Ising model as a coarse-graining: the bonds of b^(d-1) parallel lines are moved onto one, and all spins but every "
      .. "b-th are summed over. D is what moving changes; its mean is 0 where all bonds along an axis have the same mean, so F_l <= F.",
    parameters = { visible, { "J", "number", "the coupling of nearest neighbours of the model" }, b },
    returns = "transform",
    errors = refused,
    source = "Kadanoff, Ann. Phys. 100 (1976) 359",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local budget = gibbs.rg.bond_moving{ visible = P.visible, J = 0.4 }:budget(P)
print(math.abs(budget.mean_D.value) < 1e-12, budget.gap.value < 0)  --> true	true]],
  },
  {
    name = "gibbs.rg.rbm",
    signature = "gibbs.rg.rbm(Q)",
    what = "The step of a machine: T = H(v) - E(v, h), so that coarse-graining by it is sampling its hidden units, and its trace condition is that H_l = H.",
    parameters = { { "Q", "distribution", "with hidden units; its visible units are those of the distribution that is coarse-grained" } },
    returns = "transform",
    errors = "no distribution with an energy, or one without hidden units.",
    source = "Mehta and Schwab, arXiv:1410.3831 (2014), eq. 18",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(4), W = 0.2 }
local step = gibbs.rg.rbm(Q)
print(step, math.abs(step:machine(P):free_energy().value - Q:free_energy().value) < 1e-9)  --> transform rbm: 3x3 spins to 4	true]],
  },
  {
    name = "gibbs.rg.transform",
    signature = "gibbs.rg.transform{ kernel, visible, hidden, name? }",
    what = "A coarse-graining by a kernel of one's own.",
    parameters = {
      { "kernel", "expression|function", "T(v, h), or a function of the distribution that gives it" },
      { "visible", "variable|table", "v, or a list of variables" },
      { "hidden", "variable|table", "h, or a list of variables" },
      { "name?", "string", "what it calls itself; 'T' when absent" },
    },
    returns = "transform",
    errors = "an option that is missing, unknown or of another kind; a kernel that is no single number, or depends on other variables.",
    example = [[
local v, h = gibbs.spins(4), gibbs.spins(2)
local phi = gibbs.tensor{ { 1, 1, 0, 0 }, { 0, 0, 1, 1 } }:mul(v)
local T = h:dot(phi) - gibbs.sum(gibbs.logcosh(phi)) - 2 * math.log(2)
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.5, visible = v }
print(gibbs.rg.transform{ kernel = T, visible = v, hidden = h }:trace(P).holds)  --> true]],
  },
  {
    name = "gibbs.rg.couplings",
    signature = "gibbs.rg.couplings(C)",
    what = "All couplings of a distribution of a few +-1 spins, as after transform:step(P): H(s) = -g - sum_A g_A prod_A s, exactly, by a Walsh-Hadamard transform, and gathered "
      .. "into classes that the periodic lattice's shifts, reflections and exchanges of axes of one length map onto each other. A coupling is that of a set of spins: where a lattice of length 2 has a bond twice, "
      .. "it is twice the bond's. A pair's name tells how far its spins are apart along each axis, the smaller distance first where axes are of one length.",
    parameters = { { "C", "distribution", "of at most 20 +-1 visible spins" } },
    returns = "table",
    returns_what = "a list of classes { name, spins, value (their mean), spread (greatest less least), count } by the number of spins; the value is in the field of the name too, and g in `constant`",
    errors = "more than 20 spins (gibbs.rg.pair_couplings has fields and pairs of more spins, gibbs.rg.mcrg infers couplings in a basis); units of another kind, or of several variables.",
    cost = "2^n values of H, and n 2^n more.",
    see = { "gibbs.rg.pair_couplings" },
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local couplings = gibbs.rg.couplings(gibbs.rg.decimation{ visible = P.visible }:step(P))
for _, class in ipairs(couplings) do
  if class.spins == 2 then print(class.name, class.count, string.format("%.6f", class.value)) end
end
--> pair {0,1}	4	0.470843
--> pair {1,1}	2	0.247633]],
  },

  {
    name = "gibbs.rg.pair_couplings",
    signature = "gibbs.rg.pair_couplings(C, options?)",
    what = "Constant, fields and pair couplings of a Hamiltonian of +-1 spins, as that of the hidden units of a machine: H(s) = -g - sum_i g_i s_i - sum_(i<j) g_ij s_i s_j - rest, its projection "
      .. "under the uniform distribution of states, so that no coefficient depends on which others are asked for. Exactly for up to 20 spins; for more, and with samples, by least squares over random states, "
      .. "with an error that all coefficients share.",
    parameters = {
      { "C", "distribution", "of one variable of at most 2000 +-1 spins whose H can be had: other units are summed over" },
      { "options", "table", "samples: random states, at least 256; by default 8 n^2, and at least 100000; seed: of these states, 1 by default" },
    },
    returns = "table",
    returns_what = "constant, fields (tensor n), pairs (tensor n x n, symmetric, 0 on the diagonal), error (one standard error of each; 0 where they are exact), variance (of H over all states, which is the sum of all "
      .. "squared couplings), rest (the part of it in products of three spins and more), samples",
    errors = "other units than +-1, several variables; hidden units that cannot be summed over.",
    cost = "samples values of H, and about samples n^2 more.",
    see = { "gibbs.rg.couplings", "gibbs.rg.mcrg" },
    example = [[
local v, h = gibbs.spins(3), gibbs.spins(2)
local W = gibbs.tensor{ { 1, 0 }, { 1, 1 }, { 0, 1 } }
local C = gibbs.boltzmann{ visible = h, hidden = v, energy = -v:dot(W:mul(h)) }
local c = gibbs.rg.pair_couplings(C)
print(string.format("%.6f %.6f", c.pairs:get(1, 2), math.log(math.cosh(2)) / 2))  --> 0.662501 0.662501]],
  },

  -- ---- recursions
  {
    name = "recursion",
    what = "An approximate renormalization in closed form: couplings K to K' = R(K) of a lattice whose sites stand for b^d sites each, H = -K sum_<ij> s_i s_j - h sum_i s_i. Made by "
      .. "gibbs.rg.chain, migdal_kadanoff, niemeijer_van_leeuwen, kadanoff, wilson and recursion. Its fields couplings, y_t and y_h are those of the scheme's own fixed "
      .. "point, found when they are first read.",
    see = { "list transforms" },
  },
  field("recursion.name", "string", "The scheme's; 'own' of gibbs.rg.recursion."),
  field("recursion.scale", "number", "The scale factor b."),
  field("recursion.dimension", "number", "The dimension d."),
  field("recursion.couplings", "table", "The couplings at the fixed point, by name."),
  field("recursion.y_t", "number", "The thermal exponent there, ln |lambda| / ln b of the even eigenvalue of largest modulus; -inf where that is 0, as of free spins; nil without one."),
  field("recursion.y_h", "number", "The magnetic exponent, of the odd eigenvalue of largest modulus; nil without one."),
  field("recursion.p", "number", "gibbs.rg.kadanoff: the strength of the block spins' coupling, given or found; else nil."),
  {
    name = "recursion:step",
    signature = "recursion:step(couplings)",
    what = "One step: the couplings of the coarser lattice and, where the scheme knows it, the constant g of ln Z_N(K) = (N / b^d) g(K) + ln Z_(N/b^d)(K').",
    parameters = { { "couplings", "number|table", by_name } },
    returns = "table, number",
    returns_what = "the new couplings by name; g, or nothing",
    errors = "an unknown coupling; one that is no number, or that the scheme does not take; a result that is not finite.",
    example = [[
print(string.format("%.6f", gibbs.rg.chain{}:step{ K = 1 }.K))  -- tanh K' = tanh(K)^2  --> 0.662501]],
  },
  {
    name = "recursion:flow",
    signature = "recursion:flow(couplings, steps)",
    what = "Several steps, one after the other.",
    parameters = { { "couplings", "number|table", by_name }, { "steps", "integer", "0 to 1000000" } },
    returns = "table",
    returns_what = "a list of couplings by name, the start first",
    errors = "as those of recursion:step.",
    example = [[
for _, c in ipairs(gibbs.rg.migdal_kadanoff{}:flow(0.4, 3)) do print(string.format("%.4f", c.K)) end
--> 0.4000
--> 0.4734
--> 0.6114
--> 0.8800]],
  },
  {
    name = "recursion:fixed_point",
    signature = "recursion:fixed_point(start?)",
    what = "The fixed point that Newton's method reaches from the start, of several any one near it, with the eigenvalues of dK'/dK there and the exponents "
      .. "y = ln |lambda| / ln b. Those of a complex pair are of its modulus: look at `imaginary`. Derivatives are exact for the schemes, differences (eleven or twelve "
      .. "digits) for gibbs.rg.recursion.",
    parameters = { { "start?", "number|table", by_name .. "; absent: the scheme's own start" } },
    returns = "table",
    returns_what = "couplings by name; eigenvalues, imaginary (their parts), exponents and odd (whether the eigenvector is), lists by falling modulus; y_t, y_h; residual, the largest |K' - K|",
    errors = no_start,
    example = [[
local point = gibbs.rg.migdal_kadanoff{ d = 2 }:fixed_point()
print(string.format("%.6f %.6f", point.couplings.K, point.y_t))  --> 0.304689 0.747236]],
  },
  {
    name = "recursion:free_energy",
    signature = "recursion:free_energy(couplings)",
    what = "The free energy a site, -ln Z / N = -sum_n g(K_n) / b^(d (n + 1)), by following the flow. Exact for gibbs.rg.chain; below the exact one for migdal_kadanoff and "
      .. "kadanoff, above it for niemeijer_van_leeuwen; of either sign for wilson.",
    parameters = { { "couplings", "number|table", by_name } },
    returns = "number",
    errors = "a scheme without constants (the limit b -> 1, decimate_first, quadratic; niemeijer_van_leeuwen in a field); constants that do not add up, as where couplings "
      .. "grow as fast as the lattice shrinks.",
    example = [[
print(string.format("%.6f", gibbs.rg.chain{}:free_energy{ K = 1, h = 0.2 }))  --> -1.233221]],
  },
  {
    name = "recursion:bound",
    signature = "recursion:bound(K, h?)",
    what = "Kadanoff's lower bound of the free energy a site of the nearest-neighbour Ising model, by the best p, which need not be the one of the fixed point. Of gibbs.rg.kadanoff alone.",
    parameters = { { "K", "number", "the coupling, of either sign" }, { "h?", "number", "the field; 0 when absent" } },
    returns = "number, number",
    returns_what = "the bound; the p that gives it",
    errors = "any other scheme.",
    source = "Kadanoff, Phys. Rev. Lett. 34 (1975) 1005",
    example = [[
local bound = gibbs.rg.kadanoff{ d = 2 }:bound(0.3)
print(string.format("%.5f below %.5f", bound, gibbs.onsager(0.3).free_energy))  --> -0.81011 below -0.79056]],
  },
  {
    name = "gibbs.rg.chain",
    signature = "gibbs.rg.chain{ b? }",
    what = "The chain of +-1 spins in a field, all but every b-th spin summed over: exact. Its only fixed points are free spins, K = 0 in any field, with y_t = -inf and "
      .. "y_h = 0. The critical point is K = infinity: there e^-2K and h grow by the factor b a step, so that y = 1 for both.",
    options = "gibbs.rg.chain",
    returns = "recursion",
    errors = "an option out of range.",
    source = "Nelson and Fisher, Ann. Phys. 91 (1975) 226",
    example = [[
local chain = gibbs.rg.chain{ b = 3 }
print(chain, string.format("%.6f", chain:step{ K = 1 }.K))  --> recursion chain: 2 couplings, b = 3.0, d = 1.0	0.474396
local strong = chain:step{ K = 20, h = 1e-9 }  -- near K = infinity: e^-2K and h are three times as large
print(string.format("%.6f %.6f", math.exp(40 - 2 * strong.K), strong.h / 1e-9))  --> 3.000000 3.000000]],
  },
  {
    name = "gibbs.rg.migdal_kadanoff",
    signature = "gibbs.rg.migdal_kadanoff{ b?, d?, q?, order? }",
    what = "Bonds of hypercubic lattices of Ising or Potts spins moved together and decimated along lines. Below zero K favours unlike neighbours; that needs a whole b and q >= 2. "
      .. "In d = 1 nothing is moved, the free energy is exact, and K = 0 is the only fixed point.",
    options = "gibbs.rg.migdal_kadanoff",
    returns = "recursion",
    errors = "an option out of range.",
    source = "Migdal, Sov. Phys. JETP 42 (1975) 743; Kadanoff, Ann. Phys. 100 (1976) 359",
    example = [[
local scheme = gibbs.rg.migdal_kadanoff{ b = 1, d = 2 }  -- the limit b -> 1 is self-dual
print(string.format("%.6f %.6f", scheme.couplings.K, math.log(1 + math.sqrt(2)) / 2))  --> 0.440687 0.440687]],
  },
  {
    name = "gibbs.rg.niemeijer_van_leeuwen",
    signature = "gibbs.rg.niemeijer_van_leeuwen()",
    what = "The majority of triangles of the triangular Ising lattice to first order in cumulants, linear in the field. Its constant is known without a field.",
    returns = "recursion",
    options = "gibbs.rg.niemeijer_van_leeuwen",
    errors = "any option: it has none.",
    source = "Niemeijer and van Leeuwen, Phys. Rev. Lett. 31 (1973) 1411",
    example = [[
local scheme = gibbs.rg.niemeijer_van_leeuwen()
print(string.format("%.4f %.4f %.4f", scheme.couplings.K, scheme.y_t, scheme.y_h))  --> 0.3356 0.8822 1.3691]],
  },
  {
    name = "gibbs.rg.kadanoff",
    signature = "gibbs.rg.kadanoff{ d?, p? }",
    what = "The variational lower bound: potentials moved into every 2^d-th hypercube, and block spins of strength p, by default the one that makes the free energy stationary "
      .. "at the fixed point. Couplings are of all even and odd subsets of a hypercube; { K, h } in their place are those of the nearest-neighbour model. Below p = 0.65 (d = 2) or "
      .. "0.25 (d = 3) nothing is critical: all couplings flow to the disordered phase.",
    options = "gibbs.rg.kadanoff",
    returns = "recursion",
    errors = "an option out of range.",
    source = "Kadanoff, Phys. Rev. Lett. 34 (1975) 1005; Kadanoff, Houghton and Yalabik, J. Stat. Phys. 14 (1976) 171",
    example = [[
local scheme = gibbs.rg.kadanoff{ d = 2 }
print(string.format("%.4f %.4f %.4f", scheme.p, scheme.y_t, scheme.y_h))  --> 0.7660 1.0009 1.8753]],
  },
  {
    name = "gibbs.rg.wilson",
    signature = "gibbs.rg.wilson{ closure? }",
    what = "The square Ising lattice decimated by sqrt 2, couplings beyond the diagonal dropped.",
    options = "gibbs.rg.wilson",
    returns = "recursion",
    errors = "an option out of range.",
    source = "Wilson, Rev. Mod. Phys. 47 (1975) 773; Maris and Kadanoff, Am. J. Phys. 46 (1978) 652",
    example = [[
local scheme = gibbs.rg.wilson{ closure = "quadratic" }
print(string.format("%.4f %.4f", scheme.couplings.K, scheme.couplings.L))  -- 1/3 and 1/9  --> 0.3333 0.1111]],
  },
  {
    name = "gibbs.rg.recursion",
    signature = "gibbs.rg.recursion{ couplings, step, scale?, dimension?, odd?, start?, states? }",
    what = "A recursion of one's own: a function from couplings to all new couplings, and the constant if it is known.",
    options = "gibbs.rg.recursion",
    returns = "recursion",
    errors = "step gives no table, forgets a coupling or gives one of another name; more than 24 couplings. Without `start` fixed points need one of their own.",
    example = [[
local own = gibbs.rg.recursion{ couplings = { "K" }, scale = 2, dimension = 2, start = { K = 0.3 }, step = function(c)
  return { K = math.log((math.exp(4 * c.K) + math.exp(-4 * c.K)) / 2) / 2 }
end }
print(string.format("%.6f %.6f", own.couplings.K, own.y_t))  --> 0.304689 0.747236]],
  },
  {
    name = "gibbs.rg.tensor",
    signature = "gibbs.rg.tensor{ K, h?, q?, bond_dimension?, steps? }",
    what = "The free energy a site of a large periodic square lattice of Ising or Potts spins by tensor renormalization. No bound: the error, which comes from the singular values "
      .. "that are dropped, may have either sign; `error` tells about its size.",
    options = "gibbs.rg.tensor",
    returns = "table",
    returns_what = "free_energy (-ln Z a site of 2^steps sites), error (about that of free_energy: the largest of what was dropped, summed by tensors a site, of what half the "
      .. "bond dimension gives otherwise, and of rounding; mostly too large, no bound), by_step (a list, of tori of 1, 2, 4, ... sites), truncation (the largest share of "
      .. "squared singular values that a step dropped)",
    errors = "K is missing; a bond dimension below q; so few singular values that the weight of a torus is not positive.",
    cost = "O(bond_dimension^6) a step.",
    source = "Levin and Nave, Phys. Rev. Lett. 99 (2007) 120601",
    example = [[
local t = gibbs.rg.tensor{ K = 0.4, bond_dimension = 8 }
print(string.format("%.5f %.5f %.5f", t.free_energy, t.error, gibbs.onsager(0.4).free_energy))  --> -0.87932 0.00009 -0.87936]],
  },
}

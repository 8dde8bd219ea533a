--- Doc entries: renormalization.

---A field: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, signature = name, returns = returns, what = what }
end

local visible = { "visible", "variable", "the spins of a lattice of 1 to 3 axes, each a multiple of b; P.visible" }
local b = { "b?", "integer", "length of a block along each axis, at least 2; 2 when absent" }
local refused = "spins that are no +-1 spins; blocks that do not divide the lattice; a lattice of more than three axes; an option that is missing or unknown."

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
      { "options", "table", "samples: random states, at least 3200; by default 8 n^2, and at least 100000; seed: of these states, 1 by default" },
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
}

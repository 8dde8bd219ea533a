--- Doc entries: ways to estimate that give free energies, and models whose free energy is known.

---A field: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, returns = returns, what = what }
end

return {
  title = "Free energies",
  order = 50,
  {
    name = "free_energy_estimator",
    what = "A way to estimate free energies beyond sums: for Q:free_energy(how), and as free_energy = ... of gibbs.chains, gibbs.pcd, gibbs.cd and gibbs.jarzynski. Made by gibbs.ais, gibbs.ti, gibbs.bar and gibbs.mbar.",
    example = [[
print(gibbs.ais{ chains = 100 })  --> ais of 100 chains]],
  },
  {
    name = "gibbs.exact",
    signature = "gibbs.exact()",
    what = "Exact sums over all states: what everything does that is not told how to estimate. Sums run over fixed chunks in a fixed "
      .. "order, in logarithms: the same bits for any number of threads.",
    returns = "estimator",
    cost = "O(2^n): 2^30 states at most where the Hamiltonian has a form (fields, pairs, and softplus or log cosh of affine forms), else 2^22.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
print(string.format("%.6f", P:free_energy(gibbs.exact()).value))  --> -14.561093]],
  },
  {
    name = "gibbs.transfer",
    signature = "gibbs.transfer()",
    what = "Exact, by elimination: units are summed out one after the other, which on a lattice is the transfer matrix, site by site. For joint "
      .. "energies of discrete units made of fields, pairs and products: trees, rings, strips, narrow tori and other sparse graphs of any length. "
      .. "Gives Q:free_energy, Q:entropy and Q:mean, values of objectives made of them, and gradients of free energies and, by Q, of KL(P||Q) of models without hidden units.",
    returns = "estimator",
    errors = "where used: a table of more than 2^26 states, with the width that was found; units of real values; other terms in the energy.",
    cost = "linear in the length; tables of 2^(W + 1) states for an open strip of W spins, of 2^(2 W + 1) where its ends are joined.",
    source = "Kramers and Wannier, Phys. Rev. 60 (1941) 252; Dechter, Artif. Intell. 113 (1999) 41",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(100, 6, { periodic = false }), J = 0.5, field = 0.1 }
print(string.format("%.5f", P:free_energy(gibbs.transfer()).value))  --> -628.19926]],
  },
  {
    name = "gibbs.ais",
    signature = "gibbs.ais{ chains?, temperatures?, both?, reverse?, reference?, start?, sweeps?, burn?, kernel?, seed?, check? }",
    what = "Annealed importance sampling: chains go along energies (1 - beta) E0 + beta E, from a reference of independent units, whose Z is known, "
      .. "to the energy E, and carry weights exp(-work) whose mean is Z / Z0. A mean of Z has a logarithm that is low on average, so that "
      .. "F comes out high (e.upper); reverse = true goes back from samples of the distribution itself and bounds F on the other side (e.lower); both = true does both "
      .. "and joins them by Bennett's acceptance ratio. Reverse runs begin at samples found along the path or, with start = data, at data.",
    parameters = {
      { "temperatures", "integer|number[]|tensor", "how many steps from the reference to the distribution, 1 to 1e7 (1000 by default), or betas that rise from 0 to 1; uneven ones that lie close at the end can be worth several times as many" },
      { "reference", "string|data", "" },
      { "start", "data", "" },
      { "kernel", "string", "" },
    },
    options = "gibbs.ais",
    returns = "free_energy_estimator",
    returns_what = "for Q:free_energy(how), and as free_energy = ... of gibbs.pcd, gibbs.cd, gibbs.chains and gibbs.jarzynski",
    errors = "fewer than 8 chains; betas that do not rise from 0 to 1; check = true, where two methods disagree beyond their errors.",
    cost = "chains x temperatures x sweeps sweeps (twice with both); memory O(chains x units).",
    source = "Neal, Statistics and Computing 11 (2001) 125; Burda, Grosse and Salakhutdinov, AISTATS (2015) 102; Crooks, Phys. Rev. E 61 (2000) 2361",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.2, field = 0.1 }
local F = P:free_energy(gibbs.ais{ both = true, temperatures = 200, seed = 1 })
local exact = P:free_energy(gibbs.transfer()).value
print(math.abs(F.value - exact) < 5 * F.error, F.converged)  --> true	true]],
  },
  {
    name = "gibbs.jarzynski",
    signature = "gibbs.jarzynski{ k?, chains?, burn?, free_energy?, temperatures?, sweeps?, reference?, kernel?, seed?, ... }",
    what = "Weights that are carried along while an energy moves, by Jarzynski's equality. In training and for values of objectives: persistent chains gain log-weight H_before - H_after at every change of "
      .. "the parameters, so that they represent the present distribution however far behind they are, and F is known at every step from its value at the start "
      .. "(exact, or free_energy = gibbs.ais{}); F is carried by as many chains again that make no gradients. In Q:free_energy(how): annealing like gibbs.ais, with chains that are "
      .. "resampled on the way where weights become uneven (population annealing).",
    parameters = {
      { "free_energy", "estimator|free_energy_estimator", "" },
      { "temperatures", "integer|number[]|tensor", "Q:free_energy(how): steps from the reference to Q, 1 to 1e7 (1000 by default), or betas that rise from 0 to 1" },
      { "reference", "string|data", "" },
      { "kernel", "string", "" },
    },
    options = "gibbs.jarzynski",
    returns = "estimator",
    errors = "options of other ways to estimate, with the way that has them.",
    cost = "twice the chains of gibbs.pcd, and two evaluations of H a chain and step.",
    source = "Jarzynski, Phys. Rev. Lett. 78 (1997) 2690; Carbone, Hua, Coste and Vanden-Eijnden, NeurIPS (2023); Hukushima and Iba, AIP Conf. Proc. 690 (2003) 200",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.2, field = 0.1 }
local F = P:free_energy(gibbs.jarzynski{ temperatures = 200, seed = 1 })
local exact = P:free_energy(gibbs.transfer()).value
print(math.abs(F.value - exact) < 5 * F.error, F.converged)  --> true	true]],
  },
  {
    name = "gibbs.ti",
    signature = "gibbs.ti{ chains?, temperatures?, sweeps?, burn?, reference?, kernel?, seed?, check? }",
    what = "Thermodynamic integration: F - F0 is the integral over beta from 0 to 1 of <E - E0> along energies (1 - beta) E0 + beta E, with the means from chains at the "
      .. "nodes of a quadrature rule.",
    parameters = {
      { "temperatures", "integer|number[]|tensor", "how many steps from the reference to the distribution, 1 to 1e7 (32 by default, Chebyshev points), or betas that rise from 0 to 1 (trapezoids)" },
      { "reference", "string|data", "" },
      { "kernel", "string", "" },
    },
    options = "gibbs.ti",
    returns = "free_energy_estimator",
    cost = "(temperatures + 1) x chains x (burn + sweeps) sweeps.",
    source = "Kirkwood, J. Chem. Phys. 3 (1935) 300; Clenshaw and Curtis, Numer. Math. 2 (1960) 197",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.2, field = 0.1 }
local F = P:free_energy(gibbs.ti{ chains = 16, temperatures = 16, seed = 1 })
local exact = P:free_energy(gibbs.transfer()).value
print(math.abs(F.value - exact) < 5 * F.error, F.converged)  --> true	true]],
  },
  {
    name = "gibbs.bar",
    signature = "gibbs.bar{ from?, free_energy?, chains?, sweeps?, burn?, reference?, kernel?, seed?, check? }",
    what = "Bennett's acceptance ratio between Q and another distribution of the same visible units (without `from`: the reference of independent units), "
      .. "from samples of both: the estimate of least variance of F_Q - F_from. The free energy of the other is given as a number, or summed exactly.",
    parameters = { { "from", "distribution", "" }, { "free_energy", "number", "" }, { "reference", "string|data", "" }, { "kernel", "string", "" } },
    options = "gibbs.bar",
    returns = "free_energy_estimator",
    errors = "free_energy without from; distributions of other visible units; two that do not overlap.",
    cost = "2 x chains x (burn + sweeps) sweeps.",
    source = "Bennett, J. Comput. Phys. 22 (1976) 245",
    example = [[
local lattice = gibbs.lattice.square(16, 16)
local P = gibbs.ising{ lattice = lattice, J = 0.31 }
local Q = gibbs.ising{ lattice = lattice, J = 0.30, visible = P.visible }
local how = gibbs.bar{ from = P, free_energy = gibbs.kaufman(16, 16, 0.31).free_energy, chains = 32, seed = 1 }
local F = Q:free_energy(how)
print(math.abs(F.value - gibbs.kaufman(16, 16, 0.30).free_energy) < 5 * F.error, F.error < 0.1)  --> true	true]],
  },
  {
    name = "gibbs.mbar",
    signature = "gibbs.mbar{ chains?, temperatures?, sweeps?, burn?, reference?, kernel?, seed?, check? }",
    what = "Chains at every temperature of the path from the reference, whose samples are taken together by the multistate acceptance ratio.",
    parameters = {
      { "temperatures", "integer|number[]|tensor", "how many steps from the reference to the distribution, 1 to 1e7 (32 by default), or betas that rise from 0 to 1" },
      { "reference", "string|data", "" },
      { "kernel", "string", "" },
    },
    options = "gibbs.mbar",
    returns = "free_energy_estimator",
    errors = "neighbouring temperatures that share too few effective samples, named.",
    cost = "(temperatures + 1) x chains x (burn + sweeps) sweeps; memory 8 (temperatures + 2) bytes a sample.",
    source = "Shirts and Chodera, J. Chem. Phys. 129 (2008) 124105",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.2, field = 0.1 }
local F = P:free_energy(gibbs.mbar{ chains = 16, temperatures = 8, seed = 1 })
local exact = P:free_energy(gibbs.transfer()).value
print(math.abs(F.value - exact) < 5 * F.error, F.converged)  --> true	true]],
  },
  {
    name = "gibbs.kaufman",
    signature = "gibbs.kaufman(rows, columns, J)",
    what = "The Ising model on the square torus without field, solved: H = -J sum_<ij> s_i s_j, of the whole torus. A direction of length 2 has each bond twice, "
      .. "one of length 1 none.",
    parameters = {
      { "rows", "integer", "1 to 1000000" },
      { "columns", "integer", "1 to 1000000" },
      { "J", "number", "the coupling, above 0, beta absorbed" },
    },
    returns = "solution",
    returns_what = "free_energy = -log Z, energy = <H>, specific_heat = the variance of H",
    errors = "a coupling that is not positive; lengths out of range.",
    cost = "O(rows).",
    source = "Kaufman, Phys. Rev. 76 (1949) 1232",
    example = [[
local torus = gibbs.kaufman(32, 32, math.log(1 + math.sqrt(2)) / 2)
print(string.format("%.6f %.8f", torus.free_energy, torus.energy / 1024))  --> -952.648080 -0.63179435]],
  },
  {
    name = "gibbs.onsager",
    signature = "gibbs.onsager(J)",
    what = "The Ising model on the infinite square lattice without field, solved, a site: H = -J sum_<ij> s_i s_j. The critical coupling is log(1 + sqrt 2) / 2.",
    parameters = { { "J", "number", "the coupling, above 0, beta absorbed" } },
    returns = "solution",
    returns_what = "free_energy, energy, specific_heat (infinite at the critical point) and spontaneous magnetisation, a site",
    errors = "a coupling that is not positive.",
    cost = "O(1).",
    source = "Onsager, Phys. Rev. 65 (1944) 117; Yang, Phys. Rev. 85 (1952) 808",
    example = [[
local s = gibbs.onsager(0.5)
print(string.format("%.8f %.8f %.6f", s.free_energy, s.energy, s.magnetisation))  --> -1.02579281 -0.87278229 0.911319]],
  },
  field("solution.free_energy", "number", "-log Z: of the whole torus, or a site of the infinite lattice."),
  field("solution.energy", "number", "<H> = -J sum_<ij> <s_i s_j>: of the whole torus, or a site of the infinite lattice."),
  field("solution.specific_heat", "number", "The variance of H, which is C / k since beta is absorbed: of the whole torus, or a site of the infinite lattice, where it is infinite at the critical point."),
  field("solution.magnetisation", "number", "The spontaneous magnetisation a site of the infinite lattice: 0 above the critical temperature."),
}

--- Doc entries: what distributions answer, and their fields.

return {
  title = "What distributions answer",
  order = 20,
  {
    name = "distribution",
    what = "A Boltzmann distribution P(v) = exp(F - H(v)): an energy, what is visible, what is hidden, and the structure found in it. Made by gibbs.boltzmann, gibbs.ising and gibbs.rbm. Everything it answers is for "
      .. "the present values of its parameters, which Q.name gives by their names.",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0.1 }
print(Q, Q.W:get(1, 1))  --> rbm: 4 visible, 2 hidden units, 14 parameters	0.1]],
  },
  {
    name = "distribution:free_energy",
    signature = "distribution:free_energy(how?)",
    what = "The free energy F = -log Z, Z = sum_v sum_h exp(-E(v,h)), in units of kT (nats). Without `how` it is exact where that is "
      .. "quick (sums over one side, units without couplings, elimination, Kaufman's formula for Ising tori however they were "
      .. "written), and otherwise an error that says what to write: nothing is sampled in silence.",
    parameters = {
      { "how?", "estimator|free_energy_estimator", "gibbs.exact(), gibbs.transfer(), gibbs.ais{}, gibbs.ti{}, gibbs.bar{}, gibbs.mbar{} or gibbs.jarzynski{}; absent: exact" },
    },
    returns = "estimate",
    returns_what = "value, error (0 where exact), method; of sampled ones also lower, upper and gap (both directions of gibbs.ais), "
      .. "bias, ess, converged and why",
    errors = "too many states for a sum, with their number and what would do it; gibbs.chains, which has no free energies.",
    cost = "O(2^n) of the smaller side, 2^30 states at most where the energy has a form, else 2^22; otherwise that of `how`.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(40, 40), J = 0.408 }
local F = P:free_energy()
print(string.format("%.7f", F.value), F.method)  --> -1421.4325735	kaufman]],
  },
  {
    name = "distribution:mean",
    signature = "distribution:mean(f, how?)",
    what = "The mean <f> in Q of an expression f(v, h) of any shape. Exact without `how`, where states can be summed; on "
      .. "chains with an error bar that knows of autocorrelation.",
    parameters = {
      { "f", "expression", "of Q's variables and of parameters, any shape" },
      { "how", "estimator", "gibbs.exact(), gibbs.transfer() or gibbs.chains{ n, sweeps, ... }; absent: exact" },
    },
    returns = "estimate",
    returns_what = "value and error have the shape of f: numbers or tensors. For tensors tau, ess and r_hat are those of the worst element",
    errors = "too many states for a sum; gibbs.cd, gibbs.pcd and gibbs.jarzynski, which are for objectives; with gibbs.transfer an f that "
      .. "is no sum of products of few units.",
    cost = "exact: O(2^n size(f)); chains: n x sweeps sweeps.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.chain(8), J = 0.5 }
local s = P.visible
print(string.format("%.6f", P:mean(s[1] * s[2]).value))             --> 0.465649
local e = P:mean(P.E, gibbs.chains{ n = 32, sweeps = 500, seed = 1 })
print(math.abs(e.value - P:mean(P.E).value) < 5 * e.error, e.method)  --> true	swendsen_wang]],
  },
  {
    name = "distribution:entropy",
    signature = "distribution:entropy(how?)",
    what = "The entropy S = -sum_v Q(v) log Q(v) = <H> - F of the visible units, in nats.",
    parameters = { { "how", "estimator", "gibbs.exact(), gibbs.transfer(), or a way to sample that knows F: gibbs.chains{ free_energy = gibbs.ais{} }; absent: exact" } },
    returns = "estimate",
    errors = "too many states; samples without a free energy; gibbs.transfer where there are hidden units.",
    cost = "O(2^n) of the visible states, which have to be enumerable.",
    source = "Shannon, Bell Syst. Tech. J. 27 (1948) 379",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0 }
print(string.format("%.6f", P:entropy().value / 9))  --> 0.693147]],
  },
  {
    name = "distribution:energy",
    signature = "distribution:energy(v, h?)",
    what = "The joint energy E(v, h) of one configuration or of a batch.",
    parameters = {
      { "v", "tensor", "visible units: one configuration (n values, or the variable's shape), or one a row; Potts units as states 1 to q" },
      { "h", "tensor", "hidden units, as many configurations as of v; left out where nothing is hidden" },
    },
    returns = "number|tensor",
    returns_what = "a number for one configuration, a vector for a batch",
    errors = "another number of units or of configurations; a value that its unit cannot take.",
    cost = "O(size of the expression) a configuration.",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = { { 1, 0 }, { 0, 2 }, { 0, 0 } } }
print(Q:energy({ 1, 1, 0 }, { 1, 1 }))                                --> -3.0
print(Q:energy({ { 1, 1, 0 }, { 1, 0, 0 } }, { { 1, 1 }, { 1, 0 } }))  --> tensor 2: -3.0 -1.0]],
  },
  {
    name = "distribution:hamiltonian",
    signature = "distribution:hamiltonian(v)",
    what = "The marginal Hamiltonian H(v) = -log sum_h exp(-E(v,h)) of one configuration or of a batch: the energy itself where nothing is hidden.",
    parameters = { { "v", "tensor", "visible units: one configuration, or one a row" } },
    returns = "number|tensor",
    returns_what = "a number for one configuration, a vector for a batch",
    errors = "another number of units; a value that its unit cannot take; hidden units that cannot be summed.",
    cost = "O(size of the expression) a configuration.",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = 0 }
print(string.format("%.6f", Q:hamiltonian{ 0, 1, 0 }))  --> -1.386294]],
  },
  {
    name = "distribution:log_probability",
    signature = "distribution:log_probability(v)",
    what = "log Q(v) = F - H(v) of one configuration or of a batch, in nats, with F by an exact sum, or as it is known by structure.",
    parameters = { { "v", "tensor", "visible units: one configuration, or one a row" } },
    returns = "number|tensor",
    returns_what = "a number for one configuration, a vector for a batch",
    errors = "too many states for F: subtract Q:hamiltonian(v) from an estimate, Q:free_energy(how).value.",
    cost = "that of the exact F, then O(size of the expression) a configuration.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0 }
print(string.format("%.6f", P:log_probability{ 1, -1, 1, 1 }))  --> -2.772589]],
  },
  {
    name = "distribution:sample",
    signature = "distribution:sample{ n?, seed?, kernel? }",
    what = "Independent samples of the visible units, by inversion of the sum over all states.",
    parameters = { { "kernel", "string", "" } },
    options = "distribution:sample",
    returns = "tensor",
    returns_what = "n configurations, one a row: n x units, or n x the shape of the only visible variable",
    errors = "too many states: Q:chains{ n }:advance(sweeps):batch() gives samples that have to be warmed up.",
    cost = "one pass over all states, whatever n.",
    source = "inverse transform sampling",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
local v = P:sample{ n = 1000, seed = 1 }
print(table.concat(v:shape(), "x"))                                                --> 1000x3x3
print(math.abs(P:hamiltonian(v):sum() / 1000 - P:mean(P.E).value) < 0.5)  --> true]],
  },
  {
    name = "distribution:chains",
    signature = "distribution:chains{ n?, kernel?, seed?, start?, clamp?, hidden?, ladder?, ... } or distribution:chains{ load = path }",
    what = "Markov chains of the distribution, which persist. Without `kernel` the one that suits the energy's structure is taken; a kernel's options stand beside "
      .. "its name and are listed by gibbs.kernels(). Chain c at sweep t draws from the address (seed, c, t) alone, so a run is the same for any "
      .. "number of threads, and however it is split or resumed.",
    parameters = {
      { "kernel", "string", "" },
      { "start", "tensor|table|number|string", "" },
      { "clamp", "table", "" },
      { "ladder", "number[]|tensor|table", "" },
      { "load", "string", "" },
    },
    options = "distribution:chains",
    returns = "chains",
    errors = "a kernel that cannot do this energy, with the reason and those that can; a value held or given that its unit cannot take; an option of another kernel.",
    cost = "memory O(n x units), times the rungs of a ladder.",
    source = "Philox4x32-10: Salmon et al., SC11 (2011); kernels: gibbs.kernels()",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.44 }
local c = P:chains{ n = 16, kernel = "wolff", seed = 1, start = 1 }
c:warm_up(100)
print(c)  --> 16 chains of ising, wolff, 100 sweeps done]],
  },
  {
    name = "distribution:parameters",
    signature = "distribution:parameters()",
    what = "The present values of all parameters. Q.name is the parameter of that name itself.",
    returns = "table",
    returns_what = "{ name = tensor }, copies that training does not change",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = 0.5 }
print(Q:parameters().W:get(3, 2))  --> 0.5]],
  },
  {
    name = "distribution:set",
    signature = "distribution:set(name, values)",
    what = "Set the values of a parameter. Everything that depends on it (means, chains, objectives) sees the new values.",
    parameters = {
      { "name", "string", "of a parameter of Q" },
      { "values", "tensor|table|number", "of the parameter's shape, or one number for all elements" },
    },
    returns = "distribution",
    returns_what = "Q itself, so that calls can be strung together",
    errors = "no parameter of that name; another shape.",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2) }
Q:set("W", 0):set("a", { 0, 0, 1 })
print(string.format("%.6f", Q:free_energy().value))  --> -4.085850]],
  },
  {
    name = "distribution:describe",
    signature = "distribution:describe()",
    what = "What was recognised in the energy and what will be done, as a database explains its query plan. It says which hidden units are summed in "
      .. "closed form, what exact sums and elimination would take, the normal form that chains see, which kernels can and why the others cannot.",
    returns = "string",
    returns_what = "a page of lines",
    cost = "O(size of the energy); the width of elimination is looked for within a bound.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
print(P:describe():match("kernel%s+(%S+)"))  --> swendsen_wang]],
  },
  {
    name = "distribution.visible",
    what = "The visible variable, or a table of them in order where there are several.",
    returns = "expression|table",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
print(P.visible)  --> spins s 3x3]],
  },
  {
    name = "distribution.hidden",
    what = "The hidden variable, or a table of them where there are several or none.",
    returns = "expression|table",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2) }
print(Q.hidden)  --> bits 2]],
  },
  {
    name = "distribution.E",
    what = "The joint energy E(v, h) as an expression: an observable like any other.",
    returns = "expression",
    returns_what = "a scalar",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 1 }
print(P.E:at(P.visible, { 1, 1, 1, 1 }))  --> -4.0]],
  },
  {
    name = "distribution.H",
    what = "The marginal Hamiltonian H(v) = -log sum_h exp(-E(v,h)) as an expression of the visible units.",
    returns = "expression",
    returns_what = "a scalar",
    errors = "hidden units can neither be summed in closed form nor be enumerated (2^20 states), or take real values.",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.spins(2), hidden = gibbs.spins(1), W = 1 }
print(string.format("%.6f", Q.H:at(Q.visible, { 1, 1 })))  --> -2.018150]],
  },
}

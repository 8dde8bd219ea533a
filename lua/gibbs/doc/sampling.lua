--- Doc entries: ways to sample, and the Markov chains of a distribution.

---A field: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, returns = returns, what = what }
end

return {
  title = "Sampling",
  order = 60,
  {
    name = "estimator",
    what = "A way to estimate, given where a number is asked for: Q:mean(f, how), objective:value(how), gibbs.minimize(objective, Q, { estimate = how }). Made by gibbs.exact, gibbs.transfer, gibbs.chains, gibbs.pcd, "
      .. "gibbs.cd and gibbs.jarzynski; those for free energies alone are of the class free_energy_estimator.",
    example = [[
print(gibbs.pcd{ k = 5, chains = 64 })  --> pcd: k = 5, 64 chains]],
  },
  {
    name = "chains",
    what = "Markov chains of a distribution, many side by side, that persist: made by Q:chains. The same seed gives the same bits for any number of threads, split, saved or not.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
print(P:chains{ n = 8, seed = 1 }:advance(10))  --> 8 chains of ising, swendsen_wang, 10 sweeps done]],
  },
  {
    name = "gibbs.chains",
    signature = "gibbs.chains{ n?, sweeps?, every?, burn?, kernel?, seed?, ... }",
    what = "A way to estimate: n new chains of each distribution, warmed up, measured for `sweeps` sweeps. Without `kernel` the one that suits the structure of the "
      .. "energy is taken; a kernel's options stand beside its name (gibbs.kernels()). For means (Q:mean, gibbs.mean) the error knows of autocorrelation; "
      .. "other objectives are evaluated on all snapshots together.",
    parameters = {
      { "burn", "integer|string", "" },
      { "kernel", "string", "" },
      { "tempering", "boolean|table", "" },
      { "ladder", "number[]|tensor", "" },
      { "free_energy", "estimator|free_energy_estimator", "" },
    },
    options = "gibbs.chains",
    returns = "estimator",
    errors = "a kernel or option that does not exist; fewer sweeps than from one measurement to the next. Where used: a kernel that cannot do the energy.",
    cost = "n x (burn + sweeps) sweeps; memory does not grow with sweeps for means, and is n x sweeps / every samples (4 GiB at most) for other objectives.",
    source = "Wolff, Comput. Phys. Commun. 156 (2004) 143; kernels: gibbs.kernels()",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local e = P:mean(P.E, gibbs.chains{ n = 32, sweeps = 400, kernel = "heat_bath", seed = 1 })
print(math.abs(e.value - P:mean(P.E).value) < 5 * e.error, e.method, e.converged)  --> true	heat_bath	true]],
  },
  {
    name = "gibbs.pcd",
    signature = "gibbs.pcd{ k?, chains?, burn?, kernel?, seed?, batch?, tempering?, free_energy?, ... }",
    what = "A way to estimate for objectives and training: persistent chains that go on from evaluation to evaluation, k sweeps each (persistent contrastive divergence, "
      .. "PCD-k). Gradients are right as long as the chains keep up with the parameters: fit.history holds R-hat and how much they move. tempering = { rungs = 8 } keeps "
      .. "chains at higher temperatures that exchange with them.",
    parameters = {
      { "kernel", "string", "" },
      { "tempering", "boolean|table", "" },
      { "ladder", "number[]|tensor", "" },
      { "free_energy", "estimator|free_energy_estimator", "" },
    },
    options = "gibbs.pcd",
    returns = "estimator",
    errors = "an option of another way to estimate; kernel beside tempering (write tempering = { base = name }).",
    cost = "k sweeps of all chains an evaluation.",
    source = "Tieleman, ICML (2008) 1064; Younes, Stochastics 65 (1999) 177; tempering: Desjardins et al., AISTATS (2010) 145",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(4), init = gibbs.normal(0, 0.1) }
local kl = gibbs.kl(P, Q)
local before = kl:value().value
local fit = gibbs.minimize(kl, Q, { estimate = gibbs.pcd{ chains = 64 }, steps = 300, rate = 0.02 })
print(kl:value().value < before / 4, fit.reason)  --> true	all steps were done]],
  },
  {
    name = "gibbs.cd",
    signature = "gibbs.cd{ k?, kernel?, seed?, batch?, chains?, burn?, hidden?, free_energy? }",
    what = "Contrastive divergence, CD-k: at every evaluation the model's chains start anew at the data and make k sweeps. Fast, and biased by nature: what it follows is not the gradient of the "
      .. "likelihood, as objective:check shows. A target without data gets `chains` chains of its own.",
    parameters = { { "kernel", "string", "" }, { "free_energy", "estimator|free_energy_estimator", "" } },
    options = "gibbs.cd",
    returns = "estimator",
    errors = "an option of another way to estimate.",
    cost = "k sweeps of one chain a row of the batch.",
    source = "Hinton, Neural Computation 14 (2002) 1771",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(6), hidden = gibbs.bits(3), init = gibbs.normal(0, 0.1) }
local data = gibbs.data{ { 1, 1, 1, 0, 0, 0 }, { 0, 0, 0, 1, 1, 1 } }
local loss = -gibbs.log_likelihood(data, Q)
local before = loss:value().value
gibbs.minimize(loss, Q, { estimate = gibbs.cd{ k = 1 }, steps = 500, rate = 0.05 })
print(loss:value().value < before)  --> true]],
  },
  {
    name = "gibbs.kernels",
    signature = "gibbs.kernels()",
    what = "The Markov kernels, in the order in which they are asked whether they suit an energy. Kernels belong to structure, never to a family's name; Q:describe() says which "
      .. "can do an energy and why the others cannot. A kernel's options are written beside its name: Q:chains{ kernel = \"wolff\", clusters = 4 }.",
    returns = "table",
    returns_what = "a list of { name, doc, source, options = { { name, kind, initial, low, high, words, doc }, ... } }",
    example = [[
for _, kernel in ipairs(gibbs.kernels()) do
  if kernel.name == "wolff" then print(kernel.source, kernel.options[1].name) end
end  --> Wolff, Phys. Rev. Lett. 62 (1989) 361; improved estimators: Wolff, Nucl. Phys. B 300 (1988) 501	clusters]],
  },
  {
    name = "chains:advance",
    signature = "chains:advance(sweeps?) or chains:advance{ sweeps = n }",
    what = "So many sweeps of every chain, with the present values of the parameters.",
    parameters = { { "sweeps", "integer|table", "0 to 1e15; 1 when absent" } },
    options = "chains:advance",
    returns = "chains",
    returns_what = "the chains themselves, so that calls can be strung together",
    errors = "an energy that is not finite, with the chain; Ctrl-C, between two sweeps.",
    cost = "that of a sweep of the kernel, O(bonds) for a lattice, times n x sweeps.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
print(P:chains{ n = 2, seed = 1 }:advance(10).sweeps)  --> 10]],
  },
  {
    name = "chains:warm_up",
    signature = "chains:warm_up(sweeps?) or chains:warm_up{ sweeps = n }",
    what = "Sweeps during which the kernel may adapt itself (step sizes, cluster numbers, the temperatures of a ladder). What adaptation found stays as it is afterwards.",
    parameters = { { "sweeps", "integer|table", "0 to 1e15; 1 when absent" } },
    options = "chains:warm_up",
    returns = "chains",
    returns_what = "the chains themselves",
    errors = "as chains:advance.",
    example = [[
local x = gibbs.reals(3)
local P = gibbs.boltzmann{ visible = x, energy = 0.5 * gibbs.sum(x * x) }
print(P:chains{ n = 4, seed = 1 }:warm_up(50).kernel)  --> hmc]],
  },
  {
    name = "chains:batch",
    signature = "chains:batch(variable?)",
    what = "The present configurations: a copy, which does not change when the chains go on.",
    parameters = { { "variable", "expression|string", "a variable of the distribution or its name; absent: all visible units" } },
    returns = "tensor",
    returns_what = "one chain a row: n x the variable's shape, or n x units of all visible variables",
    errors = "hidden units of chains that sum over them: make these with hidden = \"sampled\".",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
print(table.concat(P:chains{ n = 8, seed = 1 }:advance(10):batch():shape(), "x"))  --> 8x4x4]],
  },
  {
    name = "chains:set",
    signature = "chains:set(variable, values)",
    what = "Put the units of a variable where they are wanted, in every chain.",
    parameters = {
      { "variable", "expression|string", "a variable of the distribution or its name" },
      { "values", "tensor|table|number", "one row a chain, one configuration for all, or one number for every unit" },
    },
    returns = "chains",
    returns_what = "the chains themselves",
    errors = "another number of values; a value that its unit cannot take, with its chain and unit.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
print(P:chains{ n = 2 }:set("visible", 1):batch():sum())  --> 32.0]],
  },
  {
    name = "chains:measure",
    signature = "chains:measure(name)",
    what = "What the kernel knows of its last sweep: \"acceptance\", \"cluster_size\", \"improved_m2\", ... chains.measures lists the names.",
    parameters = { { "name", "string", "one of chains.measures" } },
    returns = "tensor",
    returns_what = "one number a chain",
    errors = "a name that this kernel does not have, with those that it has.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.44 }
local c = P:chains{ n = 4, kernel = "swendsen_wang", seed = 1 }:advance(50)
print(#c:measure("cluster_size"), table.concat(c.measures, " "))  --> 4	improved_m2 cluster_size clusters]],
  },
  {
    name = "chains:mean",
    signature = "chains:mean(f, { sweeps?, every?, warm_up? })",
    what = "Go on for some sweeps and give the mean of an expression over them.",
    parameters = {
      { "f", "expression", "of the distribution's variables and of parameters, of any shape; hidden units that are summed count by their conditional means" },
      { "warm_up", "integer|string", "" },
    },
    options = "chains:mean",
    returns = "estimate",
    returns_what = "value and error of the shape of f",
    errors = "fewer sweeps than from one row to the next; a value that is not finite, with its chain.",
    cost = "n x sweeps sweeps; memory does not grow with sweeps.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local e = P:chains{ n = 32, seed = 1 }:mean(P.E, { sweeps = 400 })
print(math.abs(e.value - P:mean(P.E).value) < 5 * e.error)  --> true]],
  },
  {
    name = "chains:record",
    signature = "chains:record{ observables?, measures?, sweeps?, every?, warm_up?, keep? }",
    what = "Go on for some sweeps and keep what is needed for means, errors and functions of means of named observables.",
    parameters = { { "observables", "table", "" }, { "measures", "string[]", "" }, { "warm_up", "integer|string", "" } },
    options = "chains:record",
    returns = "series",
    errors = "nothing to be recorded; a name twice; fewer sweeps than from one row to the next; a value that is not finite, with its chain.",
    cost = "memory does not grow with sweeps (block sums, at most 64 MiB), but with keep = true it does: 8 bytes a value.",
    source = "Flyvbjerg and Petersen, J. Chem. Phys. 91 (1989) 461; Wolff, Comput. Phys. Commun. 156 (2004) 143",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local m = gibbs.sum(P.visible) / 16
local s = P:chains{ n = 16, seed = 1 }:record{ sweeps = 400, observables = { e = P.E, m2 = m * m } }
print(s)  --> series of 400 rows of 16 chains: e, m2]],
  },
  {
    name = "chains:save",
    signature = "chains:save(path)",
    what = "Write everything that is needed to go on: configurations, kernel and settings, sweeps done, clamped units, ladder. The file is complete, or the one that was there stays.",
    parameters = { { "path", "string", "ends in .h5, .hdf5, .npz or .json" } },
    returns = "chains",
    returns_what = "the chains themselves",
    errors = "another ending; a file that cannot be written.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
P:chains{ n = 4, seed = 1 }:advance(10):save("chains.json")
local again = P:chains{ load = "chains.json" }:advance(10):batch()
print(again == P:chains{ n = 4, seed = 1 }:advance(20):batch())  --> true
os.remove("chains.json")]],
  },
  {
    name = "chains:load",
    signature = "chains:load(path)",
    what = "Go on where the chains of a file stopped. They must have been made as these were: kernel, settings, number, seed, clamped units, ladder. Q:chains{ load = path } makes chains "
      .. "as they were.",
    parameters = { { "path", "string", "of a file written by chains:save" } },
    returns = "chains",
    returns_what = "the chains themselves",
    errors = "a file of another model, kernel, seed, ...: the first difference is named, and the chains stay as they are; a file that is cut off or changed.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
P:chains{ n = 4, seed = 1 }:advance(10):save("chains.json")
print(P:chains{ n = 4, seed = 1 }:load("chains.json").sweeps)  --> 10
os.remove("chains.json")]],
  },
  {
    name = "chains:select",
    signature = "chains:select(rung)",
    what = "Of a ladder: the rung that batch, set, mean and record speak of from now on.",
    parameters = { { "rung", "integer", "1 (the distribution itself, unless a ladder says otherwise) to chains.rungs" } },
    returns = "chains",
    returns_what = "the chains themselves",
    errors = "no such rung.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.5 }
local c = P:chains{ n = 4, kernel = "tempering", rungs = 3, seed = 1 }:advance(10)
print(c:select(3):ladder().selected)  --> 3]],
  },
  {
    name = "chains:ladder",
    signature = "chains:ladder()",
    what = "The scales of a ladder, and how often its rungs exchange their configurations.",
    returns = "ladder",
    returns_what = "scale, what each rung multiplies the energy by; acceptance, of the swaps between neighbours since the chains began or adaptation ended; selected, the rung in force",
    source = "Geyer, in: Computing Science and Statistics (1991) 156; Hukushima and Nemoto, J. Phys. Soc. Jpn. 65 (1996) 1604",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.5 }
local c = P:chains{ n = 4, kernel = "tempering", ladder = { 1, 0.7, 0.4 }, seed = 1 }:advance(10)
print(c:ladder().scale)  --> tensor 3: 1.0 0.7 0.4]],
  },
  field("chains.kernel", "string", "The name of the kernel."),
  field("chains.n", "integer", "How many chains there are."),
  field("chains.sweeps", "integer", "Sweeps done so far, by each chain."),
  field("chains.seed", "integer", "The seed of everything that they draw."),
  field("chains.rungs", "integer", "Rungs of the ladder; 1 without one."),
  field("chains.measures", "string[]", "The names that chains:measure takes: what this kernel knows of its sweeps."),
  field("chains.settings", "table", "The options of the kernel in force, { name = value }."),
  field("ladder.scale", "tensor", "What each rung multiplies the energy by, the first rung first."),
  field("ladder.acceptance", "tensor", "The mean acceptance of swaps between rung r and r + 1 (nan before the first)."),
  field("ladder.selected", "integer", "The rung that batch, set, mean and record speak of."),
}

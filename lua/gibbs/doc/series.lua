--- Doc entries: estimates with error bars, recorded series, and runs at several temperatures taken together.

---A field: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, returns = returns, what = what }
end

return {
  title = "Series and estimates",
  order = 70,
  {
    name = "estimate",
    what = "A number, or a tensor, with its error and how it was obtained: a table that prints as physicists write it. One that cannot be trusted says so when it is printed, and why.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0 }
print(P:mean(P.visible[1] ^ 2))  --> 1]],
  },
  {
    name = "series",
    what = "What chains:record keeps of a run: block sums of every observable of every chain, from which come means, errors, autocorrelation times and functions of several means. Memory does not grow with its length.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
print(P:chains{ n = 4, seed = 1 }:record{ sweeps = 100, observables = { e = P.E } })  --> series of 100 rows of 4 chains: e]],
  },
  {
    name = "reweighting",
    what = "Runs at several temperatures taken together, made by gibbs.reweight: means, functions of means and free energies at any temperature within reach.",
    example = [[
local data = { energy = { -3, -1, -2, -2, -3, -1, -1, -3, -2, -2, -1, -3, -2, -2, -3, -1 } }
print(gibbs.reweight{ beta = { 0.5 }, samples = { data } })  --> reweighting of 16 samples at 1 temperature]],
  },
  {
    name = "estimate.value",
    what = "The number that was estimated, or a tensor for the mean of a tensor. An estimate prints as physicists write it, -21.0643(12): the error in the last digits; it is "
      .. "a table and no number, so that arithmetic with it is refused: use its value.",
    returns = "number|tensor",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.5 }
local e = P:mean(P.E)
print(string.format("%.6f", e.value), e.error, e.method)  --> -1.072687	0.0	exact]],
  },
  field("estimate.error", "number|tensor", "One standard error, 0 where the value is exact. It knows of autocorrelation and of chains that disagree."),
  field("estimate.method", "string", "How it was obtained: exact, transfer, kaufman, independent, a kernel's name, ais, reweighting, ..."),
  field("estimate.ess", "number", "Effective samples: how many independent ones would be worth as much; infinite where exact."),
  field("estimate.tau", "number", "Integrated autocorrelation time tau = 1 + 2 sum_t rho(t), in sweeps: 1 (times `every`) for independent rows; 0 where exact, nan where there are no chains."),
  field("estimate.tau_error", "number", "One standard error of tau."),
  field("estimate.r_hat", "number", "Split R-hat (Vehtari et al., Bayesian Analysis 16 (2021) 667): near 1 where chains agree, 1 where exact; nan where there are too few rows, or no chains."),
  field("estimate.warm_up", "integer", "Sweeps that were left out at the start of every chain."),
  field("estimate.sweeps", "integer", "Sweeps of each chain that count; samples in all where runs were reweighted."),
  field("estimate.converged", "boolean", "Whether it can be trusted: at least 50 tau long, R-hat below 1.05, the warm-up over within the first half; weights even enough. Printing says if it cannot."),
  field("estimate.why", "string", "Why it is not converged, one sentence; \"\" where it is."),
  field("estimate.bias", "number", "Free energies by sampling: bias of the value to first order, that of a logarithm of a mean; 0 where there is none."),
  field("estimate.lower", "number", "Free energies by sampling: what lies below F on average (reverse runs); nan where there is one direction only."),
  field("estimate.upper", "number", "Free energies by sampling: what lies above F on average (forward runs); nan where there is one direction only."),
  field("estimate.gap", "number", "Free energies by sampling: upper - lower; small where both directions agree, below 0 by chance alone."),
  field("estimate.quantiles", "number[]", "series:bootstrap: the quantiles asked for."),
  {
    name = "series:mean",
    signature = "series:mean(name)",
    what = "The mean of an observable with its error.",
    parameters = { { "name", "string", "of an observable or a measure that was recorded" } },
    returns = "estimate",
    errors = "no observable of that name; fewer than 4 rows after the warm-up.",
    source = "Wolff, Comput. Phys. Commun. 156 (2004) 143; White, Simulation 69 (1997) 323 (MSER, the warm-up)",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local s = P:chains{ n = 16, seed = 1 }:record{ sweeps = 400, observables = { e = P.E } }
print(math.abs(s:mean("e").value - P:mean(P.E).value) < 5 * s:mean("e").error)  --> true]],
  },
  {
    name = "series:means",
    signature = "series:means()",
    what = "The means of all observables.",
    returns = "table",
    returns_what = "{ name = estimate }; a misspelt name is an error",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local s = P:chains{ n = 16, seed = 1 }:record{ sweeps = 400, observables = { e = P.E } }
print(s:means().e.value == s:mean("e").value)  --> true]],
  },
  {
    name = "series:tau",
    signature = "series:tau(name)",
    what = "The integrated autocorrelation time tau = 1 + 2 sum_t rho(t) in sweeps, of the slowest element.",
    parameters = { { "name", "string", "of an observable" } },
    returns = "number",
    errors = "no observable of that name.",
    source = "Sokal, Monte Carlo methods in statistical mechanics (1989); Wolff, Comput. Phys. Commun. 156 (2004) 143",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local s = P:chains{ n = 16, seed = 1, kernel = "exact" }:record{ sweeps = 400, observables = { e = P.E } }
print(math.abs(s:tau("e") - 1) < 0.2)  -- independent samples  --> true]],
  },
  {
    name = "series:binning",
    signature = "series:binning(name)",
    what = "The standard error of the mean, were blocks of growing length independent: it rises with the length and is flat where it is right.",
    parameters = { { "name", "string", "of an observable that is one number" } },
    returns = "table[]",
    returns_what = "{ length = sweeps, error }",
    errors = "an observable of several elements.",
    source = "Flyvbjerg and Petersen, J. Chem. Phys. 91 (1989) 461",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.44 }
local s = P:chains{ n = 8, seed = 1, kernel = "heat_bath" }:record{ sweeps = 1024, observables = { e = P.E } }
local levels = s:binning("e")
print(levels[1].length, levels[5].length, levels[1].error < levels[5].error)  --> 1	16	true]],
  },
  {
    name = "series:values",
    signature = "series:values(name)",
    what = "All values of an observable, of a series recorded with keep = true.",
    parameters = { { "name", "string", "of an observable" } },
    returns = "tensor",
    returns_what = "chains x rows, and the elements of a tensor laid end to end behind",
    errors = "the values were not kept.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local s = P:chains{ n = 4, seed = 1 }:record{ sweeps = 100, keep = true, observables = { e = P.E } }
print(table.concat(s:values("e"):shape(), "x"))  --> 4x100]],
  },
  {
    name = "series:extend",
    signature = "series:extend(sweeps) or series:extend{ sweeps = n }",
    what = "The chains run on, and their rows are added.",
    parameters = { { "sweeps", "integer|table", "from 1" } },
    options = "series:extend",
    returns = "series",
    returns_what = "the series itself",
    errors = "within a function of its own means.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local s = P:chains{ n = 4, seed = 1 }:record{ sweeps = 100, observables = { e = P.E } }
print(s:extend(50).rows)  --> 150]],
  },
  {
    name = "series:jackknife",
    signature = "series:jackknife(f)",
    what = "A function of several means with its error, such as a specific heat or a Binder cumulant: bias-corrected, by the jackknife over 32 to 128 groups of blocks.",
    parameters = { { "f", "function", "of a table { name = mean }, numbers or tensors; gives 1 to 64 numbers" } },
    returns = "estimate",
    returns_what = "one for each number that f gives",
    errors = "f gives no finite number, or another count of numbers.",
    cost = "f is called for each group.",
    source = "Quenouille, Biometrika 43 (1956) 353",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local s = P:chains{ n = 32, seed = 1 }:record{ sweeps = 400, observables = { e = P.E, e2 = P.E * P.E } }
local c = s:jackknife(function(m) return m.e2 - m.e ^ 2 end)
print(math.abs(c.value - gibbs.kaufman(4, 4, 0.3).specific_heat) < 5 * c.error)  --> true]],
  },
  {
    name = "series:bootstrap",
    signature = "series:bootstrap(f, { resamples?, seed?, quantiles? })",
    what = "A function of several means with its error and quantiles, by resampling groups of blocks: for functions whose distribution is skew.",
    parameters = {
      { "f", "function", "of a table { name = mean }; gives 1 to 64 numbers" },
      { "quantiles", "number[]|tensor", "" },
    },
    options = "series:bootstrap",
    returns = "estimate",
    returns_what = "one for each number that f gives, with .quantiles",
    errors = "f gives no finite number, or another count of numbers.",
    cost = "f is called `resamples` times.",
    source = "Efron, Ann. Stat. 7 (1979) 1",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
local s = P:chains{ n = 32, seed = 1 }:record{ sweeps = 400, observables = { e = P.E, e2 = P.E * P.E } }
local c = s:bootstrap(function(m) return m.e2 - m.e ^ 2 end, { resamples = 200 })
print(c.quantiles[1] < c.value and c.value < c.quantiles[2])  --> true]],
  },
  field("series.names", "string[]", "The names of the observables, sorted, measures last."),
  field("series.rows", "integer", "Rows recorded, a chain."),
  field("series.sweeps", "integer", "Sweeps recorded, a chain: rows times every."),
  field("series.every", "integer", "Sweeps from one row to the next."),
  field("series.warm_up", "integer", "Sweeps left out at the start, the most that an observable needs."),
  {
    name = "gibbs.autocorrelation",
    signature = "gibbs.autocorrelation(x, { lags?, window? })",
    what = "The autocorrelation of a list of numbers, one chain's values one after the other: rho(t), and tau = 1 + 2 sum_t rho(t) with Sokal's window, the smallest W >= window x tau(W).",
    parameters = { { "x", "tensor|table", "at least 4 numbers" } },
    options = "gibbs.autocorrelation",
    returns = "autocorrelation",
    returns_what = "tau and its error in steps of the list, rho = rho(0), rho(1), ...",
    errors = "fewer than 4 numbers.",
    cost = "O(n log n), by FFT.",
    source = "Sokal, Monte Carlo methods in statistical mechanics (1989); Madras and Sokal, J. Stat. Phys. 50 (1988) 109",
    example = [[
local x = {}
for t = 1, 200 do x[t] = math.cos(t / 10) end
print(string.format("%.4f", gibbs.autocorrelation(x, { lags = 3 }).rho:get(2)))  --> 0.9900]],
  },
  field("autocorrelation.tau", "number", "The integrated autocorrelation time, in steps of the list."),
  field("autocorrelation.error", "number", "One standard error of tau."),
  field("autocorrelation.rho", "tensor", "rho(0), rho(1), ...: rho:get(t + 1) is that of lag t."),
  {
    name = "gibbs.reweight",
    signature = "gibbs.reweight{ beta, samples, energy? }",
    what = "Runs of one energy at several temperatures taken together: run k was made with the weight exp(-beta[k] E). Gives means and free energies at any temperature "
      .. "that the samples reach, by the multistate acceptance ratio; no histogram is made.",
    parameters = { { "beta", "number[]|tensor", "" }, { "samples", "series[]|table[]", "" }, { "energy", "string", "" } },
    options = "gibbs.reweight",
    returns = "reweighting",
    errors = "neighbouring temperatures whose samples share too few effective ones, named; runs that lack an observable; a series recorded without keep = true.",
    cost = "O(samples x temperatures) an iteration; memory 16 bytes a sample and 8 an observable.",
    source = "Ferrenberg and Swendsen, Phys. Rev. Lett. 63 (1989) 1195; Shirts and Chodera, J. Chem. Phys. 129 (2008) 124105",
    example = [[
local s = gibbs.spins{ 4, 4 }
local E = -1 * gibbs.bonds(s, gibbs.lattice.square(4, 4))  -- at beta = 1
local runs, betas = {}, { 0.25, 0.35 }
for k, beta in ipairs(betas) do
  local P = gibbs.boltzmann{ visible = s, energy = beta * E }
  runs[k] = P:chains{ n = 16, seed = k }:record{ sweeps = 400, keep = true, observables = { energy = E } }
end
local r = gibbs.reweight{ beta = betas, samples = runs }
local e = r:mean("energy", 0.3)
print(math.abs(e.value - gibbs.kaufman(4, 4, 0.3).energy / 0.3) < 5 * e.error)  --> true]],
  },
  {
    name = "reweighting:mean",
    signature = "reweighting:mean(name, beta)",
    what = "The mean of an observable at an inverse temperature.",
    parameters = { { "name", "string", "of an observable that all runs have" }, { "beta", "number", "within reach of the samples" } },
    returns = "estimate",
    errors = "a beta where the samples are too few effective ones.",
    cost = "O(samples); the last beta is remembered.",
    example = [[
local data = { energy = { -3, -1, -2, -2, -3, -1, -1, -3, -2, -2, -1, -3, -2, -2, -3, -1 } }
local r = gibbs.reweight{ beta = { 0.5 }, samples = { data } }
print(string.format("%.6f", r:mean("energy", 0.5).value))  --> -2.000000]],
  },
  {
    name = "reweighting:estimate",
    signature = "reweighting:estimate(f, beta)",
    what = "A function of several means at an inverse temperature, with an error of first order.",
    parameters = { { "f", "function", "of a table { name = mean }; gives 1 to 64 numbers" }, { "beta", "number", "within reach of the samples" } },
    returns = "estimate",
    returns_what = "one for each number that f gives",
    errors = "f gives no finite number; a beta out of reach.",
    example = [[
local data = { energy = { -3, -1, -2, -2, -3, -1, -1, -3, -2, -2, -1, -3, -2, -2, -3, -1 } }
local r = gibbs.reweight{ beta = { 0.5 }, samples = { data } }
print(string.format("%.6f", r:estimate(function(m) return m.energy ^ 2 end, 0.5).value))  --> 4.000000]],
  },
  {
    name = "reweighting:free_energy",
    signature = "reweighting:free_energy(beta)",
    what = "-log Z at an inverse temperature, less that at the first beta of the runs.",
    parameters = { { "beta", "number", "within reach of the samples" } },
    returns = "estimate",
    errors = "a beta out of reach.",
    example = [[
local data = { energy = { -3, -1, -2, -2, -3, -1, -1, -3, -2, -2, -1, -3, -2, -2, -3, -1 } }
local r = gibbs.reweight{ beta = { 0.5 }, samples = { data } }
print(string.format("%.6f", r:free_energy(0.6).value))  --> -0.203123]],
  },
  {
    name = "reweighting:overlap",
    signature = "reweighting:overlap()",
    what = "The part of one temperature's samples that might be another's: where neighbours share little, errors grow.",
    returns = "tensor",
    returns_what = "temperatures x temperatures; rows add up to 1",
    source = "Klimovich, Shirts and Mobley, J. Comput. Aided Mol. Des. 29 (2015) 397",
    example = [[
local data = { energy = { -3, -1, -2, -2, -3, -1, -1, -3, -2, -2, -1, -3, -2, -2, -3, -1 } }
print(gibbs.reweight{ beta = { 0.5 }, samples = { data } }:overlap():get(1, 1))  --> 1.0]],
  },
  field("reweighting.tau", "tensor", "The autocorrelation time of each run, in samples."),
  field("reweighting.beta", "tensor", "The inverse temperatures of the runs."),
}

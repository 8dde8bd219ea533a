--- Doc entries: renormalization by Monte Carlo.

---A field: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, signature = name, returns = returns, what = what }
end

return {
  title = "Renormalization by Monte Carlo",
  order = 76,
  {
    name = "mcrg",
    what = "What chains say about a block rule applied again and again: made by gibbs.rg.mcrg. Level 0 is the chains' own lattice, level n + 1 the blocks of level n; step n leads from "
      .. "level n - 1 to level n. Errors are jackknife errors over groups of chains and stretches of time.",
  },
  field("mcrg.steps", "integer", "How often blocks were made of blocks."),
  field("mcrg.measurements", "integer", "Of all chains together."),
  field("mcrg.even", "string[]", "The names of the even operators, in order."),
  field("mcrg.odd", "string[]", "The names of the odd ones."),
  {
    name = "mcrg:exponent",
    signature = "mcrg:exponent(step, { odd?, operators? })",
    what = "The exponent y = ln lambda / ln b of the largest eigenvalue of dK'/dK at a step: y_t of the even operators, y_h of the odd ones.",
    parameters = { { "step", "integer", "1 to mcrg.steps" } },
    options = "mcrg:exponent",
    returns = "estimate",
    errors = "operators that are linearly dependent on that lattice, or do not fluctuate.",
    source = "Swendsen, Phys. Rev. Lett. 42 (1979) 859",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.4406868 }
local chains = P:chains{ n = 32, kernel = "swendsen_wang", seed = 1 }:advance(100)
local m = gibbs.rg.mcrg{ chains = chains, rule = "majority", measurements = 200, seed = 1 }
local y_h = m:exponent(1, { odd = true })
print(math.abs(y_h.value - 1.875) < 0.02, y_h.error < 0.01)  --> true	true]],
  },
  {
    name = "mcrg:matrix",
    signature = "mcrg:matrix(step, { odd?, operators? })",
    what = "The matrix dK'_a / dK_b of a step, from the correlations of operators on both of its levels.",
    parameters = { { "step", "integer", "1 to mcrg.steps" } },
    options = "mcrg:matrix",
    returns = "table",
    returns_what = "rows a of columns b",
    errors = "as those of mcrg:exponent.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.4406868 }
local chains = P:chains{ n = 32, kernel = "swendsen_wang", seed = 1 }:advance(100)
local m = gibbs.rg.mcrg{ chains = chains, rule = "majority", measurements = 200, seed = 1 }
print(#m:matrix(1, { operators = 2 }), math.abs(m:matrix(1, { operators = 1 })[1][1] - 1.9) < 0.1)  --> 2	true]],
  },
  {
    name = "mcrg:couplings",
    signature = "mcrg:couplings(level, { operators? })",
    what = "The couplings of a level's Hamiltonian H = -sum_a K_a S_a in the basis of the operators, by maximum pseudo-likelihood; the truncation to that basis is the only approximation.",
    parameters = { { "level", "integer", "0, the chains' own, to mcrg.steps" } },
    options = "mcrg:couplings",
    returns = "table",
    returns_what = "estimates by the operators' names",
    errors = "gibbs.rg.mcrg was not told to infer couplings (couplings_every), or of fewer operators.",
    source = "Swendsen, Phys. Rev. Lett. 52 (1984) 1165",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.4 }
local chains = P:chains{ n = 32, kernel = "swendsen_wang", seed = 1 }:advance(100)
local m = gibbs.rg.mcrg{ chains = chains, rule = "majority", measurements = 200, couplings_every = 10, coupling_operators = 2, seed = 1 }
local K = m:couplings(0, { operators = 2 })
print(math.abs(K.nearest.value - 0.4) < 4 * K.nearest.error, math.abs(K.diagonal.value) < 4 * K.diagonal.error)  --> true	true]],
  },
  {
    name = "mcrg:mean",
    signature = "mcrg:mean(level, name)",
    what = "The mean of an operator a site of a level.",
    parameters = { { "level", "integer", "0 to mcrg.steps" }, { "name", "string", "one of mcrg.even or mcrg.odd" } },
    returns = "estimate",
    errors = "an operator that was not measured, with the nearest right name.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.3 }
local chains = P:chains{ n = 32, kernel = "swendsen_wang", seed = 1 }:advance(100)
local m = gibbs.rg.mcrg{ chains = chains, rule = "majority", measurements = 200, seed = 1 }
local bonds = m:mean(0, "nearest")  -- two bonds a site
print(math.abs(bonds.value - P:mean(-P.H / 0.3 / 64, gibbs.transfer()).value) < 4 * bonds.error)  --> true]],
  },
  {
    name = "gibbs.rg.mcrg",
    signature = "gibbs.rg.mcrg{ chains, rule, even?, odd?, ... }",
    what = "Monte Carlo renormalization: a block rule is applied again and again to the configurations of chains, and operators are measured on all levels. Odd operators are taken to "
      .. "have mean 0, so the rule and the energy must not tell up from down. `rule` is a name ('majority'), a table of a rule's options, or a transform that has a rule.",
    options = "gibbs.rg.mcrg",
    returns = "mcrg",
    errors = "chains whose first variable is not +-1 spins on the rule's lattice; blocks that do not divide it; an unknown operator, with the nearest right name.",
    cost = "about 1 ns a spin and operator for every measurement, beside the sweeps.",
    source = "Swendsen, Phys. Rev. Lett. 42 (1979) 859",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.4406868 }
local chains = P:chains{ n = 32, kernel = "swendsen_wang", seed = 1 }:advance(100)
local m = gibbs.rg.mcrg{ chains = chains, rule = "majority", measurements = 200, seed = 1 }
print(m)                                                            --> renormalization of 6400 measurements by 2 steps
print(math.abs(m:exponent(1, { operators = 2 }).value - 1) < 0.05)  --> true]],
  },
  {
    name = "vmcrg",
    what = "What gibbs.rg.vmcrg came to: a table whose fields are listed here. Errors are standard errors over independent replicas.",
  },
  field("vmcrg.couplings", "table", "The renormalised couplings K': estimates by the operators' names."),
  field("vmcrg.residual", "table", "The means of the operators of the block spins afterwards, in units of their standard errors: a few at most where the bias is right."),
  field("vmcrg.matrix", "table", "dK'_a / dK_b: rows a of columns b."),
  field("vmcrg.exponent", "estimate", "y = ln lambda / ln b of the largest eigenvalue of the matrix."),
  field("vmcrg.tau", "estimate", "Autocorrelation time of the first operator of the block spins under the bias, in sweeps."),
  {
    name = "gibbs.rg.vmcrg",
    signature = "gibbs.rg.vmcrg{ lattice, K, rule, operators?, ... }",
    what = "Variational Monte Carlo renormalization: a bias V on the block spins is moved until they are as free spins; then V = -H', so its couplings are the renormalised ones. Block "
      .. "spins are then nearly free and forget fast, even at a critical point.",
    options = "gibbs.rg.vmcrg",
    returns = "vmcrg",
    errors = "a rule by which two blocks see one spin; a coupling of no operator, with the nearest right name.",
    cost = "replicas x (steps x sweeps + measured) sweeps.",
    source = "Wu and Car, Phys. Rev. Lett. 119 (2017) 220602",
    example = [[
local v = gibbs.rg.vmcrg{ lattice = { 8, 8 }, K = { nearest = 0.4 }, rule = "majority", operators = { "nearest", "diagonal" },
  replicas = 4, steps = 60, measured = 200, seed = 1 }
print(v.couplings.nearest.value > 0.2, v.couplings.nearest.value < 0.4, v.couplings.diagonal.value > 0)  --> true	true	true]],
  },
}

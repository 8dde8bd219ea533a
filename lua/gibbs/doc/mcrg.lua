--- Doc entries: renormalization by sampling.

---A field: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, returns = returns, what = what }
end

return {
  title = "Renormalization by sampling",
  order = 79,
  {
    name = "gibbs.rg.mcrg",
    signature = "gibbs.rg.mcrg{ chains, rule, levels?, measurements?, even?, odd?, ... }",
    what = "Monte Carlo renormalization of chains: a block rule is applied again and again to what they visit, and the operators of all levels are measured together. Exponents come from dK(n+1)/dK(n) = <S' S'>^-1 <S' S> (connected), "
      .. "couplings of H = -sum_a K_a S_a by maximum pseudo-likelihood. The truncation to the operators at hand is the only approximation: they are sums over a periodic line, square or cube with all its symmetries, so of another lattice, or one with open ends, more is cut off. The rule is a name (\"majority\"), a table { kind, b, ... } or a transform that has a rule.",
    parameters = {
      { "chains", "chains", "" },
      { "rule", "string|table|transform", "" },
      { "even", "table", "even operators: names (nearest, diagonal, plaquette, second, knight, diamond, second_diagonal on the square lattice), or lists of offsets; all of these by default" },
      { "odd", "table", "odd operators: names (spin, three_of_plaquette, three_in_line, three_of_diamond), or lists of offsets; all of these by default" },
    },
    options = "gibbs.rg.mcrg",
    returns = "mcrg",
    errors = "units that are no +-1 spins, of more than three axes; b does not divide a length at some step; an option of another rule; an operator twice; measurements too few for errors.",
    cost = "about 1 ns a spin and operator beside the sweeps. Ctrl-C ends it at the next measurement, without a result; the chains go on from there.",
    source = "Swendsen, Phys. Rev. Lett. 42 (1979) 859; Swendsen, Phys. Rev. Lett. 52 (1984) 1165",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.4406868 }
local c = P:chains{ n = 16, kernel = "swendsen_wang", seed = 1 }:warm_up(100)
local m = gibbs.rg.mcrg{ chains = c, rule = "majority", measurements = 500, levels = 1 }
local y = m:exponent(1)
print(m, math.abs(y.value - 0.97) < 5 * y.error + 0.05)  --> renormalization of 8000 measurements by 1 steps	true]],
  },
  {
    name = "mcrg",
    what = "What Monte Carlo renormalization measured, by gibbs.rg.mcrg. Level 0 is the chains' own lattice, level n + 1 the blocks of level n; step n leads from level n - 1 to level n. Values and errors are a jackknife's, over groups of chains (16 or more) or stretches of the time of few; the errors know of stretches that are correlated, and estimates say so (not converged) where chains disagree or are hardly longer than their correlations.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4 }
local m = gibbs.rg.mcrg{ chains = P:chains{ n = 16, seed = 1 }:warm_up(100), rule = "majority", measurements = 200 }
print(m)  --> renormalization of 3200 measurements by 1 steps]],
  },
  {
    name = "mcrg:exponent",
    signature = "mcrg:exponent(step, { odd?, operators? })",
    what = "The exponent y = ln |lambda| / ln b of the largest eigenvalue of dK'/dK at a step: y_t of even operators, y_h of odd ones. It is not converged where that eigenvalue is negative or one of a complex pair.",
    parameters = { { "step", "integer", "1 to mcrg.steps" } },
    options = "mcrg:exponent",
    returns = "estimate",
    errors = "operators that are constant or linearly dependent on the lattice of the blocks, or in these samples; odd operators whose means are not 0, as in a field.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4406868 }
local m = gibbs.rg.mcrg{ chains = P:chains{ n = 32, seed = 1 }:warm_up(100), rule = "majority", measurements = 300 }
local y_h = m:exponent(1, { odd = true, operators = 1 })
print(math.abs(y_h.value - 1.87) < 0.1)  --> true]],
  },
  {
    name = "mcrg:matrix",
    signature = "mcrg:matrix(step, { odd?, operators? })",
    what = "The matrix dK'_a / dK_b at a step, and its standard errors.",
    parameters = { { "step", "integer", "1 to mcrg.steps" } },
    options = "mcrg:matrix",
    returns = "table[], table[]",
    returns_what = "rows of numbers, and of their errors",
    errors = "those of mcrg:exponent.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4 }
local m = gibbs.rg.mcrg{ chains = P:chains{ n = 16, seed = 1 }:warm_up(100), rule = "majority", measurements = 200 }
local T, errors = m:matrix(1, { operators = 2 })
print(#T, #T[1], errors[1][1] < 0.1)  --> 2	2	true]],
  },
  {
    name = "mcrg:eigenvalues",
    signature = "mcrg:eigenvalues(step, { odd?, operators? })",
    what = "The eigenvalues of dK'/dK at a step, by falling modulus: their real parts and exponents ln |lambda| / ln b with errors, and their imaginary parts. The second exponents are those of corrections to scaling, or of what the basis has too much.",
    parameters = { { "step", "integer", "1 to mcrg.steps" } },
    options = "mcrg:eigenvalues",
    returns = "table[]",
    returns_what = "{ real = estimate, imaginary = number, exponent = estimate }",
    errors = "those of mcrg:exponent.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.4406868 }
local c = P:chains{ n = 32, kernel = "swendsen_wang", seed = 1 }:warm_up(100)
local m = gibbs.rg.mcrg{ chains = c, rule = "majority", measurements = 300, levels = 1 }
local list = m:eigenvalues(1, { operators = 3 })
print(#list, list[1].exponent.value == m:exponent(1, { operators = 3 }).value, list[2].exponent.value < 0)  --> 3	true	true]],
  },
  {
    name = "mcrg:couplings",
    signature = "mcrg:couplings(level, { operators? })",
    what = "The couplings of a level by maximum pseudo-likelihood (Callen's equations): what was asked for by couplings_every.",
    parameters = { { "level", "integer", "0, the chains' own lattice, to mcrg.steps" } },
    options = "mcrg:couplings",
    returns = "table",
    returns_what = "{ name = estimate }",
    errors = "no couplings were asked for; odd operators; operators that are constant or linearly dependent on that lattice; samples so few or so ordered that the likelihood grows without end.",
    source = "Swendsen, Phys. Rev. Lett. 52 (1984) 1165",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4 }
local m = gibbs.rg.mcrg{ chains = P:chains{ n = 32, seed = 1 }:warm_up(100), rule = "majority", measurements = 200, couplings_every = 1 }
local K = m:couplings(0, { operators = 2 })
print(math.abs(K.nearest.value - 0.4) < 5 * K.nearest.error)  --> true]],
  },
  {
    name = "mcrg:mean",
    signature = "mcrg:mean(level, name)",
    what = "The mean of an operator a site of a level.",
    parameters = { { "level", "integer", "0 to mcrg.steps" }, { "name", "string", "of an operator, as mcrg.even and mcrg.odd list them" } },
    returns = "estimate",
    errors = "no operator of that name.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4 }
local m = gibbs.rg.mcrg{ chains = P:chains{ n = 32, seed = 1 }:warm_up(100), rule = "majority", measurements = 200 }
local e = m:mean(0, "nearest")
print(math.abs(e.value + gibbs.kaufman(8, 8, 0.4).energy / 0.4 / 64) < 5 * e.error)  --> true]],
  },
  field("mcrg.steps", "integer", "How often blocks were made of blocks."),
  field("mcrg.measurements", "integer", "Measurements of all chains together."),
  field("mcrg.even", "string[]", "The names of the even operators."),
  field("mcrg.odd", "string[]", "The names of the odd operators."),
  {
    name = "gibbs.rg.vmcrg",
    signature = "gibbs.rg.vmcrg{ lattice, K, rule, operators?, levels?, replicas?, steps?, ... }",
    what = "Variational Monte Carlo renormalization: spins and block spins are sampled together under a bias V(h) = sum_a J_a S_a(h), and J is moved until the operators of the block spins have mean 0, as for free spins. Then V = -H', so that J are the "
      .. "renormalised couplings; and block spins forget fast even at a critical point. Replicas move a J each; then all are measured at the mean of these, and what is left of the means is taken off by one step of Newton's method. Errors are a jackknife's over replicas; "
      .. "estimates are not converged where that last step is too long.",
    parameters = { { "lattice", "integer[]", "" }, { "K", "table", "" }, { "rule", "string|table|transform", "" }, { "operators", "table", "" } },
    options = "gibbs.rg.vmcrg",
    returns = "vmcrg",
    errors = "blocks that overlap; operators that are constant or depend on each other on the lattice of the blocks; a coupling of no operator; a coupling that runs away.",
    cost = "some 50 ns a spin and sweep, times replicas.",
    source = "Wu and Car, Phys. Rev. Lett. 119 (2017) 220602",
    example = [[
local r = gibbs.rg.vmcrg{ lattice = { 8, 8 }, K = { nearest = 0.3 }, rule = "majority", operators = { "nearest", "diagonal" },
  replicas = 8, steps = 100, measured = 200, seed = 1 }
local K = r.couplings.nearest
print(K.value > 0.1 and K.value < 0.3, K.error < 0.05)  --> true	true]],
  },
  field("vmcrg.couplings", "table", "The renormalised couplings, { name = estimate }."),
  field("vmcrg.residual", "table", "The last step of the couplings, which takes off what was left of the block operators' means, in their standard errors, { name = number }."),
  field("vmcrg.matrix", "table[]", "dK'_a / dK_b, rows of numbers, from the moments of all replicas."),
  field("vmcrg.matrix_error", "table[]", "Their standard errors."),
  field("vmcrg.exponent", "estimate", "ln lambda / ln b of the largest eigenvalue."),
  field("vmcrg.tau", "estimate", "The autocorrelation time of the first operator of the biased block spins, in sweeps."),
}

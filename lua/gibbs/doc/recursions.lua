--- Doc entries: approximate renormalization in closed form, and by tensors.

---A field: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, signature = name, returns = returns, what = what }
end

local by_name = "a number, K of the nearest-neighbour model, or a table of couplings by name; those that are left out are 0"
local no_start = "no fixed point near the start; a recursion without a start of its own (gibbs.rg.recursion without `start`, gibbs.rg.kadanoff with a p "
  .. "at which nothing is critical)."

return {
  title = "Renormalization in closed form",
  order = 77,
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

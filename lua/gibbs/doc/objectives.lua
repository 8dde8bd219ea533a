--- Doc entries: objectives, scalars of distributions that know their functional derivative, and what can be asked of them.
--- An objective is an expression: its methods are those of the class expression.

---A field: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, returns = returns, what = what }
end

return {
  title = "Objectives",
  order = 30,
  {
    name = "gibbs.kl",
    signature = "gibbs.kl(P, Q)",
    what = "The Kullback-Leibler divergence KL(P||Q) = sum_v P(v) log(P(v)/Q(v)) of visible units, in nats: what maximum likelihood "
      .. "minimises. Its functional derivative is dKL/dH_Q(v) = P(v) - Q(v), so that grad KL = <grad H>_P - <grad H>_Q. "
      .. "KL is blind to a constant in the energy of Q.",
    parameters = {
      { "P", "distribution|data", "the truth: over the same visible units as Q, or data whose rows are its configurations" },
      { "Q", "distribution", "the model" },
    },
    returns = "objective",
    returns_what = "value, gradient, check, arithmetic with others, gibbs.minimize",
    errors = "visible units of P and Q that differ in number, kind or order; data of another number of columns.",
    cost = "exact: O(2^n) of the visible states, and about as much for the gradient. On samples: chains of P (none for data) and of Q; "
      .. "the value takes a difference of free energies from the samples themselves, or from free_energy = gibbs.ais{}.",
    source = "Kullback and Leibler, Ann. Math. Stat. 22 (1951) 79; Ackley, Hinton and Sejnowski, Cognitive Science 9 (1985) 147",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), W = 0 }
local kl = gibbs.kl(P, Q)
print(string.format("%.6f", kl:value().value))  --> 1.558153
print(kl:check().ok)                            --> true]],
  },
  {
    name = "gibbs.free_energy",
    signature = "gibbs.free_energy(Q)",
    what = "The free energy F(Q) = -log Z as an objective, in nats; its functional derivative is dF/dH(v) = Q(v), so that grad F = <grad H>_Q. "
      .. "F depends on the zero of energy, which Q(v) does not see: the gap between two free energies means something only where that zero is fixed.",
    parameters = { { "Q", "distribution", "the model" } },
    returns = "objective",
    cost = "exact: O(2^n) of the smaller side; gibbs.transfer() for narrow graphs; on samples values need free_energy = ..., gradients do not.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), W = 0.1 }
local gap = gibbs.free_energy(P) - gibbs.free_energy(Q)
print(string.format("%.6f %.6f", gap:value().value, (gap ^ 2):value().value))  --> 0.371101 0.137716]],
  },
  {
    name = "gibbs.mean",
    signature = "gibbs.mean(Q, f)",
    what = "The mean of a scalar f(v, h) in a distribution, or over data, as an objective. Functional derivative: -Q (f - <f>), plus <grad f>.",
    parameters = {
      { "Q", "distribution|data", "data are fitted to the variables of f, in the order in which they were made" },
      { "f", "expression", "a scalar of Q's variables and of parameters" },
    },
    returns = "objective",
    errors = "f is no scalar; variables of another number of units than the data have columns.",
    cost = "exact: O(2^n); with gibbs.chains the error knows of autocorrelation; over data: one evaluation of f a row.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = 0.4 }
local s = P.visible
print(string.format("%.6f", gibbs.mean(P, s[1] * s[2]):value().value))  --> 0.386704]],
  },
  {
    name = "gibbs.entropy",
    signature = "gibbs.entropy(Q)",
    what = "The entropy S(Q) = -sum_v Q log Q = <H> - F of the visible units as an objective, in nats.",
    parameters = { { "Q", "distribution", "the model" } },
    returns = "objective",
    cost = "exact: O(2^n) of the visible states; on samples a value needs free_energy = ... .",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0 }
print(string.format("%.6f", gibbs.entropy(Q):value().value))  --> 2.772589]],
  },
  {
    name = "gibbs.log_likelihood",
    signature = "gibbs.log_likelihood(data, Q)",
    what = "The mean of log Q(v) = F - H(v) over data, nats a configuration. To train, minimise its negative. It is -(KL(data||Q) + entropy of the data).",
    parameters = {
      { "data", "data", "rows of as many columns as Q has visible units" },
      { "Q", "distribution", "the model" },
    },
    returns = "objective",
    errors = "data that do not fit Q's visible units.",
    cost = "exact: O(2^n) of the smaller side and one H a row; on samples the gradient is <grad H>_Q - <grad H>_data, the value needs free_energy = gibbs.ais{} or the like.",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = 0 }
local data = gibbs.data{ { 0, 0, 0 }, { 1, 1, 1 } }
print(string.format("%.6f", gibbs.log_likelihood(data, Q):value().value))  --> -2.079442]],
  },
  {
    name = "gibbs.pseudo_likelihood",
    signature = "gibbs.pseudo_likelihood(data, Q)",
    what = "The mean over data of sum_i log Q(v_i | all others), nats a configuration: of data and H alone, without a free energy or "
      .. "samples. It is largest at the truth as data grow without end; to train, minimise its negative.",
    parameters = { { "data", "data", "rows of as many columns as Q has visible units" }, { "Q", "distribution", "discrete visible units" } },
    returns = "objective",
    errors = "visible units of real values; hidden units that cannot be summed.",
    cost = "H for every state of every unit: O(rows x units) evaluations, in one pass with the structure of H.",
    source = "Besag, The Statistician 24 (1975) 179",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = 0 }
local data = gibbs.data{ { 0, 0, 0 }, { 1, 1, 1 } }
print(string.format("%.6f", gibbs.pseudo_likelihood(data, Q):value().value))  --> -2.079442]],
  },
  {
    name = "gibbs.ratio_matching",
    signature = "gibbs.ratio_matching(data, Q)",
    what = "The mean over data of sum_i (1 - Q(v_i | all others))^2, for visible units of two states: ratios of probabilities of neighbouring "
      .. "configurations are matched, without a free energy.",
    parameters = { { "data", "data", "rows of as many columns as Q has visible units" }, { "Q", "distribution", "visible spins or bits" } },
    returns = "objective",
    returns_what = "at least 0",
    errors = "a visible unit of more than two states, or of real values.",
    cost = "O(rows x units) evaluations of H.",
    source = "Hyvarinen, Comput. Stat. Data Anal. 51 (2007) 2499",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0 }
print(string.format("%.6f", gibbs.ratio_matching(gibbs.data{ { 0, 1, 0, 1 } }, Q):value().value))  --> 1.000000]],
  },
  {
    name = "gibbs.minimum_probability_flow",
    signature = "gibbs.minimum_probability_flow(data, Q)",
    what = "The mean over data of sum_v' exp((H(v) - H(v')) / 2), where v' differs from v in one unit: how fast probability would flow from "
      .. "the data to their neighbours. Neighbours that are data themselves count too.",
    parameters = { { "data", "data", "rows of as many columns as Q has visible units" }, { "Q", "distribution", "discrete visible units" } },
    returns = "objective",
    returns_what = "above 0",
    errors = "visible units of real values; hidden units that cannot be summed.",
    cost = "O(rows x units) evaluations of H.",
    source = "Sohl-Dickstein, Battaglino and DeWeese, Phys. Rev. Lett. 107 (2011) 220601",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0 }
print(string.format("%.6f", gibbs.minimum_probability_flow(gibbs.data{ { 0, 1, 0, 1 } }, Q):value().value))  --> 4.000000]],
  },
  {
    name = "gibbs.score_matching",
    signature = "gibbs.score_matching(data, Q)",
    what = "The mean over data of sum_i ((dH/dv_i)^2 / 2 - d2H/dv_i^2), for visible units of real values: half the squared distance of "
      .. "grad log Q from that of the data's distribution, but for a constant.",
    parameters = { { "data", "data", "rows of as many columns as Q has visible units" }, { "Q", "distribution", "real visible units, 1024 at most" } },
    returns = "objective",
    errors = "a visible unit that is not real; more than 1024 of them.",
    cost = "O(rows x units) gradients of H.",
    source = "Hyvarinen, J. Mach. Learn. Res. 6 (2005) 695",
    example = [[
local x = gibbs.reals(1)
local k = gibbs.parameter("k", {}, 1)
local Q = gibbs.boltzmann{ visible = x, energy = 0.5 * k * gibbs.sum(x * x) }
local loss = gibbs.score_matching(gibbs.data{ { -1 }, { 0.5 }, { 2 } }, Q)
gibbs.minimize(loss, Q)
print(string.format("%.6f", k:get()))                -- 1 / the mean of x^2  --> 0.571429]],
  },
  {
    name = "gibbs.moment_matching",
    signature = "gibbs.moment_matching(P, Q, functions)",
    what = "The sum of (<f>_P - <f>_Q)^2 over all elements of all functions.",
    parameters = {
      { "P", "distribution|data", "the target" },
      { "Q", "distribution", "the model" },
      { "functions", "table|expression", "a list of expressions of any shape, of Q's variables; 4096 elements in all at most" },
    },
    returns = "objective",
    returns_what = "at least 0",
    errors = "no function; more than 4096 elements.",
    cost = "exact: O(2^n) with all means in one pass; on samples squares are freed of their bias by independent halves of the chains.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = 0.4 }
local J = gibbs.parameter("J", {}, 0)
local Q = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = J, visible = P.visible }
gibbs.minimize(gibbs.moment_matching(P, Q, { P.E }), Q)
print(string.format("%.6f", J:get()))  --> 0.400000]],
  },
  {
    name = "gibbs.l1",
    signature = "gibbs.l1(x, ...)",
    what = "The sum of the absolute values of all elements: a penalty that makes weights sparse. Its derivative at 0 is 0.",
    parameters = { { "x", "expression|distribution", "parameters, or a distribution for all of its parameters" }, { "...", "expression|distribution", "more of them" } },
    returns = "expression",
    returns_what = "a scalar",
    example = [[
local W = gibbs.parameter("W", { 2, 2 }, { { 1, -2 }, { 0, 3 } })
print(gibbs.l1(W):value())  --> 6.0]],
  },
  {
    name = "gibbs.l2",
    signature = "gibbs.l2(x, ...)",
    what = "The sum of the squares of all elements: weight decay.",
    parameters = { { "x", "expression|distribution", "parameters, or a distribution for all of its parameters" }, { "...", "expression|distribution", "more of them" } },
    returns = "expression",
    returns_what = "a scalar",
    example = [[
local W = gibbs.parameter("W", { 2, 2 }, { { 1, -2 }, { 0, 3 } })
print(gibbs.l2(W):value())  --> 14.0]],
  },
  {
    name = "gibbs.objective",
    signature = "gibbs.objective{ model, target?, value, weight }",
    what = "A new objective, from its value and its functional derivative w(v) = dL/dH(v), where H is the model's marginal Hamiltonian; its "
      .. "gradient is then sum_v w(v) grad H(v). Both functions get c = { H, log_P, P, F, target = { H, log_P, P, F } }: tensors over all states, or over samples "
      .. "that stand for them, whose P sum to 1. A mean, sum(c.P * f), is right on both; write others only for exact sums.",
    parameters = { { "value", "function", "" }, { "weight", "function", "" }, { "model", "distribution", "" }, { "target", "distribution", "" } },
    options = "gibbs.objective",
    returns = "objective",
    returns_what = "check its gradient by :check()",
    errors = "value gives no number, or weight not one finite number a state; target of other visible units.",
    cost = "two calls of Lua an evaluation; memory O(states), 2^22 of them at most.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), W = 0.2 }
local kl = gibbs.objective{ model = Q, target = P,
  value = function(c) return gibbs.sum(c.target.P * (c.target.log_P - c.log_P)) end,
  weight = function(c) return c.target.P - c.P end }
print(kl:check().ok, math.abs(kl:value().value - gibbs.kl(P, Q):value().value) < 1e-12)  --> true	true]],
  },
  {
    name = "gibbs.objectives",
    signature = "gibbs.objectives()",
    what = "A list of the objectives that there are.",
    returns = "table",
    returns_what = "a list of { name, doc }; a name that takes distributions or data has a row for each",
    example = [[
local first = gibbs.objectives()[1]
print(first.name, first.doc)  --> free_energy	F(Q) = -log Z]],
  },
  {
    name = "objective:gradient",
    signature = "objective:gradient(how?, what?)",
    what = "The gradient of an objective with respect to parameters: exact, or an unbiased estimate on samples (contrastive divergence apart, which is biased by nature).",
    parameters = {
      { "how", "estimator", "gibbs.exact(), gibbs.transfer(), or a way to sample; absent: exact" },
      { "what", "distribution|expression|table", "a distribution for all of its parameters, a parameter, or a list of them; absent: all that the objective depends on" },
    },
    returns = "table",
    returns_what = "{ name = tensor }, by the parameters' names",
    errors = "two parameters of one name (say which by `what`); too many states; samples that need a free energy that nobody knows.",
    cost = "about that of two values: one reverse pass.",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = 0.4 }
local J = gibbs.parameter("J", {}, 0)
local Q = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = J, visible = P.visible }
print(string.format("%.6f", gibbs.kl(P, Q):gradient().J:get()))  -- <E/J>_P - <E/J>_Q  --> -2.320223]],
  },
  {
    name = "objective:check",
    signature = "objective:check(how?)",
    what = "Compare a gradient with differences of the value, or one on samples with the exact one. Without `how` the exact gradient is compared with central differences of the value, component by component; "
      .. "with a way to sample, the mean gradient of 16 independent runs with the exact one, in standard errors.",
    parameters = { { "how", "estimator", "a way to sample; absent: differences" } },
    returns = "check",
    returns_what = "ok, max_error and what is allowed, and the worst component: parameter, element (from 1), gradient, difference (or exact and error)",
    errors = "an objective without parameters; too many states for the exact side.",
    cost = "four values an element of the parameters; on samples 16 evaluations.",
    example = [[
local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0.3 }
local check = gibbs.entropy(Q):check()
print(check.ok, check.components)  --> true	14]],
  },
  {
    name = "objective:hessian",
    signature = "objective:hessian(how?)",
    what = "The matrix of second derivatives over all elements of all parameters laid end to end, in the order of their making, by central differences of the exact gradient.",
    parameters = { { "how", "estimator", "gibbs.exact() alone" } },
    returns = "tensor",
    returns_what = "size x size, symmetric",
    errors = "no parameters, or more than 4096 elements; a way to sample.",
    cost = "four gradients an element.",
    example = [[
local J = gibbs.parameter("J", {}, 0)
local Q = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = J }
print(string.format("%.4f", gibbs.free_energy(Q):hessian():get(1, 1)))  -- minus the number of bonds at J = 0  --> -6.0000]],
  },
  {
    name = "gibbs.eigenvalues",
    signature = "gibbs.eigenvalues(matrix)",
    what = "The eigenvalues of a symmetric matrix: of a Hessian, to tell a minimum from a saddle.",
    parameters = { { "matrix", "tensor", "n x n, symmetric to 1e-8 of its elements" } },
    returns = "tensor",
    returns_what = "n numbers, ascending",
    errors = "not square; not symmetric, with the elements that differ.",
    cost = "O(n^3), by LAPACK.",
    example = [[
local e = gibbs.eigenvalues{ { 2, 1 }, { 1, 2 } }
print(string.format("%.6f %.6f", e:get(1), e:get(2)))  --> 1.000000 3.000000]],
  },
  field("check.ok", "boolean", "Whether no component differs by more than what is allowed."),
  field("check.max_error", "number", "The largest difference of a component: |gradient - difference|, or in standard errors on samples."),
  field("check.allowed", "number", "What rounding and truncation explain, or chance on samples (exceeded once in a thousand checks)."),
  field("check.parameter", "string", "The parameter of the worst component."),
  field("check.element", "integer", "The element of the worst component in its parameter, from 1, row-major."),
  field("check.gradient", "number", "The gradient at the worst component."),
  field("check.difference", "number", "What differences of the value give at the worst component (exact gradients)."),
  field("check.exact", "number", "The exact gradient at the worst component (on samples)."),
  field("check.error", "number", "One standard error of the mean gradient at the worst component (on samples)."),
  field("check.runs", "integer", "How many independent runs the mean is of (on samples)."),
  field("check.components", "integer", "How many components were compared."),
  field("states.H", "tensor", "H(v) as the functions of gibbs.objective see it: one number a state, or a sample."),
  field("states.P", "tensor", "Q(v) at each state or sample: it sums to 1 over what there is."),
  field("states.log_P", "tensor", "log Q(v) = F - H(v) at each state or sample."),
  field("states.F", "number", "The free energy of the model."),
  field("states.target", "table", "H, P, log_P and F of the target; there is none without one."),
}

---@meta gibbs

-- gibbs for the Lua language server: names, types, options and what they mean.  Made by scripts/dev/annotations.lua from
-- the entries in lua/gibbs/doc and the rows of C; do not edit (cmake --build build/release --target docs).

-- ---- an expression

---@alias gibbs.variable gibbs.expression
---@alias gibbs.parameter gibbs.expression
---@alias gibbs.tensor gibbs.expression
---@alias gibbs.objective gibbs.expression

---A formula of variables, parameters and constants, of any shape of at most 6 axes: energies, observables, objectives.
---The operators + - * / ^ and -x work element by element, on equal shapes or with a single number; W:mul(x) is the product of matrices. x[i] is element i along the first axis, from 1, which disappears; #x is the length of the first axis. Shapes are checked as formulas are written, and an error names both and the script's line. What is made of tensors alone is a tensor, or a number. Conditions are written with gibbs.step, gibbs.relu and gibbs.abs, since values are not known when a formula is written: < and == are refused, but == of two tensors, or of a thing with itself.
---Tensors, variables, parameters and objectives are expressions too.
---@class gibbs.expression
---@operator add(any): gibbs.expression
---@operator sub(any): gibbs.expression
---@operator mul(any): gibbs.expression
---@operator div(any): gibbs.expression
---@operator pow(any): gibbs.expression
---@operator unm: gibbs.expression
---@field [integer] gibbs.expression|number
local expression = {}

---One element of a tensor, or of a parameter's present values: t:get(i, j). Of a single number: t:get().
---
---Errors: another number of indices; one out of range; an expression without values of its own.
---
---```lua
---print(gibbs.tensor{ { 1, 2 }, { 3, 4 } }:get(2, 1))  --> 3.0
---```
---@param ... integer one index an axis, from 1
---@return number
function expression:get(...) end

---A copy of the values of a tensor or parameter as nested tables.
---
---```lua
---print(gibbs.tensor{ { 1, 2 }, { 3, 4 } }:table()[2][1])  --> 3.0
---```
---@return table # a number for a single number
function expression:table() end

---A copy of the present values of a parameter, which training does not change; a tensor gives itself.
---
---```lua
---local W = gibbs.parameter("W", 2, 1)
---local before = W:tensor()
---W:set{ 3, 4 }
---print(before, W:tensor())  --> tensor 2: 1.0 1.0	tensor 2: 3.0 4.0
---```
---@return gibbs.tensor
function expression:tensor() end

---Write the values of a parameter.
---
---Errors: another shape; an expression that is no parameter.
---
---```lua
---print(gibbs.parameter("W", { 2, 2 }):set(0.5):get(2, 2))  --> 0.5
---```
---@param values gibbs.tensor|table|number of its shape, or one number for all elements
---@return gibbs.parameter # the parameter itself
function expression:set(values) end

---The sum of all elements, or along one axis: gibbs.sum(x, axis).
---
---```lua
---print(gibbs.tensor{ 1, 2, 3 }:sum())  --> 6.0
---```
---@param axis? integer 1 to the number of axes; absent: all elements
---@return gibbs.expression|number
function expression:sum(axis) end

---The sum of the products of the elements: gibbs.dot(a, b).
---
---Errors: different shapes, both named.
---
---```lua
---print(gibbs.tensor{ 1, 2 }:dot{ 3, 4 })  --> 11.0
---```
---@param b gibbs.expression of the same shape
---@return gibbs.expression|number
function expression:dot(b) end

---The product of a matrix with a vector or a matrix, sum_j W_ij x_j. (W * x is element by element.)
---
---Errors: shapes that do not fit, both named.
---
---```lua
---print(gibbs.tensor{ { 1, 2 }, { 3, 4 } }:mul{ 1, 1 })  --> tensor 2: 3.0 7.0
---```
---@param x gibbs.expression m elements, or m x k, for W of n x m
---@return gibbs.expression # n elements, or n x k
function expression:mul(x) end

---All products of the elements of two vectors: gibbs.outer(a, b).
---
---```lua
---print(gibbs.tensor{ 1, 2 }:outer{ 3, 4 }:get(2, 1))  --> 6.0
---```
---@param b gibbs.expression m elements
---@return gibbs.expression
function expression:outer(b) end

---The transpose of a matrix.
---
---Errors: no matrix.
---
---```lua
---print(gibbs.tensor{ { 1, 2, 3 }, { 4, 5, 6 } }:t():get(3, 1))  --> 3.0
---```
---@return gibbs.expression
function expression:t() end

---log sum exp along the last axis, which disappears: gibbs.logsumexp(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 0, 0, 0 }:logsumexp()))  --> 1.098612
---```
---@return gibbs.expression|number
function expression:logsumexp() end

---The elements moved along the axes, periodic: element k of the result is x at k + offset. The products over the bonds along the first axis are s * s:shift{ 1, 0 }.
---
---Errors: more numbers than axes; a number that is not whole.
---
---```lua
---print(gibbs.tensor{ 10, 20, 30 }:shift{ 1 })  --> tensor 3: 20.0 30.0 10.0
---```
---@param offset table whole numbers, one for each of the first axes; at least one
---@return gibbs.expression # of the shape of x
function expression:shift(offset) end

---The same elements in the same order (the last axis fastest) under another shape.
---
---Errors: another number of elements.
---
---```lua
---print(gibbs.tensor{ 1, 2, 3, 4 }:reshape{ 2, 2 }:get(2, 1))  --> 3.0
---```
---@param shape integer|table|gibbs.lattice of as many elements
---@return gibbs.expression
function expression:reshape(shape) end

---The shape as a list of extents, {} for a scalar. Beside it, #x is the first extent, and x[i] element i along the first axis, which disappears.
---
---```lua
---local W = gibbs.parameter("W", { 4, 3 })
---print(table.concat(W:shape(), "x"), #W, table.concat(W[1]:shape(), "x"))  --> 4x3	4	3
---```
---@return integer[]
function expression:shape() end

---The name of a variable or a parameter; "" for anything else.
---
---```lua
---print(gibbs.parameter("W", { 4, 3 }):name())  --> W
---```
---@return string
function expression:name() end

---The number behind an expression with the present values of its parameters. For an objective, an estimate: exact without `how`; with one the samples are drawn anew each time.
---
---Errors: the expression depends on variables (use e:at(v, values) or a mean); too many states; a value that samples do not tell: add free_energy = gibbs.ais{} to the way to sample.
---
---```lua
---local W = gibbs.parameter("W", { 2, 2 }, 0.5)
---print(gibbs.sum(W * W):value())                              --> 1.0
---local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0 }
---print(string.format("%.6f", gibbs.free_energy(Q):value().value))  --> -4.158883
---```
---@param how? gibbs.estimator of objectives: gibbs.exact(), gibbs.transfer(), gibbs.chains{}, gibbs.pcd{}, gibbs.cd{}, gibbs.jarzynski{}; absent: exact, or known by structure
---@return number|gibbs.tensor|gibbs.estimate # an estimate where e holds an objective, else a number, or a tensor of its shape
function expression:value(how) end

---The value of an expression at one configuration, with the present values of its parameters.
---
---Errors: a variable without values; another number of units; a value that its unit cannot take.
---
---```lua
---local s = gibbs.spins(3)
---print(gibbs.sum(s):at(s, { 1, -1, 1 }), (2 * s):at(s, { 1, -1, 1 }))  --> 1.0	tensor 3: 2.0 -2.0 2.0
---```
---@param v gibbs.expression a variable that e depends on
---@param values gibbs.tensor|table|number one value a unit: -1 and 1, 0 and 1, states 1 to q, or real
---@param ... any further variables and their values, in turn
---@return number|gibbs.tensor
function expression:at(v, values, ...) end

---exp(x), element by element: gibbs.exp(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 1 }:exp():get(1)))  --> 2.718282
---```
---@return gibbs.expression # of the shape of x
function expression:exp() end

---The natural logarithm log(x), x > 0, element by element: gibbs.log(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 2 }:log():get(1)))  --> 0.693147
---```
---@return gibbs.expression # of the shape of x
function expression:log() end

---tanh(x), element by element: gibbs.tanh(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 0.5 }:tanh():get(1)))  --> 0.462117
---```
---@return gibbs.expression # of the shape of x
function expression:tanh() end

---cosh(x), element by element: gibbs.cosh(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 0.5 }:cosh():get(1)))  --> 1.127626
---```
---@return gibbs.expression # of the shape of x
function expression:cosh() end

---sinh(x), element by element: gibbs.sinh(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 0.5 }:sinh():get(1)))  --> 0.521095
---```
---@return gibbs.expression # of the shape of x
function expression:sinh() end

---log(cosh(x)), without overflow for any x: what a hidden spin gives to -H, element by element: gibbs.logcosh(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 1000 }:logcosh():get(1)))  --> 999.306853
---```
---@return gibbs.expression # of the shape of x
function expression:logcosh() end

---log(1 + exp(x)), without overflow for any x: what a hidden bit gives to -H, element by element: gibbs.softplus(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 0 }:softplus():get(1)))  --> 0.693147
---```
---@return gibbs.expression # of the shape of x
function expression:softplus() end

---1 / (1 + exp(-x)), element by element: gibbs.sigmoid(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 0.5 }:sigmoid():get(1)))  --> 0.622459
---```
---@return gibbs.expression # of the shape of x
function expression:sigmoid() end

---x where it is positive, else 0, element by element: gibbs.relu(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ -2 }:relu():get(1)))  --> 0.000000
---```
---@return gibbs.expression # of the shape of x
function expression:relu() end

---1 where x is positive, else 0, element by element: gibbs.step(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 3 }:step():get(1)))  --> 1.000000
---```
---@return gibbs.expression # of the shape of x
function expression:step() end

---|x|, element by element: gibbs.abs(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ -2 }:abs():get(1)))  --> 2.000000
---```
---@return gibbs.expression # of the shape of x
function expression:abs() end

----1, 0 or 1, element by element: gibbs.sign(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ -2 }:sign():get(1)))  --> -1.000000
---```
---@return gibbs.expression # of the shape of x
function expression:sign() end

---The square root, x >= 0, element by element: gibbs.sqrt(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 2 }:sqrt():get(1)))  --> 1.414214
---```
---@return gibbs.expression # of the shape of x
function expression:sqrt() end

----x, the operator as a function, element by element: gibbs.neg(x).
---
---```lua
---print(string.format("%.6f", gibbs.tensor{ 2 }:neg():get(1)))  --> -2.000000
---```
---@return gibbs.expression # of the shape of x
function expression:neg() end

---The gradient of an objective with respect to parameters: exact, or an unbiased estimate on samples (contrastive divergence apart, which is biased by nature).
---
---Errors: two parameters of one name (say which by `what`); too many states; samples that need a free energy that nobody knows.
---
---Cost: about that of two values: one reverse pass.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = 0.4 }
---local J = gibbs.parameter("J", {}, 0)
---local Q = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = J, visible = P.visible }
---print(string.format("%.6f", gibbs.kl(P, Q):gradient().J:get()))  -- <E/J>_P - <E/J>_Q  --> -2.320223
---```
---@param how? gibbs.estimator gibbs.exact(), gibbs.transfer(), or a way to sample; absent: exact
---@param what? gibbs.distribution|gibbs.expression|table a distribution for all of its parameters, a parameter, or a list of them; absent: all that the objective depends on
---@return table # { name = tensor }, by the parameters' names
function expression:gradient(how, what) end

---Compare a gradient with differences of the value, or one on samples with the exact one. Without `how` the exact gradient is compared with central differences of the value, component by component; with a way to sample, the mean gradient of 16 independent runs with the exact one, in standard errors.
---
---Errors: an objective without parameters; too many states for the exact side.
---
---Cost: four values an element of the parameters; on samples 16 evaluations.
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0.3 }
---local check = gibbs.entropy(Q):check()
---print(check.ok, check.components)  --> true	14
---```
---@param how? gibbs.estimator a way to sample; absent: differences
---@return gibbs.check # ok, max_error and what is allowed, and the worst component: parameter, element (from 1), gradient, difference (or exact and error)
function expression:check(how) end

---The matrix of second derivatives over all elements of all parameters laid end to end, in the order of their making, by central differences of the exact gradient.
---
---Errors: no parameters, or more than 4096 elements; a way to sample.
---
---Cost: four gradients an element.
---
---```lua
---local J = gibbs.parameter("J", {}, 0)
---local Q = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = J }
---print(string.format("%.4f", gibbs.free_energy(Q):hessian():get(1, 1)))  -- minus the number of bonds at J = 0  --> -6.0000
---```
---@param how? gibbs.estimator gibbs.exact() alone
---@return gibbs.tensor # size x size, symmetric
function expression:hessian(how) end

-- ---- a distribution

---A Boltzmann distribution P(v) = exp(F - H(v)): an energy, what is visible, what is hidden, and the structure found in it. Made by gibbs.boltzmann, gibbs.ising and gibbs.rbm. Everything it answers is for the present values of its parameters, which Q.name gives by their names.
---@class gibbs.distribution
---@field visible gibbs.expression|table The visible variable, or a table of them in order where there are several.
---@field hidden gibbs.expression|table The hidden variable, or a table of them where there are several or none.
---@field E gibbs.expression The joint energy E(v, h) as an expression: an observable like any other.
---@field H gibbs.expression The marginal Hamiltonian H(v) = -log sum_h exp(-E(v,h)) as an expression of the visible units.
---@field [string] gibbs.expression
local distribution = {}

---The free energy F = -log Z, Z = sum_v sum_h exp(-E(v,h)), in units of kT (nats). Without `how` it is exact where that is quick (sums over one side, units without couplings, elimination, Kaufman's formula for Ising tori however they were written), and otherwise an error that says what to write: nothing is sampled in silence.
---
---Errors: too many states for a sum, with their number and what would do it; gibbs.chains, which has no free energies.
---
---Cost: O(2^n) of the smaller side, 2^30 states at most where the energy has a form, else 2^22; otherwise that of `how`.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(40, 40), J = 0.408 }
---local F = P:free_energy()
---print(string.format("%.7f", F.value), F.method)  --> -1421.4325735	kaufman
---```
---@param how? gibbs.estimator|gibbs.free_energy_estimator gibbs.exact(), gibbs.transfer(), gibbs.ais{}, gibbs.ti{}, gibbs.bar{}, gibbs.mbar{} or gibbs.jarzynski{}; absent: exact
---@return gibbs.estimate # value, error (0 where exact), method; of sampled ones also lower, upper and gap (both directions of gibbs.ais), bias, ess, converged and why
function distribution:free_energy(how) end

---The mean <f> in Q of an expression f(v, h) of any shape. Exact without `how`, where states can be summed; on chains with an error bar that knows of autocorrelation.
---
---Errors: too many states for a sum; gibbs.cd, gibbs.pcd and gibbs.jarzynski, which are for objectives; with gibbs.transfer an f that is no sum of products of few units.
---
---Cost: exact: O(2^n size(f)); chains: n x sweeps sweeps.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.chain(8), J = 0.5 }
---local s = P.visible
---print(string.format("%.6f", P:mean(s[1] * s[2]).value))             --> 0.465649
---local e = P:mean(P.E, gibbs.chains{ n = 32, sweeps = 500, seed = 1 })
---print(math.abs(e.value - P:mean(P.E).value) < 5 * e.error, e.method)  --> true	swendsen_wang
---```
---@param f gibbs.expression of Q's variables and of parameters, any shape
---@param how? gibbs.estimator gibbs.exact(), gibbs.transfer() or gibbs.chains{ n, sweeps, ... }; absent: exact
---@return gibbs.estimate # value and error have the shape of f: numbers or tensors. For tensors tau, ess and r_hat are those of the worst element
function distribution:mean(f, how) end

---The entropy S = -sum_v Q(v) log Q(v) = <H> - F of the visible units, in nats.
---
---Errors: too many states; samples without a free energy; gibbs.transfer where there are hidden units.
---
---Cost: O(2^n) of the visible states, which have to be enumerable.
---
---Source: Shannon, Bell Syst. Tech. J. 27 (1948) 379
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0 }
---print(string.format("%.6f", P:entropy().value / 9))  --> 0.693147
---```
---@param how? gibbs.estimator gibbs.exact(), gibbs.transfer(), or a way to sample that knows F: gibbs.chains{ free_energy = gibbs.ais{} }; absent: exact
---@return gibbs.estimate
function distribution:entropy(how) end

---The joint energy E(v, h) of one configuration or of a batch.
---
---Errors: another number of units or of configurations; a value that its unit cannot take.
---
---Cost: O(size of the expression) a configuration.
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = { { 1, 0 }, { 0, 2 }, { 0, 0 } } }
---print(Q:energy({ 1, 1, 0 }, { 1, 1 }))                                --> -3.0
---print(Q:energy({ { 1, 1, 0 }, { 1, 0, 0 } }, { { 1, 1 }, { 1, 0 } }))  --> tensor 2: -3.0 -1.0
---```
---@param v gibbs.tensor visible units: one configuration (n values, or the variable's shape), or one a row; Potts units as states 1 to q
---@param h? gibbs.tensor hidden units, as many configurations as of v; left out where nothing is hidden
---@return number|gibbs.tensor # a number for one configuration, a vector for a batch
function distribution:energy(v, h) end

---The marginal Hamiltonian H(v) = -log sum_h exp(-E(v,h)) of one configuration or of a batch: the energy itself where nothing is hidden.
---
---Errors: another number of units; a value that its unit cannot take; hidden units that cannot be summed.
---
---Cost: O(size of the expression) a configuration.
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = 0 }
---print(string.format("%.6f", Q:hamiltonian{ 0, 1, 0 }))  --> -1.386294
---```
---@param v gibbs.tensor visible units: one configuration, or one a row
---@return number|gibbs.tensor # a number for one configuration, a vector for a batch
function distribution:hamiltonian(v) end

---log Q(v) = F - H(v) of one configuration or of a batch, in nats, with F by an exact sum, or as it is known by structure.
---
---Errors: too many states for F: subtract Q:hamiltonian(v) from an estimate, Q:free_energy(how).value.
---
---Cost: that of the exact F, then O(size of the expression) a configuration.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0 }
---print(string.format("%.6f", P:log_probability{ 1, -1, 1, 1 }))  --> -2.772589
---```
---@param v gibbs.tensor visible units: one configuration, or one a row
---@return number|gibbs.tensor # a number for one configuration, a vector for a batch
function distribution:log_probability(v) end

---@class gibbs.distribution_sample_options
---@field n? integer number of samples (an integer from 1 to 1e9; default 1)
---@field seed? integer seed of the samples (an integer, at least 0; default gibbs.seed())
---@field kernel? string 'exact': the only way to independent samples

---Independent samples of the visible units, by inversion of the sum over all states.
---
---Errors: too many states: Q:chains{ n }:advance(sweeps):batch() gives samples that have to be warmed up.
---
---Cost: one pass over all states, whatever n.
---
---Source: inverse transform sampling
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
---local v = P:sample{ n = 1000, seed = 1 }
---print(table.concat(v:shape(), "x"))                                                --> 1000x3x3
---print(math.abs(P:hamiltonian(v):sum() / 1000 - P:mean(P.E).value) < 0.5)  --> true
---```
---@param options? gibbs.distribution_sample_options
---@return gibbs.tensor # n configurations, one a row: n x units, or n x the shape of the only visible variable
function distribution:sample(options) end

---@class gibbs.distribution_chains_options
---@field n? integer how many chains (an integer from 1 to 16777216; default 64)
---@field seed? integer seed of everything that they draw (an integer, at least 0; default gibbs.seed())
---@field hidden? "sampled"|"summed" whether hidden units are sampled, or summed in H(v); by default as suits the energy
---@field kernel? string the name of the kernel, its options beside it; by default the one that suits the energy
---@field start? gibbs.tensor|table|number|string configurations, a number for every unit, or 'random', the default
---@field clamp? table {[variable] = values}: units that are held, one row for all chains or one a chain; gibbs.null: free
---@field ladder? number[]|gibbs.tensor|table scales of the energy, or values of parameters, a rung: for kernels that have rungs
---@field load? string the path of a file written by chains:save; no other option beside it

---Markov chains of the distribution, which persist. Without `kernel` the one that suits the energy's structure is taken; a kernel's options stand beside its name and are listed by gibbs.kernels(). Chain c at sweep t draws from the address (seed, c, t) alone, so a run is the same for any number of threads, and however it is split or resumed.
---
---Errors: a kernel that cannot do this energy, with the reason and those that can; a value held or given that its unit cannot take; an option of another kernel.
---
---Cost: memory O(n x units), times the rungs of a ladder.
---
---Source: Philox4x32-10: Salmon et al., SC11 (2011); kernels: gibbs.kernels()
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.44 }
---local c = P:chains{ n = 16, kernel = "wolff", seed = 1, start = 1 }
---c:warm_up(100)
---print(c)  --> 16 chains of ising, wolff, 100 sweeps done
---```
---@param options? gibbs.distribution_chains_options
---@return gibbs.chains
function distribution:chains(options) end

---The present values of all parameters. Q.name is the parameter of that name itself.
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = 0.5 }
---print(Q:parameters().W:get(3, 2))  --> 0.5
---```
---@return table # { name = tensor }, copies that training does not change
function distribution:parameters() end

---Set the values of a parameter. Everything that depends on it (means, chains, objectives) sees the new values.
---
---Errors: no parameter of that name; another shape.
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2) }
---Q:set("W", 0):set("a", { 0, 0, 1 })
---print(string.format("%.6f", Q:free_energy().value))  --> -4.085850
---```
---@param name string of a parameter of Q
---@param values gibbs.tensor|table|number of the parameter's shape, or one number for all elements
---@return gibbs.distribution # Q itself, so that calls can be strung together
function distribution:set(name, values) end

---What was recognised in the energy and what will be done, as a database explains its query plan. It says which hidden units are summed in closed form, what exact sums and elimination would take, the normal form that chains see, which kernels can and why the others cannot.
---
---Cost: O(size of the energy); the width of elimination is looked for within a bound.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
---print(P:describe():match("kernel%s+(%S+)"))  --> swendsen_wang
---```
---@return string # a page of lines
function distribution:describe() end

---Write a distribution to an HDF5 file: its energy as data, its variables, its parameters and their values. What gibbs.load makes of it is the same distribution, to the last bit of its free energy and of its chains. The same script writes the same bytes. The file is complete and flushed to disk before it takes its name; a model that was there is replaced, anything else is not. gibbs.write takes distributions too, as one item among others.
---
---Errors: the energy is a function of the script (gibbs.lua_energy), which is code; the path ends otherwise, cannot be written, or is taken by a file that is no model.
---
---Cost: O(nodes of the energy + numbers): 8 bytes a number and about 90 a node, and 10 kB at least. Lattices and shifts are kept as rules, whatever their size.
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.spins(6), hidden = gibbs.spins(2), init = gibbs.normal(0, 0.5) }
---Q:save("machine.h5")
---print(gibbs.load("machine.h5"):free_energy().value == Q:free_energy().value)  --> true
---```
---@param path string ends in .h5 or .hdf5
---@return gibbs.distribution # Q itself
function distribution:save(path) end

-- ---- a set of data

---An empirical distribution, made by gibbs.data: configurations and their weights. What is made of it (head, split, scale, binarise) is new data.
---@class gibbs.data
local data = {}

---The number of configurations.
---
---```lua
---print(gibbs.data{ { 0, 1 }, { 1, 1 }, { 0, 0 } }:count())  --> 3
---```
---@return integer
function data:count() end

---The count, then the axes of one configuration: { 60000, 28, 28 }.
---
---```lua
---print(table.concat(gibbs.data{ { 0, 1 }, { 1, 1 }, { 0, 0 } }:shape(), "x"))  --> 3x2
---```
---@return integer[]
function data:shape() end

---The configurations as a tensor of the data's shape.
---
---Cost: O(1): nothing is copied.
---
---```lua
---print(gibbs.data{ { 0, 1 }, { 1, 1 } }:tensor():get(2, 1))  --> 1.0
---```
---@return gibbs.tensor
function data:tensor() end

---The configurations as a matrix, one a row, whatever axes they have.
---
---```lua
---print(table.concat(gibbs.data{ { { 0, 1 }, { 1, 1 } } }:rows():shape(), "x"))  --> 1x4
---```
---@return gibbs.tensor # count x units
function data:rows() end

---The weighted mean of an expression over the configurations. The variables of f, in the order in which they were made, hold the columns one after the other.
---
---Errors: variables of another number of units than a row has; a value that a unit cannot take; a way to sample.
---
---Cost: one evaluation of f a row.
---
---```lua
---local s = gibbs.spins(2)
---print(gibbs.data{ { 1, -1 }, { 1, 1 } }:mean(s).value)  --> tensor 2: 1.0 0.0
---```
---@param f gibbs.expression of any shape
---@param how? gibbs.estimator gibbs.exact() alone
---@return gibbs.estimate # exact: of these data, not of where they came from
function data:mean(f, how) end

---@class gibbs.data_sample_options
---@field n? integer number of samples (an integer from 1 to 1e9; default 1)
---@field seed? integer seed of the samples (an integer, at least 0; default gibbs.seed())

---Rows drawn with replacement, by their weights.
---
---```lua
---print(table.concat(gibbs.data{ { 0, 1 }, { 1, 1 } }:sample{ n = 5, seed = 1 }:shape(), "x"))  --> 5x2
---```
---@param options? gibbs.data_sample_options
---@return gibbs.tensor # n x units
function data:sample(options) end

---The first n configurations.
---
---Errors: n out of range; weights that are all 0.
---
---```lua
---print(gibbs.data{ { 0, 1 }, { 1, 1 }, { 0, 0 } }:head(2))  --> data: 2 configurations of 2 units
---```
---@param n integer 1 to the count
---@return gibbs.data
function data:head(n) end

---@class gibbs.data_split_options
---@field test? number part of the configurations that is kept for testing (a number from 0 to 1; default 0.2)
---@field seed? integer seed of the order (an integer, at least 0; default gibbs.seed())

---Shuffle, and part into data for training and data for testing. The order depends on the count and the seed alone, so that images and labels are split alike.
---
---Errors: a part would be empty.
---
---```lua
---local train, test = gibbs.data{ { 0, 1 }, { 1, 1 }, { 0, 0 }, { 1, 0 } }:split{ test = 0.25, seed = 1 }
---print(train:count(), test:count())  --> 3	1
---```
---@param options? gibbs.data_split_options
---@return gibbs.data # training, testing
---@return gibbs.data
function data:split(options) end

---@class gibbs.data_scale_options
---@field low? number the value that becomes 0 (a number; default 0)
---@field high number the value that becomes 1 (a number; default 1)

---(x - low) / (high - low) of every value: grey levels from 0 to 255 to numbers from 0 to 1.
---
---Errors: a value outside of [low, high]; low not below high.
---
---```lua
---print(gibbs.data{ { 0, 51, 255 } }:scale{ high = 255 }:tensor():get(1, 2))  --> 0.2
---```
---@param options gibbs.data_scale_options
---@return gibbs.data
function data:scale(options) end

---@class gibbs.data_binarise_options
---@field threshold? number values above it are on (a number; default 0.5)
---@field probability? boolean a unit is on with its value as probability (default false)
---@field as? "bits"|"spins" 0 and 1, or -1 and +1 (default 'bits')
---@field seed? integer seed of the probabilities (an integer, at least 0; default gibbs.seed())

---Values of two kinds: on where a value is above the threshold, or, with probability = true, with the value as probability.
---
---Errors: threshold and probability together; a value outside of [0, 1], unless a threshold is given.
---
---Source: stochastic binarisation: Salakhutdinov and Murray, ICML (2008) 872
---
---```lua
---print(gibbs.data{ { 0.2, 0.7 } }:binarise{ as = "spins" }:tensor()[1])  --> tensor 2: -1.0 1.0
---```
---@param options? gibbs.data_binarise_options
---@return gibbs.data
function data:binarise(options) end

-- ---- a lattice

---Sites and bonds, regular or any graph. It shapes variables (gibbs.spins(lattice)), couples them (gibbs.bonds, gibbs.ising) and does not change. Made by gibbs.lattice.chain, square, triangular, honeycomb, cubic, hypercubic, complete and graph.
---@class gibbs.lattice
local lattice = {}

---The number of sites.
---
---```lua
---print(gibbs.lattice.honeycomb(3, 3):sites())  --> 18
---```
---@return integer
function lattice:sites() end

---The shape of a variable with one unit a site.
---
---```lua
---print(table.concat(gibbs.lattice.honeycomb(3, 3):shape(), "x"))  --> 3x3x2
---```
---@return integer[] # extents
function lattice:shape() end

---The number of directions of bonds: a J of as many values has one a direction.
---
---```lua
---print(gibbs.lattice.triangular(4, 4):directions())  --> 3
---```
---@return integer
function lattice:directions() end

---All bonds in the order in which couplings are listed: cell by cell, in each cell by direction.
---
---Cost: O(bonds).
---
---```lua
---local bond = gibbs.lattice.square(3, 3):bonds()[1]
---print(table.concat(bond, " "))  --> 1 4 1
---```
---@return table[] # { site, site, direction }, numbered from 1; sites row by row, the last axis fastest
function lattice:bonds() end

-- ---- a set of chains

---Markov chains of a distribution, many side by side, that persist: made by Q:chains. The same seed gives the same bits for any number of threads, split, saved or not.
---@class gibbs.chains
---@field kernel string The name of the kernel.
---@field n integer How many chains there are.
---@field sweeps integer Sweeps done so far, by each chain.
---@field seed integer The seed of everything that they draw.
---@field rungs integer Rungs of the ladder; 1 without one.
---@field measures string[] The names that chains:measure takes: what this kernel knows of its sweeps.
---@field settings table The options of the kernel in force, { name = value }.
local chains = {}

---@class gibbs.chains_advance_options
---@field sweeps? integer|table 0 to 1e15; 1 when absent (an integer, at least 0; default 1)

---So many sweeps of every chain, with the present values of the parameters.
---
---Errors: an energy that is not finite, with the chain; Ctrl-C, between two sweeps.
---
---Cost: that of a sweep of the kernel, O(bonds) for a lattice, times n x sweeps.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---print(P:chains{ n = 2, seed = 1 }:advance(10).sweeps)  --> 10
---```
---@param sweeps? integer|gibbs.chains_advance_options 0 to 1e15; 1 when absent
---@return gibbs.chains # the chains themselves, so that calls can be strung together
function chains:advance(sweeps) end

---@class gibbs.chains_warm_up_options
---@field sweeps? integer|table 0 to 1e15; 1 when absent (an integer, at least 0; default 1)

---Sweeps during which the kernel may adapt itself (step sizes, cluster numbers, the temperatures of a ladder). What adaptation found stays as it is afterwards.
---
---Errors: as chains:advance.
---
---```lua
---local x = gibbs.reals(3)
---local P = gibbs.boltzmann{ visible = x, energy = 0.5 * gibbs.sum(x * x) }
---print(P:chains{ n = 4, seed = 1 }:warm_up(50).kernel)  --> hmc
---```
---@param sweeps? integer|gibbs.chains_warm_up_options 0 to 1e15; 1 when absent
---@return gibbs.chains # the chains themselves
function chains:warm_up(sweeps) end

---The present configurations: a copy, which does not change when the chains go on.
---
---Errors: hidden units of chains that sum over them: make these with hidden = "sampled".
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---print(table.concat(P:chains{ n = 8, seed = 1 }:advance(10):batch():shape(), "x"))  --> 8x4x4
---```
---@param variable? gibbs.expression|string a variable of the distribution or its name; absent: all visible units
---@return gibbs.tensor # one chain a row: n x the variable's shape, or n x units of all visible variables
function chains:batch(variable) end

---Put the units of a variable where they are wanted, in every chain.
---
---Errors: another number of values; a value that its unit cannot take, with its chain and unit.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---print(P:chains{ n = 2 }:set("visible", 1):batch():sum())  --> 32.0
---```
---@param variable gibbs.expression|string a variable of the distribution or its name
---@param values gibbs.tensor|table|number one row a chain, one configuration for all, or one number for every unit
---@return gibbs.chains # the chains themselves
function chains:set(variable, values) end

---What the kernel knows of its last sweep: "acceptance", "cluster_size", "improved_m2", ... chains.measures lists the names.
---
---Errors: a name that this kernel does not have, with those that it has.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.44 }
---local c = P:chains{ n = 4, kernel = "swendsen_wang", seed = 1 }:advance(50)
---print(#c:measure("cluster_size"), table.concat(c.measures, " "))  --> 4	improved_m2 cluster_size clusters
---```
---@param name string one of chains.measures
---@return gibbs.tensor # one number a chain
function chains:measure(name) end

---@class gibbs.chains_mean_options
---@field sweeps? integer how many sweeps of every chain (an integer, at least 1; default 1000)
---@field every? integer sweeps from one row to the next (an integer from 1 to 1e9; default 1)
---@field warm_up? integer|string sweeps that are not recorded; or 'detect', the default: left out as the series tells

---Go on for some sweeps and give the mean of an expression over them.
---
---Errors: fewer sweeps than from one row to the next; a value that is not finite, with its chain.
---
---Cost: n x sweeps sweeps; memory does not grow with sweeps.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---local e = P:chains{ n = 32, seed = 1 }:mean(P.E, { sweeps = 400 })
---print(math.abs(e.value - P:mean(P.E).value) < 5 * e.error)  --> true
---```
---@param f gibbs.expression of the distribution's variables and of parameters, of any shape; hidden units that are summed count by their conditional means
---@param options? gibbs.chains_mean_options
---@return gibbs.estimate # value and error of the shape of f
function chains:mean(f, options) end

---@class gibbs.chains_record_options
---@field sweeps? integer how many sweeps of every chain (an integer, at least 1; default 1000)
---@field every? integer sweeps from one row to the next (an integer from 1 to 1e9; default 1)
---@field warm_up? integer|string sweeps that are not recorded; or 'detect', the default: left out as the series tells
---@field keep? boolean keep every value, for series:values (default false)
---@field observables? table {name = expression}: what is recorded, of any shape
---@field measures? string[] names of what the kernel knows of its sweeps, as chains.measures lists them

---Go on for some sweeps and keep what is needed for means, errors and functions of means of named observables.
---
---Errors: nothing to be recorded; a name twice; fewer sweeps than from one row to the next; a value that is not finite, with its chain.
---
---Cost: memory does not grow with sweeps (block sums, at most 64 MiB), but with keep = true it does: 8 bytes a value.
---
---Source: Flyvbjerg and Petersen, J. Chem. Phys. 91 (1989) 461; Wolff, Comput. Phys. Commun. 156 (2004) 143
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---local m = gibbs.sum(P.visible) / 16
---local s = P:chains{ n = 16, seed = 1 }:record{ sweeps = 400, observables = { e = P.E, m2 = m * m } }
---print(s)  --> series of 400 rows of 16 chains: e, m2
---```
---@param options? gibbs.chains_record_options
---@return gibbs.series
function chains:record(options) end

---Write everything that is needed to go on: configurations, kernel and settings, sweeps done, clamped units, ladder. The file is complete, or the one that was there stays.
---
---Errors: another ending; a file that cannot be written.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---P:chains{ n = 4, seed = 1 }:advance(10):save("chains.json")
---local again = P:chains{ load = "chains.json" }:advance(10):batch()
---print(again == P:chains{ n = 4, seed = 1 }:advance(20):batch())  --> true
---os.remove("chains.json")
---```
---@param path string ends in .h5, .hdf5, .npz or .json
---@return gibbs.chains # the chains themselves
function chains:save(path) end

---Go on where the chains of a file stopped. They must have been made as these were: kernel, settings, number, seed, clamped units, ladder. Q:chains{ load = path } makes chains as they were.
---
---Errors: a file of another model, kernel, seed, ...: the first difference is named, and the chains stay as they are; a file that is cut off or changed.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---P:chains{ n = 4, seed = 1 }:advance(10):save("chains.json")
---print(P:chains{ n = 4, seed = 1 }:load("chains.json").sweeps)  --> 10
---os.remove("chains.json")
---```
---@param path string of a file written by chains:save
---@return gibbs.chains # the chains themselves
function chains:load(path) end

---Of a ladder: the rung that batch, set, mean and record speak of from now on.
---
---Errors: no such rung.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.5 }
---local c = P:chains{ n = 4, kernel = "tempering", rungs = 3, seed = 1 }:advance(10)
---print(c:select(3):ladder().selected)  --> 3
---```
---@param rung integer 1 (the distribution itself, unless a ladder says otherwise) to chains.rungs
---@return gibbs.chains # the chains themselves
function chains:select(rung) end

---The scales of a ladder, and how often its rungs exchange their configurations.
---
---Source: Geyer, in: Computing Science and Statistics (1991) 156; Hukushima and Nemoto, J. Phys. Soc. Jpn. 65 (1996) 1604
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.5 }
---local c = P:chains{ n = 4, kernel = "tempering", ladder = { 1, 0.7, 0.4 }, seed = 1 }:advance(10)
---print(c:ladder().scale)  --> tensor 3: 1.0 0.7 0.4
---```
---@return gibbs.ladder # scale, what each rung multiplies the energy by; acceptance, of the swaps between neighbours since the chains began or adaptation ended; selected, the rung in force
function chains:ladder() end

-- ---- a series

---What chains:record keeps of a run: block sums of every observable of every chain, from which come means, errors, autocorrelation times and functions of several means. Memory does not grow with its length.
---@class gibbs.series
---@field names string[] The names of the observables, sorted, measures last.
---@field rows integer Rows recorded, a chain.
---@field sweeps integer Sweeps recorded, a chain: rows times every.
---@field every integer Sweeps from one row to the next.
---@field warm_up integer Sweeps left out at the start, the most that an observable needs.
local series = {}

---The mean of an observable with its error.
---
---Errors: no observable of that name; fewer than 4 rows after the warm-up.
---
---Source: Wolff, Comput. Phys. Commun. 156 (2004) 143; White, Simulation 69 (1997) 323 (MSER, the warm-up)
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---local s = P:chains{ n = 16, seed = 1 }:record{ sweeps = 400, observables = { e = P.E } }
---print(math.abs(s:mean("e").value - P:mean(P.E).value) < 5 * s:mean("e").error)  --> true
---```
---@param name string of an observable or a measure that was recorded
---@return gibbs.estimate
function series:mean(name) end

---The means of all observables.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---local s = P:chains{ n = 16, seed = 1 }:record{ sweeps = 400, observables = { e = P.E } }
---print(s:means().e.value == s:mean("e").value)  --> true
---```
---@return table # { name = estimate }; a misspelt name is an error
function series:means() end

---The integrated autocorrelation time tau = 1 + 2 sum_t rho(t) in sweeps, of the slowest element.
---
---Errors: no observable of that name.
---
---Source: Sokal, Monte Carlo methods in statistical mechanics (1989); Wolff, Comput. Phys. Commun. 156 (2004) 143
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---local s = P:chains{ n = 16, seed = 1, kernel = "exact" }:record{ sweeps = 400, observables = { e = P.E } }
---print(math.abs(s:tau("e") - 1) < 0.2)  -- independent samples  --> true
---```
---@param name string of an observable
---@return number
function series:tau(name) end

---The standard error of the mean, were blocks of growing length independent: it rises with the length and is flat where it is right.
---
---Errors: an observable of several elements.
---
---Source: Flyvbjerg and Petersen, J. Chem. Phys. 91 (1989) 461
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.44 }
---local s = P:chains{ n = 8, seed = 1, kernel = "heat_bath" }:record{ sweeps = 1024, observables = { e = P.E } }
---local levels = s:binning("e")
---print(levels[1].length, levels[5].length, levels[1].error < levels[5].error)  --> 1	16	true
---```
---@param name string of an observable that is one number
---@return table[] # { length = sweeps, error }
function series:binning(name) end

---All values of an observable, of a series recorded with keep = true.
---
---Errors: the values were not kept.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---local s = P:chains{ n = 4, seed = 1 }:record{ sweeps = 100, keep = true, observables = { e = P.E } }
---print(table.concat(s:values("e"):shape(), "x"))  --> 4x100
---```
---@param name string of an observable
---@return gibbs.tensor # chains x rows, and the elements of a tensor laid end to end behind
function series:values(name) end

---@class gibbs.series_extend_options
---@field sweeps? integer|table from 1 (an integer, at least 1; default 1000)

---The chains run on, and their rows are added.
---
---Errors: within a function of its own means.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---local s = P:chains{ n = 4, seed = 1 }:record{ sweeps = 100, observables = { e = P.E } }
---print(s:extend(50).rows)  --> 150
---```
---@param sweeps integer|gibbs.series_extend_options from 1
---@return gibbs.series # the series itself
function series:extend(sweeps) end

---A function of several means with its error, such as a specific heat or a Binder cumulant: bias-corrected, by the jackknife over 32 to 128 groups of blocks.
---
---Errors: f gives no finite number, or another count of numbers.
---
---Cost: f is called for each group.
---
---Source: Quenouille, Biometrika 43 (1956) 353
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---local s = P:chains{ n = 32, seed = 1 }:record{ sweeps = 400, observables = { e = P.E, e2 = P.E * P.E } }
---local c = s:jackknife(function(m) return m.e2 - m.e ^ 2 end)
---print(math.abs(c.value - gibbs.kaufman(4, 4, 0.3).specific_heat) < 5 * c.error)  --> true
---```
---@param f function of a table { name = mean }, numbers or tensors; gives 1 to 64 numbers
---@return gibbs.estimate # one for each number that f gives
function series:jackknife(f) end

---@class gibbs.series_bootstrap_options
---@field resamples? integer how many resampled sets of blocks (an integer from 10 to 1e7; default 1000)
---@field seed? integer seed of the resampling (an integer, at least 0; default gibbs.seed())
---@field quantiles? number[]|gibbs.tensor the probabilities whose quantiles are wanted; {0.16, 0.84} by default, one standard error about the median

---A function of several means with its error and quantiles, by resampling groups of blocks: for functions whose distribution is skew.
---
---Errors: f gives no finite number, or another count of numbers.
---
---Cost: f is called `resamples` times.
---
---Source: Efron, Ann. Stat. 7 (1979) 1
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---local s = P:chains{ n = 32, seed = 1 }:record{ sweeps = 400, observables = { e = P.E, e2 = P.E * P.E } }
---local c = s:bootstrap(function(m) return m.e2 - m.e ^ 2 end, { resamples = 200 })
---print(c.quantiles[1] < c.value and c.value < c.quantiles[2])  --> true
---```
---@param f function of a table { name = mean }; gives 1 to 64 numbers
---@param options? gibbs.series_bootstrap_options
---@return gibbs.estimate # one for each number that f gives, with .quantiles
function series:bootstrap(f, options) end

-- ---- a reweighting

---Runs at several temperatures taken together, made by gibbs.reweight: means, functions of means and free energies at any temperature within reach.
---@class gibbs.reweighting
---@field tau gibbs.tensor The autocorrelation time of each run, in samples.
---@field beta gibbs.tensor The inverse temperatures of the runs.
local reweighting = {}

---The mean of an observable at an inverse temperature.
---
---Errors: a beta where the samples are too few effective ones.
---
---Cost: O(samples); the last beta is remembered.
---
---```lua
---local data = { energy = { -3, -1, -2, -2, -3, -1, -1, -3, -2, -2, -1, -3, -2, -2, -3, -1 } }
---local r = gibbs.reweight{ beta = { 0.5 }, samples = { data } }
---print(string.format("%.6f", r:mean("energy", 0.5).value))  --> -2.000000
---```
---@param name string of an observable that all runs have
---@param beta number within reach of the samples
---@return gibbs.estimate
function reweighting:mean(name, beta) end

---A function of several means at an inverse temperature, with an error of first order.
---
---Errors: f gives no finite number; a beta out of reach.
---
---```lua
---local data = { energy = { -3, -1, -2, -2, -3, -1, -1, -3, -2, -2, -1, -3, -2, -2, -3, -1 } }
---local r = gibbs.reweight{ beta = { 0.5 }, samples = { data } }
---print(string.format("%.6f", r:estimate(function(m) return m.energy ^ 2 end, 0.5).value))  --> 4.000000
---```
---@param f function of a table { name = mean }; gives 1 to 64 numbers
---@param beta number within reach of the samples
---@return gibbs.estimate # one for each number that f gives
function reweighting:estimate(f, beta) end

----log Z at an inverse temperature, less that at the first beta of the runs.
---
---Errors: a beta out of reach.
---
---```lua
---local data = { energy = { -3, -1, -2, -2, -3, -1, -1, -3, -2, -2, -1, -3, -2, -2, -3, -1 } }
---local r = gibbs.reweight{ beta = { 0.5 }, samples = { data } }
---print(string.format("%.6f", r:free_energy(0.6).value))  --> -0.203123
---```
---@param beta number within reach of the samples
---@return gibbs.estimate
function reweighting:free_energy(beta) end

---The part of one temperature's samples that might be another's: where neighbours share little, errors grow.
---
---Source: Klimovich, Shirts and Mobley, J. Comput. Aided Mol. Des. 29 (2015) 397
---
---```lua
---local data = { energy = { -3, -1, -2, -2, -3, -1, -1, -3, -2, -2, -1, -3, -2, -2, -3, -1 } }
---print(gibbs.reweight{ beta = { 0.5 }, samples = { data } }:overlap():get(1, 1))  --> 1.0
---```
---@return gibbs.tensor # temperatures x temperatures; rows add up to 1
function reweighting:overlap() end

-- ---- an estimator

---A way to estimate, given where a number is asked for: Q:mean(f, how), objective:value(how), gibbs.minimize(objective, Q, { estimate = how }). Made by gibbs.exact, gibbs.transfer, gibbs.chains, gibbs.pcd, gibbs.cd and gibbs.jarzynski; those for free energies alone are of the class free_energy_estimator.
---@class gibbs.estimator
local estimator = {}

-- ---- a free_energy_estimator

---A way to estimate free energies beyond sums: for Q:free_energy(how), and as free_energy = ... of gibbs.chains, gibbs.pcd, gibbs.cd and gibbs.jarzynski. Made by gibbs.ais, gibbs.ti, gibbs.bar and gibbs.mbar.
---@class gibbs.free_energy_estimator
local free_energy_estimator = {}

-- ---- a random start

---How a parameter starts: random numbers, drawn when it is made and again at every restart of gibbs.minimize. Made by gibbs.normal and gibbs.uniform.
---@class gibbs.random_start
local random_start = {}

-- ---- a null

---@class gibbs.null
local null = {}

-- ---- a recursion

---An approximate renormalization in closed form: couplings K to K' = R(K) of a lattice whose sites stand for b^d sites each, H = -K sum_<ij> s_i s_j - h sum_i s_i. Made by gibbs.rg.chain, migdal_kadanoff, niemeijer_van_leeuwen, kadanoff, wilson and recursion. Its fields couplings, y_t and y_h are those of the scheme's own fixed point, found when they are first read.
---@class gibbs.recursion
---@field name string The scheme's; 'own' of gibbs.rg.recursion.
---@field scale number The scale factor b.
---@field dimension number The dimension d.
---@field couplings table The couplings at the fixed point, by name.
---@field y_t number The thermal exponent there, ln |lambda| / ln b of the even eigenvalue of largest modulus; -inf where that is 0, as of free spins; nil without one.
---@field y_h number The magnetic exponent, of the odd eigenvalue of largest modulus; nil without one.
---@field p number gibbs.rg.kadanoff: the strength of the block spins' coupling, given or found; else nil.
local recursion = {}

---One step: the couplings of the coarser lattice and, where the scheme knows it, the constant g of ln Z_N(K) = (N / b^d) g(K) + ln Z_(N/b^d)(K').
---
---Errors: an unknown coupling; one that is no number, or that the scheme does not take; a result that is not finite.
---
---```lua
---print(string.format("%.6f", gibbs.rg.chain{}:step{ K = 1 }.K))  -- tanh K' = tanh(K)^2  --> 0.662501
---```
---@param couplings number|table a number, K of the nearest-neighbour model, or a table of couplings by name; those that are left out are 0
---@return table # the new couplings by name; g, or nothing
---@return number
function recursion:step(couplings) end

---Several steps, one after the other.
---
---Errors: as those of recursion:step.
---
---```lua
---for _, c in ipairs(gibbs.rg.migdal_kadanoff{}:flow(0.4, 3)) do print(string.format("%.4f", c.K)) end
-----> 0.4000
-----> 0.4734
-----> 0.6114
-----> 0.8800
---```
---@param couplings number|table a number, K of the nearest-neighbour model, or a table of couplings by name; those that are left out are 0
---@param steps integer 0 to 1000000
---@return table # a list of couplings by name, the start first
function recursion:flow(couplings, steps) end

---The fixed point that Newton's method reaches from the start, of several any one near it, with the eigenvalues of dK'/dK there and the exponents y = ln |lambda| / ln b. Those of a complex pair are of its modulus: look at `imaginary`. Derivatives are exact for the schemes, differences (eleven or twelve digits) for gibbs.rg.recursion.
---
---Errors: no fixed point near the start; a recursion without a start of its own (gibbs.rg.recursion without `start`, gibbs.rg.kadanoff with a p at which nothing is critical).
---
---```lua
---local point = gibbs.rg.migdal_kadanoff{ d = 2 }:fixed_point()
---print(string.format("%.6f %.6f", point.couplings.K, point.y_t))  --> 0.304689 0.747236
---```
---@param start? number|table a number, K of the nearest-neighbour model, or a table of couplings by name; those that are left out are 0; absent: the scheme's own start
---@return table # couplings by name; eigenvalues, imaginary (their parts), exponents and odd (whether the eigenvector is), lists by falling modulus; y_t, y_h; residual, the largest |K' - K|
function recursion:fixed_point(start) end

---The free energy a site, -ln Z / N = -sum_n g(K_n) / b^(d (n + 1)), by following the flow. Exact for gibbs.rg.chain; below the exact one for migdal_kadanoff and kadanoff, above it for niemeijer_van_leeuwen; of either sign for wilson.
---
---Errors: a scheme without constants (the limit b -> 1, decimate_first, quadratic; niemeijer_van_leeuwen in a field); constants that do not add up, as where couplings grow as fast as the lattice shrinks.
---
---```lua
---print(string.format("%.6f", gibbs.rg.chain{}:free_energy{ K = 1, h = 0.2 }))  --> -1.233221
---```
---@param couplings number|table a number, K of the nearest-neighbour model, or a table of couplings by name; those that are left out are 0
---@return number
function recursion:free_energy(couplings) end

---Kadanoff's lower bound of the free energy a site of the nearest-neighbour Ising model, by the best p, which need not be the one of the fixed point. Of gibbs.rg.kadanoff alone.
---
---Errors: any other scheme.
---
---Source: Kadanoff, Phys. Rev. Lett. 34 (1975) 1005
---
---```lua
---local bound = gibbs.rg.kadanoff{ d = 2 }:bound(0.3)
---print(string.format("%.5f below %.5f", bound, gibbs.onsager(0.3).free_energy))  --> -0.81011 below -0.79056
---```
---@param K number the coupling, of either sign
---@param h? number the field; 0 when absent
---@return number # the bound; the p that gives it
---@return number
function recursion:bound(K, h) end

-- ---- an mcrg

---What Monte Carlo renormalization measured, by gibbs.rg.mcrg. Level 0 is the chains' own lattice, level n + 1 the blocks of level n; step n leads from level n - 1 to level n. Values and errors are a jackknife's, over groups of chains (16 or more) or stretches of the time of few; the errors know of stretches that are correlated, and estimates say so (not converged) where chains disagree or are hardly longer than their correlations.
---@class gibbs.mcrg
---@field steps integer How often blocks were made of blocks.
---@field measurements integer Measurements of all chains together.
---@field even string[] The names of the even operators.
---@field odd string[] The names of the odd operators.
local mcrg = {}

---@class gibbs.mcrg_exponent_options
---@field odd? boolean of the odd operators instead of the even ones (default false)
---@field operators? integer how many of the operators, the first ones; 0: all (an integer from 0 to 24; default 0)

---The exponent y = ln |lambda| / ln b of the largest eigenvalue of dK'/dK at a step: y_t of even operators, y_h of odd ones. It is not converged where that eigenvalue is negative or one of a complex pair.
---
---Errors: operators that are constant or linearly dependent on the lattice of the blocks, or in these samples; odd operators whose means are not 0, as in a field.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4406868 }
---local m = gibbs.rg.mcrg{ chains = P:chains{ n = 32, seed = 1 }:warm_up(100), rule = "majority", measurements = 300 }
---local y_h = m:exponent(1, { odd = true, operators = 1 })
---print(math.abs(y_h.value - 1.87) < 0.1)  --> true
---```
---@param step integer 1 to mcrg.steps
---@param options? gibbs.mcrg_exponent_options
---@return gibbs.estimate
function mcrg:exponent(step, options) end

---@class gibbs.mcrg_matrix_options
---@field odd? boolean of the odd operators instead of the even ones (default false)
---@field operators? integer how many of the operators, the first ones; 0: all (an integer from 0 to 24; default 0)

---The matrix dK'_a / dK_b at a step, and its standard errors.
---
---Errors: those of mcrg:exponent.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4 }
---local m = gibbs.rg.mcrg{ chains = P:chains{ n = 16, seed = 1 }:warm_up(100), rule = "majority", measurements = 200 }
---local T, errors = m:matrix(1, { operators = 2 })
---print(#T, #T[1], errors[1][1] < 0.1)  --> 2	2	true
---```
---@param step integer 1 to mcrg.steps
---@param options? gibbs.mcrg_matrix_options
---@return table[] # rows of numbers, and of their errors
---@return table[]
function mcrg:matrix(step, options) end

---@class gibbs.mcrg_eigenvalues_options
---@field odd? boolean of the odd operators instead of the even ones (default false)
---@field operators? integer how many of the operators, the first ones; 0: all (an integer from 0 to 24; default 0)

---The eigenvalues of dK'/dK at a step, by falling modulus: their real parts and exponents ln |lambda| / ln b with errors, and their imaginary parts. The second exponents are those of corrections to scaling, or of what the basis has too much.
---
---Errors: those of mcrg:exponent.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.4406868 }
---local c = P:chains{ n = 32, kernel = "swendsen_wang", seed = 1 }:warm_up(100)
---local m = gibbs.rg.mcrg{ chains = c, rule = "majority", measurements = 300, levels = 1 }
---local list = m:eigenvalues(1, { operators = 3 })
---print(#list, list[1].exponent.value == m:exponent(1, { operators = 3 }).value, list[2].exponent.value < 0)  --> 3	true	true
---```
---@param step integer 1 to mcrg.steps
---@param options? gibbs.mcrg_eigenvalues_options
---@return table[] # { real = estimate, imaginary = number, exponent = estimate }
function mcrg:eigenvalues(step, options) end

---@class gibbs.mcrg_couplings_options
---@field odd? boolean of the odd operators instead of the even ones (default false)
---@field operators? integer how many of the operators, the first ones; 0: all (an integer from 0 to 24; default 0)

---The couplings of a level by maximum pseudo-likelihood (Callen's equations): what was asked for by couplings_every.
---
---Errors: no couplings were asked for; odd operators; operators that are constant or linearly dependent on that lattice; samples so few or so ordered that the likelihood grows without end.
---
---Source: Swendsen, Phys. Rev. Lett. 52 (1984) 1165
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4 }
---local m = gibbs.rg.mcrg{ chains = P:chains{ n = 32, seed = 1 }:warm_up(100), rule = "majority", measurements = 200, couplings_every = 1 }
---local K = m:couplings(0, { operators = 2 })
---print(math.abs(K.nearest.value - 0.4) < 5 * K.nearest.error)  --> true
---```
---@param level integer 0, the chains' own lattice, to mcrg.steps
---@param options? gibbs.mcrg_couplings_options
---@return table # { name = estimate }
function mcrg:couplings(level, options) end

---The mean of an operator a site of a level.
---
---Errors: no operator of that name.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4 }
---local m = gibbs.rg.mcrg{ chains = P:chains{ n = 32, seed = 1 }:warm_up(100), rule = "majority", measurements = 200 }
---local e = m:mean(0, "nearest")
---print(math.abs(e.value + gibbs.kaufman(8, 8, 0.4).energy / 0.4 / 64) < 5 * e.error)  --> true
---```
---@param level integer 0 to mcrg.steps
---@param name string of an operator, as mcrg.even and mcrg.odd list them
---@return gibbs.estimate
function mcrg:mean(level, name) end

-- ---- a run

---What `gibbs.run()` gives: the run that a script is part of.
---@class gibbs.run
---@field recorded boolean Whether the script was started by `gibbs run`, `gibbs resume` or `gibbs sweep`.
---@field resumed boolean Whether the run goes on from what an earlier process recorded.
---@field folder string The folder in which the files of the run lie.
local run = {}

---Log a row of numbers: a step of a training, a point of a scan. In a recorded run it is a row of metrics.csv, handed to the system before the call returns, so that a killed run keeps it; in a plain one it is printed. The columns are the names of all rows: `step` first, others by the alphabet, new ones at the end. Names that end in `seconds` are times: a replay does not compare them.
---
---Errors: a value that is no number and no estimate of one; a name with a comma, a quote or a line end; a full disk. After a resume: a row that is not the one that was logged before.
---
---Cost: A system call a row; a new column writes the file anew.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
---local run = gibbs.run()
---run:log{ step = 10, F = P:free_energy(), energy = P:mean(P.H) }  --> step 10  F -7.34692  energy -2.66674
---```
---@param row table names and numbers, estimates (which give the columns name and name_error), true or false
function run:log(row) end

---All rows logged up to now, also those that were logged before the run was resumed: a table or a figure made of them is the same as if it never had been stopped.
---
---Cost: In a recorded run metrics.csv is read.
---
---```lua
---local run = gibbs.run()
---run:log{ step = 1, kl = 0.5 }   --> step 1  kl 0.5
---run:log{ step = 2, kl = 0.25 }  --> step 2  kl 0.25
---print(#run:rows(), run:rows()[2].kl)  --> 2	0.25
---```
---@return table[] # numbers by column; an estimate is there as name and name_error, what a row does not have is nil. A copy.
function run:rows() end

---Keep a result in the file results.h5 of the run, under a name of its own; saved again, it replaces what was there. A list of rows becomes a column for each name, an estimate value, error and what else it says, a distribution what gibbs.load(path, name) makes it from (its parameters alone, where its energy is a function of the script). gibbs.read, h5py and every program that reads HDF5 read it.
---
---Errors: a value that HDF5 cannot hold, saying where it is; a full disk.
---
---Cost: The file is written anew each time, so that it is always whole; in a recorded run, where that takes long, at the end.
---
---```lua
---local run = gibbs.run()
---run:save("weights", { { 1, 2 }, { 3, 4 } })        --> results.h5: weights
---print(gibbs.read("results.h5").weights:get(2, 1))  --> 3.0
---```
---@param name string without '/'
---@param value number|string|boolean|gibbs.tensor|gibbs.expression|gibbs.distribution|gibbs.estimate|table numbers in nested lists become a tensor; tables of names are groups
function run:save(name, value) end

---Draw a figure into the run: in its folder figures/ if it is recorded. The numbers of it are beside it as CSV, and a replay compares these.
---
---Errors: a kind that gibbs.plot does not have; a name that leads out of the folder; and as that function.
---
---```lua
---gibbs.run():figure("kl.svg", "lines", { x_label = "step", series = { { name = "KL", y = { 3, 2, 1 } } } })  --> kl.svg
---```
---@param file string a name that ends in .svg, .png or .pdf
---@param kind string a function of gibbs.plot: "lines", "heatmap", ...
---@param options? table of that function, without `file`
function run:figure(file, kind, options) end

---The path of a file in the folder of the run, for whatever writes files: tables, checkpoints, a program of one's own. Folders in the name are made. A training keeps its checkpoint there so that `gibbs resume` can go on with it: checkpoint = run:path "training.h5", resume = true.
---
---Errors: an absolute name, or one with '..' in it; a folder that cannot be made.
---
---```lua
---local path = gibbs.run():path "tables/scan.csv"
---gibbs.write(path, { x = { 1, 2 }, y = { 3, 4 } })
---print(path)  --> tables/scan.csv
---```
---@param name string "training.h5", "tables/scan.csv"
---@return string
function run:path(name) end

---Say which columns a replay does not compare, by name, in tables and in metrics: times, and what follows from them. Names that end in `seconds` need not be told.
---
---```lua
---gibbs.run():volatile("ns", "ess/s")
---```
---@param ... string names of columns of CSV files and of fields in HDF5 and JSON
function run:volatile(...) end

---Print like print: a line that a replay does not compare, because there are times in it, say.
---
---```lua
---gibbs.run():note("took", 3, "s")  --> took	3	s
---```
---@param ... any as of print
function run:note(...) end

---Write a text like io.write, without a line end: a piece of a line that a replay does not compare.
---
---```lua
---local run = gibbs.run()
---io.write "it took "
---run:write_note "3 s"
---print()  --> it took 3 s
---```
---@param text string what is written
function run:write_note(text) end

-- ---- a transform

---A coarse-graining T(v, h): spins v become block spins h with the weight exp T. With the Hamiltonian H of P it gives the machine E = H - T, whose marginal Hamiltonian is H + D, D(v) = -log sum_h exp T; the trace condition sum_h exp T = 1 is D = 0. Made by gibbs.rg.decimation, majority, block_spin, filter, bond_moving, rbm and transform. It is not changed once it is made.
---@class gibbs.transform
---@field name string What it calls itself: 'decimation', 'rbm', or the name it was given.
---@field kernel gibbs.expression|function T(v, h); or a function of the distribution that gives it, where it needs H. That of a block rule is made when it is first read, since its matrix grows as the square of the lattice.
---@field visible gibbs.variable|table The units v; a list where they are several variables.
---@field hidden gibbs.variable|table The block spins h; likewise.
---@field rule table What gibbs.rg.mcrg and gibbs.rg.vmcrg read: { kind, b, ... }; nil where no block rule says the same.
local transform = {}

---The distribution of the block spins, H'(h) = -log sum_v exp(T - H): one step of renormalization, exact where all v can be summed. Its H keeps the additive constant, so that F' = F where the trace condition holds. It can be coarse-grained again. Beyond sums its chains walk over h and v together, which is slow for rules that leave nothing to chance: of a majority of an odd number of spins they do not get from one h to another, and say that they did not converge; gibbs.rg.mcrg draws h from chains of P instead.
---
---Errors: P is no distribution with an energy, or one of other variables. More than 2^20 states to be summed over: when the step's H is asked for.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
---local step = gibbs.rg.decimation{ visible = P.visible }:step(P)
---print(string.format("%.6f", gibbs.rg.couplings(step)["pair {0,1}"]))  --> 0.470843
---```
---@param P gibbs.distribution over the transform's visible spins
---@return gibbs.distribution # visible: the block spins; hidden: what is summed over, all spins or, of decimation and bond_moving, those that do not stay
function transform:step(P) end

---The machine with E = H - T: P's spins visible, the block spins hidden. Its free energy and distribution are those of P where the trace condition holds.
---
---Errors: P is no distribution with an energy, or one of other variables.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
---local machine = gibbs.rg.decimation{ visible = P.visible }:machine(P)
---print(math.abs(machine:free_energy().value - P:free_energy().value) < 1e-9)  --> true
---```
---@param P gibbs.distribution over the transform's visible spins
---@return gibbs.distribution
function transform:machine(P) end

---The trace condition: log sum_h exp T over the states of P, which is 0 everywhere where it holds.
---
---Errors: as those of distribution:mean; P is one of other variables; a kernel that is not finite everywhere.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
---print(gibbs.rg.majority{ visible = P.visible }:trace(P).holds)                                     --> true
---print(gibbs.rg.block_spin{ visible = P.visible, p = 0.5, normalised = false }:trace(P).holds)      --> false
---```
---@param P gibbs.distribution over the transform's visible spins
---@param how? gibbs.estimator as for distribution:mean; absent: exact
---@return table # mean (an estimate), spread (the standard deviation), spread_error, largest (of the modulus), over (what it is the largest of: 'all states' where they are at most 2^16, else '1000 samples', independent ones up to 2^20 states and chains of their own beyond), holds (largest below 1e-9)
function transform:trace(P, how) end

---The free-energy budget of the machine: F_l - F = <D>_P - KL(P||P_l) = <D>_Pl + KL(P_l||P), every part of it.
---
---Errors: as those of objectives; P is one of other variables; a kernel that is not finite everywhere.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
---local budget = gibbs.rg.bond_moving{ visible = P.visible, J = 0.4 }:budget(P)
---print(string.format("%.6f %.6f", budget.gap.value, budget.mean_D.value - budget.kl.value))  --> -2.152191 -2.152191
---```
---@param P gibbs.distribution over the transform's visible spins
---@param how? gibbs.estimator as for objectives; absent: exact
---@return table # estimates: F, F_machine, gap (F_l - F), mean_D, mean_D_machine, kl, kl_reverse
function transform:budget(P, how) end

-- ---- results: check

---@class gibbs.check
---@field ok boolean Whether no component differs by more than what is allowed.
---@field max_error number The largest difference of a component: |gradient - difference|, or in standard errors on samples.
---@field allowed number What rounding and truncation explain, or chance on samples (exceeded once in a thousand checks).
---@field parameter string The parameter of the worst component.
---@field element integer The element of the worst component in its parameter, from 1, row-major.
---@field gradient number The gradient at the worst component.
---@field difference number What differences of the value give at the worst component (exact gradients).
---@field exact number The exact gradient at the worst component (on samples).
---@field error number One standard error of the mean gradient at the worst component (on samples).
---@field runs integer How many independent runs the mean is of (on samples).
---@field components integer How many components were compared.
local check = {}

-- ---- results: states

---@class gibbs.states
---@field H gibbs.tensor H(v) as the functions of gibbs.objective see it: one number a state, or a sample.
---@field P gibbs.tensor Q(v) at each state or sample: it sums to 1 over what there is.
---@field log_P gibbs.tensor log Q(v) = F - H(v) at each state or sample.
---@field F number The free energy of the model.
---@field target table H, P, log_P and F of the target; there is none without one.
local states = {}

-- ---- results: fit

---What gibbs.minimize came to: a table whose fields are listed here. What a run does not know is nil; a misspelt field is an error.
---@class gibbs.fit
---@field value number The objective at the end: exact, or estimated on the last samples (the mean over the averaged steps); nil where samples do not tell it.
---@field value_error number One standard error of fit.value; on samples only, nil where not known.
---@field gradient_norm number At the end: the largest component of an exact gradient; the Euclidean norm of the last one on samples.
---@field converged boolean Exact gradients: whether a minimum was reached that is attained, with a gradient below the tolerance. Nil on samples.
---@field verdict string Why it ended, a word: converged, steps, stalled, runaway, saddle, infeasible, stopped or interrupted; on samples steps, patience, out_of_equilibrium, stopped or interrupted.
---@field reason string The verdict as a sentence.
---@field steps integer Steps that were done (of the best start).
---@field evaluations integer Exact gradients: evaluations of all starts.
---@field starts integer Exact gradients: how many starts were made, options.restarts.
---@field agreed integer Exact gradients: how many starts ended within `agreement` of the best value.
---@field best_start integer Exact gradients: the number of the best start, from 1 (which is at the values that were there).
---@field curvature_known boolean Exact gradients: whether the Hessian at the end was looked at (up to 300 elements).
---@field lowest_curvature number The smallest eigenvalue of the Hessian at the end (on the constraint's surface, if there is one); nil where not known.
---@field flat_directions integer How many eigenvalues of the Hessian are zero within rounding; nil where not known.
---@field constraint number subject_to: objective - level at the end, 0 where it is met; nil without a constraint.
---@field constraint_error number One standard error of fit.constraint on samples.
---@field multiplier number subject_to: the Lagrange multiplier mu in grad value + mu grad constraint = 0.
---@field rollbacks integer Samples: how often training went back to the last good point.
---@field averaged integer Samples: the number of last steps whose mean the parameters are; 0: those of one step.
---@field best_step integer held_out: the step before which the held-out objective was best; nil without a look.
---@field held_out number held_out: its best value.
---@field held_out_error number One standard error of fit.held_out.
---@field resumed_at integer checkpoint or resume: the step that the run went on from; 0: it began anew.
---@field checkpoint string checkpoint: the path of the file.
---@field history table[] A list of records, one a kept step: those of a training record on samples; start, step, value, gradient_norm and constraint with exact gradients. What a record does not know of its step is nil.
local fit = {}

-- ---- results: training record

---@class gibbs.training_record
---@field step integer The number of the step: from 1 on samples, from 0 (the start) with exact gradients.
---@field start integer Exact gradients: the number of the start, from 1.
---@field rollbacks integer Samples: returns to the last good point so far.
---@field value number The objective at the step's samples, before the step.
---@field value_error number One standard error; nil where the estimate is not to be trusted.
---@field constraint number subject_to: objective - level.
---@field constraint_error number One standard error of constraint.
---@field multiplier number subject_to: the multiplier before the step.
---@field gradient_norm number Of the objective and what holds the constraint: Euclidean on samples, the largest component with exact gradients.
---@field rate number The step size of the step.
---@field free_energy number F of the model, where it is known.
---@field free_energy_error number One standard error of free_energy.
---@field ess number Effective chains of the model's as a share of all: 1 without weights.
---@field r_hat number R-hat of H over the model's chains over the last steps.
---@field changed number Share of units that changed in the last sweep, or the acceptance.
---@field held_out number The held-out objective at the last look, before that step.
---@field held_out_error number One standard error of held_out.
local training_record = {}

-- ---- results: solution

---@class gibbs.solution
---@field free_energy number -log Z: of the whole torus, or a site of the infinite lattice.
---@field energy number <H> = -J sum_<ij> <s_i s_j>: of the whole torus, or a site of the infinite lattice.
---@field specific_heat number The variance of H, which is C / k since beta is absorbed: of the whole torus, or a site of the infinite lattice, where it is infinite at the critical point.
---@field magnetisation number The spontaneous magnetisation a site of the infinite lattice: 0 above the critical temperature.
local solution = {}

-- ---- results: ladder

---@class gibbs.ladder
---@field scale gibbs.tensor What each rung multiplies the energy by, the first rung first.
---@field acceptance gibbs.tensor The mean acceptance of swaps between rung r and r + 1 (nan before the first).
---@field selected integer The rung that batch, set, mean and record speak of.
local ladder = {}

-- ---- results: estimate

---A number, or a tensor, with its error and how it was obtained: a table that prints as physicists write it. One that cannot be trusted says so when it is printed, and why.
---@class gibbs.estimate
---@field value number|gibbs.tensor The number that was estimated, or a tensor for the mean of a tensor. An estimate prints as physicists write it, -21.0643(12): the error in the last digits; it is a table and no number, so that arithmetic with it is refused: use its value.
---@field error number|gibbs.tensor One standard error, 0 where the value is exact. It knows of autocorrelation and of chains that disagree.
---@field method string How it was obtained: exact, transfer, kaufman, independent, a kernel's name, ais, reweighting, ...
---@field ess number Effective samples: how many independent ones would be worth as much; infinite where exact.
---@field tau number Integrated autocorrelation time tau = 1 + 2 sum_t rho(t), in sweeps: 1 (times `every`) for independent rows; 0 where exact, nan where there are no chains.
---@field tau_error number One standard error of tau.
---@field r_hat number Split R-hat (Vehtari et al., Bayesian Analysis 16 (2021) 667): near 1 where chains agree, 1 where exact; nan where there are too few rows, or no chains.
---@field warm_up integer Sweeps that were left out at the start of every chain.
---@field sweeps integer Sweeps of each chain that count; samples in all where runs were reweighted.
---@field converged boolean Whether it can be trusted: at least 50 tau long, R-hat below 1.05, the warm-up over within the first half; weights even enough. Printing says if it cannot.
---@field why string Why it is not converged, one sentence; "" where it is.
---@field bias number Free energies by sampling: bias of the value to first order, that of a logarithm of a mean; 0 where there is none.
---@field lower number Free energies by sampling: what lies below F on average (reverse runs); nan where there is one direction only.
---@field upper number Free energies by sampling: what lies above F on average (forward runs); nan where there is one direction only.
---@field gap number Free energies by sampling: upper - lower; small where both directions agree, below 0 by chance alone.
---@field quantiles number[] series:bootstrap: the quantiles asked for.
local estimate = {}

-- ---- results: autocorrelation

---@class gibbs.autocorrelation
---@field tau number The integrated autocorrelation time, in steps of the list.
---@field error number One standard error of tau.
---@field rho gibbs.tensor rho(0), rho(1), ...: rho:get(t + 1) is that of lag t.
local autocorrelation = {}

-- ---- results: vmcrg

---@class gibbs.vmcrg
---@field couplings table The renormalised couplings, { name = estimate }.
---@field residual table The last step of the couplings, which takes off what was left of the block operators' means, in their standard errors, { name = number }.
---@field matrix table[] dK'_a / dK_b, rows of numbers, from the moments of all replicas.
---@field matrix_error table[] Their standard errors.
---@field exponent gibbs.estimate ln lambda / ln b of the largest eigenvalue.
---@field tau gibbs.estimate The autocorrelation time of the first operator of the biased block spins, in sweeps.
local vmcrg = {}

-- ---- the module

---@class gibbs
---@field null gibbs.null What JSON calls null: nothing, in a table that a file holds, where Lua's nil would leave a hole. In values of units (clamp) it marks one that is free.
local gibbs = {}

gibbs.lattice = {}
gibbs.plot = {}
gibbs.rg = {}

---A random variable whose units take the values -1 and +1. It is an expression: energies and observables are made of it.
---
---Errors: a shape that is none.
---
---```lua
---local s = gibbs.spins{ 4, 4 }
---print(s, gibbs.sum(s * s:shift{ 1, 0 }))  --> spins 4x4	expression scalar: sum((spins * gather(spins)))
---```
---@param shape integer|table|gibbs.lattice extents from 1 on: n, { n1, n2, ... } of at most 6 axes, or a lattice for its shape
---@param name? string for messages and files
---@return gibbs.variable
function gibbs.spins(shape, name) end

---A random variable whose units take the values 0 and 1.
---
---Errors: a shape that is none.
---
---```lua
---print(gibbs.bits({ 8, 8 }, "pixels"))  --> bits pixels 8x8
---```
---@param shape integer|table|gibbs.lattice extents from 1 on: n, { n1, n2, ... } of at most 6 axes, or a lattice for its shape
---@param name? string for messages and files
---@return gibbs.variable
function gibbs.bits(shape, name) end

---A random variable whose units take the states 1 to q. Expressions see q indicators on a last axis, 0 or 1, of which one is 1; configurations are given and taken as state numbers.
---
---Errors: a shape that is none; q out of range.
---
---Source: Potts, Proc. Camb. Phil. Soc. 48 (1952) 106
---
---```lua
---local s = gibbs.potts(3, 4)
---local P = gibbs.boltzmann{ visible = s, energy = -1 * gibbs.bonds(s, gibbs.lattice.chain(3)) }
---print(table.concat(s:shape(), "x"), P:energy{ 1, 1, 3 })  --> 3x4	-1.0
---```
---@param shape integer|table|gibbs.lattice extents from 1 on: n, { n1, n2, ... } of at most 6 axes, or a lattice for its shape
---@param states integer q, 2 to 65535
---@param name? string for messages and files
---@return gibbs.variable
function gibbs.potts(shape, states, name) end

---A random variable whose units take any real value. It is sampled (kernel hmc) and fitted by score matching; it has no exact sums.
---
---Errors: a shape that is none.
---
---```lua
---local x = gibbs.reals(2)
---local P = gibbs.boltzmann{ visible = x, energy = 0.5 * gibbs.sum(x * x) }
---local e = P:mean(x * x, gibbs.chains{ n = 16, sweeps = 500, seed = 1 })
---print(math.abs(e.value:get(1) - 1) < 5 * e.error:get(1))  --> true
---```
---@param shape integer|table|gibbs.lattice extents from 1 on: n, { n1, n2, ... } of at most 6 axes, or a lattice for its shape
---@param name? string for messages and files
---@return gibbs.variable
function gibbs.reals(shape, name) end

---A trainable tensor. Its values change by training and by set; its shape and name stay. Energies that hold it follow.
---
---Errors: an empty name; values of another shape.
---
---```lua
---local K = gibbs.parameter("K", {}, 0.4)
---local P = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = K }
---K:set(0.5)
---print(P:parameters().K:get(), P.K == K)  --> 0.5	true
---```
---@param name string not empty: gradients, files and Q.name go by it
---@param shape? integer|table|gibbs.lattice absent or {}: one number
---@param init? number|table|gibbs.tensor|gibbs.random_start one number for all elements, values of its shape, gibbs.normal or gibbs.uniform, which restarts draw again; absent: 0
---@return gibbs.parameter
function gibbs.parameter(name, shape, init) end

---A random start of parameters: normal numbers, drawn from the session's seed and the number of random tensors made before.
---
---Errors: a standard deviation below 0.
---
---```lua
---gibbs.seed(1)
---local W = gibbs.parameter("W", { 100, 100 }, gibbs.normal(0, 0.1))
---print(string.format("%.2f", math.sqrt(gibbs.sum(W * W):value()) / 100))  --> 0.10
---```
---@param mean? number 0 when absent
---@param sd? number the standard deviation, at least 0; 1 when absent
---@return gibbs.random_start
function gibbs.normal(mean, sd) end

---A random start of parameters: numbers that are uniform from low to high.
---
---Errors: low above high.
---
---```lua
---local W = gibbs.parameter("W", { 100, 100 }, gibbs.uniform(-1, 1))
---print(string.format("%.1f", (gibbs.sum(W * W):value() / 10000)))  --> 0.3
---```
---@param low? number 0 when absent
---@param high? number at least low; 1 when absent
---@return gibbs.random_start
function gibbs.uniform(low, high) end

---An array of doubles that does not change: a constant in expressions, with arithmetic (+ - * / ^, element by element, or with a number) and all methods of expressions. Wherever a tensor is taken, a nested table of numbers will do.
---
---Errors: a table that is empty, not rectangular, or holds anything but finite numbers.
---
---```lua
---local t = gibbs.tensor{ { 1, 2 }, { 3, 4 } }
---print((2 * t + 1):get(2, 1), #t, t[1])  --> 7.0	2	tensor 2: 1.0 2.0
---```
---@param values table|number nested tables of numbers, rectangular, at most 6 deep, all finite
---@return gibbs.tensor
function gibbs.tensor(values) end

---The sum of all elements, or along one axis, which disappears.
---
---Errors: an axis that x does not have.
---
---```lua
---print(gibbs.sum{ { 1, 2 }, { 3, 4 } }, gibbs.sum({ { 1, 2 }, { 3, 4 } }, 1))  --> 10.0	tensor 2: 4.0 6.0
---```
---@param x gibbs.expression of any shape; a tensor or a nested table too
---@param axis? integer 1 to the number of axes; absent: all elements
---@return gibbs.expression|number # a number where x is a tensor and the sum is one number
function gibbs.sum(x, axis) end

---The sum of the products of the elements, sum_i a_i b_i.
---
---Errors: different shapes, both named.
---
---```lua
---print(gibbs.dot({ 1, 2, 3 }, { 4, 5, 6 }))  --> 32.0
---```
---@param a gibbs.expression of any shape
---@param b gibbs.expression of the same shape
---@return gibbs.expression|number # a scalar; a number for two tensors
function gibbs.dot(a, b) end

---All products of the elements of two vectors: the matrix a_i b_j.
---
---Errors: an argument that is no vector.
---
---```lua
---print(gibbs.outer({ 1, 2 }, { 3, 4, 5 }):get(2, 3))  --> 10.0
---```
---@param a gibbs.expression n elements
---@param b gibbs.expression m elements
---@return gibbs.expression # n x m
function gibbs.outer(a, b) end

---log sum exp along the last axis, which disappears: exact where exp would overflow.
---
---Errors: a scalar.
---
---```lua
---print(string.format("%.6f", gibbs.logsumexp{ 1000, 1000 }))  --> 1000.693147
---```
---@param x gibbs.expression at least one axis
---@return gibbs.expression|number
function gibbs.logsumexp(x) end

---The sum over the bonds of a lattice of the product of the two ends, sum_<ij> v_i v_j; for Potts units the number of bonds whose ends agree. An Ising energy is -J * gibbs.bonds(s, lattice).
---
---Errors: v has not one unit a site.
---
---Cost: O(bonds) an evaluation.
---
---```lua
---local s = gibbs.spins{ 4, 4 }
---local f = gibbs.bonds(s, gibbs.lattice.square(4, 4))
---print(f:at(s, { { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 } }))  --> 32.0
---```
---@param v gibbs.expression one unit a site: the lattice's shape, or as many in a row
---@param lattice gibbs.lattice whose bonds are summed over
---@return gibbs.expression # a scalar; on a regular lattice its structure is kept, and sampled as such
function gibbs.bonds(v, lattice) end

---The derivative of a scalar: an expression again, so that derivatives nest. Derivatives of step and sign are 0, of relu and abs at 0 are 0.
---
---Errors: e is no scalar; a derivative through gibbs.lua_energy.
---
---Cost: one reverse pass: a few times the size of e.
---
---```lua
---local x = gibbs.parameter("x", {}, 2)
---local d = gibbs.grad(x ^ 3, x)
---print(d:value(), gibbs.grad(d, x):value())  --> 12.0	12.0
---```
---@param e gibbs.expression a scalar
---@param x gibbs.expression|table a variable, a parameter or any part of e; or a list of them
---@return gibbs.expression|table # of the shape of x, zeros where e does not depend on it; a list for a list
function gibbs.grad(e, x) end

---x^2, element by element.
---
---Errors: no argument.
---
---```lua
---print(gibbs.square(3), gibbs.square(gibbs.tensor{ 1, -2 }))  --> 9	tensor 2: 1.0 4.0
---```
---@param x gibbs.expression|number of any shape
---@return gibbs.expression|number
function gibbs.square(x) end

---Huber's function: x^2 / 2 where |x| <= delta, and delta (|x| - delta / 2) elsewhere, which continues it smoothly.
---
---Errors: delta is no positive number.
---
---Source: Huber, Ann. Math. Stat. 35 (1964) 73
---
---```lua
---print(gibbs.huber(0.5, 1), gibbs.huber(-3, 1))  --> 0.125	2.5
---```
---@param x gibbs.expression|number of any shape
---@param delta number above 0
---@return gibbs.expression|number
function gibbs.huber(x, delta) end

---exp(x), element by element. Its derivative is exp(x).
---
---```lua
---print(string.format("%.6f", gibbs.exp(1)))  --> 2.718282
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.exp(x) end

---The natural logarithm log(x), x > 0, element by element. Its derivative is 1 / x.
---
---```lua
---print(string.format("%.6f", gibbs.log(2)))  --> 0.693147
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.log(x) end

---tanh(x), element by element. Its derivative is 1 - tanh(x)^2.
---
---```lua
---print(string.format("%.6f", gibbs.tanh(0.5)))  --> 0.462117
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.tanh(x) end

---cosh(x), element by element. Its derivative is sinh(x).
---
---```lua
---print(string.format("%.6f", gibbs.cosh(0.5)))  --> 1.127626
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.cosh(x) end

---sinh(x), element by element. Its derivative is cosh(x).
---
---```lua
---print(string.format("%.6f", gibbs.sinh(0.5)))  --> 0.521095
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.sinh(x) end

---log(cosh(x)), without overflow for any x: what a hidden spin gives to -H, element by element. Its derivative is tanh(x).
---
---```lua
---print(string.format("%.6f", gibbs.logcosh(1000)))  --> 999.306853
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.logcosh(x) end

---log(1 + exp(x)), without overflow for any x: what a hidden bit gives to -H, element by element. Its derivative is sigmoid(x).
---
---```lua
---print(string.format("%.6f", gibbs.softplus(0)))  --> 0.693147
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.softplus(x) end

---1 / (1 + exp(-x)), element by element. Its derivative is sigmoid(x) (1 - sigmoid(x)).
---
---```lua
---print(string.format("%.6f", gibbs.sigmoid(0.5)))  --> 0.622459
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.sigmoid(x) end

---x where it is positive, else 0, element by element. Its derivative is step(x).
---
---```lua
---print(string.format("%.6f", gibbs.relu(-2)))  --> 0.000000
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.relu(x) end

---1 where x is positive, else 0, element by element. Its derivative is 0.
---
---```lua
---print(string.format("%.6f", gibbs.step(3)))  --> 1.000000
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.step(x) end

---|x|, element by element. Its derivative is sign(x), 0 at 0.
---
---```lua
---print(string.format("%.6f", gibbs.abs(-2)))  --> 2.000000
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.abs(x) end

----1, 0 or 1, element by element. Its derivative is 0.
---
---```lua
---print(string.format("%.6f", gibbs.sign(-2)))  --> -1.000000
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.sign(x) end

---The square root, x >= 0, element by element. Its derivative is 1 / (2 sqrt(x)).
---
---```lua
---print(string.format("%.6f", gibbs.sqrt(2)))  --> 1.414214
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.sqrt(x) end

----x, the operator as a function, element by element. Its derivative is -1.
---
---```lua
---print(string.format("%.6f", gibbs.neg(2)))  --> -2.000000
---```
---@param x gibbs.expression|number of any shape; a tensor or a nested table too
---@return gibbs.expression|number # of the shape of x; a number for a number
function gibbs.neg(x) end

---@class gibbs.lattice_chain_options
---@field periodic? boolean whether the ends of each direction are joined (default true)

---A line of sites, bonds from each to the next; periodic, the default: a ring. A periodic direction of length 2 carries its bond twice, one of length 1 none.
---
---Errors: a length that is no whole number from 1; more than 2^31 bonds.
---
---Cost: O(1): bonds are listed when they are asked for.
---
---```lua
---print(gibbs.lattice.chain(6))  --> chain lattice 6, periodic, 6 bonds
---```
---@param n1 integer sites along this axis, from 1
---@param options? gibbs.lattice_chain_options
---@return gibbs.lattice
function gibbs.lattice.chain(n1, options) end

---@class gibbs.lattice_square_options
---@field periodic? boolean whether the ends of each direction are joined (default true)

---The square lattice: bonds from each site to the next along either axis, so that a torus has 2 n1 n2 bonds always (a direction of length 2 has each twice). Sites are numbered row by row, the last axis fastest.
---
---Errors: a length that is no whole number from 1; more than 2^31 bonds.
---
---Cost: O(1).
---
---```lua
---print(gibbs.lattice.square(4, 4))                        --> square lattice 4x4, periodic, 32 bonds
---print(gibbs.lattice.square(4, 4, { periodic = false }))  --> square lattice 4x4, open, 24 bonds
---```
---@param n1 integer sites along this axis, from 1
---@param n2 integer sites along this axis, from 1
---@param options? gibbs.lattice_square_options
---@return gibbs.lattice
function gibbs.lattice.square(n1, n2, options) end

---@class gibbs.lattice_triangular_options
---@field periodic? boolean whether the ends of each direction are joined (default true)

---The triangular lattice: the square one and a diagonal (x, y)-(x + 1, y + 1) of every plaquette, six neighbours a site.
---
---Errors: a length that is no whole number from 1; more than 2^31 bonds.
---
---Cost: O(1).
---
---```lua
---print(gibbs.lattice.triangular(4, 4))  --> triangular lattice 4x4, periodic, 48 bonds
---```
---@param n1 integer sites along this axis, from 1
---@param n2 integer sites along this axis, from 1
---@param options? gibbs.lattice_triangular_options
---@return gibbs.lattice
function gibbs.lattice.triangular(n1, n2, options) end

---@class gibbs.lattice_honeycomb_options
---@field periodic? boolean whether the ends of each direction are joined (default true)

---The honeycomb lattice of n1 x n2 cells with two sites A and B each, three neighbours a site; its shape is { n1, n2, 2 }.
---
---Errors: a length that is no whole number from 1; more than 2^31 bonds.
---
---Cost: O(1).
---
---```lua
---print(gibbs.lattice.honeycomb(3, 3))  --> honeycomb lattice 3x3x2, periodic, 27 bonds
---```
---@param n1 integer cells along this axis, from 1
---@param n2 integer cells along this axis, from 1
---@param options? gibbs.lattice_honeycomb_options
---@return gibbs.lattice
function gibbs.lattice.honeycomb(n1, n2, options) end

---@class gibbs.lattice_cubic_options
---@field periodic? boolean whether the ends of each direction are joined (default true)

---The simple cubic lattice.
---
---Errors: a length that is no whole number from 1; more than 2^31 bonds.
---
---Cost: O(1).
---
---```lua
---print(gibbs.lattice.cubic(4, 4, 4))  --> cubic lattice 4x4x4, periodic, 192 bonds
---```
---@param n1 integer sites along this axis, from 1
---@param n2 integer sites along this axis, from 1
---@param n3 integer sites along this axis, from 1
---@param options? gibbs.lattice_cubic_options
---@return gibbs.lattice
function gibbs.lattice.cubic(n1, n2, n3, options) end

---@class gibbs.lattice_hypercubic_options
---@field periodic? boolean whether the ends of each direction are joined (default true)

---The hypercubic lattice of one to five axes.
---
---Errors: more than five lengths; a length that is no whole number from 1; more than 2^31 bonds.
---
---Cost: O(1).
---
---```lua
---print(gibbs.lattice.hypercubic(3, 3, 3, 3))  --> hypercubic lattice 3x3x3x3, periodic, 324 bonds
---```
---@param n1 integer sites along this axis, from 1
---@param ... integer|gibbs.lattice_hypercubic_options up to four more
---@return gibbs.lattice
function gibbs.lattice.hypercubic(n1, ...) end

---@class gibbs.lattice_complete_options
---@field periodic? boolean whether the ends of each direction are joined (default true)

---Every pair of sites is a bond: n (n - 1) / 2 of them, periodic or not.
---
---Errors: a length that is no whole number from 1; more than 2^31 bonds.
---
---Cost: O(1).
---
---```lua
---print(#gibbs.lattice.complete(5):bonds())  --> 10
---```
---@param n1 integer sites, from 1
---@param options? gibbs.lattice_complete_options
---@return gibbs.lattice
function gibbs.lattice.complete(n1, options) end

---@class gibbs.lattice_graph_options
---@field edges table[] pairs of sites {{1, 2}, ...}
---@field sites? integer number of sites; the largest end without it (an integer from 1 to 4294967295)

---Any list of bonds.
---
---Errors: an edge that is no pair of sites from 1 on, or joins a site with itself.
---
---Cost: O(bonds).
---
---```lua
---local tree = gibbs.lattice.graph{ edges = { { 1, 2 }, { 1, 3 }, { 3, 4 } } }
---print(tree, tree:sites())  --> graph lattice 4, open, 3 bonds	4
---```
---@param options gibbs.lattice_graph_options
---@return gibbs.lattice
function gibbs.lattice.graph(options) end

---@class gibbs.boltzmann_options
---@field energy gibbs.expression a scalar expression of the variables
---@field visible gibbs.variable|gibbs.variable[] the visible variable, or a table of them
---@field hidden? gibbs.variable|gibbs.variable[] the hidden variable, or a table of them; none by default

---The Boltzmann distribution of any energy that can be written down: P(v) = exp(F - H(v)) with the marginal Hamiltonian H(v) = -log sum_h exp(-E(v,h)) and F = -log sum_v exp(-H(v)). Energies are dimensionless (beta is absorbed), low energy is likely. The energy is lowered to its structure (fields, pairs, layers, functions of affine forms), so that one written by hand runs as fast as the named families; P:describe() says what was found.
---
---Errors: the energy is no scalar, or depends on a variable that is neither visible nor hidden; a variable is in both lists.
---
---Cost: O(size of the expression) to make. Hidden units in which the energy is affine are summed in closed form, others by enumeration (at most 2^20 joint states), or they have to be sampled.
---
---Source: Ackley, Hinton and Sejnowski, Cognitive Science 9 (1985) 147
---
---```lua
---local s = gibbs.spins{ 3, 3 }
---local P = gibbs.boltzmann{ visible = s, energy = -0.5 * gibbs.sum(s * s:shift{ 0, 1 } * s:shift{ 1, 0 }) }
---print(P)                                             --> boltzmann: 9 visible, 0 hidden units, 0 parameters
---print(string.format("%.6f", P:free_energy().value))  --> -7.348153
---```
---@param options gibbs.boltzmann_options
---@return gibbs.distribution # its parameters are those in the energy; P.name is the parameter of that name
function gibbs.boltzmann(options) end

---@class gibbs.ising_options
---@field lattice gibbs.lattice a lattice
---@field J gibbs.expression|number|table the coupling: a number, one value a bond or one a direction
---@field field? gibbs.expression|number|table the field: a number or one value a site; 0 by default
---@field visible? gibbs.variable the spins; new ones of the lattice's shape when absent

---The Ising model H(s) = -sum_<ij> J_ij s_i s_j - sum_i field_i s_i of spins s = -1, +1 on a lattice, beta absorbed: J > 0 is ferromagnetic. J is one number, one a bond (in the order of lattice:bonds()) or one a direction; the field one number or one a site; both may be parameters or expressions of them. A direction of length 2 has each bond twice when the lattice is periodic.
---
---Errors: J or field of a shape that fits neither sites, bonds nor directions; visible units that are not one a site.
---
---Cost: F exact: sums to 2^30 states, elimination for narrow lattices (gibbs.transfer), Kaufman's formula for square tori without field. Beyond that gibbs.chains, gibbs.ais.
---
---Source: Ising, Z. Phys. 31 (1925) 253
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.408 }
---local F = P:free_energy()
---print(string.format("%.9f", F.value), F.method)      --> -14.740191127	exact
---```
---@param options gibbs.ising_options
---@return gibbs.distribution # P.visible holds the spins, of the lattice's shape
function gibbs.ising(options) end

---@class gibbs.rbm_options
---@field visible gibbs.variable the visible units
---@field hidden gibbs.variable the hidden units
---@field W? gibbs.expression|number|table|gibbs.random_start weights, visible x hidden: an expression, or how a parameter starts, as for init
---@field a? gibbs.expression|number|table|gibbs.random_start visible biases: an expression, or the start of a parameter (0)
---@field b? gibbs.expression|number|table|gibbs.random_start hidden biases: an expression, or the start of a parameter (0)
---@field init? number|gibbs.tensor|table|gibbs.random_start how W starts: a number, a tensor, gibbs.normal or gibbs.uniform (normal(0, 0.1))
---@field normalised? boolean average over hidden states instead of summing (default false)

---The restricted Boltzmann machine E(v,h) = -v.W h - a.v - b.h, with n visible and m hidden units of any discrete kind, flattened (a Potts unit of q states counts as q indicators). Parameters: W (n x m), a (n), b (m). A tensor, number or random start (gibbs.normal) given for W, a or b is where the parameter starts; an expression or a parameter is used as it is, so that weights can be shared or held. With normalised = true the hidden states are averaged over instead of summed: log of their number is added to E, which moves F and leaves P(v) alone.
---
---Errors: visible or hidden is no variable; W, a or b do not hold n m, n or m values; both W and init.
---
---Cost: exact F sums the smaller layer: at most 2^30 of its states. A sweep of chains is two matrix products, O(n m) a chain.
---
---Source: Smolensky, in: Parallel Distributed Processing 1 (1986) 194; Hinton, Neural Computation 14 (2002) 1771
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.spins(4), hidden = gibbs.spins(2), W = 0.5, a = 0, b = 0.1 }
---print(Q)                                             --> rbm: 4 visible, 2 hidden units, 14 parameters
---print(string.format("%.6f", Q:free_energy().value))  --> -5.380214
---print(Q.W, Q.b)                                      --> parameter W 4x2	parameter b 2
---```
---@param options gibbs.rbm_options
---@return gibbs.distribution # Q.W, Q.a, Q.b are its parameters, Q.visible and Q.hidden its units
function gibbs.rbm(options) end

---@class gibbs.lua_energy_options
---@field visible gibbs.variable|gibbs.variable[] the variable, or a table of variables, that the energy is a function of
---@field hidden? gibbs.variable|gibbs.variable[] more of them
---@field energy function a function of the values: a number

---An energy as a plain Lua function of one configuration: the slow way that can say anything. The function gets a nested table of numbers for each variable (visible ones first), of its shape, with the states 1 to q of Potts units, and gives one number. The result is a scalar expression, to be used like any other.
---
---Errors: the function gives anything but a number; a derivative through it is asked for (gibbs.grad, gradients of objectives by what is in the function).
---
---Cost: a call of Lua a configuration, on one thread: about a microsecond and more. Exact sums to 2^22 states; the kernels heat_bath and metropolis, which call it for every state of every unit.
---
---```lua
---local s = gibbs.spins(4)
---local energy = gibbs.lua_energy{ visible = s, energy = function(x)
---  return x[1] == x[4] and -1 or 0                    -- what no formula of + and * says better
---end }
---local P = gibbs.boltzmann{ visible = s, energy = energy }
---print(string.format("%.6f", P:free_energy().value))  --> -3.392703
---```
---@param options gibbs.lua_energy_options
---@return gibbs.expression # a scalar
function gibbs.lua_energy(options) end

---The Kullback-Leibler divergence KL(P||Q) = sum_v P(v) log(P(v)/Q(v)) of visible units, in nats: what maximum likelihood minimises. Its functional derivative is dKL/dH_Q(v) = P(v) - Q(v), so that grad KL = <grad H>_P - <grad H>_Q. KL is blind to a constant in the energy of Q.
---
---Errors: visible units of P and Q that differ in number, kind or order; data of another number of columns.
---
---Cost: exact: O(2^n) of the visible states, and about as much for the gradient. On samples: chains of P (none for data) and of Q; the value takes a difference of free energies from the samples themselves, or from free_energy = gibbs.ais{}.
---
---Source: Kullback and Leibler, Ann. Math. Stat. 22 (1951) 79; Ackley, Hinton and Sejnowski, Cognitive Science 9 (1985) 147
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
---local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), W = 0 }
---local kl = gibbs.kl(P, Q)
---print(string.format("%.6f", kl:value().value))  --> 1.558153
---print(kl:check().ok)                            --> true
---```
---@param P gibbs.distribution|gibbs.data the truth: over the same visible units as Q, or data whose rows are its configurations
---@param Q gibbs.distribution the model
---@return gibbs.objective # value, gradient, check, arithmetic with others, gibbs.minimize
function gibbs.kl(P, Q) end

---The free energy F(Q) = -log Z as an objective, in nats; its functional derivative is dF/dH(v) = Q(v), so that grad F = <grad H>_Q. F depends on the zero of energy, which Q(v) does not see: the gap between two free energies means something only where that zero is fixed.
---
---Cost: exact: O(2^n) of the smaller side; gibbs.transfer() for narrow graphs; on samples values need free_energy = ..., gradients do not.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
---local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), W = 0.1 }
---local gap = gibbs.free_energy(P) - gibbs.free_energy(Q)
---print(string.format("%.6f %.6f", gap:value().value, (gap ^ 2):value().value))  --> 0.371101 0.137716
---```
---@param Q gibbs.distribution the model
---@return gibbs.objective
function gibbs.free_energy(Q) end

---The mean of a scalar f(v, h) in a distribution, or over data, as an objective. Functional derivative: -Q (f - <f>), plus <grad f>.
---
---Errors: f is no scalar; variables of another number of units than the data have columns.
---
---Cost: exact: O(2^n); with gibbs.chains the error knows of autocorrelation; over data: one evaluation of f a row.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = 0.4 }
---local s = P.visible
---print(string.format("%.6f", gibbs.mean(P, s[1] * s[2]):value().value))  --> 0.386704
---```
---@param Q gibbs.distribution|gibbs.data data are fitted to the variables of f, in the order in which they were made
---@param f gibbs.expression a scalar of Q's variables and of parameters
---@return gibbs.objective
function gibbs.mean(Q, f) end

---The entropy S(Q) = -sum_v Q log Q = <H> - F of the visible units as an objective, in nats.
---
---Cost: exact: O(2^n) of the visible states; on samples a value needs free_energy = ... .
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0 }
---print(string.format("%.6f", gibbs.entropy(Q):value().value))  --> 2.772589
---```
---@param Q gibbs.distribution the model
---@return gibbs.objective
function gibbs.entropy(Q) end

---The mean of log Q(v) = F - H(v) over data, nats a configuration. To train, minimise its negative. It is -(KL(data||Q) + entropy of the data).
---
---Errors: data that do not fit Q's visible units.
---
---Cost: exact: O(2^n) of the smaller side and one H a row; on samples the gradient is <grad H>_Q - <grad H>_data, the value needs free_energy = gibbs.ais{} or the like.
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = 0 }
---local data = gibbs.data{ { 0, 0, 0 }, { 1, 1, 1 } }
---print(string.format("%.6f", gibbs.log_likelihood(data, Q):value().value))  --> -2.079442
---```
---@param data gibbs.data rows of as many columns as Q has visible units
---@param Q gibbs.distribution the model
---@return gibbs.objective
function gibbs.log_likelihood(data, Q) end

---The mean over data of sum_i log Q(v_i | all others), nats a configuration: of data and H alone, without a free energy or samples. It is largest at the truth as data grow without end; to train, minimise its negative.
---
---Errors: visible units of real values; hidden units that cannot be summed.
---
---Cost: H for every state of every unit: O(rows x units) evaluations, in one pass with the structure of H.
---
---Source: Besag, The Statistician 24 (1975) 179
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = 0 }
---local data = gibbs.data{ { 0, 0, 0 }, { 1, 1, 1 } }
---print(string.format("%.6f", gibbs.pseudo_likelihood(data, Q):value().value))  --> -2.079442
---```
---@param data gibbs.data rows of as many columns as Q has visible units
---@param Q gibbs.distribution discrete visible units
---@return gibbs.objective
function gibbs.pseudo_likelihood(data, Q) end

---The mean over data of sum_i (1 - Q(v_i | all others))^2, for visible units of two states: ratios of probabilities of neighbouring configurations are matched, without a free energy.
---
---Errors: a visible unit of more than two states, or of real values.
---
---Cost: O(rows x units) evaluations of H.
---
---Source: Hyvarinen, Comput. Stat. Data Anal. 51 (2007) 2499
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0 }
---print(string.format("%.6f", gibbs.ratio_matching(gibbs.data{ { 0, 1, 0, 1 } }, Q):value().value))  --> 1.000000
---```
---@param data gibbs.data rows of as many columns as Q has visible units
---@param Q gibbs.distribution visible spins or bits
---@return gibbs.objective # at least 0
function gibbs.ratio_matching(data, Q) end

---The mean over data of sum_v' exp((H(v) - H(v')) / 2), where v' differs from v in one unit: how fast probability would flow from the data to their neighbours. Neighbours that are data themselves count too.
---
---Errors: visible units of real values; hidden units that cannot be summed.
---
---Cost: O(rows x units) evaluations of H.
---
---Source: Sohl-Dickstein, Battaglino and DeWeese, Phys. Rev. Lett. 107 (2011) 220601
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2), W = 0 }
---print(string.format("%.6f", gibbs.minimum_probability_flow(gibbs.data{ { 0, 1, 0, 1 } }, Q):value().value))  --> 4.000000
---```
---@param data gibbs.data rows of as many columns as Q has visible units
---@param Q gibbs.distribution discrete visible units
---@return gibbs.objective # above 0
function gibbs.minimum_probability_flow(data, Q) end

---The mean over data of sum_i ((dH/dv_i)^2 / 2 - d2H/dv_i^2), for visible units of real values: half the squared distance of grad log Q from that of the data's distribution, but for a constant.
---
---Errors: a visible unit that is not real; more than 1024 of them.
---
---Cost: O(rows x units) gradients of H.
---
---Source: Hyvarinen, J. Mach. Learn. Res. 6 (2005) 695
---
---```lua
---local x = gibbs.reals(1)
---local k = gibbs.parameter("k", {}, 1)
---local Q = gibbs.boltzmann{ visible = x, energy = 0.5 * k * gibbs.sum(x * x) }
---local loss = gibbs.score_matching(gibbs.data{ { -1 }, { 0.5 }, { 2 } }, Q)
---gibbs.minimize(loss, Q)
---print(string.format("%.6f", k:get()))                -- 1 / the mean of x^2  --> 0.571429
---```
---@param data gibbs.data rows of as many columns as Q has visible units
---@param Q gibbs.distribution real visible units, 1024 at most
---@return gibbs.objective
function gibbs.score_matching(data, Q) end

---The sum of (<f>_P - <f>_Q)^2 over all elements of all functions.
---
---Errors: no function; more than 4096 elements.
---
---Cost: exact: O(2^n) with all means in one pass; on samples squares are freed of their bias by independent halves of the chains.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = 0.4 }
---local J = gibbs.parameter("J", {}, 0)
---local Q = gibbs.ising{ lattice = gibbs.lattice.chain(6), J = J, visible = P.visible }
---gibbs.minimize(gibbs.moment_matching(P, Q, { P.E }), Q)
---print(string.format("%.6f", J:get()))  --> 0.400000
---```
---@param P gibbs.distribution|gibbs.data the target
---@param Q gibbs.distribution the model
---@param functions table|gibbs.expression a list of expressions of any shape, of Q's variables; 4096 elements in all at most
---@return gibbs.objective # at least 0
function gibbs.moment_matching(P, Q, functions) end

---The sum of the absolute values of all elements: a penalty that makes weights sparse. Its derivative at 0 is 0.
---
---```lua
---local W = gibbs.parameter("W", { 2, 2 }, { { 1, -2 }, { 0, 3 } })
---print(gibbs.l1(W):value())  --> 6.0
---```
---@param x gibbs.expression|gibbs.distribution parameters, or a distribution for all of its parameters
---@param ... gibbs.expression|gibbs.distribution more of them
---@return gibbs.expression # a scalar
function gibbs.l1(x, ...) end

---The sum of the squares of all elements: weight decay.
---
---```lua
---local W = gibbs.parameter("W", { 2, 2 }, { { 1, -2 }, { 0, 3 } })
---print(gibbs.l2(W):value())  --> 14.0
---```
---@param x gibbs.expression|gibbs.distribution parameters, or a distribution for all of its parameters
---@param ... gibbs.expression|gibbs.distribution more of them
---@return gibbs.expression # a scalar
function gibbs.l2(x, ...) end

---@class gibbs.objective_options
---@field value function function(c) -> number
---@field weight function function(c) -> tensor: dL/dH(v), one value a state
---@field model gibbs.distribution the distribution whose H it is a functional of
---@field target? gibbs.distribution another distribution over the same states (optional)

---A new objective, from its value and its functional derivative w(v) = dL/dH(v), where H is the model's marginal Hamiltonian; its gradient is then sum_v w(v) grad H(v). Both functions get c = { H, log_P, P, F, target = { H, log_P, P, F } }: tensors over all states, or over samples that stand for them, whose P sum to 1. A mean, sum(c.P * f), is right on both; write others only for exact sums.
---
---Errors: value gives no number, or weight not one finite number a state; target of other visible units.
---
---Cost: two calls of Lua an evaluation; memory O(states), 2^22 of them at most.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
---local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), W = 0.2 }
---local kl = gibbs.objective{ model = Q, target = P,
---  value = function(c) return gibbs.sum(c.target.P * (c.target.log_P - c.log_P)) end,
---  weight = function(c) return c.target.P - c.P end }
---print(kl:check().ok, math.abs(kl:value().value - gibbs.kl(P, Q):value().value) < 1e-12)  --> true	true
---```
---@param options gibbs.objective_options
---@return gibbs.objective # check its gradient by :check()
function gibbs.objective(options) end

---A list of the objectives that there are.
---
---```lua
---local first = gibbs.objectives()[1]
---print(first.name, first.doc)  --> free_energy	F(Q) = -log Z
---```
---@return table # a list of { name, doc }; a name that takes distributions or data has a row for each
function gibbs.objectives() end

---The eigenvalues of a symmetric matrix: of a Hessian, to tell a minimum from a saddle.
---
---Errors: not square; not symmetric, with the elements that differ.
---
---Cost: O(n^3), by LAPACK.
---
---```lua
---local e = gibbs.eigenvalues{ { 2, 1 }, { 1, 2 } }
---print(string.format("%.6f %.6f", e:get(1), e:get(2)))  --> 1.000000 3.000000
---```
---@param matrix gibbs.tensor n x n, symmetric to 1e-8 of its elements
---@return gibbs.tensor # n numbers, ascending
function gibbs.eigenvalues(matrix) end

---@class gibbs.minimize_options
---@field steps? integer (exact gradients) most steps of one start (an integer from 1 to 1e8; default 2000); (training on samples) how many steps (an integer, at least 1; default 1000)
---@field rate? number (exact gradients) step size of sgd, momentum and adam (a number from 1e-12 to 1e6; default 0.05); (training on samples) step size (a number from 1e-12 to 1e6; default 0.01)
---@field decay? number (exact gradients) momentum, and Adam's first moment (a number from 0 to 0.999999; default 0.9); (training on samples) momentum, and Adam's first moment (a number from 0 to 0.999999; default 0.9)
---@field decay_square? number (exact gradients) Adam's second moment (a number from 0 to 0.9999999; default 0.999); (training on samples) second moment of adam and rmsprop (a number from 0 to 0.9999999; default 0.999)
---@field tolerance? number (exact gradients) stop when the largest gradient component is below this (a number from 0 to 1e6; default 1e-9)
---@field constraint_tolerance? number (exact gradients) a constraint holds when it is met this well (a number from 0 to 1e6; default 1e-10)
---@field restarts? integer (exact gradients) number of starts; the first is at the present values (an integer from 1 to 1e6; default 1)
---@field spread? number (exact gradients) standard deviation of the starts after the first, where a parameter has no random initial values (a number from 0 to 1e6; default 1)
---@field agreement? number (exact gradients) starts agree when their values differ by less than this (a number from 0 to 1e6; default 1e-7)
---@field seed? integer (exact gradients) seed of the random starts (an integer, at least 0; default gibbs.seed()); (training on samples) seed of the order of mini-batches (an integer, at least 0; default gibbs.seed())
---@field keep_every? integer (exact gradients) keep one step in this many in the history (an integer from 1 to 1e8; default 1); (training on samples) keep one step in this many in the history (an integer from 1 to 1e9; default 1)
---@field method? "lbfgs"|"adam"|"momentum"|"sgd"|"adam"|"momentum"|"sgd"|"rmsprop"|"natural" (exact gradients) how to go downhill (default 'lbfgs'); (training on samples) how to go downhill (default 'adam')
---@field estimate? gibbs.estimator (exact gradients) gibbs.exact() (the default) or gibbs.transfer(); what samples makes it training on samples; (training on samples) how to sample: gibbs.pcd{}, gibbs.cd{}, gibbs.chains{} or gibbs.jarzynski{}
---@field subject_to? table (exact gradients) {objective, equals = 0}: kept equal to the number; (training on samples) {objective, equals = 0}: kept equal to the number
---@field watch? function (exact gradients) a function of the record of each step; one that gives false ends the run; (training on samples) a function of the record of each step; one that gives false ends the run
---@field rate_end? number (training on samples) step size at the last step, for schedules that change it (a number from 0 to 1e6; default 0)
---@field clip? number (training on samples) longest gradient: longer ones are shortened to it; 0: no limit (a number, at least 0; default 0)
---@field damping? number (training on samples) natural, standardised: added to the Fisher matrix, times its mean diagonal element (a number from 0 to 1e6; default 0.01)
---@field cg_steps? integer (training on samples) natural: most steps of conjugate gradients (an integer from 1 to 10000; default 20)
---@field centred? boolean (training on samples) gradients of two-layer machines about the units' means (Montavon and Mueller 2012) (default false)
---@field standardised? boolean (training on samples) each component divided by the standard deviation of dH over the samples (default false)
---@field average? number (training on samples) the last share of the steps whose mean is the result (Polyak and Juditsky 1992) (a number from 0 to 0.99; default 0)
---@field multiplier_rate? number (training on samples) subject_to: step size of the multiplier, in units of rate (a number from 0 to 1e6; default 1)
---@field penalty? number (training on samples) subject_to: weight of half the squared violation (augmented Lagrangian) (a number, at least 0; default 1)
---@field ess_floor? number (training on samples) go back to the last good point when ess / chains is below this; 0: never (a number from 0 to 1; default 0)
---@field change_floor? number (training on samples) the same for the share of units that change in a sweep, or acceptance (a number from 0 to 1; default 0)
---@field check_every? integer (training on samples) steps from one look at the held-out objective, or good point, to the next (an integer from 1 to 1e9; default 100)
---@field patience? integer (training on samples) stop after this many looks without a better held-out value; 0: never (an integer from 0 to 1e9; default 0)
---@field schedule? "constant"|"linear"|"exponential"|"cosine"|"inverse" (training on samples) how the step size goes from rate to rate_end (default 'constant')
---@field batch? integer (training on samples) rows of data a step, instead of the estimate's; 0: all (an integer, at least 0; default 0)
---@field held_out? gibbs.objective (training on samples) an objective that training does not see, for patience and the best point
---@field checkpoint? string (training on samples) the path of an HDF5 file that keeps the state of the run
---@field resume? boolean|string (training on samples) true: go on from the checkpoint, if it is there; or the path of another one
---@field overwrite? boolean (training on samples) begin anew where there is a checkpoint already (default false)
---@field checkpoint_every? integer (training on samples) steps from one checkpoint to the next; 0: by time alone (an integer, at least 0; default 0)
---@field checkpoint_seconds? number (training on samples) seconds after which a checkpoint is written in any case; 0: by steps alone (a number from 0 to 1e9; default 60)

---Minimise an objective over parameters, which are left at the best point that was found. Without `estimate`, or with gibbs.exact() or gibbs.transfer(), gradients are exact and the methods are lbfgs (the default), adam, momentum and sgd; with a way to sample (gibbs.pcd{}, gibbs.cd{}, gibbs.chains{}, gibbs.jarzynski{}) it is training: adam (the default), momentum, sgd, rmsprop and natural. subject_to = { objective, equals = 0 } keeps another objective equal to a number by an augmented Lagrangian. `converged` is true only at a minimum that is attained; `reason` says what else it was.
---
---Errors: the objective depends on none of the parameters that vary; too many states for exact gradients; a value that is not finite at a start; options of the other kind of run; a checkpoint in the way (resume or overwrite). With a checkpoint, Ctrl-C raises an error that says how to go on.
---
---Cost: lbfgs: about two evaluations a step, and 4 gradients an element for each of two or three Hessians at the end (300 elements at most); training: k sweeps and one gradient a step.
---
---Source: Fletcher, Practical Methods of Optimization (1987), for lbfgs; Kingma and Ba, ICLR (2015); Amari, Neural Computation 10 (1998) 251; Polyak and Juditsky, SIAM J. Control Optim. 30 (1992) 838
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
---local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), init = gibbs.normal(0, 0.5) }
---local fit = gibbs.minimize(gibbs.kl(P, Q), Q, { restarts = 4 })
---print(string.format("%.6f", fit.value), fit.converged, fit.starts)  --> 0.119180	true	4
---```
---@param objective gibbs.objective any scalar of parameters too; to maximise, minimise its negative
---@param what gibbs.distribution|gibbs.expression|table the parameters that vary: all of a distribution, one, or a list of these; 256 at most
---@param options? gibbs.minimize_options named, below; those of training on samples and those of exact gradients differ, and an error says which is which
---@return gibbs.fit # value, steps, reason, history, ...: see fit.value and the others
function gibbs.minimize(objective, what, options) end

---Exact sums over all states: what everything does that is not told how to estimate. Sums run over fixed chunks in a fixed order, in logarithms: the same bits for any number of threads.
---
---Cost: O(2^n): 2^30 states at most where the Hamiltonian has a form (fields, pairs, and softplus or log cosh of affine forms), else 2^22.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
---print(string.format("%.6f", P:free_energy(gibbs.exact()).value))  --> -14.561093
---```
---@return gibbs.estimator
function gibbs.exact() end

---Exact, by elimination: units are summed out one after the other, which on a lattice is the transfer matrix, site by site. For joint energies of discrete units made of fields, pairs and products: trees, rings, strips, narrow tori and other sparse graphs of any length. Gives Q:free_energy, Q:entropy and Q:mean, values of objectives made of them, and gradients of free energies and, by Q, of KL(P||Q) of models without hidden units.
---
---Errors: where used: a table of more than 2^26 states, with the width that was found; units of real values; other terms in the energy.
---
---Cost: linear in the length; tables of 2^(W + 1) states for an open strip of W spins, of 2^(2 W + 1) where its ends are joined.
---
---Source: Kramers and Wannier, Phys. Rev. 60 (1941) 252; Dechter, Artif. Intell. 113 (1999) 41
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(100, 6, { periodic = false }), J = 0.5, field = 0.1 }
---print(string.format("%.5f", P:free_energy(gibbs.transfer()).value))  --> -628.19926
---```
---@return gibbs.estimator
function gibbs.transfer() end

---@class gibbs.ais_options
---@field chains? integer how many chains (an integer from 8 to 16777216; default 128)
---@field sweeps? integer sweeps at a temperature (an integer from 1 to 1e9; default 1)
---@field burn? integer sweeps that do not count (an integer from 0 to 1e9; default 1000)
---@field seed? integer seed of everything that is drawn (an integer, at least 0; default gibbs.seed())
---@field both? boolean forward and reverse, which bound the free energy (default false)
---@field reverse? boolean reverse alone, from chains of the distribution itself (default false)
---@field check? boolean fail unless a second method agrees (default false)
---@field temperatures? integer|number[]|gibbs.tensor how many steps from the reference to the distribution, 1 to 1e7 (1000 by default), or betas that rise from 0 to 1; uneven ones that lie close at the end can be worth several times as many
---@field reference? string|gibbs.data 'uniform' (the default), 'fields' (the energy's own), or data to which independent units are fitted
---@field start? gibbs.data data, or a batch of samples: where the chains that go back begin; else along the path
---@field kernel? string the name of the kernel, its options beside it; by default the one that suits the energy

---Annealed importance sampling: chains go along energies (1 - beta) E0 + beta E, from a reference of independent units, whose Z is known, to the energy E, and carry weights exp(-work) whose mean is Z / Z0. A mean of Z has a logarithm that is low on average, so that F comes out high (e.upper); reverse = true goes back from samples of the distribution itself and bounds F on the other side (e.lower); both = true does both and joins them by Bennett's acceptance ratio. Reverse runs begin at samples found along the path or, with start = data, at data.
---
---Errors: fewer than 8 chains; betas that do not rise from 0 to 1; check = true, where two methods disagree beyond their errors.
---
---Cost: chains x temperatures x sweeps sweeps (twice with both); memory O(chains x units).
---
---Source: Neal, Statistics and Computing 11 (2001) 125; Burda, Grosse and Salakhutdinov, AISTATS (2015) 102; Crooks, Phys. Rev. E 61 (2000) 2361
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.2, field = 0.1 }
---local F = P:free_energy(gibbs.ais{ both = true, temperatures = 200, seed = 1 })
---local exact = P:free_energy(gibbs.transfer()).value
---print(math.abs(F.value - exact) < 5 * F.error, F.converged)  --> true	true
---```
---@param options? gibbs.ais_options
---@return gibbs.free_energy_estimator # for Q:free_energy(how), and as free_energy = ... of gibbs.pcd, gibbs.cd, gibbs.chains and gibbs.jarzynski
function gibbs.ais(options) end

---@class gibbs.jarzynski_options
---@field chains? integer (the free energy of one distribution) how many chains (an integer from 8 to 16777216; default 128); (objectives) how many chains of each distribution (cd: of those that have no data) (an integer from 2 to 16777216; default 128)
---@field sweeps? integer|any (the free energy of one distribution) sweeps at a temperature (an integer from 1 to 1e9; default 1); (objectives) Q:free_energy(how): sweeps at a temperature
---@field seed? integer (the free energy of one distribution) seed of everything that is drawn (an integer, at least 0; default gibbs.seed()); (objectives) seed of everything that is drawn (an integer, at least 0; default gibbs.seed())
---@field check? boolean|any (the free energy of one distribution) fail unless a second method agrees (default false); (objectives) Q:free_energy(how): fail unless a second method agrees
---@field temperatures? integer|number[]|gibbs.tensor (the free energy of one distribution) Q:free_energy(how): steps from the reference to Q, 1 to 1e7 (1000 by default), or betas that rise from 0 to 1; (objectives) Q:free_energy(how): steps from the reference to Q, 1 to 1e7 (1000 by default), or betas that rise from 0 to 1
---@field reference? string|gibbs.data (the free energy of one distribution) 'uniform' (the default), 'fields' (the energy's own), or data to which independent units are fitted; (objectives) Q:free_energy(how): where it begins
---@field kernel? string (the free energy of one distribution) the name of the kernel, its options beside it; by default the one that suits the energy; (objectives) the name of the kernel, its options beside it; by default the one that suits the energy
---@field k? integer (objectives) sweeps before every evaluation (an integer from 1 to 1e9; default 1)
---@field burn? integer (objectives) sweeps before the first evaluation (an integer, at least 0; default 1000)
---@field batch? integer (objectives) rows of data an evaluation, in an order shuffled every epoch; 0: all (an integer, at least 0; default 0)
---@field hidden? "sampled"|"summed" (objectives) whether hidden units are sampled, or summed in H(v); by default as suits the energy
---@field free_energy? gibbs.estimator|gibbs.free_energy_estimator (objectives) how free energies are had that samples do not tell: gibbs.ais{}, ..., gibbs.exact(); by default not at all (jarzynski: F at the start, by gibbs.ais{} unless it is known exactly)

---Weights that are carried along while an energy moves, by Jarzynski's equality. In training and for values of objectives: persistent chains gain log-weight H_before - H_after at every change of the parameters, so that they represent the present distribution however far behind they are, and F is known at every step from its value at the start (exact, or free_energy = gibbs.ais{}); F is carried by as many chains again that make no gradients. In Q:free_energy(how): annealing like gibbs.ais, with chains that are resampled on the way where weights become uneven (population annealing).
---
---Errors: options of other ways to estimate, with the way that has them.
---
---Cost: twice the chains of gibbs.pcd, and two evaluations of H a chain and step.
---
---Source: Jarzynski, Phys. Rev. Lett. 78 (1997) 2690; Carbone, Hua, Coste and Vanden-Eijnden, NeurIPS (2023); Hukushima and Iba, AIP Conf. Proc. 690 (2003) 200
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.2, field = 0.1 }
---local F = P:free_energy(gibbs.jarzynski{ temperatures = 200, seed = 1 })
---local exact = P:free_energy(gibbs.transfer()).value
---print(math.abs(F.value - exact) < 5 * F.error, F.converged)  --> true	true
---```
---@param options? gibbs.jarzynski_options
---@return gibbs.estimator
function gibbs.jarzynski(options) end

---@class gibbs.ti_options
---@field chains? integer how many chains (an integer from 8 to 16777216; default 128)
---@field sweeps? integer sweeps at a temperature (an integer from 1 to 1e9; default 200)
---@field burn? integer sweeps that do not count (an integer from 0 to 1e9; default 50)
---@field seed? integer seed of everything that is drawn (an integer, at least 0; default gibbs.seed())
---@field check? boolean fail unless a second method agrees (default false)
---@field temperatures? integer|number[]|gibbs.tensor how many steps from the reference to the distribution, 1 to 1e7 (32 by default, Chebyshev points), or betas that rise from 0 to 1 (trapezoids)
---@field reference? string|gibbs.data 'uniform' (the default), 'fields' (the energy's own), or data to which independent units are fitted
---@field kernel? string the name of the kernel, its options beside it; by default the one that suits the energy

---Thermodynamic integration: F - F0 is the integral over beta from 0 to 1 of <E - E0> along energies (1 - beta) E0 + beta E, with the means from chains at the nodes of a quadrature rule.
---
---Cost: (temperatures + 1) x chains x (burn + sweeps) sweeps.
---
---Source: Kirkwood, J. Chem. Phys. 3 (1935) 300; Clenshaw and Curtis, Numer. Math. 2 (1960) 197
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.2, field = 0.1 }
---local F = P:free_energy(gibbs.ti{ chains = 16, temperatures = 16, seed = 1 })
---local exact = P:free_energy(gibbs.transfer()).value
---print(math.abs(F.value - exact) < 5 * F.error, F.converged)  --> true	true
---```
---@param options? gibbs.ti_options
---@return gibbs.free_energy_estimator
function gibbs.ti(options) end

---@class gibbs.bar_options
---@field chains? integer how many chains (an integer from 8 to 16777216; default 128)
---@field sweeps? integer sweeps at a temperature (an integer from 1 to 1e9; default 200)
---@field burn? integer sweeps that do not count (an integer from 0 to 1e9; default 200)
---@field seed? integer seed of everything that is drawn (an integer, at least 0; default gibbs.seed())
---@field check? boolean fail unless a second method agrees (default false)
---@field reference? string|gibbs.data 'uniform' (the default), 'fields' (the energy's own), or data to which independent units are fitted
---@field from? gibbs.distribution another distribution of the same visible units; by default the reference of independent units
---@field free_energy? number that of the other distribution, where it is known; by default an exact sum
---@field kernel? string the name of the kernel, its options beside it; by default the one that suits the energy

---Bennett's acceptance ratio between Q and another distribution of the same visible units (without `from`: the reference of independent units), from samples of both: the estimate of least variance of F_Q - F_from. The free energy of the other is given as a number, or summed exactly.
---
---Errors: free_energy without from; distributions of other visible units; two that do not overlap.
---
---Cost: 2 x chains x (burn + sweeps) sweeps.
---
---Source: Bennett, J. Comput. Phys. 22 (1976) 245
---
---```lua
---local lattice = gibbs.lattice.square(16, 16)
---local P = gibbs.ising{ lattice = lattice, J = 0.31 }
---local Q = gibbs.ising{ lattice = lattice, J = 0.30, visible = P.visible }
---local how = gibbs.bar{ from = P, free_energy = gibbs.kaufman(16, 16, 0.31).free_energy, chains = 32, seed = 1 }
---local F = Q:free_energy(how)
---print(math.abs(F.value - gibbs.kaufman(16, 16, 0.30).free_energy) < 5 * F.error, F.error < 0.1)  --> true	true
---```
---@param options? gibbs.bar_options
---@return gibbs.free_energy_estimator
function gibbs.bar(options) end

---@class gibbs.mbar_options
---@field chains? integer how many chains (an integer from 8 to 16777216; default 64)
---@field sweeps? integer sweeps at a temperature (an integer from 1 to 1e9; default 100)
---@field burn? integer sweeps that do not count (an integer from 0 to 1e9; default 50)
---@field seed? integer seed of everything that is drawn (an integer, at least 0; default gibbs.seed())
---@field check? boolean fail unless a second method agrees (default false)
---@field temperatures? integer|number[]|gibbs.tensor how many steps from the reference to the distribution, 1 to 1e7 (32 by default), or betas that rise from 0 to 1
---@field reference? string|gibbs.data 'uniform' (the default), 'fields' (the energy's own), or data to which independent units are fitted
---@field kernel? string the name of the kernel, its options beside it; by default the one that suits the energy

---Chains at every temperature of the path from the reference, whose samples are taken together by the multistate acceptance ratio.
---
---Errors: neighbouring temperatures that share too few effective samples, named.
---
---Cost: (temperatures + 1) x chains x (burn + sweeps) sweeps; memory 8 (temperatures + 2) bytes a sample.
---
---Source: Shirts and Chodera, J. Chem. Phys. 129 (2008) 124105
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.2, field = 0.1 }
---local F = P:free_energy(gibbs.mbar{ chains = 16, temperatures = 8, seed = 1 })
---local exact = P:free_energy(gibbs.transfer()).value
---print(math.abs(F.value - exact) < 5 * F.error, F.converged)  --> true	true
---```
---@param options? gibbs.mbar_options
---@return gibbs.free_energy_estimator
function gibbs.mbar(options) end

---The Ising model on the square torus without field, solved: H = -J sum_<ij> s_i s_j, of the whole torus. A direction of length 2 has each bond twice, one of length 1 none.
---
---Errors: a coupling that is not positive; lengths out of range.
---
---Cost: O(rows).
---
---Source: Kaufman, Phys. Rev. 76 (1949) 1232
---
---```lua
---local torus = gibbs.kaufman(32, 32, math.log(1 + math.sqrt(2)) / 2)
---print(string.format("%.6f %.8f", torus.free_energy, torus.energy / 1024))  --> -952.648080 -0.63179435
---```
---@param rows integer 1 to 1000000
---@param columns integer 1 to 1000000
---@param J number the coupling, above 0, beta absorbed
---@return gibbs.solution # free_energy = -log Z, energy = <H>, specific_heat = the variance of H
function gibbs.kaufman(rows, columns, J) end

---The Ising model on the infinite square lattice without field, solved, a site: H = -J sum_<ij> s_i s_j. The critical coupling is log(1 + sqrt 2) / 2.
---
---Errors: a coupling that is not positive.
---
---Cost: O(1).
---
---Source: Onsager, Phys. Rev. 65 (1944) 117; Yang, Phys. Rev. 85 (1952) 808
---
---```lua
---local s = gibbs.onsager(0.5)
---print(string.format("%.8f %.8f %.6f", s.free_energy, s.energy, s.magnetisation))  --> -1.02579281 -0.87278229 0.911319
---```
---@param J number the coupling, above 0, beta absorbed
---@return gibbs.solution # free_energy, energy, specific_heat (infinite at the critical point) and spontaneous magnetisation, a site
function gibbs.onsager(J) end

---@class gibbs.chains_options
---@field n? integer how many chains of each distribution (an integer from 1 to 16777216; default 64)
---@field sweeps? integer sweeps of every chain (an integer, at least 1; default 1000)
---@field every? integer sweeps from one measurement to the next (an integer from 1 to 1e9; default 1)
---@field burn? integer|string sweeps that do not count; or 'detect', the default: as many as the series tells
---@field batch? integer rows of data an evaluation, in an order shuffled every epoch; 0: all (an integer, at least 0; default 0)
---@field seed? integer seed of everything that is drawn (an integer, at least 0; default gibbs.seed())
---@field hidden? "sampled"|"summed" whether hidden units are sampled, or summed in H(v); by default as suits the energy
---@field kernel? string the name of the kernel, its options beside it; by default the one that suits the energy
---@field tempering? boolean|table true, or the options of the kernel tempering: { rungs = 8, ... }
---@field ladder? number[]|gibbs.tensor scales of the energy, {1, 0.8, 0.5}, for kernels that have rungs
---@field free_energy? gibbs.estimator|gibbs.free_energy_estimator how free energies are had that samples do not tell: gibbs.ais{}, ..., gibbs.exact(); by default not at all (jarzynski: F at the start, by gibbs.ais{} unless it is known exactly)

---A way to estimate: n new chains of each distribution, warmed up, measured for `sweeps` sweeps. Without `kernel` the one that suits the structure of the energy is taken; a kernel's options stand beside its name (gibbs.kernels()). For means (Q:mean, gibbs.mean) the error knows of autocorrelation; other objectives are evaluated on all snapshots together.
---
---Errors: a kernel or option that does not exist; fewer sweeps than from one measurement to the next. Where used: a kernel that cannot do the energy.
---
---Cost: n x (burn + sweeps) sweeps; memory does not grow with sweeps for means, and is n x sweeps / every samples (4 GiB at most) for other objectives.
---
---Source: Wolff, Comput. Phys. Commun. 156 (2004) 143; kernels: gibbs.kernels()
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
---local e = P:mean(P.E, gibbs.chains{ n = 32, sweeps = 400, kernel = "heat_bath", seed = 1 })
---print(math.abs(e.value - P:mean(P.E).value) < 5 * e.error, e.method, e.converged)  --> true	heat_bath	true
---```
---@param options? gibbs.chains_options
---@return gibbs.estimator
function gibbs.chains(options) end

---@class gibbs.pcd_options
---@field chains? integer how many chains of each distribution (cd: of those that have no data) (an integer from 2 to 16777216; default 128)
---@field k? integer sweeps before every evaluation (an integer from 1 to 1e9; default 1)
---@field burn? integer sweeps before the first evaluation (an integer, at least 0; default 1000)
---@field batch? integer rows of data an evaluation, in an order shuffled every epoch; 0: all (an integer, at least 0; default 0)
---@field seed? integer seed of everything that is drawn (an integer, at least 0; default gibbs.seed())
---@field hidden? "sampled"|"summed" whether hidden units are sampled, or summed in H(v); by default as suits the energy
---@field kernel? string the name of the kernel, its options beside it; by default the one that suits the energy
---@field tempering? boolean|table true, or the options of the kernel tempering: { rungs = 8, ... }
---@field ladder? number[]|gibbs.tensor scales of the energy, {1, 0.8, 0.5}, for kernels that have rungs
---@field free_energy? gibbs.estimator|gibbs.free_energy_estimator how free energies are had that samples do not tell: gibbs.ais{}, ..., gibbs.exact(); by default not at all (jarzynski: F at the start, by gibbs.ais{} unless it is known exactly)

---A way to estimate for objectives and training: persistent chains that go on from evaluation to evaluation, k sweeps each (persistent contrastive divergence, PCD-k). Gradients are right as long as the chains keep up with the parameters: fit.history holds R-hat and how much they move. tempering = { rungs = 8 } keeps chains at higher temperatures that exchange with them.
---
---Errors: an option of another way to estimate; kernel beside tempering (write tempering = { base = name }).
---
---Cost: k sweeps of all chains an evaluation.
---
---Source: Tieleman, ICML (2008) 1064; Younes, Stochastics 65 (1999) 177; tempering: Desjardins et al., AISTATS (2010) 145
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
---local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(4), init = gibbs.normal(0, 0.1) }
---local kl = gibbs.kl(P, Q)
---local before = kl:value().value
---local fit = gibbs.minimize(kl, Q, { estimate = gibbs.pcd{ chains = 64 }, steps = 300, rate = 0.02 })
---print(kl:value().value < before / 4, fit.reason)  --> true	all steps were done
---```
---@param options? gibbs.pcd_options
---@return gibbs.estimator
function gibbs.pcd(options) end

---@class gibbs.cd_options
---@field chains? integer how many chains of each distribution (cd: of those that have no data) (an integer from 2 to 16777216; default 128)
---@field k? integer sweeps before every evaluation (an integer from 1 to 1e9; default 1)
---@field burn? integer sweeps before the first evaluation (an integer, at least 0; default 1000)
---@field batch? integer rows of data an evaluation, in an order shuffled every epoch; 0: all (an integer, at least 0; default 0)
---@field seed? integer seed of everything that is drawn (an integer, at least 0; default gibbs.seed())
---@field hidden? "sampled"|"summed" whether hidden units are sampled, or summed in H(v); by default as suits the energy
---@field kernel? string the name of the kernel, its options beside it; by default the one that suits the energy
---@field free_energy? gibbs.estimator|gibbs.free_energy_estimator how free energies are had that samples do not tell: gibbs.ais{}, ..., gibbs.exact(); by default not at all (jarzynski: F at the start, by gibbs.ais{} unless it is known exactly)

---Contrastive divergence, CD-k: at every evaluation the model's chains start anew at the data and make k sweeps. Fast, and biased by nature: what it follows is not the gradient of the likelihood, as objective:check shows. A target without data gets `chains` chains of its own.
---
---Errors: an option of another way to estimate.
---
---Cost: k sweeps of one chain a row of the batch.
---
---Source: Hinton, Neural Computation 14 (2002) 1771
---
---```lua
---local Q = gibbs.rbm{ visible = gibbs.bits(6), hidden = gibbs.bits(3), init = gibbs.normal(0, 0.1) }
---local data = gibbs.data{ { 1, 1, 1, 0, 0, 0 }, { 0, 0, 0, 1, 1, 1 } }
---local loss = -gibbs.log_likelihood(data, Q)
---local before = loss:value().value
---gibbs.minimize(loss, Q, { estimate = gibbs.cd{ k = 1 }, steps = 500, rate = 0.05 })
---print(loss:value().value < before)  --> true
---```
---@param options? gibbs.cd_options
---@return gibbs.estimator
function gibbs.cd(options) end

---The Markov kernels, in the order in which they are asked whether they suit an energy. Kernels belong to structure, never to a family's name; Q:describe() says which can do an energy and why the others cannot. A kernel's options are written beside its name: Q:chains{ kernel = "wolff", clusters = 4 }.
---
---```lua
---for _, kernel in ipairs(gibbs.kernels()) do
---  if kernel.name == "wolff" then print(kernel.source, kernel.options[1].name) end
---end  --> Wolff, Phys. Rev. Lett. 62 (1989) 361; improved estimators: Wolff, Nucl. Phys. B 300 (1988) 501	clusters
---```
---@return table # a list of { name, doc, source, options = { { name, kind, initial, low, high, words, doc }, ... } }
function gibbs.kernels() end

---@class gibbs.autocorrelation_options
---@field lags? integer how many values of rho; those of the window when absent (an integer from 1 to 1e9)
---@field window? number the sum ends where its length is this many tau (a number from 1 to 100; default 5)

---The autocorrelation of a list of numbers, one chain's values one after the other: rho(t), and tau = 1 + 2 sum_t rho(t) with Sokal's window, the smallest W >= window x tau(W).
---
---Errors: fewer than 4 numbers.
---
---Cost: O(n log n), by FFT.
---
---Source: Sokal, Monte Carlo methods in statistical mechanics (1989); Madras and Sokal, J. Stat. Phys. 50 (1988) 109
---
---```lua
---local x = {}
---for t = 1, 200 do x[t] = math.cos(t / 10) end
---print(string.format("%.4f", gibbs.autocorrelation(x, { lags = 3 }).rho:get(2)))  --> 0.9900
---```
---@param x gibbs.tensor|table at least 4 numbers
---@param options? gibbs.autocorrelation_options
---@return gibbs.autocorrelation # tau and its error in steps of the list, rho = rho(0), rho(1), ...
function gibbs.autocorrelation(x, options) end

---@class gibbs.reweight_options
---@field beta number[]|gibbs.tensor a list of inverse temperatures
---@field samples gibbs.series[]|table[] a run for each: a series recorded with keep = true, or {name = values}
---@field energy? string the name of the observable that beta multiplies; 'energy' by default

---Runs of one energy at several temperatures taken together: run k was made with the weight exp(-beta[k] E). Gives means and free energies at any temperature that the samples reach, by the multistate acceptance ratio; no histogram is made.
---
---Errors: neighbouring temperatures whose samples share too few effective ones, named; runs that lack an observable; a series recorded without keep = true.
---
---Cost: O(samples x temperatures) an iteration; memory 16 bytes a sample and 8 an observable.
---
---Source: Ferrenberg and Swendsen, Phys. Rev. Lett. 63 (1989) 1195; Shirts and Chodera, J. Chem. Phys. 129 (2008) 124105
---
---```lua
---local s = gibbs.spins{ 4, 4 }
---local E = -1 * gibbs.bonds(s, gibbs.lattice.square(4, 4))  -- at beta = 1
---local runs, betas = {}, { 0.25, 0.35 }
---for k, beta in ipairs(betas) do
---  local P = gibbs.boltzmann{ visible = s, energy = beta * E }
---  runs[k] = P:chains{ n = 16, seed = k }:record{ sweeps = 400, keep = true, observables = { energy = E } }
---end
---local r = gibbs.reweight{ beta = betas, samples = runs }
---local e = r:mean("energy", 0.3)
---print(math.abs(e.value - gibbs.kaufman(4, 4, 0.3).energy / 0.3) < 5 * e.error)  --> true
---```
---@param options gibbs.reweight_options
---@return gibbs.reweighting
function gibbs.reweight(options) end

---@class gibbs.rg_decimation_options
---@field visible gibbs.variable the spins of a lattice of 1 to 3 axes, each a multiple of b; P.visible
---@field b? integer length of a block along each axis, at least 2; 2 when absent

---A coarse-graining: every b-th spin along each axis stays.
---
---Errors: spins that are no +-1 spins; blocks that do not divide the lattice; a lattice of more than three axes; an option that is missing or unknown.
---
---```lua
---print(gibbs.rg.decimation{ visible = gibbs.spins{ 6, 6 }, b = 3 })  --> transform decimation: 6x6 spins to 2x2
---```
---@param options gibbs.rg_decimation_options
---@return gibbs.transform
function gibbs.rg.decimation(options) end

---@class gibbs.rg_majority_options
---@field visible gibbs.variable the spins of a lattice of 1 to 3 axes, each a multiple of b; P.visible
---@field b? integer length of a block along each axis, at least 2; 2 when absent

---A coarse-graining: a block spin is the sign of its block's sum, a fair coin where that is 0. In the kernel the sign is that of a coupling of 100 a spin: the wrong one has the weight exp(-200), and steps are right as long as H of likely and unlikely spins differs by less.
---
---Errors: spins that are no +-1 spins; blocks that do not divide the lattice; a lattice of more than three axes; an option that is missing or unknown.
---
---```lua
---print(gibbs.rg.majority{ visible = gibbs.spins{ 4, 4 } })  --> transform majority: 4x4 spins to 2x2
---```
---@param options gibbs.rg_majority_options
---@return gibbs.transform
function gibbs.rg.majority(options) end

---@class gibbs.rg_block_spin_options
---@field visible gibbs.variable the spins of a lattice of 1 to 3 axes, each a multiple of b; P.visible
---@field b? integer length of a block along each axis, at least 2; 2 when absent
---@field p number strength of the coupling of a block spin to each of its spins; 0: a fair coin; math.huge: the majority
---@field normalised? boolean whether exp T adds up to 1; true when absent

---Kadanoff's block spins: exp T = prod_B exp(p h_B sum_B v) / 2 cosh(p sum_B v). Without the normalisation the trace condition does not hold.
---
---Errors: spins that are no +-1 spins; blocks that do not divide the lattice; a lattice of more than three axes; an option that is missing or unknown.
---
---Source: Kadanoff, Phys. Rev. Lett. 34 (1975) 1005
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
---local loose = gibbs.rg.block_spin{ visible = P.visible, p = 0.5, normalised = false }
---print(string.format("%.6f", loose:budget(P).gap.value))  --> -7.368123
---```
---@param options gibbs.rg_block_spin_options
---@return gibbs.transform
function gibbs.rg.block_spin(options) end

---@class gibbs.rg_filter_options
---@field visible gibbs.variable the spins of a lattice of 1 to 3 axes, each a multiple of b; P.visible
---@field b? integer length of a block along each axis, at least 2; 2 when absent
---@field offsets table a list of offsets, one whole number an axis each
---@field weights number[] a number an offset
---@field bias? number added; 0 when absent
---@field hard? boolean the sign of phi, a fair coin where it is 0 (below 1e-12 of the sum of weights); false when absent

---A coarse-graining by a filter of one's own: a block spin sees phi = bias + weights . spins at offsets from its block's corner, and is +1 with probability 1 / (1 + exp(-2 phi)); hard takes the sign of phi, as gibbs.rg.majority does.
---
---Errors: spins that are no +-1 spins; blocks that do not divide the lattice; a lattice of more than three axes; an option that is missing or unknown. Offsets and weights that are not as many, or no whole numbers and numbers; fields that can be larger than 10^6; hard: more than 16 spins, or signs that hang on 10^-4 of the weights.
---
---```lua
---local rule = gibbs.rg.filter{ visible = gibbs.spins{ 4, 4 }, offsets = { { 0, 0 }, { 0, 1 } }, weights = { 1, 0.5 } }
---print(rule)  --> transform filter: 4x4 spins to 2x2
---```
---@param options gibbs.rg_filter_options
---@return gibbs.transform
function gibbs.rg.filter(options) end

---@class gibbs.rg_bond_moving_options
---@field visible gibbs.variable the spins of a lattice of 1 to 3 axes, each a multiple of b; P.visible
---@field J number the coupling of nearest neighbours of the model
---@field b? integer length of a block along each axis, at least 2; 2 when absent

---Migdal and Kadanoff's step of the hypercubic Ising model as a coarse-graining: the bonds of b^(d-1) parallel lines are moved onto one, and all spins but every b-th are summed over. D is what moving changes; its mean is 0 where all bonds along an axis have the same mean, so F_l <= F.
---
---Errors: spins that are no +-1 spins; blocks that do not divide the lattice; a lattice of more than three axes; an option that is missing or unknown.
---
---Source: Kadanoff, Ann. Phys. 100 (1976) 359
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
---local budget = gibbs.rg.bond_moving{ visible = P.visible, J = 0.4 }:budget(P)
---print(math.abs(budget.mean_D.value) < 1e-12, budget.gap.value < 0)  --> true	true
---```
---@param options gibbs.rg_bond_moving_options
---@return gibbs.transform
function gibbs.rg.bond_moving(options) end

---The step of a machine: T = H(v) - E(v, h), so that coarse-graining by it is sampling its hidden units, and its trace condition is that H_l = H.
---
---Errors: no distribution with an energy, or one without hidden units.
---
---Source: Mehta and Schwab, arXiv:1410.3831 (2014), eq. 18
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
---local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(4), W = 0.2 }
---local step = gibbs.rg.rbm(Q)
---print(step, math.abs(step:machine(P):free_energy().value - Q:free_energy().value) < 1e-9)  --> transform rbm: 3x3 spins to 4	true
---```
---@param Q gibbs.distribution with hidden units; its visible units are those of the distribution that is coarse-grained
---@return gibbs.transform
function gibbs.rg.rbm(Q) end

---@class gibbs.rg_transform_options
---@field kernel gibbs.expression|function T(v, h), or a function of the distribution that gives it
---@field visible gibbs.variable|table v, or a list of variables
---@field hidden gibbs.variable|table h, or a list of variables
---@field name? string what it calls itself; 'T' when absent

---A coarse-graining by a kernel of one's own.
---
---Errors: an option that is missing, unknown or of another kind; a kernel that is no single number, or depends on other variables.
---
---```lua
---local v, h = gibbs.spins(4), gibbs.spins(2)
---local phi = gibbs.tensor{ { 1, 1, 0, 0 }, { 0, 0, 1, 1 } }:mul(v)
---local T = h:dot(phi) - gibbs.sum(gibbs.logcosh(phi)) - 2 * math.log(2)
---local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.5, visible = v }
---print(gibbs.rg.transform{ kernel = T, visible = v, hidden = h }:trace(P).holds)  --> true
---```
---@param options gibbs.rg_transform_options
---@return gibbs.transform
function gibbs.rg.transform(options) end

---All couplings of a distribution of a few +-1 spins, as after transform:step(P): H(s) = -g - sum_A g_A prod_A s, exactly, by a Walsh-Hadamard transform, and gathered into classes that the periodic lattice's shifts, reflections and exchanges of axes of one length map onto each other. A coupling is that of a set of spins: where a lattice of length 2 has a bond twice, it is twice the bond's. A pair's name tells how far its spins are apart along each axis, the smaller distance first where axes are of one length.
---
---Errors: more than 20 spins (gibbs.rg.pair_couplings has fields and pairs of more spins, gibbs.rg.mcrg infers couplings in a basis); units of another kind, or of several variables.
---
---Cost: 2^n values of H, and n 2^n more.
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
---local couplings = gibbs.rg.couplings(gibbs.rg.decimation{ visible = P.visible }:step(P))
---for _, class in ipairs(couplings) do
---  if class.spins == 2 then print(class.name, class.count, string.format("%.6f", class.value)) end
---end
-----> pair {0,1}	4	0.470843
-----> pair {1,1}	2	0.247633
---```
---@param C gibbs.distribution of at most 20 +-1 visible spins
---@return table # a list of classes { name, spins, value (their mean), spread (greatest less least), count } by the number of spins; the value is in the field of the name too, and g in `constant`
function gibbs.rg.couplings(C) end

---Constant, fields and pair couplings of a Hamiltonian of +-1 spins, as that of the hidden units of a machine: H(s) = -g - sum_i g_i s_i - sum_(i<j) g_ij s_i s_j - rest, its projection under the uniform distribution of states, so that no coefficient depends on which others are asked for. Exactly for up to 20 spins; for more, and with samples, by least squares over random states, with an error that all coefficients share.
---
---Errors: other units than +-1, several variables; hidden units that cannot be summed over.
---
---Cost: samples values of H, and about samples n^2 more.
---
---```lua
---local v, h = gibbs.spins(3), gibbs.spins(2)
---local W = gibbs.tensor{ { 1, 0 }, { 1, 1 }, { 0, 1 } }
---local C = gibbs.boltzmann{ visible = h, hidden = v, energy = -v:dot(W:mul(h)) }
---local c = gibbs.rg.pair_couplings(C)
---print(string.format("%.6f %.6f", c.pairs:get(1, 2), math.log(math.cosh(2)) / 2))  --> 0.662501 0.662501
---```
---@param C gibbs.distribution of one variable of at most 2000 +-1 spins whose H can be had: other units are summed over
---@param options? table samples: random states, at least 3200; by default 8 n^2, and at least 100000; seed: of these states, 1 by default
---@return table # constant, fields (tensor n), pairs (tensor n x n, symmetric, 0 on the diagonal), error (one standard error of each; 0 where they are exact), variance (of H over all states, which is the sum of all squared couplings), rest (the part of it in products of three spins and more), samples
function gibbs.rg.pair_couplings(C, options) end

---@class gibbs.rg_chain_options
---@field b? integer every b-th spin stays (an integer from 2 to 1000; default 2)

---The chain of +-1 spins in a field, all but every b-th spin summed over: exact. Its only fixed points are free spins, K = 0 in any field, with y_t = -inf and y_h = 0. The critical point is K = infinity: there e^-2K and h grow by the factor b a step, so that y = 1 for both.
---
---Errors: an option out of range.
---
---Source: Nelson and Fisher, Ann. Phys. 91 (1975) 226
---
---```lua
---local chain = gibbs.rg.chain{ b = 3 }
---print(chain, string.format("%.6f", chain:step{ K = 1 }.K))  --> recursion chain: 2 couplings, b = 3.0, d = 1.0	0.474396
---local strong = chain:step{ K = 20, h = 1e-9 }  -- near K = infinity: e^-2K and h are three times as large
---print(string.format("%.6f %.6f", math.exp(40 - 2 * strong.K), strong.h / 1e-9))  --> 3.000000 3.000000
---```
---@param options? gibbs.rg_chain_options
---@return gibbs.recursion
function gibbs.rg.chain(options) end

---@class gibbs.rg_migdal_kadanoff_options
---@field b? number the scale factor; 1 is the limit b -> 1, in steps of 2 (a number from 1 to 1000; default 2)
---@field d? number the dimension (a number from 1 to 100; default 2)
---@field q? number states of a site: 2 is Ising, H = -K sum s s'; else Potts, H = -K sum delta (a number from 1 to 1e6; default 2)
---@field order? "move_first"|"decimate_first" bonds are moved before or after the decimation; only the first has a constant (default 'move_first')

---Bonds of hypercubic lattices of Ising or Potts spins moved together and decimated along lines. Below zero K favours unlike neighbours; that needs a whole b and q >= 2. In d = 1 nothing is moved, the free energy is exact, and K = 0 is the only fixed point.
---
---Errors: an option out of range.
---
---Source: Migdal, Sov. Phys. JETP 42 (1975) 743; Kadanoff, Ann. Phys. 100 (1976) 359
---
---```lua
---local scheme = gibbs.rg.migdal_kadanoff{ b = 1, d = 2 }  -- the limit b -> 1 is self-dual
---print(string.format("%.6f %.6f", scheme.couplings.K, math.log(1 + math.sqrt(2)) / 2))  --> 0.440687 0.440687
---```
---@param options? gibbs.rg_migdal_kadanoff_options
---@return gibbs.recursion
function gibbs.rg.migdal_kadanoff(options) end

---The majority of triangles of the triangular Ising lattice to first order in cumulants, linear in the field. Its constant is known without a field.
---
---Errors: any option: it has none.
---
---Source: Niemeijer and van Leeuwen, Phys. Rev. Lett. 31 (1973) 1411
---
---```lua
---local scheme = gibbs.rg.niemeijer_van_leeuwen()
---print(string.format("%.4f %.4f %.4f", scheme.couplings.K, scheme.y_t, scheme.y_h))  --> 0.3356 0.8822 1.3691
---```
---@return gibbs.recursion
function gibbs.rg.niemeijer_van_leeuwen() end

---@class gibbs.rg_kadanoff_options
---@field d? integer the dimension (an integer from 2 to 3; default 2)
---@field p? number strength of the block spins' coupling; 0: the one that makes the free energy stationary at the fixed point (a number from 0 to 10; default 0)

---The variational lower bound: potentials moved into every 2^d-th hypercube, and block spins of strength p, by default the one that makes the free energy stationary at the fixed point. Couplings are of all even and odd subsets of a hypercube; { K, h } in their place are those of the nearest-neighbour model. Below p = 0.65 (d = 2) or 0.25 (d = 3) nothing is critical: all couplings flow to the disordered phase.
---
---Errors: an option out of range.
---
---Source: Kadanoff, Phys. Rev. Lett. 34 (1975) 1005; Kadanoff, Houghton and Yalabik, J. Stat. Phys. 14 (1976) 171
---
---```lua
---local scheme = gibbs.rg.kadanoff{ d = 2 }
---print(string.format("%.4f %.4f %.4f", scheme.p, scheme.y_t, scheme.y_h))  --> 0.7660 1.0009 1.8753
---```
---@param options? gibbs.rg_kadanoff_options
---@return gibbs.recursion
function gibbs.rg.kadanoff(options) end

---@class gibbs.rg_wilson_options
---@field closure? "quadratic"|"neighbours"|"folded" quadratic: K' = 2 K^2 + L, L' = K^2; neighbours: K and L in full; folded: L is added to K (default 'neighbours')

---The square Ising lattice decimated by sqrt 2, couplings beyond the diagonal dropped.
---
---Errors: an option out of range.
---
---Source: Wilson, Rev. Mod. Phys. 47 (1975) 773; Maris and Kadanoff, Am. J. Phys. 46 (1978) 652
---
---```lua
---local scheme = gibbs.rg.wilson{ closure = "quadratic" }
---print(string.format("%.4f %.4f", scheme.couplings.K, scheme.couplings.L))  -- 1/3 and 1/9  --> 0.3333 0.1111
---```
---@param options? gibbs.rg_wilson_options
---@return gibbs.recursion
function gibbs.rg.wilson(options) end

---@class gibbs.rg_recursion_options
---@field scale? number b: a new site stands for b^d sites (a number from 1.000001 to 1e6; default 2)
---@field dimension? number d (a number from 0 to 100; default 2)
---@field states? number of a site, for the free energy of sites without couplings (a number from 1 to 1e9; default 2)
---@field couplings any a list of their names
---@field odd? any the names of those that change sign with all spins
---@field start? any couplings near the fixed point
---@field step any function(couplings) giving the new couplings by name and, where it is known, the constant g

---A recursion of one's own: a function from couplings to all new couplings, and the constant if it is known.
---
---Errors: step gives no table, forgets a coupling or gives one of another name; more than 24 couplings. Without `start` fixed points need one of their own.
---
---```lua
---local own = gibbs.rg.recursion{ couplings = { "K" }, scale = 2, dimension = 2, start = { K = 0.3 }, step = function(c)
---  return { K = math.log((math.exp(4 * c.K) + math.exp(-4 * c.K)) / 2) / 2 }
---end }
---print(string.format("%.6f %.6f", own.couplings.K, own.y_t))  --> 0.304689 0.747236
---```
---@param options gibbs.rg_recursion_options
---@return gibbs.recursion
function gibbs.rg.recursion(options) end

---@class gibbs.rg_tensor_options
---@field K number the coupling of nearest neighbours: H = -K sum s s', or -K sum delta(s, s') with q (a number from -100 to 100; default 0)
---@field h? number the field: -h sum s, or -h sum delta(s, the first state) (a number from -100 to 100; default 0)
---@field q? integer states of a Potts site; 0: Ising spins (an integer from 0 to 16; default 0)
---@field bond_dimension? integer singular values kept a leg; a step costs its sixth power (an integer from 2 to 64; default 16)
---@field steps? integer each halves the number of tensors: 2^steps sites (an integer from 0 to 200; default 40)

---The free energy a site of a large periodic square lattice of Ising or Potts spins by tensor renormalization. No bound: the error, which comes from the singular values that are dropped, may have either sign; `error` tells about its size.
---
---Errors: K is missing; a bond dimension below q; so few singular values that the weight of a torus is not positive.
---
---Cost: O(bond_dimension^6) a step.
---
---Source: Levin and Nave, Phys. Rev. Lett. 99 (2007) 120601
---
---```lua
---local t = gibbs.rg.tensor{ K = 0.4, bond_dimension = 8 }
---print(string.format("%.5f %.5f %.5f", t.free_energy, t.error, gibbs.onsager(0.4).free_energy))  --> -0.87932 0.00009 -0.87936
---```
---@param options gibbs.rg_tensor_options
---@return table # free_energy (-ln Z a site of 2^steps sites), error (about that of free_energy: the largest of what was dropped, summed by tensors a site, of what half the bond dimension gives otherwise, and of rounding; mostly too large, no bound), by_step (a list, of tori of 1, 2, 4, ... sites), truncation (the largest share of squared singular values that a step dropped)
function gibbs.rg.tensor(options) end

---@class gibbs.rg_mcrg_options
---@field kind? "decimation"|"majority"|"block_spin"|"filter" (rule = { ... }) which rule (default 'majority')
---@field b? integer (rule = { ... }) length of a block along each axis (an integer from 2 to 1000; default 2)
---@field p? number (rule = { ... }) block_spin: strength of the coupling of a block spin to its spins (a number from -1e6 to 1e6; default 1)
---@field bias? number (rule = { ... }) filter: added to the weighted sum (a number from -1e6 to 1e6; default 0)
---@field hard? boolean (rule = { ... }) filter: take the sign of the sum (a fair coin at 0) instead of drawing by it (default false)
---@field offsets? any (rule = { ... }) filter: a list of {y, x}, the spins it sees, counted from the block's corner
---@field weights? any (rule = { ... }) filter: a number an offset
---@field levels? integer how often blocks are made of blocks; 0: until 4 would not be left along an axis (an integer from 0 to 12; default 0)
---@field measurements? integer of every chain (an integer from 1 to 4294967295; default 1000)
---@field every? integer sweeps between measurements (an integer from 1 to 1e9; default 1)
---@field couplings_every? integer measurements between those that couplings are inferred from; 0: none (an integer from 0 to 1e9; default 0)
---@field coupling_operators? integer even operators that have couplings, the first ones; 0: all (an integer from 0 to 24; default 0)
---@field seed? integer of what the rule draws (an integer, at least 0; default gibbs.seed())
---@field chains gibbs.chains the chains, warmed up; their visible spins lie on a periodic chain, square or cubic lattice
---@field rule string|table|gibbs.transform a block rule or a transform
---@field even? table even operators: names (nearest, diagonal, plaquette, second, knight, diamond, second_diagonal on the square lattice), or lists of offsets; all of these by default
---@field odd? table odd operators: names (spin, three_of_plaquette, three_in_line, three_of_diamond), or lists of offsets; all of these by default

---Monte Carlo renormalization of chains: a block rule is applied again and again to what they visit, and the operators of all levels are measured together. Exponents come from dK(n+1)/dK(n) = <S' S'>^-1 <S' S> (connected), couplings of H = -sum_a K_a S_a by maximum pseudo-likelihood. The truncation to the operators at hand is the only approximation: they are sums over a periodic line, square or cube with all its symmetries, so of another lattice, or one with open ends, more is cut off. The rule is a name ("majority"), a table { kind, b, ... } or a transform that has a rule.
---
---Errors: units that are no +-1 spins, of more than three axes; b does not divide a length at some step; an option of another rule; an operator twice; measurements too few for errors.
---
---Cost: about 1 ns a spin and operator beside the sweeps. Ctrl-C ends it at the next measurement, without a result; the chains go on from there.
---
---Source: Swendsen, Phys. Rev. Lett. 42 (1979) 859; Swendsen, Phys. Rev. Lett. 52 (1984) 1165
---
---```lua
---local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.4406868 }
---local c = P:chains{ n = 16, kernel = "swendsen_wang", seed = 1 }:warm_up(100)
---local m = gibbs.rg.mcrg{ chains = c, rule = "majority", measurements = 500, levels = 1 }
---local y = m:exponent(1)
---print(m, math.abs(y.value - 0.97) < 5 * y.error + 0.05)  --> renormalization of 8000 measurements by 1 steps	true
---```
---@param options gibbs.rg_mcrg_options
---@return gibbs.mcrg
function gibbs.rg.mcrg(options) end

---@class gibbs.rg_vmcrg_options
---@field kind? "decimation"|"majority"|"block_spin"|"filter" (rule = { ... }) which rule (default 'majority')
---@field b? integer (rule = { ... }) length of a block along each axis (an integer from 2 to 1000; default 2)
---@field p? number (rule = { ... }) block_spin: strength of the coupling of a block spin to its spins (a number from -1e6 to 1e6; default 1)
---@field bias? number (rule = { ... }) filter: added to the weighted sum (a number from -1e6 to 1e6; default 0)
---@field hard? boolean (rule = { ... }) filter: take the sign of the sum (a fair coin at 0) instead of drawing by it (default false)
---@field offsets? any (rule = { ... }) filter: a list of {y, x}, the spins it sees, counted from the block's corner
---@field weights? any (rule = { ... }) filter: a number an offset
---@field levels? integer how often the rule is applied (an integer from 1 to 8; default 1)
---@field replicas? integer independent optimisations, which give the errors (an integer from 4 to 4096; default 16)
---@field steps? integer of the optimisation (an integer from 2 to 1e9; default 200)
---@field sweeps? integer a step (an integer from 1 to 1e9; default 20)
---@field measured? integer sweeps afterwards, which give all numbers and their errors (an integer from 8 to 4e9; default 4000)
---@field seed? integer of everything (an integer, at least 0; default gibbs.seed())
---@field lattice integer[] the shape of the periodic lattice of spins, {64, 64}
---@field K table couplings by operator, { nearest = 0.44 }; H = -sum K S
---@field rule string|table|gibbs.transform a block rule or a transform; no spin may be seen by two blocks
---@field operators? table of the bias, and of dK'/dK: names, or lists of offsets

---Variational Monte Carlo renormalization: spins and block spins are sampled together under a bias V(h) = sum_a J_a S_a(h), and J is moved until the operators of the block spins have mean 0, as for free spins. Then V = -H', so that J are the renormalised couplings; and block spins forget fast even at a critical point. Replicas move a J each; then all are measured at the mean of these, and what is left of the means is taken off by one step of Newton's method. Errors are a jackknife's over replicas; estimates are not converged where that last step is too long.
---
---Errors: blocks that overlap; operators that are constant or depend on each other on the lattice of the blocks; a coupling of no operator; a coupling that runs away.
---
---Cost: some 50 ns a spin and sweep, times replicas.
---
---Source: Wu and Car, Phys. Rev. Lett. 119 (2017) 220602
---
---```lua
---local r = gibbs.rg.vmcrg{ lattice = { 8, 8 }, K = { nearest = 0.3 }, rule = "majority", operators = { "nearest", "diagonal" },
---  replicas = 8, steps = 100, measured = 200, seed = 1 }
---local K = r.couplings.nearest
---print(K.value > 0.1 and K.value < 0.3, K.error < 0.05)  --> true	true
---```
---@param options gibbs.rg_vmcrg_options
---@return gibbs.vmcrg
function gibbs.rg.vmcrg(options) end

---An empirical distribution: configurations with weights that sum to 1. It has means and samples, and no Hamiltonian: gibbs.kl(data, Q), gibbs.log_likelihood(data, Q).
---
---Errors: no configuration; a value that is not finite; another number of weights; a file with several arrays (choose by gibbs.data(gibbs.read(path).name)) or with texts, by column and row.
---
---Cost: the tensor is kept, not copied; 8 bytes a value.
---
---```lua
---local data = gibbs.data({ { 1, -1 }, { 1, 1 }, { -1, -1 } }, { 2, 1, 1 })
---print(data)                                        --> data: 3 configurations of 2 units
---local s = gibbs.spins(2)
---print(data:mean(s[1]).value)                       --> 0.5
---```
---@param rows gibbs.tensor|table|string configurations along the first axis (-1 and 1, 0 and 1, states from 1 on, or real numbers), or the path of a file that gibbs.read knows: a matrix, a table of columns, idx images, or the only array of a .npz or .h5 file
---@param weights? gibbs.tensor|table one number a configuration, at least 0; absent: equal
---@return gibbs.data
function gibbs.data(rows, weights) end

---Read a file into tables and tensors, by its ending. There are .json (tables; null is gibbs.null), .csv (a matrix where the first row is numbers; else a table of `columns`, the names in order, and one list for each name; an empty field and NA are nan), .npy (a tensor), .npz (a table of tensors), .h5 and .hdf5 (groups are tables, data sets tensors; an attribute of a group is "@name", one of a data set W is "W@name"; both are written so), .idx (MNIST's format; also a file named like train-images-idx3-ubyte), and .csv.gz and .idx.gz. Files are parsed and size-checked, never executed.
---
---Errors: no such file; another ending; contents that the format does not describe to the last byte, by line and column in texts; integers that a double does not hold exactly.
---
---Cost: O(size of the file).
---
---```lua
---gibbs.write("cases.json", { name = "ring", sizes = { 4, 6 } })
---local cases = gibbs.read "cases.json"
---print(cases.name, cases.sizes[2])  --> ring	6
---```
---@param path string of a file with one of these endings
---@return table|gibbs.tensor # whole numbers up to 2^31 are integers
function gibbs.read(path) end

---Write a value to a file so that gibbs.read gives it back, with all bits of every number. The file is complete or not there: the one that was there before is untouched by a failure. As CSV: a tensor of one or two axes, a table of lists of one length (ordered by `columns` if it is there), or { header = names, rows = list of lists }.
---
---Errors: a value that the format cannot hold, and where it is; a table with holes or with keys of both kinds; nan in JSON; an unwritable folder.
---
---Cost: O(size of the value).
---
---```lua
---gibbs.write("curve.csv", { header = { "K", "F" }, rows = { { 0.1, -2 }, { 0.2, -3 } } })
---print(gibbs.read("curve.csv").F[2])  --> -3
---```
---@param path string ends in .json, .csv, .npy, .npz, .h5, .hdf5 or .idx
---@param value table|gibbs.tensor|gibbs.parameter|gibbs.distribution|number|string|boolean numbers, strings, booleans, gibbs.null, tensors, parameters (their present values), distributions (gibbs.load), and tables of them: lists without holes, or names
function gibbs.write(path, value) end

---Add a value to what a file holds, as if it had been written along with it; a file that is not there is made. To .csv: rows, below a matrix or below columns of the same names, in any form that gibbs.write takes. To .npy and .idx: along the first axis. To .npz, .h5 and .hdf5: further items; groups of one name are joined. To .json: items of a list, or names of a table. Nothing that is there is replaced. The file is written anew, and is complete or as it was before.
---
---Errors: other columns, or another shape, than what is there; an item that is there already; a checkpoint or a model by Q:save, which is sealed; what gibbs.read and gibbs.write refuse.
---
---Cost: O(size of the file): for a row now and then. A loop that logs keeps a table, or uses run:log.
---
---```lua
---gibbs.append("log.csv", { K = { 0.1 }, F = { -2 } })
---gibbs.append("log.csv", { header = { "K", "F" }, rows = { { 0.2, -3 }, { 0.3, -4 } } })
---print(#gibbs.read("log.csv").F)  --> 3
---```
---@param path string ends in .json, .csv, .npy, .npz, .h5, .hdf5 or .idx
---@param value table|gibbs.tensor|gibbs.parameter|gibbs.distribution|number|string|boolean as gibbs.write takes it
function gibbs.append(path, value) end

---The distribution that Q:save wrote, with variables and parameters of its own. The file is parsed and every length, shape, word and number of it is checked; nothing in it is executed. Length and checksum are told before anything else, so that damage is no other machine. Files of version 1, the only one so far, stay readable; other versions are refused by name.
---The layout, for h5py and others. Numbers are float64 and count from 0; where there is a list of lengths, the numbers of the rows lie one after the other.
---Attributes of the file: format is "gibbs model", version is 1, then gibbs (the writer's version) and family.
---parameters/<dataset>: the values, in their shapes. parameter_table: name, dataset (the name, without / and not twice), initial (values, normal, uniform), a and b (of a random start).
---variables: name, kind (spins, bits, potts, reals), states (q; 0 for reals), role (visible, then hidden, then inner: those that sums inside the energy bind), shape of the units (rows of 6, zeros behind the last axis).
---nodes: op, shape, detail, argument_count, arguments, energy (which node the energy is); arguments stand before those who use them. What a node does: an elementwise operation by its name (add, mul, tanh, ...), constant, variable, parameter (detail: which one), sum, matmul (detail: 1 if the first matrix is transposed, plus 2 for the second), outer, gather, out[k] = x[list[k]], and scatter, out[list[k]] += x[k] (detail: which list), logsumexp over the last axis, marginal, -log sum exp(-x) over the states of the variables that follow, and marginal_mean of a value, for an energy, over variables.
---constants: length (1: one number for all elements) and numbers.
---lists: rule, length and numbers: positions, one by one; same: count and position; shift: rank, extents, offsets; first_end and second_end of a lattice's bonds: elements a site, axes, sites a cell, steps, 1 if periodic, extents, and for each step from and to which site and the offset of the cell. energy_text: the energy for human eyes.
---Before HDF5's own beginning stand 512 bytes with the checksum. A file without them, as other programs write it, is read too: to change a model in Python, copy its items to a new file (source.copy(name, target)) and change them there.
---
---Errors: no such file; a file that is cut off, changed, of another kind or version; contents that are no model, saying where.
---
---Cost: O(size of the file), and what gibbs.boltzmann costs.
---
---```lua
---local v = gibbs.spins({ 4, 4 }, "v")
---local P = gibbs.boltzmann{ visible = v, energy = -0.3 * gibbs.sum(v * v:shift{ 1, 0 } * v:shift{ 0, 1 }) }
---gibbs.write("fits.h5", { best = P, note = "three-body" })
---print(gibbs.load("fits.h5", "best"))                --> boltzmann: 16 visible, 0 hidden units, 0 parameters
---print(gibbs.read("fits.h5").best.variables.kind[1]) --> spins
---```
---@param path string of a file by Q:save; or of one by gibbs.write or run:save, with a name
---@param name? string of a model inside the file, as in "fits/best"; without it the file is the model
---@return gibbs.distribution
function gibbs.load(path, name) end

---@class gibbs.plot_lines_options
---@field file string where the figure goes: a path that ends in .svg, .png or .pdf; its data go beside it as .csv
---@field width? number inches; by default 6, and 4.5 for each column of a sheet (a number from 1 to 40)
---@field height? number inches; by default 4.5, or what the figure needs (a number from 1 to 40)
---@field title? string above the figure
---@field series table a list of { name, x, y, error, x_error, low, high, errors, style, dashed, color }
---@field style? string of series that say none; by default what the function is called ('lines', 'points' or 'both')
---@field errors? string of series that say none: how errors are shown ('bars' or 'band'; default 'bars')
---@field x_marks? table reference lines at values of x: a list of { at = 0.44, name = 'K_c' }
---@field y_marks? table reference lines at values of y
---@field x_label? string below the x axis, with the unit
---@field y_label? string beside the y axis, with the unit
---@field x_range? table {from, to}; by default what the data need
---@field y_range? table {from, to}
---@field x_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field y_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field legend? string where the names of what is drawn stand; only a corner can cover data ('below', 'right', 'none', 'top left', 'top right', 'bottom left' or 'bottom right'; default 'below')

---Curves: y over x, with error bars or bands and reference lines. What is not finite is a gap, and is told. More than 10000 points are thinned so that the figure looks the same. Labels are UTF-8; `_` and `^` lower and raise one letter, a number (`^`) or what stands in braces: F_λ, m^2, 10^{-3}; `\_` is itself, and so is `_` within a word and behind one of more than three letters: weight_decay, run_a, machine_1. Long titles go on in the next line, and a figure is as high as its legend needs. A series: name (in the legend); x (by default 1, 2, 3, ...); y (numbers, or estimates, whose errors come along); error (one standard error of y: a number, or one for each point); x_error (the same of x); low (lower ends of bars or band, with 'high' and instead of 'error'); high (upper ends); errors (how errors are shown; by default as the figure says); style (by default as the figure says); dashed (by default lines without symbols differ in their dashes); color (by default one of seven that all people tell apart). The same input gives the same bytes.
---
---Errors: An unknown option; lists of different lengths; a value that a log axis cannot show; a path that cannot be written. Where gnuplot is missing, fails or takes longer than 300 s, the CSV is there and the error says so; a figure is there whole or not at all.
---
---```lua
---gibbs.plot.lines{ file = "kl.svg", x_label = "step", series = { { name = "KL", y = { 3, 2, 1.5 } } } }
---print(gibbs.read("kl.csv").y[3])  --> 1.5
---```
---@param options gibbs.plot_lines_options
function gibbs.plot.lines(options) end

---@class gibbs.plot_points_options
---@field file string where the figure goes: a path that ends in .svg, .png or .pdf; its data go beside it as .csv
---@field width? number inches; by default 6, and 4.5 for each column of a sheet (a number from 1 to 40)
---@field height? number inches; by default 4.5, or what the figure needs (a number from 1 to 40)
---@field title? string above the figure
---@field series table a list of { name, x, y, error, x_error, low, high, errors, style, dashed, color }
---@field style? string of series that say none; by default what the function is called ('lines', 'points' or 'both')
---@field errors? string of series that say none: how errors are shown ('bars' or 'band'; default 'bars')
---@field x_marks? table reference lines at values of x: a list of { at = 0.44, name = 'K_c' }
---@field y_marks? table reference lines at values of y
---@field x_label? string below the x axis, with the unit
---@field y_label? string beside the y axis, with the unit
---@field x_range? table {from, to}; by default what the data need
---@field y_range? table {from, to}
---@field x_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field y_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field legend? string where the names of what is drawn stand; only a corner can cover data ('below', 'right', 'none', 'top left', 'top right', 'bottom left' or 'bottom right'; default 'below')

---Points with error bars, of y and of x. What is not finite is left out, and is told. Series are those of gibbs.plot.lines. A series: name (in the legend); x (by default 1, 2, 3, ...); y (numbers, or estimates, whose errors come along); error (one standard error of y: a number, or one for each point); x_error (the same of x); low (lower ends of bars or band, with 'high' and instead of 'error'); high (upper ends); errors (how errors are shown; by default as the figure says); style (by default as the figure says); dashed (by default lines without symbols differ in their dashes); color (by default one of seven that all people tell apart). The same input gives the same bytes.
---
---Errors: An unknown option; lists of different lengths; a value that a log axis cannot show; a path that cannot be written. Where gnuplot is missing, fails or takes longer than 300 s, the CSV is there and the error says so; a figure is there whole or not at all.
---
---```lua
---gibbs.plot.points{ file = "m.svg", series = { { x = { 0.3, 0.4 }, y = { 0.1, 0.6 }, error = { 0.02, 0.05 } } } }
---print(gibbs.read("m.csv").error[2])  --> 0.05
---```
---@param options gibbs.plot_points_options
function gibbs.plot.points(options) end

---@class gibbs.plot_histogram_options
---@field file string where the figure goes: a path that ends in .svg, .png or .pdf; its data go beside it as .csv
---@field width? number inches; by default 6, and 4.5 for each column of a sheet (a number from 1 to 40)
---@field height? number inches; by default 4.5, or what the figure needs (a number from 1 to 40)
---@field title? string above the figure
---@field values any what is counted, of any shape; or 'series'
---@field series? table a list of { name, values, color }, counted in the same bins
---@field bins? any how many, or their edges; by default bins are as wide as 2 IQR / n^(1/3) (Freedman and Diaconis; n and IQR of all series together), at most 200; where all values lie on a grid, as whole numbers and energies of lattices do, each of its points has a bin, or of more than 60 points all bins hold equally many
---@field density? boolean counts are divided by their sum and by the bins' widths, so that the area is 1 (default false)
---@field curves? table reference curves: a list of { name, x, y } or { name, of = function(x) ... end }
---@field x_marks? table reference lines at values of x: a list of { at = 0.44, name = 'K_c' }
---@field y_marks? table reference lines at values of y
---@field x_label? string below the x axis, with the unit
---@field y_label? string beside the y axis, with the unit
---@field x_range? table {from, to}; by default what the data need
---@field y_range? table {from, to}
---@field x_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field y_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field legend? string where the names of what is drawn stand; only a corner can cover data ('below', 'right', 'none', 'top left', 'top right', 'bottom left' or 'bottom right'; default 'below')

---How often values occur, of one series or of several in the same bins, with reference curves over them. A bin holds its lower edge, the last one its upper edge too. A series: name (in the legend); values (numbers of any shape: a list, nested lists, a tensor, data, a series of one observable); color (by default one of seven that all people tell apart). A curve: name (in the legend); x (with 'y'); y (the density, or the count, at x); of (instead of x and y: function(x) that gives the density, or the count in a bin). The same input gives the same bytes.
---
---Errors: An unknown option; lists of different lengths; a value that a log axis cannot show; a path that cannot be written. Where gnuplot is missing, fails or takes longer than 300 s, the CSV is there and the error says so; a figure is there whole or not at all.
---
---```lua
---gibbs.plot.histogram{ file = "e.svg", values = { 1, 2, 2.5, 3, 7 }, bins = { 0, 2, 4, 8 } }
---print(table.concat(gibbs.read("e.csv").count, " "))  --> 1 3 1
---```
---@param options gibbs.plot_histogram_options
function gibbs.plot.histogram(options) end

---@class gibbs.plot_heatmap_options
---@field file string where the figure goes: a path that ends in .svg, .png or .pdf; its data go beside it as .csv
---@field width? number inches; by default 6, and 4.5 for each column of a sheet (a number from 1 to 40)
---@field height? number inches; by default 4.5, or what the figure needs (a number from 1 to 40)
---@field title? string above the figure
---@field x any values along x, rising
---@field y any values along y, rising
---@field z any z[i][j] belongs to x[i] and y[j]: nested lists or a tensor
---@field z_label? string beside the colours
---@field z_scale? string of the colours; a log scale has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field z_range? table {from, to} of the colours; by default that of z, and even on both sides of 0 for 'diverging'
---@field palette? string 'diverging' goes from blue to red with white at 0, 'grey' from white to black ('grey', 'viridis' or 'diverging'; default 'viridis')
---@field curves? table lines on which another surface has a value: a list of { name, z, level = 0, color }
---@field points? table marked points: a list of { name, x, y, color }; x and y are numbers or lists
---@field contours? any how many contour lines, about, or a list of values (default 8)
---@field x_label? string below the x axis, with the unit
---@field y_label? string beside the y axis, with the unit
---@field x_range? table {from, to}; by default what the data need
---@field y_range? table {from, to}
---@field x_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field y_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field legend? string where the names of what is drawn stand; only a corner can cover data ('below', 'right', 'none', 'top left', 'top right', 'bottom left' or 'bottom right'; default 'below')

---A landscape over two parameters in colours, with contour lines that carry their values, lines on which other surfaces have a value, and marked points. Between the values colours are interpolated; what is not finite stays white, and is told. A curve: name (in the legend); z (a surface on the same grid); level (the value that it has on the line) = 0; color (like '#0072B2'). A set of points: name (in the legend); x (a number or a list); y (a number or a list); color (like '#0072B2'). The same input gives the same bytes.
---
---Errors: An unknown option; lists of different lengths; a value that a log axis cannot show; a path that cannot be written. Where gnuplot is missing, fails or takes longer than 300 s, the CSV is there and the error says so; a figure is there whole or not at all.
---
---```lua
---gibbs.plot.heatmap{ file = "f.svg", x = { 0, 1, 2 }, y = { 0, 1 }, z = { { 0, 1 }, { 1, 2 }, { 2, 3 } } }
---print(#gibbs.read("f.csv").z)  --> 6
---```
---@param options gibbs.plot_heatmap_options
function gibbs.plot.heatmap(options) end

---@class gibbs.plot_contour_options
---@field file string where the figure goes: a path that ends in .svg, .png or .pdf; its data go beside it as .csv
---@field width? number inches; by default 6, and 4.5 for each column of a sheet (a number from 1 to 40)
---@field height? number inches; by default 4.5, or what the figure needs (a number from 1 to 40)
---@field title? string above the figure
---@field x any values along x, rising
---@field y any values along y, rising
---@field z any z[i][j] belongs to x[i] and y[j]: nested lists or a tensor
---@field z_label? string beside the colours
---@field z_scale? string of the colours; a log scale has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field z_range? table {from, to} of the colours; by default that of z, and even on both sides of 0 for 'diverging'
---@field palette? string 'diverging' goes from blue to red with white at 0, 'grey' from white to black ('grey', 'viridis' or 'diverging'; default 'viridis')
---@field curves? table lines on which another surface has a value: a list of { name, z, level = 0, color }
---@field points? table marked points: a list of { name, x, y, color }; x and y are numbers or lists
---@field levels? any how many contour lines, about, or a list of values (default 10)
---@field heatmap? boolean over colours (default false)
---@field x_label? string below the x axis, with the unit
---@field y_label? string beside the y axis, with the unit
---@field x_range? table {from, to}; by default what the data need
---@field y_range? table {from, to}
---@field x_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field y_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field legend? string where the names of what is drawn stand; only a corner can cover data ('below', 'right', 'none', 'top left', 'top right', 'bottom left' or 'bottom right'; default 'below')

---Contour lines that carry their values, dashed below 0, alone or over colours. A curve: name (in the legend); z (a surface on the same grid); level (the value that it has on the line) = 0; color (like '#0072B2'). A set of points: name (in the legend); x (a number or a list); y (a number or a list); color (like '#0072B2'). The same input gives the same bytes.
---
---Errors: An unknown option; lists of different lengths; a value that a log axis cannot show; a path that cannot be written. Where gnuplot is missing, fails or takes longer than 300 s, the CSV is there and the error says so; a figure is there whole or not at all.
---
---```lua
---gibbs.plot.contour{ file = "c.svg", x = { 0, 1, 2 }, y = { 0, 1 }, z = { { 0, 1 }, { 1, 2 }, { 2, 3 } }, levels = { 0.5, 1.5 } }
---print(#gibbs.read("c.csv").z)  --> 6
---```
---@param options gibbs.plot_contour_options
function gibbs.plot.contour(options) end

---@class gibbs.plot_image_grid_options
---@field file string where the figure goes: a path that ends in .svg, .png or .pdf; its data go beside it as .csv
---@field width? number inches; by default 6, and 4.5 for each column of a sheet (a number from 1 to 40)
---@field height? number inches; by default 4.5, or what the figure needs (a number from 1 to 40)
---@field title? string above the figure
---@field images any n x height x width: a tensor, nested lists, data, a batch or a parameter
---@field shape? table {height, width} of an image, where 'images' is n x pixels
---@field columns? integer how many images in a row; by default as many as make a square (an integer, at least 1)
---@field scale? string of colours: equal ones are equal values, or each image has a scale of its own ('shared' or 'each'; default 'shared')
---@field range? table {from, to} of a shared scale; by default that of all pixels
---@field palette? string 'diverging' goes from blue to red with white at 0, 'grey' from white to black ('grey', 'viridis' or 'diverging'; default 'grey')
---@field label? string beside the colours of a shared scale

---Images in rows, the first at the top left. The same input gives the same bytes.
---
---Errors: An unknown option; lists of different lengths; a value that a log axis cannot show; a path that cannot be written. Where gnuplot is missing, fails or takes longer than 300 s, the CSV is there and the error says so; a figure is there whole or not at all.
---
---```lua
---local images = gibbs.tensor{ { 0, 1, 1, 0 }, { 1, 0, 0, 1 } }
---gibbs.plot.image_grid{ file = "w.svg", images = images, shape = { 2, 2 } }
---print(#gibbs.read("w.csv").value)  --> 8
---```
---@param options gibbs.plot_image_grid_options
function gibbs.plot.image_grid(options) end

---@class gibbs.plot_flow_options
---@field file string where the figure goes: a path that ends in .svg, .png or .pdf; its data go beside it as .csv
---@field width? number inches; by default 6, and 4.5 for each column of a sheet (a number from 1 to 40)
---@field height? number inches; by default 4.5, or what the figure needs (a number from 1 to 40)
---@field title? string above the figure
---@field map any a renormalization of two couplings: a recursion of gibbs.rg, or function(x, y) that gives the point one step further, x', y'
---@field couplings? table what x and y are among couplings by name; by default the two of the recursion
---@field field? function or function(x, y) that gives a velocity u, v
---@field x? any or a grid with velocities 'u' and 'v': values along x, rising
---@field y? any values along y, rising
---@field u? any u[i][j] belongs to x[i] and y[j]
---@field v? any v[i][j] likewise
---@field arrows? integer how many across, where a function is given (an integer from 2 to 100; default 18)
---@field arrow_length? string all equal, or as the speed is ('equal' or 'speed'; default 'equal')
---@field speed_colors? boolean the arrows' colours tell how fast it goes (default false)
---@field speed_label? string beside the colours
---@field trajectories? table paths: a list of { name, x, y, color }, or { name, points, color } with pairs {x, y} or couplings by name as recursion:flow gives them, or { name, from = {x, y}, steps = 30, color } to follow 'map' or 'field'
---@field fixed_points? table marked points: a list of { name, x, y, stability }, or with couplings by name instead of x and y
---@field x_label? string below the x axis, with the unit
---@field y_label? string beside the y axis, with the unit
---@field x_range table {from, to}; by default what the data need
---@field y_range table {from, to}
---@field x_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field y_scale? string a log axis has no place for 0 and below ('linear' or 'log'; default 'linear')
---@field legend? string where the names of what is drawn stand; only a corner can cover data ('below', 'right', 'none', 'top left', 'top right', 'bottom left' or 'bottom right'; default 'below')

---Where a vector field, or a renormalization of two couplings, leads: arrows, trajectories, fixed points. A trajectory with 'from' is followed: step by step of a map, by Runge's and Kutta's midpoint rule through a field. A trajectory: name (in the legend); x (the points of the path); y (as many); points (instead of x and y: a list of {x, y}, or of couplings by name); from (where it starts, {x, y} or couplings by name, to be followed); steps (how many steps, of the map or across the figure) = 30; color (by default one of seven that all people tell apart). A fixed point: name (beside the point); x (where); y (where); couplings (instead of x and y: couplings by name, as recursion:fixed_point gives them); stability ('stable' (a disc), 'unstable' (a ring) or 'saddle' (a diamond)) = saddle. The same input gives the same bytes.
---
---Errors: An unknown option; lists of different lengths; a value that a log axis cannot show; a path that cannot be written. Where gnuplot is missing, fails or takes longer than 300 s, the CSV is there and the error says so; a figure is there whole or not at all.
---
---```lua
---local wilson = gibbs.rg.wilson{ closure = "quadratic" }
---gibbs.plot.flow{ file = "rg.svg", map = wilson, x_range = { 0, 0.6 }, y_range = { 0, 0.3 },
---  trajectories = { { points = wilson:flow({ K = 0.3, L = 0.1 }, 4) }, { from = { 0.4, 0.05 }, steps = 3 } },
---  fixed_points = { { name = "K^*", couplings = wilson:fixed_point().couplings } } }
---print(gibbs.read("rg-trajectories.csv").x[2])  --> 0.28
---```
---@param options gibbs.plot_flow_options
function gibbs.plot.flow(options) end

---@class gibbs.plot_sheet_options
---@field file string where the figure goes: a path that ends in .svg, .png or .pdf; its data go beside it as .csv
---@field width? number inches; by default 6, and 4.5 for each column of a sheet (a number from 1 to 40)
---@field height? number inches; by default 4.5, or what the figure needs (a number from 1 to 40)
---@field title? string above the figure
---@field columns? integer how many panels stand beside each other; by default as many as make a square (an integer, at least 1)
---@field labels? boolean (a), (b), ... at the panels' corners (default true)

---Several figures in one file: the list of the table holds the panels, { kind = "lines", ... } with the options of gibbs.plot.lines except file, width and height. The data of panel (a) of all.svg are in all-a.csv. The same input gives the same bytes.
---
---Errors: An unknown option; lists of different lengths; a value that a log axis cannot show; a path that cannot be written. Where gnuplot is missing, fails or takes longer than 300 s, the CSV is there and the error says so; a figure is there whole or not at all.
---
---```lua
---gibbs.plot.sheet{ file = "all.svg", columns = 2,
---  { kind = "lines", series = { { y = { 3, 2, 1.5 } } } },
---  { kind = "histogram", values = { 1, 2, 2, 3 } } }
---print(table.concat(gibbs.read("all-b.csv").count, " "))  --> 1 2 1
---```
---@param options gibbs.plot_sheet_options
function gibbs.plot.sheet(options) end

---Declare a flag of the script and give its value: --size 6, --size=6, --verbose, --no-verbose; `_` in a name may be written `-`. Options come before anything else of gibbs is used: then flags that nobody declared, and --help, are answered before any work is done. --seed and --threads are there for every script.
---
---Errors: declared too late or twice; a default of another type. On the command line (exit 2): an unknown flag, with the nearest right one; a value of another type.
---
---```lua
---local size = gibbs.option("size", 4, "linear size of the lattice")
---local rule = gibbs.option("rule", { "heat_bath", "metropolis" }, "how to sample")
---print(size, rule)  --> 4	heat_bath
---```
---@param name string letters, digits and _
---@param default number|boolean|string|table its type is that of the flag: an integer, a number, a boolean, a string; a list of words allows these, the first by default
---@param help? string one line for --help
---@return number|boolean|string
function gibbs.option(name, default, help) end

---The seed of everything that draws and is not given a seed of its own; with an argument, set it and begin anew with the count of random tensors. On the command line --seed sets it at the start.
---
---Errors: a seed that is no whole number in range.
---
---Source: Philox4x32-10: Salmon, Moraes, Dror and Shaw, SC11 (2011)
---
---```lua
---gibbs.seed(7)
---local a = gibbs.parameter("a", 3, gibbs.normal()):tensor()
---gibbs.seed(7)
---print(a == gibbs.parameter("a", 3, gibbs.normal()):tensor())  --> true
---```
---@param seed? integer 0 to 2^53
---@return integer # the seed in force; 1 at the start
function gibbs.seed(seed) end

---The number of threads in use; with an argument, set it. Results have the same bits for any number. At the start: --threads, else the environment's GIBBS_THREADS, else the processors that this process may run on.
---
---Errors: a number out of range.
---
---```lua
---print(gibbs.threads(1))  --> 1
---```
---@param threads? integer 1 to 1024
---@return integer
function gibbs.threads(threads) end

---Seconds of real time since some fixed moment, to time things by: it never jumps.
---
---```lua
---local start = gibbs.clock()
---print(gibbs.clock() - start < 10)  --> true
---```
---@return number
function gibbs.clock() end

---Prints all that there is of values, one after the other: the numbers of a tensor in rows, the entries of a table, the fields of an object, what a distribution says of itself. At the prompt it is there as show(x), and a value alone is shown in one line.
---
---Cost: of a table at most 1000 entries
---
---```lua
---gibbs.show(gibbs.tensor{ { 1, 2.5 }, { -3, 4 } })
-----> tensor 2x2, -3..4, mean 1.125
----->     1 2.5
----->    -3   4
---gibbs.show{ size = 8, weights = { 0, 0.5, 1 } }
-----> {
----->   size = 8
----->   weights = {0, 0.5, 1}
-----> }
---```
---@param ... any values
function gibbs.show(...) end

---Counts from 1 to n in a for loop, and shows how far it is: on a terminal in one line with the rate and the time left, which is gone at the end or when the loop is left; where the standard error is no terminal in a line after half a minute, then after ever longer times; not at all with --quiet or in another interpreter. What takes less than a second is not told of. The long computations of gibbs do so by themselves, and those within such a loop are told of behind it.
---
---Cost: about a tenth of a microsecond a number
---
---```lua
---local sum = 0
---for i in gibbs.progress(1000, "numbers") do sum = sum + i end
---print(sum)  --> 500500
---```
---@param n integer the last number, from 0 to 1e15
---@param what? string what the line calls the loop (default "loop")
---@return function # what a for loop needs
function gibbs.progress(n, what) end

---The run that a script is part of: what it logs, saves and draws. Under `gibbs run script.lua` all of it is recorded in one folder; in a plain run the same calls print what is logged, and leave files in the folder that --out names, else the one that the script names, else the working directory. It is one object: asked for again, the same run comes back.
---
---Errors: an option of another name; a folder that is no path.
---
---```lua
---local run = gibbs.run()
---print(run.recorded, run.folder)  --> false	.
---run:log{ step = 1, kl = 0.25 }   --> step 1  kl 0.25
---```
---@param options? table { folder = "runs/mine" }: the folder of a plain run; a recorded run has its own
---@return gibbs.run
function gibbs.run(options) end

---Prints what there is to know of a thing: a function or a method, an object (its class, with all methods and fields), or a name in a string, with or without 'gibbs.'. A word that is no name is looked for in all entries, and a misspelt one gets the nearest right one. Without an argument: how to get help, and what there is. At the prompt it is there as help(x).
---
---```lua
---gibbs.help "list schedules"
-----> schedules: how the rate of gibbs.minimize changes
----->   constant     rate all along
----->   linear       straight from rate to rate_end
----->   exponential  by a constant factor a step from rate to rate_end
----->   cosine       half a cosine from rate to rate_end
----->   inverse      rate / (1 + c t), with rate_end at the last step (Robbins and
----->                Monro 1951)
---```
---@param x? any a function, an object, or a name or a word as a string
function gibbs.help(x) end

return gibbs

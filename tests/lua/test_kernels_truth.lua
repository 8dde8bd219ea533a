--- Every Markov kernel on every small model of the reference tables that it can do: it leaves the exact distribution as it
--- is (chains that start at exact samples, after 1, 4 and 16 sweeps), and finds it from a start where all are alike.
---
--- The counts of all states (rare ones pooled until 10 are expected) are held against the exact probabilities by a
--- chi-square test.  Fewer than 2000 such tests are made, each of which fails by chance with probability 5e-7: the whole
--- file fails by chance with less than 1e-3.  Seeds are fixed, so what passes once passes always.  With GIBBS_EVERY_CASE set
--- (and GIBBS_TRUTH) every case of at most 2^16 states is tested, nearly 5000 times.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local truth = require "truth"

local false_alarm, most_tests, chains_tested, chains_cold, cold_sweeps = 5e-7, 2000, 4000, 1000, 120
-- A small part of the effort, as under the sanitizers: a quarter of the chains, which still see a coupling that is off by a third.
if (tonumber(os.getenv "GIBBS_TEST_EFFORT") or 1) < 0.5 then chains_tested, chains_cold, cold_sweeps = 1000, 250, 40 end
local tests, every = 0, os.getenv "GIBBS_EVERY_CASE"
if every then most_tests = 10000 end
gibbs.threads(1) -- the systems are so small that two would wait for each other most of the time

-- ---- the chi-square test ----------------------------------------------------------------------------------------------

local function log_gamma(x)
  local shift = 0
  while x < 15 do
    shift = shift + math.log(x)
    x = x + 1
  end
  return (x - 0.5) * math.log(x) - x + 0.5 * math.log(2 * math.pi) + 1 / (12 * x) - 1 / (360 * x^3) + 1 / (1260 * x^5) - shift
end

--- The chance that chi-square of so many degrees of freedom is above x: the upper incomplete gamma function.
local function chi_square_tail(x, freedom)
  local a, z = freedom / 2, x / 2
  if z <= 0 then return 1 end
  local front = math.exp(a * math.log(z) - z - log_gamma(a))
  if z < a + 1 then
    local term, sum, k = 1 / a, 1 / a, a
    repeat
      k = k + 1
      term = term * z / k
      sum = sum + term
    until term < sum * 1e-15
    return 1 - front * sum
  end
  local b, c = z + 1 - a, 1e300
  local d = 1 / b
  local h = d
  for i = 1, 10000 do
    local an = -i * (i - a)
    b = b + 2
    d = 1 / (an * d + b)
    c = b + an / c
    local step = d * c
    h = h * step
    if math.abs(step - 1) < 1e-15 then break end
  end
  return front * h
end

--- counts[state] of n samples; `bins` as made below.
local function test_counts(counts, n, bins)
  local statistic = 0
  for _, bin in ipairs(bins) do
    local seen, expected = 0, n * bin.probability
    for _, state in ipairs(bin) do seen = seen + (counts[state] or 0) end
    statistic = statistic + (seen - expected)^2 / expected
  end
  tests = tests + 1
  return #bins > 1 and chi_square_tail(statistic, #bins - 1) or 1
end

-- ---- states -------------------------------------------------------------------------------------------------------------

--- The values that a unit takes, by the number of its digit.
local function values_of(variable)
  local text = tostring(variable)
  if text:find("^spins") then return { -1, 1 } end
  if text:find("^bits") then return { 0, 1 } end
  local list = {}
  for state = 1, tonumber(text:match("of (%d+) states")) do list[state] = state end
  return list
end

local function units_of(variable)
  local size = 1
  for _, extent in ipairs(variable:shape()) do size = size * extent end
  local values = values_of(variable)
  if tostring(variable):find("^potts") then size = size // #values end
  return size, values
end

local function flat(value, out)
  if type(value) ~= "table" then
    out[#out + 1] = value
  else
    for _, item in ipairs(value) do flat(item, out) end
  end
  return out
end

--- The digits of all units of some variables: {digit of a value} and the number of states, unit by unit.
local function digits_of(variables)
  local digits = {}
  for _, variable in ipairs(variables) do
    local size, values = units_of(variable)
    local numbers = {}
    for digit, value in ipairs(values) do numbers[value] = digit - 1 end
    for _ = 1, size do digits[#digits + 1] = { values = values, numbers = numbers, radix = #values } end
  end
  return digits
end

--- All configurations, state 0 first, the first unit fastest.
local function all_rows(digits)
  local rows, count = {}, 1
  for _, digit in ipairs(digits) do count = count * digit.radix end
  for state = 0, count - 1 do
    local row, rest = {}, state
    for u, digit in ipairs(digits) do
      row[u] = digit.values[rest % digit.radix + 1]
      rest = rest // digit.radix
    end
    rows[state + 1] = row
  end
  return rows
end

--- Counts of states (from 1) of batches that hold the variables one after the other.
local function count_states(batches, digits, n)
  local counts, state, factor = {}, {}, 1
  for c = 1, n do state[c] = 1 end
  local u = 0
  for _, batch in ipairs(batches) do
    local width = #batch[1]
    for i = 1, width do
      local numbers = digits[u + i].numbers
      for c = 1, n do state[c] = state[c] + factor * numbers[batch[c][i]] end
      factor = factor * digits[u + i].radix
    end
    u = u + width
  end
  for c = 1, n do counts[state[c]] = (counts[state[c]] or 0) + 1 end
  return counts
end

--- Bins of states, the rarest pooled until 10 of n samples are expected in each.
local function make_bins(probability, n)
  local order = {}
  for state = 1, #probability do order[state] = state end
  table.sort(order, function(a, b)
    if probability[a] ~= probability[b] then return probability[a] < probability[b] end
    return a < b
  end)
  local bins, bin = {}, { probability = 0 }
  for _, state in ipairs(order) do
    bin[#bin + 1] = state
    bin.probability = bin.probability + probability[state]
    if bin.probability * n >= 10 then
      bins[#bins + 1] = bin
      bin = { probability = 0 }
    end
  end
  local last = bins[#bins]
  for _, state in ipairs(bin) do last[#last + 1] = state end
  last.probability = last.probability + bin.probability
  return bins
end

-- ---- models ---------------------------------------------------------------------------------------------------------------

--- A model: what is sampled, how, and over which variables; `joint` has the same energy with nothing hidden.
local models = {}

local function list_of(variables) return type(variables) == "table" and variables or { variables } end

local function add(id, Q, F, options)
  options = options or {}
  truth.same(id .. " F", Q:free_energy().value, F)
  local joint = options.joint or Q
  local variables = options.variables or list_of(Q.visible)
  local digits = digits_of(variables)
  local rows = all_rows(digits)
  local probability = gibbs.exp(joint:log_probability(gibbs.tensor(rows))):table()
  models[#models + 1] = { id = id, Q = Q, joint = joint, variables = variables, digits = digits, probability = probability,
    hidden = options.hidden, cold = options.cold, first = rows[1], bins = make_bins(probability, chains_tested) }
end

-- log2 of the number of states of a case, infinite for what cannot be enumerated.
local function bits_of(case)
  local sites = case.N or case.Lx and case.Lx * case.Ly * (case.lattice == "honeycomb" and 2 or 1)
  if case.n then
    local finite = { bits = true, spins = true, potts = true }
    if not (finite[case.visible] and finite[case.hidden]) then return math.huge end
    return case.n * math.log(case.visible == "potts" and case.q or 2, 2) + case.m
  end
  return sites and sites * math.log(case.D and 3 or case.q or 2, 2) or case.model and 12 or math.huge
end

-- The cases named; or, where GIBBS_EVERY_CASE asks for it, all that have at most 2^16 states (minutes instead of seconds).
local function wanted(name, ids, make)
  local found = {}
  for _, case in ipairs(truth.cases(name)) do
    found[case.id] = case
    if every and bits_of(case) <= 16 then make(case, case.id) end
  end
  for _, id in ipairs(every and {} or ids) do make(found[id], id) end
end

local function add_ising(case, lattice, cold)
  add(case.id, gibbs.ising{ lattice = lattice, J = case.K, field = case.h }, case.out.F, { cold = cold })
end

local cold = {}
for _, id in ipairs{ "ring_N10_K0.3_h0.2", "triangular_3x3_K-0.3_h0.0", "potts_q3_2x3_K0.5_h0.0", "bc_3x3_K0.5_D0.3_h0.0", "bits_4x3",
  "spins_5x3_zero" } do
  cold[id] = true
end

wanted("A1_ring", { "ring_N2_K0.5_h0.2", "ring_N2_single_K0.3_h0.2", "ring_N3_K1.0_h0", "ring_N6_K0.5_h0", "ring_N6_K1.0_h0.2",
  "ring_N10_K0.3_h0.2" }, function(case)
  add_ising(case, gibbs.lattice.chain(case.N, { periodic = case.bonds ~= "single" }), cold[case.id])
end)

local squares = {
  wrap = function(case) return gibbs.lattice.square(case.Ly, case.Lx) end,
  open = function(case) return gibbs.lattice.square(case.Ly, case.Lx, { periodic = false }) end,
  dedup = function() return gibbs.lattice.graph{ sites = 4, edges = { { 1, 2 }, { 3, 4 }, { 1, 3 }, { 2, 4 } } } end,
}
wanted("A2_square_torus", { "sq_2x2_wrap_K0.408_h0.0", "sq_2x2_dedup_K0.408_h0.0", "sq_3x3_wrap_K0.6_h0.1", "sq_4x4_wrap_K0.408_h0.1",
  "sq_4x4_open_K0.44068679350977147_h0.0" }, function(case) add_ising(case, squares[case.bonds](case), cold[case.id]) end)

wanted("A5_triangular_honeycomb", { "triangular_3x3_K-0.3_h0.0", "triangular_3x4_K0.27465307216702745_h0.0", "honeycomb_2x2_K0.6584789484624084_h0.0" },
  function(case) add_ising(case, gibbs.lattice[case.lattice](case.Ly, case.Lx), cold[case.id]) end)

wanted("A6_potts", { "potts_q3_2x3_K0.5_h0.0", "potts_q3_3x3_K1.005052538742381_h0.2" }, function(case)
  local lattice = gibbs.lattice.square(case.Ly, case.Lx)
  local s = gibbs.potts(lattice, case.q)
  local first = {}
  for state = 1, case.q do first[state] = state == 1 and case.h or 0 end
  local E = -case.K * gibbs.bonds(s, lattice) - gibbs.sum(gibbs.sum(gibbs.sum(s, 1), 1) * first)
  add(case.id, gibbs.boltzmann{ energy = E, visible = s }, case.out.F, { cold = cold[case.id] })
end)

local glasses = truth.table("A7_spin_glass").models
local function small_glass(case) return glasses[case.model].N <= 16 end
wanted("A7_spin_glass", { "sk12_field_beta0.3", "sk12_field_beta1.0" }, function(case)
  if not small_glass(case) then return end
  local glass, edges, J, field = glasses[case.model], {}, {}, {}
  for k, coupling in ipairs(glass.couplings) do
    edges[k] = { coupling[1] + 1, coupling[2] + 1 }
    J[k] = case.beta * coupling[3]
  end
  for i, h in ipairs(glass.h) do field[i] = case.beta * h end
  local lattice = gibbs.lattice.graph{ sites = glass.N, edges = edges }
  add(case.id, gibbs.ising{ lattice = lattice, J = J, field = field }, case.out.F, { cold = cold[case.id] })
end)

-- Blume and Capel's spins -1, 0, 1 are Potts units of three states.
wanted("A8_blume_capel", { "bc_3x3_K0.5_D0.3_h0.0", "bc_3x3_K0.7_D-0.5_h0.1" }, function(case)
  local sites, neighbours = case.Lx * case.Ly, {}
  local s = gibbs.potts(sites, 3)
  local x = s:mul({ -1, 0, 1 })
  for i = 1, sites do
    neighbours[i] = {}
    for j = 1, sites do neighbours[i][j] = 0 end
  end
  for _, bond in ipairs(gibbs.lattice.square(case.Ly, case.Lx):bonds()) do neighbours[bond[1]][bond[2]] = 1 end
  local bonds = x:dot(gibbs.tensor(neighbours):mul(x))
  local E = -case.K * bonds + case.D * gibbs.sum(x^2) - case.h * gibbs.sum(x)
  add(case.id, gibbs.boltzmann{ energy = E, visible = s }, case.out.F, { cold = cold[case.id] })
end)

-- Machines: with their hidden units sampled, and with these summed.
wanted("B1_rbm_exact", { "bits_4x3", "spins_4x3", "spinvis_bithid_6x4", "bitvis_spinhid_5x4", "bits_6x4_huge_weights", "spins_5x3_zero", "bits_1x1",
  "spins_3x9_wide", "potts_3x4_q3" }, function(case)
  local W, a = case.W, case.a
  local visible = case.visible == "potts" and gibbs.potts(case.n, case.q) or gibbs[case.visible](case.n)
  if case.visible == "potts" then
    W, a = {}, {}
    for unit = 1, case.n do
      for state = 1, case.q do
        W[#W + 1] = case.W[unit][state]
        a[#a + 1] = case.a[unit][state]
      end
    end
  end
  local Q = gibbs.rbm{ visible = visible, hidden = gibbs[case.hidden](case.m), W = W, a = a, b = case.b }
  local variables = { Q.visible, Q.hidden }
  local joint = gibbs.boltzmann{ energy = Q.E, visible = variables }
  add(case.id .. " joint", Q, case.out.F, { hidden = "sampled", joint = joint, variables = variables, cold = cold[case.id] })
  add(case.id .. " summed", Q, case.out.F, { hidden = "summed" })
end)

-- ---- kernels ----------------------------------------------------------------------------------------------------------------

local function key_of(model, rows)
  local values, u = {}, 0
  for _, variable in ipairs(model.variables) do
    local size = units_of(variable)
    local part = {}
    for c, row in ipairs(rows) do part[c] = table.move(row, u + 1, u + size, 1, {}) end
    values[variable] = part
    u = u + size
  end
  return values
end

local function rows_of(tensor, n)
  local values, rows = flat(tensor:table(), {}), {}
  local width = #values // n
  for c = 1, n do rows[c] = table.move(values, (c - 1) * width + 1, c * width, 1, {}) end
  return rows
end

--- The rows of every variable's batch, each laid flat.
local function batches_of(model, chains, n)
  local batches = {}
  for k, variable in ipairs(model.variables) do batches[k] = rows_of(chains:batch(variable), n) end
  return batches
end

local function judge(what, model, batches, n, bins)
  local p = test_counts(count_states(batches, model.digits, n), n, bins)
  truth.holds(what, p >= false_alarm, ("the chance of such counts is %.2g"):format(p))
end

local exact_rows = {}
local function exact_start(model, k)
  exact_rows[model] = exact_rows[model] or key_of(model, rows_of(model.joint:sample{ n = chains_tested, seed = 1000 + k }, chains_tested))
  return exact_rows[model]
end

--- Every second model after a warm-up, in which the kernel may adapt itself.
local function test_invariance(kernel, model, k, options)
  options.n, options.seed = chains_tested, 17 * k
  local chains = model.Q:chains(options)
  if k % 2 == 0 then chains:warm_up(5) end
  for variable, rows in pairs(exact_start(model, k)) do chains:set(variable, rows) end
  local done = 0
  for _, sweeps in ipairs{ 1, 4, 16 } do
    chains:advance(sweeps - done)
    done = sweeps
    judge(("%s leaves %s as it is, %d sweeps"):format(kernel, model.id, sweeps), model, batches_of(model, chains, chains_tested),
      chains_tested, model.bins)
  end
end

--- Half of the chains are looked at one sweep later: chains may be periodic (clusters of units that nothing couples are
--- turned for certain), and still have the right averages over time.
local function test_convergence(kernel, model, k, options)
  options.n, options.seed = chains_cold, 19 * k
  options.start = key_of(model, { model.first })
  local chains = model.Q:chains(options):advance(cold_sweeps)
  local batches = batches_of(model, chains, chains_cold)
  for i, later in ipairs(batches_of(model, chains:advance(1), chains_cold)) do
    table.move(later, chains_cold // 2 + 1, chains_cold, chains_cold // 2 + 1, batches[i])
  end
  judge(("%s finds %s"):format(kernel, model.id), model, batches, chains_cold, make_bins(model.probability, chains_cold))
end

--- Whether the kernel can do the model; any other failure is one of the test.
local function can(kernel, model)
  local ok, message = pcall(function() return model.Q:chains{ n = 1, kernel = kernel, hidden = model.hidden } end)
  if not ok and not message:find("cannot sample this energy", 1, true) then truth.fail(kernel .. " on " .. model.id, message) end
  return ok
end

--- Kernels of real units have no states to count: a Gaussian of two correlated units, whose moments are known.
local function test_gaussian(kernel)
  local x = gibbs.reals(2)
  local Q = gibbs.boltzmann{ visible = x, energy = x[1]^2 + x[2]^2 - x[1] * x[2] }
  local chains = Q:chains{ n = 200, kernel = kernel, seed = 3 }:warm_up(100)
  for f, expected in pairs{ [x[1]^2] = 2 / 3, [x[1] * x[2]] = 1 / 3, [x[2]] = 0 } do
    local mean = chains:mean(f, { sweeps = 400 })
    truth.holds(kernel .. " finds the moments of a Gaussian", math.abs(mean.value - expected) < 5.5 * mean.error, tostring(mean))
  end
end

--- Options that make another kernel of one: on the models that have a cold start.
local variants = { informed = { { proposal = "langevin" }, { flips = 2 } }, heat_bath = { { order = "random" } },
  metropolis = { { order = "sequential" } }, multispin = { { rule = "heat_bath" } }, wolff = { { clusters = 3 } } }

local function test_variants(kernel, model, k)
  for number, variant in ipairs(variants[kernel] or {}) do
    local name, value = next(variant)
    local what = ("%s with %s = %s"):format(kernel, name, value)
    for _, test in ipairs{ test_invariance, test_convergence } do
      local given = { kernel = kernel, hidden = model.hidden, [name] = value }
      test(what, model, 50 * number + k, given)
    end
  end
end

local clock = os.getenv "GIBBS_TIMES" and gibbs.clock
for _, row in ipairs(gibbs.kernels()) do
  local done = 0
  for k, model in ipairs(models) do
    local start = clock and clock()
    if can(row.name, model) then
      done = done + 1
      test_invariance(row.name, model, k, { kernel = row.name, hidden = model.hidden })
      if model.cold then
        test_convergence(row.name, model, k, { kernel = row.name, hidden = model.hidden })
        test_variants(row.name, model, k)
      end
      if clock then print(("%-14s %-40s %.2f s"):format(row.name, model.id, clock() - start)) end
    end
  end
  print(("%-14s %d of %d models"):format(row.name, done, #models))
  if done == 0 then test_gaussian(row.name) end
end
truth.holds("fewer tests than the false-alarm rate allows", tests < most_tests, tostring(tests))
truth.holds("most kernels do most models", tests > 500, tostring(tests))

-- The test sees a wrong coupling: chains of another temperature leave the exact samples.
do
  local model
  for _, candidate in ipairs(models) do if candidate.id == "triangular_3x3_K-0.3_h0.0" then model = candidate end end
  local wrong = gibbs.ising{ lattice = gibbs.lattice.triangular(3, 3), J = -0.4, visible = model.variables[1] }
  local chains = wrong:chains{ n = chains_tested, start = model.joint:sample{ n = chains_tested, seed = 5 } }:advance(16)
  local counts = count_states(batches_of(model, chains, chains_tested), model.digits, chains_tested)
  local p = test_counts(counts, chains_tested, model.bins)
  truth.holds("a coupling that is off by a third is seen", p < false_alarm, ("the chance of such counts is %.2g"):format(p))
end

print(tests .. " chi-square tests")
truth.finish()

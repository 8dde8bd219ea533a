-- Does a Boltzmann machine that minimises |F - F_λ| learn?  Checks the equations of the founding note, then puts its two
-- problems side by side on Ising models, all by exact sums: min KL(P||P_λ) (learning) and min (F - F_λ)²
-- (renormalisation), for restricted Boltzmann machines of ±1 and of 0/1 units.
local gibbs = require "gibbs"

local ring_J = gibbs.option("J", 0.5, "coupling of the ring of 6")
local torus_J = gibbs.option("torus_J", 0.3, "coupling of the 3x3 and the 4x4 torus")
local starts = gibbs.option("starts", 12, "random starts of each minimisation")

local equations = require "gibbs.equations"
local study = require "gibbs.study"
local teachers = require "gibbs.teachers"
local run = gibbs.run{ folder = "runs/kl_vs_free_energy" }
gibbs.threads(1) -- sums this small gain nothing from a second one
local known, by_default = study.known(), ring_J == 0.5 and torus_J == 0.3
local VALUES = { spins = { -1, 1 }, bits = { 0, 1 } }

local ring = { name = "ring of 6", sites = 6, J = ring_J, lattice = gibbs.lattice.chain(6) }
local torus = { name = "3x3 torus", sites = 9, J = torus_J, lattice = gibbs.lattice.square(3, 3) }
local large = { name = "4x4 torus", sites = 16, J = torus_J, lattice = gibbs.lattice.square(4, 4) }

-- ---- machines ------------------------------------------------------------------------------------------

-- The target P on units of one kind, and a machine Q with m hidden units of that kind.  `normalised`: the trace over
-- hidden units is an average instead of a sum, an offset of m log 2 in H_λ.
local function machine(target, kind, m, normalised)
  local v = gibbs[kind](target.sites)
  local s = kind == "bits" and 2 * v - 1 or v
  local P = gibbs.boltzmann{ energy = -target.J * gibbs.bonds(s, target.lattice), visible = v }
  local Q = gibbs.rbm{ visible = v, hidden = gibbs[kind](m), normalised = normalised or false }
  return {
    P = P, Q = Q, F = P:free_energy().value, kl = gibbs.kl(P, Q), gap = gibbs.free_energy(P) - gibbs.free_energy(Q),
    target = target, kind = kind, m = m, trace = normalised and "normalised" or "plain",
  }
end

-- A random machine of ±1 units; one of 0/1 units is such a machine rewritten (s = 2v - 1, t = 2h - 1), so that both kinds
-- start from the same P_λ.
local function randomize(M, deviation)
  study.randomize(M.Q, deviation)
  if M.kind == "spins" then return end
  local now = M.Q:parameters()
  local W, a, b = now.W, now.a, now.b
  M.Q:set("W", 4 * W)
  M.Q:set("a", 2 * (a - gibbs.sum(W, 2)))
  M.Q:set("b", 2 * (b - gibbs.sum(W, 1)))
end

-- Descend from the present point and from random ones; the best is kept.  nil where no start meets the constraint.
local function minimize(M, objective, more)
  local best, place
  for k = 0, more and more.starts or starts do
    if k > 0 then randomize(M, 0.7) end
    local fit = gibbs.minimize(objective, M.Q, { method = "lbfgs", tolerance = 1e-10, subject_to = more and more.subject_to })
    if fit.verdict ~= "infeasible" and not (best and best.value <= fit.value) then best, place = fit, study.vector(M.Q) end
  end
  if best then study.put(M.Q, place) end
  return best
end

local function value(objective) return objective:value().value end
local function largest_parameter(M) return study.largest(M.Q:parameters()) end

-- Every row about a machine begins with the same cells.
local function about(M, ...) return { M.target.name, M.kind == "spins" and "±1" or "0/1", M.m, ... } end
local function titles(...) return { { "target" }, { "units" }, { "m", "%d" }, ... } end

local function show(name, columns, rows)
  study.table(columns, rows)
  study.csv(run:path(name .. ".csv"), columns, rows)
end

-- ---- (a) the note, equation by equation ------------------------------------------------------------------

local function check_equations(kind)
  local M = machine(ring, kind, 3)
  study.randomize(M.Q, 0.6)
  return equations.check(M.P, M.Q, study.configurations(6, VALUES[kind]), study.configurations(3, VALUES[kind]))
end

local function check_the_note()
  study.section("(a) The note, equation by equation", [[The largest deviation between the two sides at a random point of a
    machine with three hidden units (ring of 6); derivatives by differences, sums written out.]])
  local spins, no_value_spins = check_equations "spins"
  local bits, no_value_bits = check_equations "bits"
  local rows = {}
  for k, text in ipairs(equations.text) do
    rows[k] = { ("(%d)"):format(k), text, spins[k], bits[k] }
    if k < 16 then known:holds("equation (" .. k .. ")", math.max(spins[k], bits[k]) < 1e-9) end
  end
  known:holds("equation (16) at λ = 0, ±1 units", spins[16] < 1e-12)
  show("equations", { { "eq." }, { "as it should read" }, { "±1 units", "%.1e" }, { "0/1 units", "%.1e" } }, rows)
  print(("  (2) as printed, -log Σ_h E_λ, has no value for %d (±1) and %d (0/1) of 64 states: the sum is not positive.")
    :format(no_value_spins, no_value_bits))
  print "  (16) holds at λ = 0 alone for ±1 units; for 0/1 units nowhere, as every component of <∇H_λ> is negative."
end

-- ---- (b) the optimum of KL -------------------------------------------------------------------------------

-- The least KL and F - F_λ there (±1 units), computed by other means.
local KNOWN_MINIMA = {
  ["ring of 6"] = { { 0.250117008727, 1.025094136187 }, { 0.116088525302, 3.354618524770 } },
  ["3x3 torus"] = { { 0.248852980098, 1.853908185828 }, { 0.119179703476, 4.654821602585 }, { 0.073728366487, 6.310761984991 } },
}

local function check_minimum(M, fit)
  local list = by_default and KNOWN_MINIMA[M.target.name]
  if not list then return end
  local name = table.concat(about(M), " ")
  known:holds(name .. ": a minimum of KL is " .. (list[M.m] and "attained" or "not attained"), fit.converged == (list[M.m] ~= nil))
  if list[M.m] then known:same(name .. ": min KL", fit.value, list[M.m][1], 1e-10) end
  if list[M.m] and M.kind == "spins" then known:same(name .. ": F - F_λ", value(M.gap), list[M.m][2], 1e-8) end
end

local function optima()
  study.section("(b) The optimum of KL and the free energy it loses", [[At a minimum <∇H_λ>_P = <∇H_λ>_Pλ, and neither is zero.
    ±1 and 0/1 machines are one family of P_λ and reach the same KL; F - F_λ is another number, and for 0/1 units even depends
    on which of the equivalent optima (h -> 1-h) a descent ends in.]])
  local rows = {}
  local function add(target, kind, m, more)
    local M = machine(target, kind, m)
    randomize(M, 0.7)
    local fit = minimize(M, M.kl, more)
    local P, Q = study.mean_slope(M.Q, M.P), study.mean_slope(M.Q, M.Q)
    rows[#rows + 1] = about(M, fit.value, value(M.gap), study.distance(P, Q), study.largest(Q),
      fit.converged and "minimum" or "no minimum: " .. fit.verdict)
    check_minimum(M, fit)
  end
  for _, kind in ipairs{ "spins", "bits" } do
    for m = 1, 3 do add(ring, kind, m) end
    for m = 1, 3 do add(torus, kind, m) end
    add(large, kind, 1, { starts = 0 })
  end
  show("kl_optima", titles({ "min KL", "%.9f" }, { "F - F_λ", "%.6f" }, { "|<∇H>_P - <∇H>_Pλ|", "%.1e" }, { "|<∇H>_Pλ|", "%.4f" },
    { "verdict" }), rows)
end

-- ---- (c) the optimum of (F - F_λ)² -----------------------------------------------------------------------

-- Descents of (F - F_λ)² from random points: where they end, and the KL left there.
local function descend(M, count)
  local ends = { level = 0, origin = 0, other = 0, low = math.huge, high = -math.huge }
  for _ = 1, count do
    randomize(M, 1)
    minimize(M, M.gap ^ 2, { starts = 0 })
    local where = math.abs(value(M.gap)) < 1e-5 and "level" or largest_parameter(M) < 1e-4 and "origin" or "other"
    ends[where], ends.low, ends.high = ends[where] + 1, math.min(ends.low, value(M.kl)), math.max(ends.high, value(M.kl))
  end
  return ends
end

local function descent_row(M, count)
  local ends = descend(M, count)
  local there = study.signature(M.gap ^ 2)
  study.zero(M.Q)
  local gap, at_zero, eigenvalues = value(M.gap), "not stationary", nil
  if M.kind == "spins" then
    at_zero, eigenvalues = study.signature(M.gap ^ 2)
    local expected = 2 * (M.F + (M.target.sites + M.m) * math.log(2))
    known:holds("the Hessian at λ = 0", study.distance({ eigenvalues[1], eigenvalues[#eigenvalues] }, { expected, expected }) < 1e-5)
    known:holds("descents end where they must", (gap < 0 and ends.level or ends.origin) == count)
  end
  if ends.level > 0 then known:holds("a Hessian of rank one on F_λ = F", there:match "^1%+ %d+ zero 0%-$" ~= nil) end
  return about(M, gap, ends.level, ends.origin, ends.low, ends.high, there, at_zero)
end

local function descents()
  study.section("(c) The optima of (F - F_λ)²", ([[Where %d descents from random points end, and the KL left there; the signs of
    the Hessian's eigenvalues there and at λ = 0, the machine that has learned nothing. With ±1 units that Hessian is
    2 (F + (n+m) log 2) times the identity: a maximum where F_λ = F can be reached, else the only minimum.]]):format(3 * starts))
  local rows = {}
  for _, target in ipairs{ ring, torus } do
    for _, kind in ipairs{ "spins", "bits" } do
      for m = 1, 2 do rows[#rows + 1] = descent_row(machine(target, kind, m), 3 * starts) end
    end
  end
  show("free_energy_descents", titles({ "F - F_λ(0)", "%.4f" }, { "on F_λ = F", "%d" }, { "at λ = 0", "%d" }, { "KL from", "%.4f" },
    { "to", "%.4f" }, { "Hessian there" }, { "at λ = 0" }), rows)
end

-- The largest eigenvalue of <v v>_P.
local function largest_correlation(M)
  local eigenvalues = study.flatten(gibbs.eigenvalues(M.P:mean(gibbs.outer(M.Q.visible, M.Q.visible)).value))
  return eigenvalues[#eigenvalues]
end

-- The note: min |F - F_λ| is "a special case" of min KL, when <∇H_λ>_P is constrained to 0.
local function special_case()
  print "\n  The special case claimed, <∇H_λ>_P = 0 = <∇H_λ>_Pλ, is λ = 0 and nothing else (±1 units). What that is for KL:"
  local rows = {}
  for _, target in ipairs{ ring, torus } do
    local M = machine(target, "spins", 2)
    study.zero(M.Q)
    local signs, eigenvalues = study.signature(M.kl)
    local lowest = 1 - largest_correlation(M)
    rows[#rows + 1] = about(M, study.largest(study.mean_slope(M.Q, M.P)), signs, eigenvalues[1], lowest)
    known:holds("λ = 0 is a saddle of KL", math.abs(eigenvalues[1] - lowest) < 1e-6 and (lowest < 0 or target.J == 0))
  end
  show("special_case", titles({ "|<∇H>_P|", "%.1e" }, { "Hessian of KL" }, { "lowest", "%.5f" }, { "1 - greatest of <v v>_P", "%.5f" }), rows)
  print "  A saddle, not a minimum; with 0/1 units the constraint cannot be met at all. Neither problem contains the other."
end

-- ---- (d) between the two ---------------------------------------------------------------------------------

local WEIGHTS = { 0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100 }
local FRONT = titles({ "trace" }, { "t", "%.5g" }, { "KL", "%.6f" }, { "|F - F_λ|", "%.6f" }, { "largest parameter", "%.1e" })
local KNOWN_FRONT = { -- min KL on F_λ = F, and t_c (±1 units)
  ["ring of 6 1 plain"] = { 0.648336437934 }, ["ring of 6 1 normalised"] = { 0.272719370105 },
  ["ring of 6 2 plain"] = { nil, 1.2698633296885 }, ["ring of 6 2 normalised"] = { 0.235091139298 },
  ["3x3 torus 1 plain"] = { 0.815725424770 }, ["3x3 torus 1 normalised"] = { 0.405517587055 },
  ["3x3 torus 2 plain"] = { nil, 6.3354731605389 }, ["3x3 torus 2 normalised"] = { 0.318531921167 },
}

-- The weight t above which λ = 0 is a minimum of KL + t (F - F_λ)²; nil where F_λ = F can be reached.
local function transition(M)
  local room = M.F + (M.target.sites + (M.trace == "plain" and M.m or 0)) * math.log(2)
  return M.kind == "spins" and room > 0 and (largest_correlation(M) - 1) / (2 * room) or nil
end

local function front_row(M, t)
  return about(M, M.trace, t, value(M.kl), math.abs(value(M.gap)), largest_parameter(M))
end

-- The minimum at weight t from the present point and `count` random ones, unless `known_point` is lower.
local function hybrid(M, t, count, known_point)
  local fit = minimize(M, M.kl + t * M.gap ^ 2, { starts = count })
  if known_point and known_point.value <= fit.value then
    study.put(M.Q, known_point.place)
    return known_point
  end
  return { value = fit.value, kl = value(M.kl), place = study.vector(M.Q), row = front_row(M, t) }
end

-- min KL where F_λ = F; nil where there is no such machine.
local function constrained(M)
  local fit = minimize(M, M.kl, { subject_to = { M.gap, equals = 0 } })
  return fit and fit.converged and fit.value or nil
end

-- The front of one machine: its summary, and its points added to `all`.  Followed up and down, so that a better valley
-- found at one weight serves the others.
local function trace_front(M, all)
  local at = {}
  for k, t in ipairs(WEIGHTS) do at[k] = hybrid(M, t, k == 1 and starts or starts // 2) end
  for k = #WEIGHTS - 1, 1, -1 do at[k] = hybrid(M, WEIGHTS[k], 0, at[k]) end
  local kl = {}
  for k, t in ipairs(WEIGHTS) do
    all[#all + 1], kl[t] = at[k].row, at[k].kl
  end
  local best, t_c = constrained(M), transition(M)
  if best then all[#all + 1] = front_row(M, "constrained") end
  local name = ("%s %d %s"):format(M.target.name, M.m, M.trace)
  local expected = by_default and M.kind == "spins" and KNOWN_FRONT[name] or {}
  if expected[1] then known:same(name .. ": min KL on F_λ = F", best, expected[1], 1e-10) end
  if expected[2] then known:same(name .. ": t_c", t_c, expected[2], 1e-10) end
  return about(M, M.trace, kl[0], kl[0.1], kl[1], kl[10], kl[100], best, t_c)
end

local function front()
  study.section("(d) Between the two: KL + t (F - F_λ)²", [[KL at the minimum for growing t, and min KL subject to F_λ = F.
    Normalised: the trace over h is an average, which gives back the m log 2 by which hidden units alone push F_λ past F.
    Above t_c the free-energy term leaves the machine at λ = 0.]])
  local rows, all = {}, {}
  for _, target in ipairs{ ring, torus } do
    for _, kind in ipairs{ "spins", "bits" } do
      for m = 1, 2 do
        for _, normalised in ipairs{ false, true } do rows[#rows + 1] = trace_front(machine(target, kind, m, normalised), all) end
      end
    end
  end
  show("front_summary", titles({ "trace" }, { "KL, t = 0", "%.5f" }, { "0.1", "%.5f" }, { "1", "%.5f" }, { "10", "%.5f" },
    { "100", "%.5f" }, { "F_λ = F", "%.5f" }, { "t_c", "%.5f" }), rows)
  study.csv(run:path "front.csv", FRONT, all)
  return all
end

local function across_the_transition()
  local M = machine(ring, "spins", 2)
  local t_c, rows = transition(M), {}
  if not t_c or ring_J == 0 then return end
  print(("\n  Across t_c = %.6f:"):format(t_c))
  for _, ratio in ipairs{ 0.9, 0.98, 1.02, 1.1 } do
    rows[#rows + 1] = hybrid(M, ratio * t_c, starts).row
    known:holds("the machine survives below t_c and only there", (largest_parameter(M) > 1e-3) == (ratio < 1))
  end
  show("transition", FRONT, rows)
end

-- ---- (e) gauge -------------------------------------------------------------------------------------------

-- Q with one more hidden unit, of zero weights and bias b.
local function with_idle_unit(M, b)
  local now = M.Q:parameters()
  local W, biases = now.W:table(), now.b:table()
  for _, row in ipairs(W) do row[#row + 1] = 0 end
  biases[#biases + 1] = b
  return gibbs.rbm{ visible = M.Q.visible, hidden = gibbs[M.kind](M.m + 1), W = W, a = now.a, b = biases }
end

local function with_constant(M, c)
  return gibbs.boltzmann{ energy = M.Q.E + c, visible = M.Q.visible, hidden = M.Q.hidden }
end

local function gauge()
  study.section("(e) What moves F_λ and leaves P_λ alone", [[At the optimum of KL (ring of 6, m = 1): a constant, and hidden units
    attached to nothing. A fitted offset closes the gap at no cost in KL, so |F - F_λ| then teaches nothing.]])
  local rows = {}
  for _, kind in ipairs{ "spins", "bits" } do
    local M, states = machine(ring, kind, 1), study.configurations(6, VALUES[kind])
    minimize(M, M.kl)
    local F, before = M.Q:free_energy().value, study.probabilities(M.Q, states)
    local function add(text, R, expected)
      local shift, change = R:free_energy().value - F, study.distance(before, study.probabilities(R, states))
      rows[#rows + 1] = about(M, text, change, shift, expected, value(gibbs.kl(M.P, R)), M.F - F - shift)
      known:holds("gauge: " .. text, change < 1e-9 and math.abs(shift - expected) < 1e-9)
    end
    add("none", M.Q, 0)
    add("E_λ + 2.5", with_constant(M, 2.5), 2.5)
    for _, b in ipairs{ 0, 5, 20 } do
      local shift = kind == "spins" and -math.log(math.exp(b) + math.exp(-b)) or -math.log(1 + math.exp(b))
      add(("idle unit, bias %g"):format(b), with_idle_unit(M, b), shift)
    end
    local best, R = value(M.kl), with_constant(M, gibbs.parameter "c")
    local both = gibbs.kl(M.P, R) + (gibbs.free_energy(M.P) - gibbs.free_energy(R)) ^ 2
    local fit = gibbs.minimize(both, R, { tolerance = 1e-10 })
    add("fitted offset", R, M.F - F)
    known:holds("a fitted offset closes the gap at no cost", fit.converged and math.abs(fit.value - best) < 1e-9)
  end
  show("gauge", titles({ "change" }, { "|ΔP_λ|", "%.1e" }, { "shift of F_λ", "%.6f" }, { "expected", "%.6f" }, { "KL", "%.9f" },
    { "F - F_λ", "%.6f" }), rows)
end

-- ---- (f) the free-energy budget --------------------------------------------------------------------------

-- D = H_λ - H and X = exp(-D) = Tr_h exp(T), the trace that the exact mapping of Mehta and Schwab wants to be 1.
local function budget_row(text, P, Q, states)
  local D, X = Q.H - P.H, {}
  local model, truth = study.flatten(Q:hamiltonian(states)), study.flatten(P:hamiltonian(states))
  for s = 1, #states do X[s] = math.exp(truth[s] - model[s]) end
  local kl, reverse = value(gibbs.kl(P, Q)), value(gibbs.kl(Q, P))
  local gap, forward, backward = value(gibbs.free_energy(Q) - gibbs.free_energy(P)), P:mean(D).value - kl, Q:mean(D).value + reverse
  local jensen = -math.log(P:mean(gibbs.exp(-D)).value)
  known:holds("budget: " .. text, study.distance({ gap, gap, gap }, { forward, backward, jensen }) < 1e-9)
  return { text, gap, forward, backward, kl, reverse, math.min(table.unpack(X)), math.max(table.unpack(X)) }
end

local function budget()
  study.section("(f) The free-energy budget", [[D = H_λ - H, KL' = KL(P_λ||P), X = exp(-D) = Tr_h exp(T). F_λ = F says that X is 1 on
    average over P; KL = 0 says that X is a constant; Tr_h exp(T) = 1 is both. (Ring of 6, ±1 units, m = 1.)]])
  local states, rows, M = study.configurations(6, VALUES.spins), {}, machine(ring, "spins", 1)
  local function add(text, Q) rows[#rows + 1] = budget_row(text, M.P, Q or M.Q, states) end
  randomize(M, 0.7)
  add "at random"
  minimize(M, M.kl)
  add "min KL"
  randomize(M, 1)
  minimize(M, M.gap ^ 2, { starts = 0 })
  add "min (F - F_λ)²"
  if constrained(M) then add "min KL on F_λ = F" end
  add("bond machine", teachers.bonds(M.Q.visible, ring_J, { { 1 } }))
  show("budget", { { "machine" }, { "F_λ - F", "%.6f" }, { "<D>_P - KL", "%.6f" }, { "<D>_Pλ + KL'", "%.6f" }, { "KL", "%.6f" },
    { "KL'", "%.6f" }, { "least X", "%.5f" }, { "greatest X", "%.5f" } }, rows)
end

-- ---- (g) machines that are exactly right ------------------------------------------------------------------

local function exact_machines()
  study.section("(g) Machines that are exactly right", [[One hidden unit a bond makes any Ising model an RBM; half of a lattice traced
    over is an RBM whose H_λ is the decimated Hamiltonian (all pairs and the four spins of every plaquette).]])
  local rows = {}
  local function add(text, P, Q, hidden, F)
    local difference, kl = Q:free_energy().value - F, value(gibbs.kl(P, Q))
    rows[#rows + 1] = { text, hidden, F, difference, kl }
    known:holds(text .. ": KL = 0 and F_λ = F", math.abs(difference) < 1e-12 * math.abs(F) and math.abs(kl) < 1e-12)
  end
  for _, target in ipairs{ ring, torus, large } do
    local P = gibbs.ising{ lattice = target.lattice, J = target.J }
    local steps = target == ring and { { 1 } } or { { 1, 0 }, { 0, 1 } }
    add("bonds of the " .. target.name, P, teachers.bonds(P.visible, target.J, steps), target.sites * #steps, P:free_energy().value)
  end
  local Q = teachers.sublattice(4, large.J)
  local whole = gibbs.ising{ lattice = large.lattice, J = large.J }
  add("half of the 4x4 torus", teachers.decimated(Q.visible, 4, large.J), Q, 8, whole:free_energy().value)
  show("exact_machines", { { "machine" }, { "hidden", "%d" }, { "F", "%.12f" }, { "F_λ - F", "%.1e" }, { "KL", "%.1e" } }, rows)
end

-- ---- (h) figures -----------------------------------------------------------------------------------------

-- n numbers from low to high.
local function steps(low, high, n)
  local list = {}
  for i = 1, n do list[i] = low + (high - low) * (i - 1) / (n - 1) end
  return list
end

-- KL and F_λ of one hidden unit over two parameters: all weights along the optimum's (length w), and one field a.
local function landscape()
  local M, N = machine(ring, "spins", 1), machine(ring, "spins", 1, true)
  randomize(M, 0.7)
  minimize(M, M.kl)
  local W = M.Q:parameters().W
  local reach, points = math.max(study.largest(W), 0.1), { { name = "λ = 0", x = 0, y = 0 } }
  local direction = W / reach
  points[2] = { name = "min KL", x = { -reach, reach }, y = { 0, 0 } }
  for _, machine_here in ipairs{ M, N } do
    if constrained(machine_here) then
      local w = study.largest(machine_here.Q:parameters().W)
      points[#points + 1] = { name = ("min KL on F_λ = F, %s trace"):format(machine_here.trace), x = { -w, w }, y = { 0, 0 } }
    end
  end
  local x, y, kl, gap, gap_normalised = steps(-1.6 * reach, 1.6 * reach, 61), steps(-0.9 * reach, 0.9 * reach, 41), {}, {}, {}
  study.zero(M.Q)
  for i, w in ipairs(x) do
    kl[i], gap[i], gap_normalised[i] = {}, {}, {}
    M.Q:set("W", w * direction)
    for j, a in ipairs(y) do
      M.Q:set("a", a)
      kl[i][j], gap[i][j] = value(M.kl), value(M.gap)
      gap_normalised[i][j] = gap[i][j] - math.log(2)
    end
  end
  run:figure("figure_landscape.svg", "heatmap", {
    title = ("KL(P||P_λ), ring of 6, J = %g, one hidden unit"):format(ring_J),
    x = x, y = y, z = kl, x_label = "weight w", y_label = "field a", z_label = "KL", points = points, contours = 20, height = 5.5,
    curves = { { name = "F_λ = F, plain trace", z = gap }, { name = "F_λ = F, normalised trace", z = gap_normalised } },
  })
end

local function draw_front(all)
  local series, place, constrained_optima = {}, {}, { name = "min KL on F_λ = F", x = {}, y = {}, style = "points", color = "#000000" }
  for _, row in ipairs(all) do
    local name = ("m = %d, %s trace"):format(row[3], row[4])
    if row[1] == ring.name and row[2] == "±1" and row[5] == "constrained" then
      constrained_optima.x[#constrained_optima.x + 1], constrained_optima.y[#constrained_optima.y + 1] = row[7], row[6]
    elseif row[1] == ring.name and row[2] == "±1" then
      if not place[name] then
        place[name] = #series + 1
        series[#series + 1] = { name = name, x = {}, y = {}, style = "both", dashed = row[4] == "normalised" }
      end
      local one = series[place[name]]
      one.x[#one.x + 1], one.y[#one.y + 1] = row[7], row[6]
    end
  end
  if #constrained_optima.x > 0 then series[#series + 1] = constrained_optima end
  local M = machine(ring, "spins", 2)
  study.zero(M.Q)
  local mark = { at = value(M.kl), name = "λ = 0" .. (transition(M) and (", where m = 2 ends above t_c = %.4g"):format(transition(M)) or "") }
  run:figure("figure_front.svg", "lines", {
    title = ("KL + t (F - F_λ)^2 for t from 0 (right) on, ring of 6, J = %g, ±1 units"):format(ring_J),
    x_label = "|F - F_λ|", y_label = "KL(P||P_λ)", series = series, y_marks = { mark },
  })
end

math.randomseed(1)
check_the_note()
optima()
descents()
special_case()
local points = front()
across_the_transition()
gauge()
budget()
exact_machines()
landscape()
draw_front(points)
study.section("Known values", "Minima, gaps, constrained optima and transitions computed by other means; identities that have to hold.")
known:finish()
print(("  tables (CSV) and figures (SVG) are in %s"):format(run.folder))

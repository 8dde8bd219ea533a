-- "Deep learning is renormalization", measured: stacks of machines of +-1 units learn the square Ising model layer by layer, as Mehta and Schwab
-- let them (arXiv:1410.3831), by KL, by KL with a free-energy term, by the trace condition, and by the free energy alone. Receptive fields as pictures; and
-- what was not measured there: the free energy that every level keeps, against the exact one, KL of every level, the couplings of its hidden units, the
-- temperature of reconstructions.
--
-- Their setting, on 40 x 40 spins (layers 1600-400-100-25); many times as long as the defaults; the same with --J 0.4406868:
--   gibbs scripts/deep_rg.lua --size 40 --samples 20000 --steps 10000 --rate 0.001 --temperatures 2000
local gibbs = require "gibbs"

local size = gibbs.option("size", 16, "linear size of the lattice")
local J = gibbs.option("J", 0.408, "coupling; 0.4406868 is critical")
local samples = gibbs.option("samples", 5000, "configurations to learn from, and as many to judge by")
local steps = gibbs.option("steps", 1500, "training steps of a layer")
local batch = gibbs.option("batch", 100, "configurations a step")
local rate = gibbs.option("rate", 0.003, "training rate at the start; it falls to a thirtieth")
local l1 = gibbs.option("l1", 0.003, "weight of the L1 penalty on the weights, beside KL in nats")
local weight = gibbs.option("weight", 100, "weight of the free-energy term, the square of a gap a spin, beside KL a spin")
local layers = gibbs.option("layers", 3, "layers, each with a quarter of the units below")
local wanted = gibbs.option("objectives", "KL, KL and F, trace, F alone", "what stacks are trained by")
local learn = gibbs.option("learn", "machine", "what upper layers learn: hidden units of the machine below, or of the data under it: machine or data")
local chains = gibbs.option("chains", 100, "chains of the training and of the judge")
local sweeps = gibbs.option("sweeps", 300, "of a machine until its configurations are its own; they begin at the data")
local temperatures = gibbs.option("temperatures", 1000, "of the judge's annealing")
local anneal = gibbs.option("anneal", 1000, "temperatures of the training's annealing")
local seed = gibbs.option("seed", 1, "seed of everything")

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/deep_rg" }
local known = study.known()
local N = size * size
local lattice = gibbs.lattice.square(size, size)
local P = gibbs.ising{ lattice = lattice, J = J }
local exact = gibbs.kaufman(size, size, J)
assert(size % 2 ^ layers == 0, ("--size %d: every layer halves it, and there are %d"):format(size, layers))
assert(learn == "machine" or learn == "data", "--learn is machine or data")

-- Independent configurations: cluster chains, one configuration each.
local function configurations(number)
  return P:chains{ n = samples, kernel = "swendsen_wang", seed = 1000 * seed + number }:advance(100 + 2 * size):batch(P.visible)
end
local data, test = configurations(1), configurations(2)

-- Fair coins: what a distribution without couplings draws.
local function coins(visible, number)
  local fair = gibbs.boltzmann{ visible = visible, energy = 0 * gibbs.sum(visible) }
  return fair:chains{ n = number, kernel = "heat_bath", seed = 7 + seed }:advance(1):batch(visible)
end

-- The error of a sum of independent numbers.
local function together(errors)
  local square = 0
  for _, error in ipairs(errors) do square = square + error ^ 2 end
  return math.sqrt(square)
end

-- The mean of a list of numbers, one a configuration, with its error.
local function mean(list)
  local sum, square = 0, 0
  for _, x in ipairs(list) do sum = sum + x end
  local average = sum / #list
  for _, x in ipairs(list) do square = square + (x - average) ^ 2 end
  return { value = average, error = math.sqrt(square / #list / (#list - 1)) }
end

-- ---- a layer -------------------------------------------------------------------------------------------------------------
--
-- A level is a distribution: H with its zero of energy, F, samples to learn from and samples to judge by. Level 0 is the lattice; level n + 1 is what
-- the hidden units of machine n + 1 do, H'(h) = -log sum_v exp(-E(v, h)), whose F is that of the machine: the same sum, seen from the other side.

-- The constant of H, its mean over all states: what a renormalization step gives beside couplings. The next machine is given it, and has the
-- rest to learn; otherwise the free-energy term would ask weights for a number.
local function constant_of(level)
  if level.number == 0 then return 0 end
  return mean(level.distribution:hamiltonian(coins(level.distribution.visible, 4000)):table()).value
end

-- Hidden units are averaged over, not summed: a machine without weights has H = constant. No fields: up and down are alike.
local function machine_above(level)
  local visible, units = level.distribution.visible, level.units
  local W = gibbs.parameter("W" .. level.number + 1, { units, units // 4 }, gibbs.normal(0, 0.02))
  local hidden = gibbs.spins(units // 4)
  local energy = level.constant + units // 4 * math.log(2) - visible:reshape{ units }:dot(W:mul(hidden))
  return gibbs.boltzmann{ visible = visible, hidden = hidden, energy = energy }, W
end

local colors = { KL = "#0072b2", ["KL and F"] = "#d55e00", trace = "#009e73", ["F alone"] = "#cc79a7" }
local words = { KL = "kl", ["KL and F"] = "kl_and_f", trace = "trace", ["F alone"] = "f_alone" } -- in names of files
local objectives = {}
for name in wanted:gmatch "%s*([^,]+)" do
  assert(words[name], ("--objectives has '%s'; there are KL, KL and F, trace, F alone"):format(name))
  objectives[#objectives + 1] = name
end

-- All a spin of the lattice.
local function loss_of(kind, level, Q, W)
  local gap = (level.F.value - gibbs.free_energy(Q)) / N
  local kl, penalty = -gibbs.log_likelihood(gibbs.data(level.data), Q) / N, l1 * gibbs.l1(W) / N
  if kind == "KL" then return kl + penalty end
  if kind == "F alone" then return weight * gap ^ 2 + penalty end
  -- The trace condition: D = H_Q - H = 0 for every v. No chains: H is learnt as a function, at the data.
  if kind == "trace" then return gibbs.mean(gibbs.data(level.data), (Q.H - level.distribution.H) ^ 2) / N + penalty end
  return kl + weight * gap ^ 2 + penalty
end

-- In stages, with a rate that falls: at the start of each F is measured, and then carried along. KL alone needs no F; KL with F begins as KL alone.
local STAGES, FALL, PLAIN = 30, 1 / 30, 6

-- A step of all N N / 4 weights at once, each by the rate, must not move F by more than some kT: the weights of the chains that carry F would become
-- uneven, and training would follow a free energy that is not there.
local LONGEST = 200 / N ^ 2

local function train_stage(kind, level, Q, W, stage, annealing)
  local plain = kind == "KL" or kind == "trace" or kind == "KL and F" and stage <= PLAIN
  local own_seed = 1000 * seed + 100 * level.number + stage
  local how = { chains = chains, batch = batch, burn = 50, seed = own_seed }
  -- From coins: chains that begin at data and go back would say nothing of other places where the machine has come to be as well.
  if not plain then how.free_energy = gibbs.ais{ chains = chains, temperatures = annealing, seed = own_seed } end
  local longest = plain and rate or math.min(rate, LONGEST)
  gibbs.minimize(loss_of(plain and kind == "KL and F" and "KL" or kind, level, Q, W), Q, { method = "adam", steps = math.max(1, steps // STAGES), seed = own_seed,
    rate = math.min(longest, rate * FALL ^ ((stage - 1) / STAGES)), schedule = "exponential", rate_end = math.min(longest, rate * FALL ^ (stage / STAGES)),
    estimate = plain and gibbs.pcd(how) or gibbs.jarzynski(how) })
end

-- A free energy that is not to be trusted ends a stage: it is taken again, with twice as many temperatures from then on. Where even many are too
-- few the machine stays as it is.
local MOST_DOUBLINGS = 5

-- How many stages were taken.
local function train(kind, level, Q, W)
  local annealing = anneal
  for stage = 1, STAGES do
    local fine, message = pcall(train_stage, kind, level, Q, W, stage, annealing)
    while not fine and annealing < anneal * 2 ^ MOST_DOUBLINGS and tostring(message):find("cannot be trusted", 1, true) do
      annealing = 2 * annealing
      print(("  %s, level %d, stage %d: %d temperatures from here on"):format(kind, level.number + 1, stage, annealing))
      fine, message = pcall(train_stage, kind, level, Q, W, stage, annealing)
    end
    if not fine then
      if not tostring(message):find("cannot be trusted", 1, true) then error(message, 0) end
      print(("  %s, level %d: training ends before stage %d: %s"):format(kind, level.number + 1, stage, message))
      return stage - 1
    end
  end
  return STAGES
end

-- Hidden units of configurations, or visible ones of hidden ones, each drawn once.
local function draw(Q, from, to, rows)
  local c = Q:chains{ n = rows:shape()[1], hidden = "sampled", kernel = "block_gibbs", clamp = { [from] = rows }, seed = 31 + seed }
  return c:advance(1):batch(to)
end

-- The machine's own hidden units: v -> h -> v -> ... from the configurations that it was to learn.
local function own(Q, rows, number)
  local c = Q:chains{ n = rows:shape()[1], hidden = "sampled", kernel = "block_gibbs", start = rows, seed = 1000 * seed + number }
  return c:advance(sweeps):batch(Q.hidden)
end

local function judge(level, Q)
  local F = Q:free_energy(gibbs.ais{ both = true, chains = chains, temperatures = temperatures, start = gibbs.data(level.test), seed = seed })
  -- KL(level | Q) = <H_Q - H> - (F_Q - F).
  local D = mean((Q:hamiltonian(level.test) - level.distribution:hamiltonian(level.test)):table())
  local kl = { value = (D.value - F.value + level.F.value) / N, error = together{ D.error / N, F.error / N, level.F.error / N } }
  -- F once more, by another way: the ratio of the two sums, from samples of both.
  local fine, again = pcall(Q.free_energy, Q, gibbs.bar{ from = level.distribution, free_energy = level.F.value, chains = chains, sweeps = sweeps, seed = seed })
  local nothing = (level.units * math.log(2) + level.F.value - mean(level.distribution:hamiltonian(level.test):table()).value) / N
  return F, kl, nothing, fine and again or nil
end

local function climb(kind, level)
  level.constant = constant_of(level)
  local Q, W = machine_above(level)
  local stages = train(kind, level, Q, W)
  local F, kl, nothing, again = judge(level, Q)
  local number = level.number + 1
  local other_side = gibbs.boltzmann{ visible = Q.hidden, hidden = Q.visible, energy = Q.E }
  return { number = number, Q = Q, W = W:value(), below = level, kl = kl, nothing = nothing, again = again, units = level.units // 4, F = F, distribution = other_side,
    stages = stages,
    data = learn == "data" and draw(Q, Q.visible, Q.hidden, level.data) or own(Q, level.data, 3), test = own(Q, level.test, 4) }
end

-- ---- the stacks -------------------------------------------------------------------------------------------------------------

study.section(("Stacks on %d x %d spins at J = %g"):format(size, size, J),
  ("F = %.5f a spin, exactly. All numbers a spin of the lattice. constant: the mean of H over all states, which a level takes over from the one below. "):format(
  exact.free_energy / N) .. "F by annealing, and by the acceptance ratio with the level below. change: of F to the level below. KL: of the level below to this one, and to one without weights.")

local stacks, rows = {}, {}
for i, kind in ipairs(objectives) do
  local level = { number = 0, distribution = P, units = N, data = data, test = test, F = { value = exact.free_energy, error = 0 } }
  stacks[kind] = {}
  for number = 1, layers do
    level = climb(kind, level)
    stacks[kind][number] = level
    local F, again = level.F, level.again
    local change = F.value - level.below.F.value
    rows[#rows + 1] = { kind, number, level.units, level.below.constant / N, F.value / N, F.error / N, again and again.value / N, again and together{ again.error, level.below.F.error } / N,
      change / N, (F.value - exact.free_energy) / N, level.kl.value, level.kl.error, level.nothing, study.largest(level.W), level.stages, F.converged and "yes" or "no" }
    run:log{ objective = i, level = number, free_energy = F.value / N, change = change / N, kl = level.kl.value }
    known:holds(("%s, level %d: KL is not negative: %.5f(%.5f)"):format(kind, number, level.kl.value, level.kl.error), level.kl.value > -4 * level.kl.error - 1e-4)
    if again and F.converged and again.converged then
      known:holds(("%s, level %d: both ways to F agree: %s, %s"):format(kind, number, tostring(F), tostring(again)),
        math.abs(F.value - again.value) < 4 * together{ F.error, again.error, level.below.F.error })
    end
  end
end
local columns = { { "objective" }, { "level", "%d" }, { "units", "%d" }, { "constant", "%.4f" }, { "F", "%.5f" }, { "error", "%.5f" }, { "F again", "%.5f" }, { "its error", "%.5f" },
  { "change", "%.5f" }, { "F - exact", "%.5f" }, { "KL", "%.5f" }, { "error of KL", "%.5f" }, { "no weights", "%.5f" }, { "largest W", "%.2f" }, { "stages", "%d" }, { "trusted" } }
study.table(columns, rows)
study.csv(run:path "levels.csv", columns, rows)

-- ---- receptive fields ----------------------------------------------------------------------------------------------------------

-- Of a unit of level n: the product of the weights down to the spins, one row a unit.
local function fields(levels, number)
  local W = levels[1].W
  for n = 2, number do W = W:mul(levels[n].W):value() end
  return W:t():value()
end

-- The share of a field's squared weights in the best window of a sixteenth of the lattice, a mean over units.
local function locality(W)
  local total, units, side = 0, W:table(), math.max(1, size // 4)
  for _, field in ipairs(units) do
    local best, all = 0, 0
    for i = 1, N do all = all + field[i] ^ 2 end
    for y = 0, size - 1 do
      for x = 0, size - 1 do
        local inside = 0
        for dy = 0, side - 1 do
          local line = (y + dy) % size * size
          for dx = 0, side - 1 do inside = inside + field[line + (x + dx) % size + 1] ^ 2 end
        end
        best = math.max(best, inside)
      end
    end
    total = total + (all > 0 and best / all or 0)
  end
  return total / #units
end

-- Those with the largest weights first.
local function pictures(W)
  local list = W:table()
  local function norm(field)
    local square = 0
    for _, w in ipairs(field) do square = square + w ^ 2 end
    return square
  end
  table.sort(list, function(a, b) return norm(a) > norm(b) end)
  return gibbs.tensor(table.move(list, 1, math.min(16, #list), 1, {}))
end

study.section("Receptive fields", "Share of a field's squared weights in the best window of a sixteenth of the lattice; all over the lattice it is little more than 1/16. Last: of random " ..
  "weights.")
local local_rows = {}
for i, kind in ipairs(objectives) do
  local row = { kind }
  for number in ipairs(stacks[kind]) do
    local W = fields(stacks[kind], number)
    row[number + 1] = locality(W)
    run:figure(("fields_%s_%d.svg"):format(words[kind], number), "image_grid", { images = pictures(W), shape = { size, size }, palette = "diverging",
      scale = "each", title = ("Receptive fields, %s, level %d"):format(kind, number) })
  end
  local_rows[i] = row
end
local random = { "random" }
for number = 1, layers do
  local W = gibbs.parameter("noise", { math.min(25, N // 4 ^ number), N }, gibbs.normal(0, 1)):value()
  random[number + 1] = locality(W)
end
local_rows[#local_rows + 1] = random
columns = { { "objective" } }
for number = 1, layers do columns[number + 1] = { ("level %d"):format(number), "%.3f" } end
study.table(columns, local_rows)
study.csv(run:path "locality.csv", columns, local_rows)
if stacks.KL then known:holds("KL's first fields have a place", locality(fields(stacks.KL, 1)) > 1.5 * random[2]) end

-- ---- couplings of the hidden units ----------------------------------------------------------------------------------------------

-- Where the fields of a level are, as if each were one block: the mean of the place on the torus with the squared weights, and the sign of the sum.
local function places_of(W)
  local places, turn = {}, 2 * math.pi / size
  for unit, field in ipairs(W:table()) do
    local sum, cx, sx, cy, sy = 0, 0, 0, 0, 0
    for i, w in ipairs(field) do
      local x, y = turn * ((i - 1) % size), turn * ((i - 1) // size)
      sum = sum + w
      cx, sx, cy, sy = cx + w ^ 2 * math.cos(x), sx + w ^ 2 * math.sin(x), cy + w ^ 2 * math.cos(y), sy + w ^ 2 * math.sin(y)
    end
    places[unit] = { x = math.atan(sx, cx) / turn, y = math.atan(sy, cy) / turn, sign = sum < 0 and -1 or 1 }
  end
  return places
end

local function distance(a, b)
  local function along(d) return math.min(math.abs(d) % size, size - math.abs(d) % size) end
  return math.sqrt(along(a.x - b.x) ^ 2 + along(a.y - b.y) ^ 2)
end

local BINS = 5

-- H'(h) of a level's units projected onto pairs; distances in lengths of a block, 2^level spins. A machine is as good with -h_j: units are turned to
-- have fields of positive sum.
local function couplings_of(level, W)
  local c, places, block = gibbs.rg.pair_couplings(level.distribution, { seed = seed }), places_of(W), 2 ^ level.number
  local pairs_, all, near, near_pairs, sum, bins = c.pairs:table(), 0, 0, 0, 0, {}
  for b = 1, BINS do bins[b] = { value = 0, count = 0 } end
  for i = 1, #places do
    for j = i + 1, #places do
      local g, apart = places[i].sign * places[j].sign * pairs_[i][j], distance(places[i], places[j]) / block
      local square, bin = g ^ 2 - c.error ^ 2, bins[math.floor(apart) + 1]
      sum, all = sum + g, all + square
      if apart < 2 then near, near_pairs = near + square, near_pairs + 1 end
      if bin then bin.value, bin.count = bin.value + g, bin.count + 1 end
    end
  end
  local n = #places
  return { sum = 2 * sum / n, sum_error = 2 * c.error * math.sqrt(n * (n - 1) / 2) / n, near = near / all, near_pairs = 2 * near_pairs / (n * (n - 1)),
    rest = c.rest / c.variance, bins = bins, error = c.error }
end

study.section("Couplings of the hidden units", ("H'(h) projected onto pairs, under the uniform distribution of h. sum: of all couplings of a unit, a mean over units; of the lattice it is 4 J = %.3f. "):format(4 * J) ..
  "near: the share of the squared couplings in pairs whose fields are less than two blocks apart, and the share that these are of all pairs. rest: the share of the variance of H' in products of more than two units. g: the mean coupling of " ..
  "pairs by distance in blocks.")
local coupling_rows, coupling_series = {}, {}
for number = 1, layers do coupling_series[number] = {} end
for _, kind in ipairs(objectives) do
  for number, level in ipairs(stacks[kind]) do
    local c = couplings_of(level, fields(stacks[kind], number))
    local row, curve = { kind, number, c.sum, c.sum_error, c.near, c.near_pairs, c.rest }, { name = kind, color = colors[kind], x = {}, y = {}, error = {}, style = "both" }
    for b, bin in ipairs(c.bins) do
      if bin.count > 0 then
        local k = #curve.x + 1
        row[7 + b] = bin.value / bin.count
        curve.x[k], curve.y[k], curve.error[k] = b - 0.5, bin.value / bin.count, c.error / math.sqrt(bin.count)
      end
    end
    coupling_rows[#coupling_rows + 1] = row
    table.insert(coupling_series[number], curve)
  end
end
columns = { { "objective" }, { "level", "%d" }, { "sum", "%.4f" }, { "error", "%.4f" }, { "near", "%.3f" }, { "of pairs", "%.3f" }, { "rest", "%.3f" } }
for b = 1, BINS do columns[7 + b] = { ("g %d to %d"):format(b - 1, b), "%.4f" } end
study.table(columns, coupling_rows)
study.csv(run:path "couplings.csv", columns, coupling_rows)
for number, series in ipairs(coupling_series) do
  run:figure(("couplings_%d.svg"):format(number), "lines", { series = series, title = ("Couplings of the hidden units, level %d"):format(number),
    x_label = "distance of the fields, in blocks", y_label = "mean coupling of two units" })
end

-- ---- reconstructions -------------------------------------------------------------------------------------------------------------

-- The mean over bonds, and K of the torus that has it.
local function bond(rows_)
  local energy = mean(P:hamiltonian(rows_):table())
  return { value = -energy.value / J / (2 * N), error = energy.error / J / (2 * N) }
end

local function coupling_of(value)
  local low, high = 1e-4, 2
  for _ = 1, 50 do
    local K = (low + high) / 2
    if -gibbs.kaufman(size, size, K).energy / K / (2 * N) < value then low = K else high = K end
  end
  return value <= 0 and 0 or (low + high) / 2
end

study.section("Reconstructions", "The coupling K of the torus that has the energy of the configurations. Data go up to a level by p(h|v) and come down by p(v|h).")
local up_rows = {}
for i, kind in ipairs(objectives) do
  local row, up = { kind, coupling_of(bond(test).value) }, test
  for number, level in ipairs(stacks[kind]) do
    up = draw(level.Q, level.Q.visible, level.Q.hidden, up)
    local down = up
    for n = number, 1, -1 do down = draw(stacks[kind][n].Q, stacks[kind][n].Q.hidden, stacks[kind][n].Q.visible, down) end
    row[number + 2] = coupling_of(bond(down).value)
  end
  up_rows[i] = row
end
columns = { { "objective" }, { "data", "%.4f" } }
for number = 1, layers do columns[number + 2] = { ("from level %d"):format(number), "%.4f" } end
study.table(columns, up_rows)
study.csv(run:path "reconstructions.csv", columns, up_rows)

study.section("v -> h -> v -> ...", "The first machine's Gibbs sampling, from the data, and from coins. It ends in the machine's own distribution, whatever that is: this flow is no " ..
  "renormalization flow, and where it ends says how the machine was trained.")
local times, flow_rows, series = { 0, 1, 2, 4, 8, 16, 32, 64, 128, 256 }, {}, {}
local starts = { data = test, coins = coins(P.visible, samples) }
for _, kind in ipairs(objectives) do
  for _, start in ipairs{ "data", "coins" } do
    local Q = stacks[kind][1].Q
    local c = Q:chains{ n = samples, hidden = "sampled", kernel = "block_gibbs", start = starts[start], seed = 5 + seed }
    local row, done, curve = { kind, start }, 0, { name = ("%s, from %s"):format(kind, start), color = colors[kind], x = {}, y = {}, style = "both" }
    for k, time in ipairs(times) do
      c:advance(time - done)
      done = time
      row[k + 2] = coupling_of(bond(c:batch(Q.visible)).value)
      curve.x[k], curve.y[k] = time + 1, row[k + 2]
    end
    flow_rows[#flow_rows + 1], series[#series + 1] = row, curve
  end
end
columns = { { "objective" }, { "from" } }
for k, time in ipairs(times) do columns[k + 2] = { ("%d"):format(time), "%.4f" } end
study.table(columns, flow_rows)
study.csv(run:path "flow.csv", columns, flow_rows)
run:figure("flow.svg", "lines", { series = series, x_label = "1 + steps v -> h -> v", y_label = "coupling K of the configurations", x_scale = "log",
  y_marks = { { at = J, name = "J" } }, legend = "right" })

-- ---- what must hold -------------------------------------------------------------------------------------------------------------

study.section("Known values")
local e, expected = bond(test), -exact.energy / J / (2 * N)
known:holds(("energy of the configurations: %.5f(%.5f), exactly %.5f"):format(e.value, e.error, expected), math.abs(e.value - expected) < 4 * e.error)
local function lost(kind) return math.abs(stacks[kind][1].F.value - exact.free_energy) / N end
if stacks.KL and stacks["KL and F"] then known:holds("the free-energy term keeps more of F than KL alone, at level 1", lost "KL and F" < lost "KL") end
-- F_l - F = <D>_P - KL, and this objective made D vanish where it saw it.
local first = stacks.trace and stacks.trace[1]
if first then
  local lost_by_trace = (first.F.value - exact.free_energy) / N
  known:holds(("the trace condition at data loses F by KL: %.5f, %.5f(%.5f)"):format(lost_by_trace, first.kl.value, first.kl.error),
    math.abs(lost_by_trace + first.kl.value) < 0.1 * first.kl.value)
end
if stacks.KL and stacks["F alone"] then known:holds("F alone learns less than KL alone", stacks["F alone"][1].kl.value > stacks.KL[1].kl.value) end
known:finish()

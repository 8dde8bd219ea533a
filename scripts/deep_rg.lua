-- "Deep learning is renormalization", measured: a stack of machines of +-1 units learns the square Ising model layer by layer (Mehta and Schwab,
-- arXiv:1410.3831: 40 x 40 spins, J = 0.408, layers 1600-400-100-25, L1 on the weights), by KL, by KL with a free-energy term, by the free energy
-- alone. Receptive fields as pictures, and what was not measured there: the free energy that every level keeps and loses, against the exact one; KL of
-- every level; the temperature of reconstructions; where v -> h -> v -> ... flows.
local gibbs = require "gibbs"

local size = gibbs.option("size", 16, "linear size of the lattice")
local J = gibbs.option("J", 0.408, "coupling; 0.4406868 is critical")
local samples = gibbs.option("samples", 2000, "configurations to learn from")
local steps = gibbs.option("steps", 1500, "training steps of a layer")
local batch = gibbs.option("batch", 100, "configurations a step")
local rate = gibbs.option("rate", 0.005, "training rate")
local decay = gibbs.option("l1", 1e-4, "weight of the L1 penalty on the weights")
local weight = gibbs.option("weight", 100, "weight of the free-energy term, for a gap a spin")
local layers = gibbs.option("layers", 3, "layers, each with a quarter of the units below")
local chains = gibbs.option("chains", 100, "chains of the training and of the judge")
local temperatures = gibbs.option("temperatures", 2000, "of the judge's annealing")
local seed = gibbs.option("seed", 1, "seed of everything")

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/deep_rg" }
local known = study.known()
local N = size * size
local P = gibbs.ising{ lattice = gibbs.lattice.square(size, size), J = J }
local exact = gibbs.kaufman(size, size, J)

-- Independent configurations: cluster chains, one configuration each.
local function sample()
  local c = P:chains{ n = samples, kernel = "swendsen_wang", seed = 77 + seed }
  c:advance(100 + 2 * size)
  return c:batch(P.visible)
end

-- The temperature of configurations: K whose torus has this energy a bond, by bisection.
local function coupling_of(bond)
  local low, high = 1e-4, 2
  if bond <= 0 then return 0 end
  for _ = 1, 60 do
    local K = (low + high) / 2
    if -gibbs.kaufman(size, size, K).energy / K / (2 * N) < bond then low = K else high = K end
  end
  return (low + high) / 2
end

local function bond_energy(rows)
  local found = gibbs.data(rows):mean(gibbs.bonds(P.visible, gibbs.lattice.square(size, size)))
  return found.value / (2 * N)
end

-- ---- training ----------------------------------------------------------------------------------------------------------

local objectives = { "KL", "KL and F", "F alone" }

-- What a layer minimises; F_below is the free energy of the distribution that it learns.
local function loss_of(kind, data, Q, F_below)
  local gap = (F_below - gibbs.free_energy(Q)) / N
  local kl = -gibbs.log_likelihood(data, Q) / N
  local penalty = decay * gibbs.l1(Q.W) / N
  if kind == "KL" then return kl + penalty end
  if kind == "F alone" then return weight * gap ^ 2 + penalty end
  return kl + weight * gap ^ 2 + penalty
end

local function free_energy(Q, data)
  return Q:free_energy(gibbs.ais{ both = true, chains = chains, temperatures = temperatures, reference = data, start = data, seed = seed })
end

-- Hidden units of every configuration, drawn once.
local function draw_hidden(Q, rows)
  local c = Q:chains{ n = rows:shape()[1], hidden = "sampled", kernel = "block_gibbs", clamp = { [Q.visible] = rows }, seed = 31 + seed }
  c:advance(1)
  return c:batch(Q.hidden)
end

-- The distribution of a layer's hidden units: the same energy seen from the other side.
local function above(Q) return gibbs.boltzmann{ visible = Q.hidden, hidden = Q.visible, energy = Q.E } end

local function train_layer(kind, below, rows, number)
  local units = rows:shape()[2] * (rows:shape()[3] or 1)
  local Q = gibbs.rbm{ visible = below.distribution.visible, hidden = gibbs.spins(units // 4), init = gibbs.normal(0, 0.02), normalised = true }
  local data = gibbs.data(rows)
  gibbs.minimize(loss_of(kind, data, Q, below.F), Q, { steps = steps, rate = rate, batch = batch, method = "adam", seed = 100 * number + seed,
    estimate = gibbs.jarzynski{ chains = chains, free_energy = gibbs.ais{ chains = chains, temperatures = 300 } } })
  return Q, data
end

-- ---- one stack --------------------------------------------------------------------------------------------------------------

local first_rows = sample()

local function build(kind)
  local below, rows, levels = { distribution = P, F = exact.free_energy }, first_rows, {}
  for number = 1, layers do
    local Q, data = train_layer(kind, below, rows, number)
    local F = free_energy(Q, data)
    -- KL(below || Q) = <H_Q - H>_below - (F_Q - F_below), both means over the configurations at hand.
    local D = data:mean(Q.H - below.distribution.H)
    local weights = Q:parameters().W
    levels[number] = { Q = Q, F = F, D = D, kl = D.value - (F.value - below.F), units = Q.hidden:shape()[1], W = weights,
      lost = F.value - below.F, trusted = F.converged }
    rows = draw_hidden(Q, rows)
    below = { distribution = above(Q), F = F.value }
  end
  return levels
end

study.section(("Stacks on %d x %d spins at J = %g"):format(size, size, J),
  ("F = %.4f a spin, exactly. Every level: free energy a spin of the first lattice and what was lost to the level below, KL to the level below a spin of the first lattice."):format(exact.free_energy / N))

local stacks, rows = {}, {}
for i, kind in ipairs(objectives) do
  local levels = build(kind)
  stacks[kind] = levels
  for number, level in ipairs(levels) do
    rows[#rows + 1] = { kind, number, level.units, level.F.value / N, level.F.error / N, level.lost / N, (level.F.value - exact.free_energy) / N,
      level.kl / N, study.largest(level.W), level.trusted and "yes" or "no" }
    run:log{ objective = i, level = number, free_energy = level.F.value / N, lost = level.lost / N, kl = level.kl / N }
  end
end
local columns = { { "objective" }, { "level", "%d" }, { "units", "%d" }, { "F_l", "%.5f" }, { "error", "%.5f" }, { "F_l - F below", "%.5f" }, { "F_l - F exact", "%.5f" },
  { "KL to below", "%.5f" }, { "largest W", "%.2f" }, { "trusted" } }
study.table(columns, rows)
study.csv(run:path "levels.csv", columns, rows)

-- ---- receptive fields ----------------------------------------------------------------------------------------------------------

-- Of a unit of level n: the product of the weights down to the spins.
local function fields(levels, number)
  local W = levels[1].W
  for n = 2, number do W = (W:mul(levels[n].W)):value() end
  return W
end

-- The share of a field's squared weights within a quarter of the lattice about its centre of gravity: 1/16 for a spread-out one.
local function locality(W)
  local t, units, total = W:table(), #W:table()[1], 0
  for j = 1, units do
    local best, all = 0, 0
    local squares = {}
    for i = 1, N do squares[i] = t[i][j] ^ 2; all = all + squares[i] end
    local reach = size // 4
    for cy = 0, size - 1, 2 do
      for cx = 0, size - 1, 2 do
        local inside = 0
        for dy = 0, reach - 1 do
          for dx = 0, reach - 1 do inside = inside + squares[(cy + dy) % size * size + (cx + dx) % size + 1] end
        end
        best = math.max(best, inside)
      end
    end
    total = total + best / math.max(all, 1e-300)
  end
  return total / units
end

study.section("Receptive fields", "Share of a field's squared weights in the best window of a sixteenth of the lattice; a field without a place has about 0.06.")
local local_rows = {}
for _, kind in ipairs(objectives) do
  local row = { kind }
  for number, level in ipairs(stacks[kind]) do
    local W = fields(stacks[kind], number)
    row[number + 1] = locality(W)
    if number <= 3 and kind ~= "F alone" then
      local t, pictures = W:table(), {}
      for j = 1, math.min(25, level.units) do
        pictures[j] = {}
        for i = 1, N do pictures[j][i] = t[i][j] end
      end
      run:figure(("fields_%s_%d.svg"):format(kind == "KL" and "kl" or "hybrid", number), "image_grid",
        { images = gibbs.tensor(pictures), shape = { size, size }, title = ("%s, level %d"):format(kind, number) })
    end
  end
  local_rows[#local_rows + 1] = row
end
columns = { { "objective" } }
for number = 1, layers do columns[number + 1] = { ("level %d"):format(number), "%.3f" } end
study.table(columns, local_rows)
study.csv(run:path "locality.csv", columns, local_rows)

-- ---- reconstructions -------------------------------------------------------------------------------------------------------------

study.section("v -> h -> v -> ...", "The first machine's Gibbs sampling from the data: the coupling K that a torus with the energy of the configurations has. It ends in the " ..
  "machine's own distribution, whatever that is: this flow is no renormalization flow.")
local times, flow_rows, series = { 0, 1, 2, 4, 8, 16, 32 }, {}, {}
for _, kind in ipairs(objectives) do
  local Q = stacks[kind][1].Q
  local c = Q:chains{ n = samples, hidden = "sampled", kernel = "block_gibbs", start = first_rows, seed = 5 + seed }
  local row, done, curve = { kind }, 0, { name = kind, x = {}, y = {} }
  for k, time in ipairs(times) do
    c:advance(time - done)
    done = time
    row[k + 1] = coupling_of(bond_energy(c:batch(Q.visible)))
    curve.x[k], curve.y[k] = time, row[k + 1]
  end
  flow_rows[#flow_rows + 1], series[#series + 1] = row, curve
end
columns = { { "objective" } }
for k, time in ipairs(times) do columns[k + 1] = { ("after %d"):format(time), "%.4f" } end
study.table(columns, flow_rows)
study.csv(run:path "reconstructions.csv", columns, flow_rows)
run:figure("reconstructions.svg", "lines", { series = series, x_label = "steps v -> h -> v", y_label = "coupling K of the configurations", y_marks = { { at = J, name = "data" } } })

study.section("Known values")
known:same("the data's coupling", flow_rows[1][2], J, 0.05)
known:holds("the free-energy term keeps more of F than KL alone, at level 1",
  math.abs(stacks["KL and F"][1].F.value - exact.free_energy) < math.abs(stacks["KL"][1].F.value - exact.free_energy))
known:finish()

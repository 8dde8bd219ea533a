-- One pipeline, many rules: what makes a good renormalization rule?  Decimation, majority, Kadanoff's block spins, machines trained by KL, by KL
-- with a free-energy term and by the trace condition, an untrained machine and random filters of the same view, all at the critical
-- point of the square Ising model: exponents and couplings by Monte Carlo renormalization, and information kept, by exact sums.
local gibbs = require "gibbs"

local size = gibbs.option("size", 32, "linear size of the lattice that is renormalised")
local train_size = gibbs.option("train_size", 8, "linear size of the lattice that machines learn")
local steps = gibbs.option("steps", 400, "training steps")
local rate = gibbs.option("rate", 0.003, "training rate")
local weight = gibbs.option("weight", 300, "weight of the free-energy term")
local chains = gibbs.option("chains", 64, "chains, of the training and of the renormalization")
local measurements = gibbs.option("measurements", 800, "measurements of each chain")
local levels = gibbs.option("levels", 3, "renormalization steps")
local seed = gibbs.option("seed", 1, "seed of everything")

local blocks = 2 ^ levels // 1
if levels < 3 then error(("--levels is %d; at least 3"):format(levels), 0) end
if size < 4 * blocks or size % blocks ~= 0 then
  error(("--size is %d; it must be a multiple of %d, at least %d: %d steps leave size / %d blocks a side"):format(size, blocks, 4 * blocks, levels, blocks), 0)
end

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/rules" }
local known = study.known()
local KC = math.log(1 + math.sqrt(2)) / 2

-- ---- machines: one filter of 4 x 4 weights, moved by two sites ---------------------------------------------------------------

local offsets = {}
for dy = -1, 2 do
  for dx = -1, 2 do offsets[#offsets + 1] = { dy, dx } end
end

local P = gibbs.ising{ lattice = gibbs.lattice.square(train_size, train_size), J = KC }
local N, half = train_size * train_size, train_size // 2

-- The spins that all blocks see at one offset: a matrix of blocks times spins.
local function view(offset)
  local rows = {}
  for y = 0, half - 1 do
    for x = 0, half - 1 do
      local row = {}
      for i = 1, N do row[i] = 0 end
      row[(2 * y + offset[1]) % train_size * train_size + (2 * x + offset[2]) % train_size + 1] = 1
      rows[#rows + 1] = row
    end
  end
  return gibbs.tensor(rows)
end

local w, h, phi = gibbs.parameter("w", { #offsets }), gibbs.spins{ half, half }, 0
for k, offset in ipairs(offsets) do phi = phi + w[k] * view(offset):mul(P.visible:reshape{ N }) end
-- The sum over hidden spins is an average: a machine without weights leaves F alone.
local Q = gibbs.boltzmann{ visible = P.visible, hidden = h, energy = half * half * math.log(2) - h:reshape{ half * half }:dot(phi) }

local function start()
  local values = {}
  for k = 1, #offsets do
    local inside = offsets[k][1] >= 0 and offsets[k][1] <= 1 and offsets[k][2] >= 0 and offsets[k][2] <= 1
    values[k] = inside and 0.2 or 0.05
  end
  Q:set("w", gibbs.tensor(values))
end

local function train(objective)
  start()
  gibbs.minimize(objective, Q, { steps = steps, rate = rate, method = "momentum", clip = 0.3,
    estimate = gibbs.jarzynski{ chains = chains, free_energy = gibbs.ais{ chains = chains, temperatures = 200 } } })
  return Q:parameters().w:table()
end

-- Of the size that training gives, with random signs and places.
local function random_filter() return gibbs.parameter("random", { #offsets }, gibbs.normal(0, 0.35)):value():table() end

study.section("Training", ("%d x %d spins, %d x %d hidden ones, one filter of 4 x 4 weights; the same start and steps for each."):format(train_size, train_size,
  half, half))

local kl, gap = gibbs.kl(P, Q) / N, (gibbs.free_energy(P) - gibbs.free_energy(Q)) / N
local trace = gibbs.mean(P, (Q.H - P.H) ^ 2) / N
local filters = {}
start()
filters[#filters + 1] = { "machine, untrained", Q:parameters().w:table() }
for _, row in ipairs{ { "machine, KL", kl }, { "machine, KL and F", kl + weight * gap ^ 2 }, { "machine, trace", trace } } do
  filters[#filters + 1] = { row[1], train(row[2]) }
end
for number = 1, 2 do filters[#filters + 1] = { ("random filter %d"):format(number), random_filter() } end
for _, filter in ipairs(filters) do
  print("  " .. filter[1])
  for y = 0, 3 do
    local texts = {}
    for x = 1, 4 do texts[x] = ("%7.3f"):format(filter[2][4 * y + x]) end
    print("    " .. table.concat(texts))
  end
end

-- ---- rules -----------------------------------------------------------------------------------------------------------

local rules = { { "decimation", { kind = "decimation", b = 2 } }, { "majority", { kind = "majority", b = 2 } },
  { "block spin, p = 0.4", { kind = "block_spin", b = 2, p = 0.4 } }, { "block spin, p = 0.766", { kind = "block_spin", b = 2, p = 0.765983 } } }
for _, filter in ipairs(filters) do
  rules[#rules + 1] = { filter[1], { kind = "filter", b = 2, offsets = offsets, weights = filter[2] } }
end

-- ---- information, exactly -----------------------------------------------------------------------------------------------

-- All states of the 4 x 4 torus with their probabilities; the block is sites 1, 2, 5, 6, the rest its surroundings.
local torus = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = KC }
local states, flat = {}, {}
for number = 0, 65535 do
  local s, rows = {}, {}
  for i = 1, 16 do s[i] = number >> (i - 1) & 1 == 0 and 1 or -1 end
  for y = 0, 3 do rows[y + 1] = { s[4 * y + 1], s[4 * y + 2], s[4 * y + 3], s[4 * y + 4] } end
  states[number + 1], flat[number + 1] = rows, s
end
local logs = torus:log_probability(states):table()
local inside = 1 << 0 | 1 << 1 | 1 << 4 | 1 << 5

-- What a rule's field is on the 4 x 4 torus, and the probability of +1.
local function probability(rule, s)
  local phi, hard = 0, false
  if rule.kind == "filter" then
    for k, offset in ipairs(rule.offsets) do phi = phi + rule.weights[k] * s[offset[1] % 4 * 4 + offset[2] % 4 + 1] end
  elseif rule.kind == "decimation" then
    phi, hard = s[1], true
  else
    phi, hard = (rule.p or 1) * (s[1] + s[2] + s[5] + s[6]), rule.kind == "majority"
  end
  if hard then return phi > 0 and 1 or phi < 0 and 0 or 0.5 end
  return 1 / (1 + math.exp(-2 * phi))
end

local function entropy(p) return p > 0 and -p * math.log(p) or 0 end

-- I(h; surroundings) in bits.
local function information(rule)
  local joint, surroundings, up = {}, {}, 0
  for number = 0, 65535 do
    local p, rest = math.exp(logs[number + 1]), number & ~inside
    local q = p * probability(rule, flat[number + 1])
    joint[rest] = (joint[rest] or 0) + q
    surroundings[rest] = (surroundings[rest] or 0) + p
    up = up + q
  end
  local conditional = 0
  for rest, q in pairs(joint) do
    local p = surroundings[rest]
    conditional = conditional + p * (entropy(q / p) + entropy(1 - q / p))
  end
  return (entropy(up) + entropy(1 - up) - conditional) / math.log(2)
end

-- ---- the table --------------------------------------------------------------------------------------------------------------

study.section("Rules", ("y of steps 1 to %d of a %d x %d lattice, by 3 and by 7 even operators and by 4 odd ones; couplings of the first blocks; I: bits that a block spin " ..
  "keeps about the spins outside its block, on the 4 x 4 torus (the 4 x 4 filters see some of these). ?: the largest eigenvalue is negative or one of a complex pair."):format(levels, size, size))

-- "?" behind an exponent that is none: of an eigenvalue that is negative or one of a complex pair.
local function cell(exponent) return tostring(exponent):match "^%S+" .. (exponent.converged and "" or "?") end

--- The largest of some couplings, in units of that of nearest neighbours.  Where all are noise it is as large as its error, or larger.
local function largest_of(K, names)
  local far, scale = K[names[1]], math.abs(K.nearest.value)
  for _, name in ipairs(names) do
    if math.abs(K[name].value) > math.abs(far.value) then far = K[name] end
  end
  local ratio = math.abs(far.value) / scale
  return { value = ratio, error = math.sqrt(far.error ^ 2 + (ratio * K.nearest.error) ^ 2) / scale }
end

local lattice = gibbs.ising{ lattice = gibbs.lattice.square(size, size), J = KC }
local exponents = { { name = "y_t of 3", how = { operators = 3 } }, { name = "y_t of 7", how = {} }, { name = "y_h", how = { odd = true } } }
local rows, flows = {}, {}
for i, rule in ipairs(rules) do
  local c = lattice:chains{ n = chains, kernel = "swendsen_wang", seed = seed }
  c:warm_up{ sweeps = 100 + 2 * size }
  local m = gibbs.rg.mcrg{ chains = c, rule = rule[2], levels = levels, measurements = measurements, couplings_every = 10, seed = seed }
  local row, flow = { rule[1] }, { name = rule[1], x = {}, y = {}, x_error = {}, error = {}, style = rule[2].kind == "filter" and "both" or "lines" }
  local y = {}
  for k, kind in ipairs(exponents) do
    y[k] = {}
    for step = 1, levels do
      y[k][step] = m:exponent(step, kind.how)
      row[#row + 1] = cell(y[k][step])
    end
  end
  local K = m:couplings(1)
  for _, name in ipairs{ "nearest", "diagonal", "plaquette" } do row[#row + 1] = tostring(K[name]) end
  local far = largest_of(K, { "second", "knight", "diamond", "second_diagonal" })
  local kept = information(rule[2])
  for _, value in ipairs{ far.value, far.error, kept } do row[#row + 1] = value end
  rows[i] = row
  for level = 0, levels do
    local at = m:couplings(level, { operators = 2 })
    flow.x[level + 1], flow.y[level + 1] = at.nearest.value, at.diagonal.value
    flow.x_error[level + 1], flow.error[level + 1] = at.nearest.error, at.diagonal.error
  end
  flows[i] = flow
  local y_t, y_t_all, y_h = y[1][3], y[2][3], y[3][3]
  run:log{ rule = i, y_t = y_t, y_t_all = y_t_all, y_h = y_h, information = kept, far = far.value, far_error = far.error }
  if rule[1] == "majority" then
    known:holds("majority: y_t of step 3 within 4 errors of 1", math.abs(y_t.value - 1) <= 4 * y_t.error)
    known:holds("majority: y_h of step 3 within 1 % of 15/8", math.abs(y_h.value / 1.875 - 1) <= 0.01)
  end
end
local columns = { { "rule" } }
for _, kind in ipairs(exponents) do
  for step = 1, levels do columns[#columns + 1] = { step == 1 and kind.name .. ", 1" or ("%d"):format(step) } end
end
for _, column in ipairs{ { "nearest" }, { "diagonal" }, { "plaquette" }, { "far/nearest", "%.3f" }, { "+-", "%.3f" }, { "I, bits", "%.4f" } } do
  columns[#columns + 1] = column
end
study.table(columns, rows)
study.csv(run:path "rules.csv", columns, rows)
run:figure("flows.svg", "lines", { series = flows, x_label = "K_1, nearest", y_label = "K_2, diagonal",
  title = ("Couplings of the blocks, level 0 to %d, at the critical point"):format(levels) })

study.section("Known values")
known:finish()

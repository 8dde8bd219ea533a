-- Flows of couplings (K1, K2) to nearest and second neighbours of the square Ising model in one figure: exact majority rule on a small torus,
-- Kadanoff's lower bound, Migdal and Kadanoff's bonds, and a machine trained at every point; with their fixed points and exponents.
local gibbs = require "gibbs"

local steps = gibbs.option("steps", 3, "steps of every trajectory")
local start_list = gibbs.option("starts", "0.2,0.3,0.4,0.4407,0.5", "K_1 where trajectories start, separated by commas; K_2 is 0 there")
local training = gibbs.option("training", 300, "steps of the machine's training, at every point")
local arrows = gibbs.option("arrows", 11, "arrows across a panel")
local p = gibbs.option("p", 0.8, "strength of block spins")

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/flow" }
local known = study.known()
local rg = gibbs.rg
local colors = { "#0072b2", "#009e73", "#cc79a7", "#d55e00", "#000000" }

local starts, middle = {}, 1
for text in start_list:gmatch "[^,]+" do
  starts[#starts + 1] = assert(tonumber(text), "--starts are numbers, separated by commas")
  if math.abs(starts[#starts] - 0.4407) < math.abs(starts[middle] - 0.4407) then middle = #starts end
end

-- ---- exact steps of the 4 x 4 torus to 2 x 2 -------------------------------------------------------------------------------------
--
-- H = -K1 sum (nearest) - K2 sum (diagonal), both sums by sites: on the 2 x 2 torus a bond counts twice and a diagonal four times.

local v = gibbs.spins{ 4, 4 }
local K1, K2 = gibbs.parameter("K1", {}, 0.4), gibbs.parameter("K2", {}, 0)
local nearest = gibbs.sum(v * v:shift{ 0, 1 }) + gibbs.sum(v * v:shift{ 1, 0 })
local diagonal = gibbs.sum(v * v:shift{ 1, 1 }) + gibbs.sum(v * v:shift{ 1, -1 })
local P = gibbs.boltzmann{ visible = v, energy = -K1 * nearest - K2 * diagonal }

local function exact_step(transform)
  local C, steps_done = transform:step(P), {} -- panels show the same arrows
  return function(at)
    local key = ("%a %a"):format(at.K1, at.K2)
    if not steps_done[key] then
      C:set("K1", at.K1)
      C:set("K2", at.K2)
      local found = rg.couplings(C)
      steps_done[key] = { K1 = found["pair {0,1}"] / 2, K2 = found["pair {1,1}"] / 4 }
    end
    return steps_done[key]
  end
end

local function recursion(step, start)
  return rg.recursion{ couplings = { "K1", "K2" }, scale = 2, dimension = 2, start = start, step = step }
end

local rules = {
  { "majority", recursion(exact_step(rg.majority{ visible = v }), { K1 = 0.3, K2 = 0.1 }) },
  { ("block spins, p = %g"):format(p), recursion(exact_step(rg.block_spin{ visible = v, p = p }), { K1 = 0.3, K2 = 0.1 }) },
  { "decimation", recursion(exact_step(rg.decimation{ visible = v }), { K1 = 0.3, K2 = 0.1 }) },
}

-- Kadanoff's scheme, seen through its pairs: what a hypercube's potential has is half of the bonds' couplings.
local kadanoff = rg.kadanoff{}
local migdal = rg.migdal_kadanoff{}

-- ---- fixed points --------------------------------------------------------------------------------------------------------------

study.section("Fixed points", "Exactly: y_t = 1. The small torus is no large lattice: its fixed points are those of a two-site cell.")
local rows = {}
for _, rule in ipairs(rules) do
  local fine, point = pcall(rule[2].fixed_point, rule[2])
  rows[#rows + 1] = { rule[1] .. ", 4 x 4 to 2 x 2", fine and point.couplings.K1 or nil, fine and point.couplings.K2 or nil, fine and point.y_t or nil }
  rule.point = fine and point or nil
  if rule.point then
    local again = rule[2]:step(point.couplings)
    known:same(rule[1] .. ": a fixed point stays, K1", again.K1, point.couplings.K1, 1e-8)
    known:same(rule[1] .. ": a fixed point stays, K2", again.K2, point.couplings.K2, 1e-8)
  end
end
rows[#rows + 1] = { "Kadanoff's bound", 2 * kadanoff.couplings.k2_1, kadanoff.couplings.k2_2, kadanoff.y_t }
rows[#rows + 1] = { "Migdal-Kadanoff", migdal.couplings.K, 0, migdal.y_t }
local columns = { { "rule" }, { "K1", "%.6f" }, { "K2", "%.6f" }, { "y_t", "%.6f" } }
study.table(columns, rows)
study.csv(run:path "fixed_points.csv", columns, rows)
known:same("Migdal-Kadanoff's K*", migdal.couplings.K, 0.3046889317, 1e-9)
known:same("Kadanoff's y_t", kadanoff.y_t, 1.000879, 1e-5)

-- ---- a machine trained at every point ----------------------------------------------------------------------------------------------
--
-- One filter for the four spins of a block, learned by KL from P at the very couplings that it is to renormalise; p(h|v) is the rule.

local w, h = gibbs.parameter("w", { 2, 2 }, 0.5), gibbs.spins{ 2, 2 }
local function field()
  local phi = 0
  for dy = 1, 2 do
    for dx = 1, 2 do
      local rows = {}
      for y = 0, 1 do
        for x = 0, 1 do
          local row = {}
          for i = 1, 16 do row[i] = 0 end
          row[(2 * y + dy - 1) * 4 + 2 * x + dx] = 1
          rows[#rows + 1] = row
        end
      end
      phi = phi + w[dy][dx] * gibbs.tensor(rows):mul(v:reshape{ 16 })
    end
  end
  return phi
end
local phi = field()
local Q = gibbs.boltzmann{ visible = v, hidden = h, energy = 4 * math.log(2) - h:reshape{ 4 }:dot(phi) }
local learned = rg.transform{ name = "machine", visible = v, hidden = h,
  kernel = h:reshape{ 4 }:dot(phi) - gibbs.sum(gibbs.logcosh(phi)) - 4 * math.log(2) }
local machine = learned:step(P)
local kl, filters = gibbs.kl(P, Q), {}

local function machine_step(at)
  P:set("K1", at.K1)
  P:set("K2", at.K2)
  Q:set("w", { { 0.6, 0.5 }, { 0.45, 0.4 } }) -- no two alike: what ends alike has been learned
  gibbs.minimize(kl, Q, { steps = training })
  machine:set("K1", at.K1)
  machine:set("K2", at.K2)
  machine:set("w", Q:parameters().w)
  filters[#filters + 1] = { K1 = at.K1, K2 = at.K2, w = Q:parameters().w:table() }
  local found = rg.couplings(machine)
  return { K1 = found["pair {0,1}"] / 2, K2 = found["pair {1,1}"] / 4 }
end

-- ---- the figure ------------------------------------------------------------------------------------------------------------------

-- A trajectory that starts below the fixed point ends at 0, one that starts well above it stays above it.
local function follow(name, step, color, critical)
  local paths = {}
  for i, K in ipairs(starts) do
    local at, x, y = { K1 = K, K2 = 0 }, {}, {}
    for k = 0, steps do
      x[#x + 1], y[#y + 1] = at.K1, at.K2
      if k == steps or at.K1 > 1 then break end
      at = step(at)
    end
    paths[i] = { x = x, y = y, color = color }
    if K <= 0.2 then known:holds(name .. ": weak couplings vanish", x[#x] < x[1]) end
    if K >= 0.5 then known:holds(name .. ": strong couplings stay strong", x[#x] > critical) end
  end
  return paths
end

local function panel(title, paths, points, map)
  return { kind = "flow", title = title, trajectories = paths, fixed_points = points, map = map, arrows = arrows, legend = "none",
    x_range = { 0, 0.8 }, y_range = { -0.05, 0.3 }, x_label = "K_1, nearest", y_label = "K_2, diagonal" }
end

local panels = { columns = 2 }
for i, rule in ipairs(rules) do
  local point = rule.point and { { name = "K^*", x = rule.point.couplings.K1, y = rule.point.couplings.K2 } }
  panels[i] = panel(rule[1], follow(rule[1], function(at) return (rule[2]:step(at)) end, colors[i], rule.point and rule.point.couplings.K1 or 0), point, rule[2])
end
panels[4] = panel("machine trained by KL; arrows: majority", follow("machine", machine_step, colors[4], rules[1].point and rules[1].point.couplings.K1 or 0), nil, rules[1][2])
panels[5] = panel("moved bonds lose K_2", follow("Migdal-Kadanoff", function(at) return { K1 = migdal:step{ K = at.K1 }.K, K2 = 0 } end,
  colors[5], migdal.couplings.K), { { name = "K^*", x = migdal.couplings.K, y = 0 } },
  function(x) return migdal:step{ K = x }.K, 0 end)
local together = {}
for k = 1, 5 do
  local path = panels[k].trajectories[middle]
  together[k] = { name = ({ "majority", "block spins", "decimation", "machine", "moved bonds" })[k], x = path.x, y = path.y, color = colors[k] }
end
together[6] = { name = "Kadanoff's K^*", x = { 2 * kadanoff.couplings.k2_1 }, y = { kadanoff.couplings.k2_2 }, color = "#e69f00" }
panels[6] = { kind = "lines", title = ("all rules from (%g, 0)"):format(starts[middle]), series = together, style = "both",
  x_range = { 0, 0.8 }, y_range = { -0.05, 0.3 }, x_label = "K_1, nearest", y_label = "K_2, diagonal" }
run:figure("flow.svg", "sheet", panels)

study.section("The machine's filters", "Weights of a 2 x 2 block at every point of its trajectories, and how often its hidden spin is not the sign of a block of three up and one down.")
rows = {}
for i, row in ipairs(filters) do
  local w = row.w
  rows[i] = { row.K1, row.K2, w[1][1], w[1][2], w[2][1], w[2][2], 1 / (1 + math.exp(w[1][1] + w[1][2] + w[2][1] + w[2][2])) }
end
columns = { { "K1", "%.4f" }, { "K2", "%.4f" }, { "w11", "%.4f" }, { "w12", "%.4f" }, { "w21", "%.4f" }, { "w22", "%.4f" }, { "not the sign", "%.4f" } }
study.table(columns, rows)
study.csv(run:path "filters.csv", columns, rows)
local uneven = 0
for _, row in ipairs(filters) do uneven = math.max(uneven, math.abs(row.w[1][1] - row.w[2][2]) / row.w[1][1]) end
known:holds(("the machine's filters are block spins', with a p of their own: weights differ by %.1e at most"):format(uneven), uneven < 0.01)

study.section("Known values")
known:finish()

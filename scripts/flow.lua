-- Flows of couplings (K1, K2) to nearest and second neighbours of the square Ising model in one figure: exact majority rule on a small torus,
-- Kadanoff's lower bound, Migdal and Kadanoff's bonds, and a machine trained at every point; with their fixed points and exponents.
local gibbs = require "gibbs"

local steps = gibbs.option("steps", 3, "steps of every trajectory")
local starts = gibbs.option("starts", 6, "trajectories of a rule")
local p = gibbs.option("p", 0.8, "strength of block spins")

local study = require "gibbs.study"
local run = gibbs.run{ folder = "runs/flow" }
local known = study.known()
local rg = gibbs.rg

-- ---- exact steps of the 4 x 4 torus to 2 x 2 -------------------------------------------------------------------------------------
--
-- H = -K1 sum (nearest) - K2 sum (diagonal), both sums by sites: on the 2 x 2 torus a bond counts twice and a diagonal four times.

local v = gibbs.spins{ 4, 4 }
local K1, K2 = gibbs.parameter("K1", {}, 0.4), gibbs.parameter("K2", {}, 0)
local nearest = gibbs.sum(v * v:shift{ 0, 1 }) + gibbs.sum(v * v:shift{ 1, 0 })
local diagonal = gibbs.sum(v * v:shift{ 1, 1 }) + gibbs.sum(v * v:shift{ 1, -1 })
local P = gibbs.boltzmann{ visible = v, energy = -K1 * nearest - K2 * diagonal }

local function exact_step(transform)
  local C = transform:step(P)
  return function(at)
    P:set("K1", at.K1)
    P:set("K2", at.K2)
    C:set("K1", at.K1)
    C:set("K2", at.K2)
    local found = rg.couplings(C)
    return { K1 = found["pair {0,1}"] / 2, K2 = found["pair {1,1}"] / 4 }
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
local kl = gibbs.kl(P, Q)

local function machine_step(at)
  P:set("K1", at.K1)
  P:set("K2", at.K2)
  Q:set("w", { { 0.5, 0.5 }, { 0.5, 0.5 } })
  gibbs.minimize(kl, Q, { steps = 300 })
  machine:set("K1", at.K1)
  machine:set("K2", at.K2)
  machine:set("w", Q:parameters().w)
  local found = rg.couplings(machine)
  return { K1 = found["pair {0,1}"] / 2, K2 = found["pair {1,1}"] / 4 }
end

-- ---- the figure ------------------------------------------------------------------------------------------------------------------

local trajectories, fixed_points = {}, {}
local function follow(name, step, color)
  for i = 1, starts do
    local at, x, y = { K1 = 0.2 + 0.3 * (i - 1) / (starts - 1), K2 = 0 }, {}, {}
    for k = 0, steps do
      x[#x + 1], y[#y + 1] = at.K1, at.K2
      if k == steps or at.K1 > 1 then break end
      at = step(at)
    end
    trajectories[#trajectories + 1] = { name = i == 1 and name or nil, x = x, y = y, color = color }
  end
end
local colors = { "#0072b2", "#009e73", "#cc79a7" }
for i, rule in ipairs(rules) do
  follow(rule[1], function(at) return (rule[2]:step(at)) end, colors[i])
  local point = rule.point
  if point and point.couplings.K1 < 0.6 and point.couplings.K1 > 0.01 then
    fixed_points[#fixed_points + 1] = { x = point.couplings.K1, y = point.couplings.K2 }
  end
end
follow("machine trained by KL", machine_step, "#d55e00")
follow("Migdal-Kadanoff", function(at) return { K1 = migdal:step{ K = at.K1 }.K, K2 = 0 } end, "#000000")
fixed_points[#fixed_points + 1] = { name = "Kadanoff", x = 2 * kadanoff.couplings.k2_1, y = kadanoff.couplings.k2_2 }
run:figure("flow.svg", "flow", { map = rules[1][2], x_range = { 0, 0.8 }, y_range = { -0.05, 0.3 }, x_label = "K_1, nearest", y_label = "K_2, diagonal",
  title = "arrows: the majority rule", trajectories = trajectories, fixed_points = fixed_points, legend = "right" })

study.section("Known values")
known:finish()

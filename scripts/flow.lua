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

-- ---- the figure ------------------------------------------------------------------------------------------------------------------

local series = {}
local function follow(name, step, K_low, K_high)
  local x, y = {}, {}
  for i = 1, starts do
    local at = { K1 = K_low + (K_high - K_low) * (i - 1) / (starts - 1), K2 = 0 }
    for k = 0, steps do
      x[#x + 1], y[#y + 1] = at.K1, at.K2
      if k < steps then at = step(at) end
      if at.K1 > 1.2 then break end
    end
    x[#x + 1], y[#y + 1] = 0 / 0, 0 / 0
  end
  series[#series + 1] = { name = name, x = x, y = y }
end
for _, rule in ipairs(rules) do
  follow(rule[1], function(at) return (rule[2]:step(at)) end, 0.2, 0.5)
end
follow("Migdal-Kadanoff", function(at) return { K1 = migdal:step{ K = at.K1 }.K, K2 = 0 } end, 0.2, 0.5)

-- Objectives on samples in numbers: a million samples, whether errors are honest, and whether the check tells a bias.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local estimates = require "estimates"
local support = require "support"
local test, scene, every_objective = support.test, estimates.scene, estimates.every_objective
gibbs.threads(1) -- small systems, for which two would wait for each other most of the time

local ais = gibbs.ais{ chains = 64, temperatures = 200, seed = 3 }

-- A wrong gradient does not pass: contrastive divergence with one sweep is biased, and the check says so.
test("the check tells a biased gradient", function()
  local s = scene "spins"
  s.Q:set("W", gibbs.tensor{ { 2, -1, 0 }, { 2, 1, 1 }, { -2, 1, 0 }, { 1, 2, -1 }, { 0, 2, 1 } })
  local kl = gibbs.kl(s.data, s.Q)
  assert(not kl:check(gibbs.cd{ k = 1, seed = 5 }).ok)
  assert(kl:check(gibbs.pcd{ chains = 400, k = 200, burn = 500, seed = 5 }).ok)
end)

-- How often one standard error holds the exact value, over 200 seeds: 68 % but for chance, four standard deviations
-- of which are 13 %.
test("errors of values are honest", function()
  local s = scene "spins"
  local gap = (gibbs.free_energy(s.P) - gibbs.free_energy(s.Q)) ^ 2
  local runs = math.max(40, math.floor(200 * support.effort))
  for name, objective in pairs{ kl = gibbs.kl(s.P, s.Q), gap = gap, mixed = gibbs.kl(s.Q, s.P) + 0.3 * gap } do
    local exact, inside = objective:value().value, 0
    for seed = 1, runs do
      local value = objective:value(gibbs.pcd{ chains = 200, k = 5, burn = 30, seed = 1000 + seed })
      if math.abs(value.value - exact) <= value.error then inside = inside + 1 end
    end
    local share, spread = inside / runs, math.sqrt(0.68 * 0.32 / runs)
    print(("%-6s one error holds the exact value in %.1f %% of %d runs"):format(name, 100 * share, runs))
    assert(math.abs(share - 0.68) < 4 * spread, name .. ": " .. share)
  end
end)

-- With a million samples: the distance of the two gradients, in units of the exact one.
local function distance(objective, how, Q)
  local sampled, exact = objective:gradient(how, Q), objective:gradient(Q)
  local apart, size = 0, 0
  for name, tensor in pairs(exact) do
    apart = apart + gibbs.sum((sampled[name] - tensor) ^ 2)
    size = size + gibbs.sum(tensor ^ 2)
  end
  return math.sqrt(apart / size)
end

local million = scene "spins"
for _, one in ipairs(every_objective(million)) do
  test(("%s: within 1 %% of the exact gradient with a million samples"):format(one[1]), function()
    local n = math.max(20, math.floor(1000 * support.effort))
    local off = distance(one[2], gibbs.chains{ n = n, sweeps = 1000, burn = 20, seed = 7, free_energy = ais }, one.of or million.Q)
    local limit = n >= 1000 and 0.01 or 0.03 * math.sqrt(1000 / n) -- fewer samples are looked at for other faults
    assert(off < limit, ("%.3f %% off"):format(100 * off))
  end)
end

support.finish()

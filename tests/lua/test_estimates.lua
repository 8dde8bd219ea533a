-- Objectives on samples: every objective there is by every way to sample, on machines that can be summed, against exact
-- values and gradients; a million samples; and that the lists of objectives and of ways are complete.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
local test = support.test
gibbs.threads(1) -- small systems, for which two would wait for each other most of the time

local function rows_of(P, n, seed) return gibbs.data(P:sample{ n = n, seed = seed }) end

-- A target and a machine on the same five units, far enough apart for gradients that are no noise.
local function scene(kind)
  gibbs.seed(kind == "spins" and 11 or 12)
  local v = gibbs[kind](5)
  local P = gibbs.rbm{ visible = v, hidden = gibbs.spins(2), a = gibbs.tensor{ 0.4, -0.3, 0.5, 0.2, -0.6 }, init = gibbs.normal(0, 0.7) }
  local Q = gibbs.rbm{ visible = v, hidden = gibbs[kind](3), init = gibbs.normal(0, 0.5) }
  Q:set("a", { -0.3, 0.2, 0.1, -0.5, 0.4 }):set("b", { 0.3, -0.2, 0.5 })
  return { P = P, Q = Q, v = v, data = rows_of(P, 300, 5) }
end

local function real_scene()
  gibbs.seed(13)
  local x, h = gibbs.reals(3), gibbs.bits(2)
  local W, s = gibbs.parameter("W", { 3, 2 }, gibbs.normal(0, 0.5)), gibbs.parameter("s", 3, gibbs.uniform(0.8, 1.5))
  local Q = gibbs.boltzmann{ energy = 0.5 * gibbs.sum(s * x * x) - x:dot(W:mul(h)), visible = x, hidden = h }
  return Q, gibbs.data(gibbs.tensor{ { 1, 0.2, -0.3 }, { 0.5, 0.1, 0.9 }, { -1, 2, 0.3 }, { 0.4, -0.7, 0 } })
end

--- name of an objective -> objectives of that name; `alone` where a machine meets neither data nor a target
local makers = {
  free_energy = function(s)
    return { { "F", gibbs.free_energy(s.Q), alone = true }, { "gap", gibbs.free_energy(s.P) - gibbs.free_energy(s.Q), alone = true },
      { "gap^2", (gibbs.free_energy(s.P) - gibbs.free_energy(s.Q)) ^ 2, alone = true },
      { "|gap|", gibbs.abs(gibbs.free_energy(s.P) - gibbs.free_energy(s.Q)), alone = true } }
  end,
  kl = function(s)
    return { { "kl", gibbs.kl(s.P, s.Q) }, { "reverse kl", gibbs.kl(s.Q, s.P) },
      { "kl of data", gibbs.kl(s.data, s.Q) },
      { "kl + gap^2", gibbs.kl(s.P, s.Q) + 0.3 * (gibbs.free_energy(s.P) - gibbs.free_energy(s.Q)) ^ 2 } }
  end,
  entropy = function(s) return { { "entropy", gibbs.entropy(s.Q), alone = true } } end,
  mean = function(s)
    return { { "mean", gibbs.mean(s.Q, gibbs.sum(s.v) ^ 2), alone = true }, { "mean of h", gibbs.mean(s.Q, s.Q.E), alone = true },
      { "mean^2", gibbs.mean(s.Q, gibbs.sum(s.v)) ^ 2, alone = true }, { "mean over data", gibbs.mean(s.data, s.Q.H) } }
  end,
  log_likelihood = function(s) return { { "log_likelihood", gibbs.log_likelihood(s.data, s.Q) } } end,
  pseudo_likelihood = function(s) return { { "pseudo_likelihood", gibbs.pseudo_likelihood(s.data, s.Q) } } end,
  ratio_matching = function(s) return { { "ratio_matching", gibbs.ratio_matching(s.data, s.Q) } } end,
  minimum_probability_flow = function(s)
    return { { "minimum_probability_flow", gibbs.minimum_probability_flow(s.data, s.Q) } }
  end,
  score_matching = function()
    local Q, data = real_scene()
    return { { "score_matching", gibbs.score_matching(data, Q) } }
  end,
  moment_matching = function(s)
    return { { "moments of P", gibbs.moment_matching(s.P, s.Q, { s.v, s.v[1] * s.v[2] }), alone = true },
      { "moments of data", gibbs.moment_matching(s.data, s.Q, { s.v }) } }
  end,
  objective = function(s) -- KL once more, from its value and functional derivative
    return { { "objective", gibbs.objective{ model = s.Q, target = s.P,
      value = function(c) return gibbs.sum(c.target.P * (c.target.log_P - c.log_P)) end,
      weight = function(c) return c.target.P - c.P end } } }
  end,
  l1 = function(s) return { { "l1", gibbs.l1(s.Q) } } end,
  l2 = function(s) return { { "l2", gibbs.l2(s.Q.W, s.Q.a) } } end,
}

local function every_objective(s)
  local list = {}
  for _, row in ipairs(gibbs.objectives()) do
    local maker = makers[row.name] or error("no test of gibbs." .. row.name)
    if not list[row.name] then
      list[row.name] = true
      for _, one in ipairs(maker(s)) do list[#list + 1] = one end
    end
  end
  return list
end

local ais = gibbs.ais{ chains = 64, temperatures = 200, seed = 3 }
local function ways(seed)
  return {
    { "chains", gibbs.chains{ n = 64, sweeps = 200, burn = 50, seed = seed, free_energy = ais } },
    { "pcd", gibbs.pcd{ chains = 400, k = 20, burn = 100, seed = seed, free_energy = ais } },
    { "pcd with tempering", gibbs.pcd{ chains = 200, k = 20, burn = 100, tempering = { rungs = 3, hottest = 0.3 }, seed = seed, free_energy = ais } },
    { "pcd by a named kernel", gibbs.pcd{ chains = 400, k = 30, burn = 100, kernel = "heat_bath", hidden = "summed", seed = seed, free_energy = ais } },
    { "cd", gibbs.cd{ chains = 300, k = 40, burn = 100, seed = seed, free_energy = ais } },
    { "jarzynski", gibbs.jarzynski{ chains = 400, k = 20, burn = 100, seed = seed, free_energy = ais } },
  }
end

for _, kind in ipairs{ "spins", "bits" } do
  local s = scene(kind)
  for _, one in ipairs(every_objective(s)) do
    for number, way in ipairs(ways(20)) do
      test(("%s: %s by %s"):format(kind, one[1], way[1]), function()
        if way[1] == "cd" and one.alone then
          return support.expect_error(function() one[2]:check(way[2]) end, "chains that start at data need data")
        end
        local checked = one[2]:check(way[2])
        if not checked.ok then error(tostring(checked)) end
        local exact = one[2]:value()
        if type(exact) == "number" then return end -- of parameters alone
        local value = one[2]:value(way[2])
        exact = exact.value
        local apart = math.abs(value.value - exact)
        assert(apart <= 4.5 * value.error + 1e-6 * (1 + math.abs(exact)) or not value.converged,
          ("%s, exact %.8g"):format(value, exact))
        assert(value.method == ({ "chains", "pcd", "pcd", "pcd", "cd", "jarzynski" })[number] or one[1]:find "mean", value.method)
      end)
    end
  end
end

test("the entropy of a distribution by every way", function()
  local Q = scene "bits".Q
  for _, way in ipairs(ways(31)) do
    if way[1] ~= "cd" then
      local value = Q:entropy(way[2])
      assert(math.abs(value.value - Q:entropy().value) <= 4.5 * value.error, tostring(value))
    end
  end
end)

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
local function distance(objective, how)
  local sampled, exact = objective:gradient(how), objective:gradient()
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
    local off = distance(one[2], gibbs.chains{ n = n, sweeps = 1000, burn = 20, seed = 7, free_energy = ais })
    assert(off < 0.01 * math.sqrt(1000 / n), ("%.3f %% off"):format(100 * off))
  end)
end

support.finish()

--- Small machines that can be summed, and every objective there is of them: for the tests of objectives on samples.
local gibbs = require "gibbs"

local estimates = {}

local function rows_of(P, n, seed) return gibbs.data(P:sample{ n = n, seed = seed }) end

-- A target and a machine on the same five units, far enough apart for gradients that are no noise.
function estimates.scene(kind)
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
    return { { "score_matching", gibbs.score_matching(data, Q), of = Q } }
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

function estimates.every_objective(s)
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

return estimates

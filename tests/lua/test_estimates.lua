-- Every objective there is by every way to sample, on machines that can be summed, against exact values and gradients.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local estimates = require "estimates"
local support = require "support"
local test, scene, every_objective = support.test, estimates.scene, estimates.every_objective
gibbs.threads(1) -- small systems, for which two would wait for each other most of the time

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

-- With less effort one way an objective, another one for the next.
for _, kind in ipairs(support.effort < 1 and { "bits" } or { "spins", "bits" }) do
  local s = scene(kind)
  for index, one in ipairs(every_objective(s)) do
    for number, way in ipairs(ways(20)) do
      if support.effort < 1 and (index + number) % #ways(20) ~= 0 then goto next end
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
      ::next::
    end
  end
end

test("gradients by the parameters that are meant", function()
  local s = scene "bits"
  local kl, how = gibbs.kl(s.P, s.Q), gibbs.pcd{ chains = 4000, k = 50, seed = 2 }
  support.expect_error(function() kl:gradient() end, "two parameters are called 'W'")
  support.expect_error(function() kl:gradient(how) end, "two parameters are called 'W'; say by which to differentiate")
  support.expect_error(function() kl:gradient(how, "W") end, "it must be a distribution, a parameter, or a table of them")
  local exact, sampled = kl:gradient(s.P), kl:gradient(how, { s.P.W, s.P.b })
  assert(exact.a and not rawget(sampled, "a"))
  for name, tensor in pairs(sampled) do
    assert(gibbs.sum((tensor - exact[name]) ^ 2) < 0.01 * gibbs.sum(exact[name] ^ 2), name)
  end
end)

test("free energies by sums, for values on samples", function()
  local s = scene "bits"
  local exact = gibbs.log_likelihood(s.data, s.Q):value().value
  for _, sum in ipairs{ gibbs.exact(), gibbs.transfer() } do
    local value = gibbs.log_likelihood(s.data, s.Q):value(gibbs.pcd{ chains = 50, burn = 10, seed = 4, free_energy = sum })
    support.near(value.value, exact, 1e-9)
    assert(value.converged and value.error < 1e-9)
  end
end)

test("the entropy of a distribution by every way", function()
  local Q = scene "bits".Q
  for _, way in ipairs(ways(31)) do
    if way[1] ~= "cd" then
      local value = Q:entropy(way[2])
      assert(math.abs(value.value - Q:entropy().value) <= 4.5 * value.error, tostring(value))
    end
  end
end)

support.finish()

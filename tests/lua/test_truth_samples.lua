-- Gradients on samples against independent exact sums: of KL, of the free energy and of (F - F_l)^2, for every target
-- and machine of table B2. Each check fails once in a thousand where all is right; seeds are fixed.
local gibbs = require "gibbs"
local truth = require "truth"
local targets = require "targets"

local effort = tonumber(os.getenv "GIBBS_TEST_EFFORT" or "1")
local samples = gibbs.chains{ n = effort < 1 and 200 or 1000, sweeps = 1, burn = 0, kernel = "exact", hidden = "summed",
                              seed = 17 }

-- The gradient of one evaluation, from the reference within what chance does to it.
local function check_gradient(id, objective)
  local result = objective:check(samples)
  truth.holds(id, result.ok, string.format("%s[%d] is %g, and exactly %g: %.2f standard errors apart, %.2f are allowed",
    result.parameter, result.element, result.gradient, result.exact, result.max_error, result.allowed))
end

for _, case in ipairs(truth.cases "B2_rbm_kl_gradients") do
  local id, kind = case.id, case.target.kind
  local v = gibbs[case.visible](case.n)
  local P = targets[kind](case, v)
  local Q = gibbs.rbm{ visible = v, hidden = gibbs[case.hidden](case.m), W = case.W, a = case.a, b = case.b }
  check_gradient(id .. " KL", gibbs.kl(P, Q))
  check_gradient(id .. " F", gibbs.free_energy(Q))
  if kind ~= "bas" then
    local gap = gibbs.free_energy(P) - gibbs.free_energy(Q)
    check_gradient(id .. " J", gap ^ 2)
    check_gradient(id .. " hybrid", 0.5 * gibbs.kl(P, Q) + 0.5 * gap ^ 2)
  end
end

truth.finish()

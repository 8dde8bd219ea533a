--- Whether error bars are right: how often one standard error around the sampled mean holds the exact one, over 1200
--- independent short runs of the Ising model below, at and above the critical temperature; and whether means of a larger
--- lattice are those of its exact distribution.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
local test = support.test
gibbs.threads(1) -- small systems, for which two would wait for each other most of the time

local lattice = gibbs.lattice.square(4, 4)
local RUNS = math.floor(1200 * support.effort)

-- The part of the runs whose 68 % interval holds the exact mean, for each observable.
local function coverage(T, options)
  local P = gibbs.ising{ lattice = lattice, J = 1 / T }
  local m = gibbs.sum(P.visible) / 16
  local observables = { E = P.E, abs_m = gibbs.abs(m), m2 = m ^ 2 }
  local exact, inside = {}, { E = 0, abs_m = 0, m2 = 0 }
  for name, f in pairs(observables) do exact[name] = P:mean(f).value end
  for run = 1, RUNS do
    local series = P:chains{ n = options.chains, kernel = options.kernel, seed = 7000 * options.seed + run }:record{
      sweeps = options.sweeps, observables = observables }
    for name, value in pairs(exact) do
      local found = series:mean(name)
      if math.abs(found.value - value) <= found.error then inside[name] = inside[name] + 1 end
    end
  end
  for name in pairs(inside) do inside[name] = inside[name] / RUNS end
  return inside
end

-- The bounds are those that one series of 400 runs could keep; 1200 runs of a right interval leave them once in 10^5 times,
-- and of one that holds 66 % once in 300.  Fewer runs spread more.
local LOW, HIGH = 0.62, 0.74
if support.effort < 1 then LOW, HIGH = 0.68 - 4 * math.sqrt(0.22 / RUNS), 0.68 + 4 * math.sqrt(0.22 / RUNS) end

for number, T in ipairs{ 2.0, 2.269, 3.0 } do
  for _, kernel in ipairs{ "heat_bath", "swendsen_wang" } do
    test(("one error holds the exact means in 62 to 74 %% of runs: T = %g, %s"):format(T, kernel), function()
      local inside = coverage(T, { chains = 4, kernel = kernel, sweeps = 1200, seed = number + (kernel == "heat_bath" and 0 or 10) })
      for name, part in pairs(inside) do
        print(("T = %g  %-14s %-6s %.3f"):format(T, kernel, name, part))
        assert(part >= LOW and part <= HIGH, ("%s: %.3f"):format(name, part))
      end
    end)
  end
end

-- Moments by transfer matrices in 101 imaginary fields, whose Fourier transform is the distribution of the
-- magnetisation; the energies are Kaufman's.
local TEN = {
  { J = 0.44068679350977151, abs_m = 0.7562743729257051, m2 = 0.6125676827485802 },
  { J = 0.5, abs_m = 0.9111215907095965, m2 = 0.8377102017002758 },
  { J = 1 / 3, abs_m = 0.27749814945899653, m2 = 0.11333287405729216 },
}

for _, kernel in ipairs{ "swendsen_wang", "wolff", "multispin", "heat_bath", "block_gibbs" } do
  test("means of the 10x10 torus, " .. kernel, function()
    for number, row in ipairs(TEN) do
      local P = gibbs.ising{ lattice = gibbs.lattice.square(10, 10), J = row.J }
      local m = gibbs.sum(P.visible) / 100
      local C = P:chains{ n = 32, kernel = kernel, seed = number }
      C:warm_up{ sweeps = 200 }
      local exact = { abs_m = row.abs_m, m2 = row.m2, u = gibbs.kaufman(10, 10, row.J).energy / 100 / row.J }
      local goal = 1e-3 / math.sqrt(support.effort)
      local series = C:record{ sweeps = math.floor(8000 * support.effort), observables = { abs_m = gibbs.abs(m), m2 = m ^ 2, u = P.E / (100 * row.J) } }
      while math.max(series:mean("u").error, series:mean("m2").error, series:mean("abs_m").error) >= goal do
        series:extend{ sweeps = math.floor(8000 * support.effort) }
      end
      for name, value in pairs(exact) do
        local found = series:mean(name)
        print(("10x10  J = %.4f  %-14s %-6s %s  exact %.6f  %+.2f errors"):format(row.J, kernel, name, found, value,
          (found.value - value) / found.error))
        assert(found.converged and found.error < goal, tostring(found))
        assert(math.abs(found.value - value) <= 4 * found.error, ("%s: %s, exact %.6f"):format(name, found, value))
      end
    end
  end)
end

support.finish()

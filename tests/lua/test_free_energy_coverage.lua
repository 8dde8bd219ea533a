-- Whether the error bars of free energies are right: over many runs one standard error holds the exact value in 60 to
-- 76 % of them, for every estimator on the machines of the reference tables; and forward and reverse annealing bracket it.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
local truth = require "truth"
local test = support.test

-- Small runs, so that errors are made of little.
local function ways(Q, seed)
  return {
    ais = gibbs.ais{ temperatures = 40, chains = 128, seed = seed },
    reverse = gibbs.ais{ temperatures = 40, chains = 128, burn = 60, reverse = true, seed = seed },
    start = gibbs.ais{ temperatures = 40, chains = 128, burn = 0, reverse = true, seed = seed,
      start = gibbs.data(Q:sample{ n = 128, seed = seed }) },
    both = gibbs.ais{ temperatures = 40, chains = 64, burn = 60, both = true, seed = seed },
    jarzynski = gibbs.jarzynski{ temperatures = 20, chains = 128, seed = seed },
    resampled = gibbs.jarzynski{ temperatures = 6, sweeps = 3, chains = 256, seed = seed },
    integration = gibbs.ti{ temperatures = 12, chains = 32, sweeps = 12, burn = 12, seed = seed },
    bar = gibbs.bar{ chains = 32, sweeps = 40, burn = 60, seed = seed },
    mbar = gibbs.mbar{ temperatures = 6, chains = 16, sweeps = 30, burn = 15, seed = seed },
  }
end

-- Adds the runs of one machine to the tally of each way: those that trust themselves, and of these the ones whose error
-- holds the exact value.
local function run(Q, exact, seeds, first, tally)
  for seed = first, first + seeds - 1 do
    for name, how in pairs(ways(Q, seed)) do
      local fine, f = pcall(Q.free_energy, Q, how)
      local t = tally[name] or { runs = 0, trusted = 0, inside = 0, sum = 0, square = 0 }
      tally[name] = t
      t.runs = t.runs + 1
      if fine and f.converged then
        local off = (f.value - exact) / f.error
        t.trusted, t.inside = t.trusted + 1, t.inside + (math.abs(off) <= 1 and 1 or 0)
        t.sum, t.square = t.sum + off, t.square + off ^ 2
      end
      if fine and name == "both" then
        tally.upper, tally.lower = (tally.upper or 0) + f.upper - exact, (tally.lower or 0) + f.lower - exact
        tally.squares = (tally.squares or 0) + ((f.upper - exact) ^ 2 + (f.lower - exact) ^ 2) / 2
      end
    end
  end
end

-- Of n runs 68 % lie inside, and a right error bar is refused less than once in 60 times if n = 200, in 700 if n = 350;
-- the seeds are fixed.
local function check(tally)
  for name, t in pairs(tally) do
    if type(t) == "table" then
      print(("%-12s %d of %d trusted, %.3f inside, mean %+.2f, mean square %.2f"):format(name, t.trusted, t.runs,
        t.inside / t.trusted, t.sum / t.trusted, t.square / t.trusted))
    end
  end
  for name, t in pairs(tally) do
    if type(t) == "table" then
      assert(t.trusted >= 0.9 * t.runs, ("%s: %d of %d are trusted"):format(name, t.trusted, t.runs))
      local part, slack = t.inside / t.trusted, support.effort < 1 and 2 / math.sqrt(t.trusted) or 0
      assert(part >= 0.60 - slack and part <= 0.76 + slack, ("%s: %.3f"):format(name, part))
    end
  end
end

-- On average forward annealing is above and reverse below, by half the squared error, which is small here: less than
-- three errors of the average on the wrong side, and a gap of the right sign.
local function check_brackets(tally, runs)
  local upper, lower, error = tally.upper / runs, tally.lower / runs, math.sqrt(tally.squares) / runs
  print(("forward %+.4f, reverse %+.4f on average, with errors of %.4f"):format(upper, lower, error))
  assert(upper > -3 * error and lower < 3 * error and upper - lower > -3 * error, "forward and reverse do not bracket it")
end

local function effort(runs) return math.max(10, math.ceil(runs * math.min(1, support.effort))) end

local function flat(rows)
  local list = {}
  for _, row in ipairs(rows) do table.move(row, 1, #row, #list + 1, list) end
  return list
end

local function machine(case)
  local W, a, visible = case.W, case.a, case.visible == "potts" and gibbs.potts(case.n, case.q) or gibbs[case.visible](case.n)
  if case.visible == "potts" then W, a = flat(W), flat(a) end
  return gibbs.rbm{ visible = visible, hidden = gibbs[case.hidden](case.m), W = W, a = a, b = case.b }
end

-- The machines of table E2, which has more of them where GIBBS_TRUTH names the tables.
local SIX = { id = "spins_6x3", n = 6, m = 3, visible = "spins", hidden = "spins", lnZ = 10.982163670247758,
  W = { { -0.649982, -0.661236, 0.843634 }, { -1.429461, 0.507356, -0.658763 }, { 0.92433, 1.348324, 0.093345 },
    { 0.856514, -0.07985, -0.337602 }, { 0.188039, 0.804532, -0.382564 }, { 0.345073, -1.364787, -0.726792 } },
  a = { -0.118351, 0.503365, -0.270001, -0.132846, -0.07452, 0.155022 }, b = { -0.266221, -0.528687, -0.451416 } }
local FOUR = { id = "bits_4x3", n = 4, m = 3, visible = "bits", hidden = "bits", lnZ = 6.298338060649398,
  W = { { 0.616112, -0.706725, 0.695046 }, { -1.549242, 0.828255, 0.618186 }, { 0.280971, -0.717333, 0.345316 },
    { 1.477571, 0.745291, 0.570205 } },
  a = { -0.494514, -0.231635, -0.362541, -0.095297 }, b = { 0.047635, 0.338474, 0.351553 } }

for _, case in ipairs{ SIX, FOUR } do
  test("200 runs of every estimator: " .. case.id, function()
    local Q, tally, runs = machine(case), {}, effort(200)
    support.near(Q:free_energy().value, -case.lnZ, 1e-12)
    run(Q, -case.lnZ, runs, 1000, tally)
    check(tally)
    check_brackets(tally, runs)
  end)
end

-- The machines of table B1 that are small and ordinary enough for every estimator to be trusted after so little work.
local machines = {}
for _, case in ipairs(truth.cases "B1_rbm_exact") do
  local plain = not (case.id:find "^gauss" or case.id:find "huge" or case.id:find "zero")
  if plain and case.n * case.m <= 50 then machines[#machines + 1] = case end
end
assert(#machines >= 5)

test("350 runs of every estimator: the machines of table B1 taken together", function()
  local tally = {}
  for number, case in ipairs(machines) do
    run(machine(case), case.out.F, effort(math.ceil(350 / #machines)), 5000 + 100 * number, tally)
  end
  check(tally)
end)

-- Minutes of work, and so only where asked to.  Of a hundred right error bars one or two leave the band by chance: what is
-- counted is how many do.
if os.getenv "GIBBS_EVERY_CASE" then
  test("200 runs of every estimator on every machine of table B1", function()
    local looks, out = 0, 0
    for number, case in ipairs(machines) do
      local tally = {}
      run(machine(case), case.out.F, effort(200), 100000 + 1000 * number, tally)
      for name, t in pairs(tally) do
        if type(t) == "table" and t.trusted > 0 then
          local part = t.inside / t.trusted
          local inside = part >= 0.60 and part <= 0.76
          looks, out = looks + 1, out + (inside and 0 or 1)
          if not inside then
            print(("%-28s %-12s %d of %d trusted, %.3f inside, mean square %.2f"):format(case.id, name, t.trusted, t.runs,
              part, t.square / t.trusted))
          end
        end
      end
    end
    print(("%d of %d error bars leave the band"):format(out, looks))
    assert(out <= 0.05 * looks)
  end)
end

support.finish()

--- The studies by sampling run from end to end at small sizes, find their known values, and leave their tables and figures.
local folder

-- A file of the study's folder, with something in it: a table of a single row is no longer than 30 bytes; removed.
local function take(name)
  local path = folder .. "/" .. name
  local file = assert(io.open(path, "rb"), path .. " is missing")
  assert(#file:read "a" > 30, path .. " is empty")
  file:close()
  os.remove(path)
end

-- Run a script, which raises an error if a known value does not hold, and take what it left: nothing else may be there.
local function run(script, options, names)
  folder = os.tmpname()
  os.remove(folder) -- a name is what is wanted, not a file
  local command = { "'" .. arg[-1] .. "'", "--threads 1", "../../scripts/" .. script }
  for name, value in pairs(options) do command[#command + 1] = ("--%s %s"):format(name, value) end
  if names then command[#command + 1] = "--out " .. folder end
  assert(os.execute(table.concat(command, " ")), script .. " failed")
  if not names then return end
  for _, name in ipairs(names) do take(name) end
  assert(os.remove(folder), "the study left files that are not listed in " .. folder)
end

run("custom_energy.lua", { size = 3, sweeps = 500, chains = 16 }, { "custom_energy.csv" })
run("kernels.lua", { sizes = "4,8", sweeps = 4000 }, { "kernels.csv", "kernels.svg" })
run("ising_critical.lua", { sizes = "8,16", sweeps = 500, chains = 4 }, { "scan.csv", "critical.csv", "energy.csv", "energy.svg",
  "specific_heat.csv", "specific_heat.svg", "susceptibility.csv", "susceptibility.svg", "binder.csv", "binder.svg",
  "crossing.csv", "crossing.svg" })
run("bond_machine.lua", { size = 6, chains = 64, temperatures = 300, stations = 16, sweeps = 40 }, { "bond_machine.csv" })

local trained = { "attainable.csv", "exact.csv", "trade.csv", "trade.svg", "objectives_6.csv", "pairs_6.csv", "gap_6.csv", "gap_6.svg",
  "ways_6.csv" }
for _, name in ipairs { "normalised_KL", "normalised_free_energy", "normalised_hybrid", "normalised_constrained", "plain_hybrid",
  "plain_quarter_KL", "plain_quarter_hybrid", "offset_hybrid" } do
  trained[#trained + 1] = ("run_6_%s_1.json"):format(name)
end
run("free_energy_training.lua", { sizes = "6:1", steps = 100, chains = 32, temperatures = 100, sweeps = 100, exact_steps = 3 }, trained)

local pictures = { "likelihood.csv", "curves.csv", "curves.svg", "filters.csv", "filters.svg", "samples.csv", "samples.svg" }
run("digits.lua", { hidden = 12, steps = 600, looks = 2, chains = 50, temperatures = 200 }, pictures)
for _, objective in ipairs { "cd", "tempered", "pseudo_likelihood", "minimum_probability_flow" } do
  run("digits.lua", { hidden = 8, steps = 40, looks = 0, chains = 50, temperatures = 200, objective = objective }, pictures)
end

run("decimation.lua", { steps = 4, h = 0.1 }, { "flow.csv", "flow.svg" })
run("mcrg.lua", { size = 16, measurements = 200, chains = 16 }, { "exponents.csv", "couplings.csv", "control.csv" })
run("vmcrg.lua", { size = 16, levels = 1, replicas = 16, steps = 200, measured = 2000 }, { "couplings.csv" })
run("rules.lua", { size = 32, train_size = 6, steps = 30, measurements = 50, chains = 16 }, { "rules.csv", "flows.csv", "flows.svg" })

local panels = { "fixed_points.csv", "filters.csv", "flow.svg" }
for panel in ("abcdef"):gmatch "." do
  panels[#panels + 1] = ("flow-%s.csv"):format(panel)
  if panel ~= "f" then panels[#panels + 1] = ("flow-%s-trajectories.csv"):format(panel) end
  if panel:match "[abce]" then panels[#panels + 1] = ("flow-%s-points.csv"):format(panel) end
end
run("flow.lua", { starts = "0.2,0.5", steps = 1, training = 20, arrows = 2 }, panels)

local fields = { "levels.csv", "locality.csv", "couplings.csv", "couplings_1.csv", "couplings_1.svg", "couplings_2.csv", "couplings_2.svg", "reconstructions.csv", "flow.csv", "flow.svg" }
for _, objective in ipairs { "kl", "kl_and_f", "trace", "f_alone" } do
  for level = 1, 2 do
    for _, ending in ipairs { "csv", "svg" } do fields[#fields + 1] = ("fields_%s_%d.%s"):format(objective, level, ending) end
  end
end
run("deep_rg.lua", { size = 8, layers = 2, samples = 2000, steps = 1000, temperatures = 300, sweeps = 100 }, fields)

local passed, mnist = 15, os.getenv "GIBBS_MNIST" or "../../../shared/data"
local images = io.open(mnist .. "/train-images-idx3-ubyte.gz", "rb")
if images then
  images:close()
  run(("mnist.lua '%s'"):format(mnist), { hidden = 20, steps = 100, looks = 1, chains = 20, temperatures = 200 },
    table.pack("machine.npz", table.unpack(pictures)))
  passed = passed + 1
else
  print(("skipped: %s holds no MNIST (GIBBS_MNIST names its folder)"):format(mnist))
end
print(("%d passed, 0 failed"):format(passed))

--- Trainings that are stopped go on with the same bits; what their checkpoints hold can be read by others.
local gibbs = require "gibbs"
local support = require "support"
local test, expect_error, same = support.test, support.expect_error, support.same

local base = os.tmpname()
local path = base .. ".h5"

local function exists(name)
  local file = io.open(name, "rb")
  if file then file:close() end
  return file ~= nil
end

local function text_of(name)
  local file = assert(io.open(name, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function clean()
  for _, ending in ipairs { ".h5", ".h5.previous", ".h5.lock" } do os.remove(base .. ending) end
end

local rows = {}
for i = 1, 24 do
  rows[i] = {}
  for k = 1, 5 do rows[i][k] = (i * (2 * k + 1)) % 7 < 3 and 1 or -1 end
end

--- A machine, always the same at the start, and how it is trained.
local function train(options, change)
  local J = change and change.J or 0.3
  local data = gibbs.data(change and change.rows or rows)
  local Q = gibbs.rbm{ visible = gibbs.spins(5, "v"), hidden = gibbs.spins(3, "h") }
  Q:set("W", { { 0.1, 0, -0.2 }, { 0, 0.1, 0 }, { 0.3, 0, 0 }, { 0, -0.1, 0.1 }, { 0.2, 0, 0 } })
  local P = gibbs.ising{ lattice = gibbs.lattice.chain(5), J = J, visible = Q.visible }
  local loss = -gibbs.log_likelihood(data, Q) + 0.1 * gibbs.kl(P, Q)
  local all = { steps = 30, rate = 0.02, estimate = gibbs.pcd{ chains = 16, burn = 5, batch = 7, seed = 3 } }
  for name, value in pairs(options) do all[name] = value end
  local fit = gibbs.minimize(loss, Q, all)
  local parameters = {}
  for name, tensor in pairs(Q:parameters()) do parameters[name] = tensor:table() end
  local history = {}
  for i, record in ipairs(fit.history) do
    history[i] = {}
    for name, value in pairs(record) do history[i][name] = value end
  end
  return fit, { parameters = parameters, history = history, steps = fit.steps, verdict = fit.verdict }
end

local function stop_at(step)
  return function(record) return record.step < step end
end

local function with(options, more)
  local all = {}
  for name, value in pairs(options) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  return all
end

-- ---- the same bits -------------------------------------------------------------------------------------------

local ways = {
  { "adam", {} },
  { "momentum with centred gradients", { method = "momentum", centred = true } },
  { "rmsprop with a schedule", { method = "rmsprop", schedule = "cosine", rate_end = 0.001 } },
  { "sgd with a mean at the end", { method = "sgd", average = 0.5 } },
  { "natural", { method = "natural", rate = 0.01, damping = 1 } },
}

for _, way in ipairs(ways) do
  test("a run that is stopped three times ends with the bits of one that is not: " .. way[1], function()
    clean()
    local _, whole = train(way[2])
    for _, step in ipairs { 1, 12, 29 } do
      local fit = train(with(way[2], { checkpoint = path, resume = true, watch = stop_at(step) }))
      assert(fit.steps == step and fit.verdict == "stopped" and fit.checkpoint == path)
    end
    local fit, resumed = train(with(way[2], { checkpoint = path, resume = true }))
    same(fit.resumed_at, 29)
    same(resumed, whole)
  end)
end

--- Objectives and ways to sample whose state is of every kind: weights, ladders, free energies, multipliers.
local kinds = {
  { "chains that start at data", "likelihood", function() return gibbs.cd{ batch = 8, seed = 3 } end },
  { "tempering", "likelihood", function() return gibbs.pcd{ chains = 8, burn = 5, seed = 3, tempering = { rungs = 3 } } end },
  { "several snapshots", "divergence", function() return gibbs.chains{ n = 8, sweeps = 6, burn = 5, seed = 3 } end },
  { "carried weights", "gap", function() return gibbs.jarzynski{ chains = 16, seed = 3 } end },
  { "a constraint", "constrained", function() return gibbs.pcd{ chains = 16, burn = 5, seed = 3 } end },
}

for _, kind in ipairs(kinds) do
  test("and so does one with " .. kind[1], function()
    clean()
    local function run(options)
      local Q = gibbs.rbm{ visible = gibbs.spins(5, "v"), hidden = gibbs.spins(3, "h") }
      Q:set("W", { { 0.1, 0, -0.2 }, { 0, 0.1, 0 }, { 0.3, 0, 0 }, { 0, -0.1, 0.1 }, { 0.2, 0, 0 } })
      local P = gibbs.ising{ lattice = gibbs.lattice.chain(5), J = 0.3, visible = Q.visible }
      local gap = gibbs.free_energy(P) - gibbs.free_energy(Q)
      local losses = {
        likelihood = -gibbs.log_likelihood(gibbs.data(rows), Q), divergence = gibbs.kl(P, Q), gap = gap ^ 2,
        constrained = gibbs.kl(P, Q),
      }
      local fit = gibbs.minimize(losses[kind[2]], Q, with({
        steps = 14, rate = 0.02, estimate = kind[3](), subject_to = kind[2] == "constrained" and { gap, equals = 0.1 } or nil,
      }, options))
      return { W = Q:parameters().W:table(), a = Q:parameters().a:table(), value = fit.value, multiplier = fit.multiplier }
    end
    local whole = run{}
    run{ checkpoint = path, watch = stop_at(9) }
    same(run{ resume = path }, whole)
  end)
end

test("a run that keeps checkpoints has the bits of one that does not", function()
  clean()
  local _, plain = train{}
  local fit, kept = train{ checkpoint = path, checkpoint_every = 4 }
  same(kept, plain)
  same(fit.resumed_at, 0)
  assert(exists(path) and exists(path .. ".previous") and not exists(path .. ".lock"))
end)

test("a completed run that is resumed returns the same fit at once", function()
  clean()
  local _, first = train{ checkpoint = path }
  local seen = 0
  local fit, again = train{ checkpoint = path, resume = true, watch = function() seen = seen + 1 end }
  same(again, first)
  same(fit.resumed_at, 30)
  same(seen, 0)
end)

test("a longer run goes on from a completed one", function()
  clean()
  local _, whole = train{ steps = 45 }
  train{ checkpoint = path }
  local fit, longer = train{ steps = 45, checkpoint = path, resume = true }
  same(fit.resumed_at, 30)
  same(longer, whole)
end)

test("the checkpoint before the last one goes on with the same bits", function()
  clean()
  local _, whole = train{}
  train{ checkpoint = path, checkpoint_every = 8, watch = stop_at(20) }
  local file = assert(io.open(path, "wb"))
  file:write("damaged")
  file:close()
  expect_error(function() train{ checkpoint = path, resume = true } end, 'resume = "' .. path .. '.previous" goes on')
  local fit, resumed = train{ checkpoint = path, resume = path .. ".previous" }
  same(fit.resumed_at, 16)
  same(resumed, whole)
  same(select(2, train{ checkpoint = path, resume = true }), whole)
end)

test("resume = path goes on without keeping a checkpoint", function()
  clean()
  local _, whole = train{}
  train{ checkpoint = path, watch = stop_at(11) }
  local before = text_of(path)
  local fit, resumed = train{ resume = path }
  same(fit.resumed_at, 11)
  same(resumed, whole)
  same(text_of(path), before)
end)

test("the held-out objective and its best point go on too", function()
  clean()
  local function looking(options)
    local Q = gibbs.rbm{ visible = gibbs.spins(5, "v"), hidden = gibbs.spins(3, "h") }
    Q:set("W", { { 0.1, 0, -0.2 }, { 0, 0.1, 0 }, { 0.3, 0, 0 }, { 0, -0.1, 0.1 }, { 0.2, 0, 0 } })
    local seen, kept = gibbs.data(rows):split{ test = 0.25, seed = 2 }
    local fit = gibbs.minimize(-gibbs.pseudo_likelihood(seen, Q), Q, with({
      steps = 24, rate = 0.1, estimate = gibbs.pcd{ chains = 8 }, held_out = -gibbs.pseudo_likelihood(kept, Q),
      check_every = 5, patience = 3,
    }, options))
    return { W = Q:parameters().W:table(), held_out = fit.held_out, best = fit.best_step, steps = fit.steps }
  end
  local whole = looking{}
  looking{ checkpoint = path, watch = stop_at(13) }
  same(looking{ checkpoint = path, resume = true }, whole)
end)

-- ---- when it is written ------------------------------------------------------------------------------------------

test("a checkpoint is there before the first step, and after every so many", function()
  clean()
  local steps = {}
  train{ checkpoint = path, checkpoint_every = 10, watch = function(record) steps[record.step] = gibbs.read(path)["@step"] end }
  same({ steps[1], steps[10], steps[11], steps[20], steps[21], steps[30] }, { 0, 0, 10, 10, 20, 20 })
  same(gibbs.read(path)["@step"], 30)
end)

test("time alone makes a checkpoint due", function()
  clean()
  local last
  train{ steps = 3, checkpoint = path, checkpoint_seconds = 1e-9, watch = function() last = gibbs.read(path)["@step"] end }
  same(last, 2)
  train{ steps = 3, checkpoint = path, overwrite = true, checkpoint_seconds = 0, watch = function() last = gibbs.read(path)["@step"] end }
  same(last, 0)
end)

test("an error in watch leaves the checkpoint that was due before it", function()
  clean()
  expect_error(function()
    train{ checkpoint = path, checkpoint_every = 5, watch = function(record) if record.step == 13 then error("enough") end end }
  end, "enough")
  same(gibbs.read(path)["@step"], 10)
  local _, whole = train{}
  same(select(2, train{ checkpoint = path, resume = true }), whole)
end)

test("a checkpoint that cannot be written ends the run, and says which one is there", function()
  local folder = base .. ".folder"
  assert(os.execute("mkdir " .. folder))
  local function lose(record)
    if record.step == 7 then assert(os.execute("mv " .. folder .. " " .. folder .. ".away")) end
  end
  expect_error(function() train{ checkpoint = folder .. "/run.h5", checkpoint_every = 7, watch = lose } end,
    "no checkpoint at step 7, that of step 0 is still there: '" .. folder .. "/run.h5' cannot be written: No such file")
  same(gibbs.read(folder .. ".away/run.h5")["@step"], 0)
  os.execute("rm -r " .. folder .. ".away")
end)

-- ---- beginning anew ------------------------------------------------------------------------------------------------

test("resume = true without a file begins anew", function()
  clean()
  local _, whole = train{}
  local fit, anew = train{ checkpoint = path, resume = true }
  same(fit.resumed_at, 0)
  same(anew, whole)
end)

test("a run is replaced only when that is asked for, and keeps nothing of the one before", function()
  clean()
  train{ checkpoint = path, checkpoint_every = 10 }
  local before = text_of(path)
  expect_error(function() train{ rate = 0.1, checkpoint = path } end, "is there already")
  same(text_of(path), before)
  local fit = train{ rate = 0.1, checkpoint = path, overwrite = true, watch = stop_at(1) }
  same(fit.resumed_at, 0)
  local kept = gibbs.read(path)
  same(kept.options.rate, 0.1)
  assert(not exists(path .. ".previous") or text_of(path .. ".previous") ~= before)
end)

test("another objective or other data are refused", function()
  clean()
  train{ checkpoint = path, watch = stop_at(3) }
  local resume = { checkpoint = path, resume = true }
  expect_error(function() train(resume, { J = 0.31 }) end, "was written with digest of the objective = '")
  local others = {}
  for i, row in ipairs(rows) do others[i] = { table.unpack(row) } end
  others[17][3] = -others[17][3]
  expect_error(function() train(resume, { rows = others }) end, "was written with digest of the data of the objective = '")
  same(train(resume).resumed_at, 3)
end)

test("another way to find free energies is refused", function()
  clean()
  local function estimate(more)
    local ais = { seed = 5, chains = 16, temperatures = 5 }
    for name, value in pairs(more) do ais[name] = value end
    return gibbs.pcd{ chains = 16, burn = 5, seed = 3, free_energy = gibbs.ais(ais) }
  end
  train{ checkpoint = path, estimate = estimate{}, watch = stop_at(3) }
  for text, more in pairs{ ["free_energy directions = 1"] = { both = true }, ["free_energy reference = 0"] = { reference = "fields" } } do
    expect_error(function() train{ checkpoint = path, resume = true, estimate = estimate(more) } end, "was written with " .. text)
  end
  same(train{ checkpoint = path, resume = true, estimate = estimate{} }.resumed_at, 3)
end)

-- ---- for others to read --------------------------------------------------------------------------------------------

test("gibbs.read finds parameters, history and options in it", function()
  clean()
  local fit, result = train{ checkpoint = path, keep_every = 3 }
  local file = gibbs.read(path)
  for name, values in pairs(result.parameters) do same(file.parameters[name]:table(), values, name) end
  for i, record in ipairs(fit.history) do
    same(file.history.step:get(i), record.step)
    same(file.history.gradient_norm:get(i), record.gradient_norm)
  end
  same(file.options.method, "adam")
  same(file.settings.estimate, "pcd")
  same({ file["@format"], file["@end"] }, { "gibbs training 1", "all steps were done" })
end)

--- The first of these that knows h5py; nil where none does.
local function find_python()
  for _, name in ipairs { "python3", "/usr/bin/python3" } do
    if os.execute(name .. " -c 'import h5py' 2>/dev/null") then return name end
  end
end

test("h5py reads the same numbers", function()
  local python = find_python()
  if not python then return end
  clean()
  local _, result = train{ checkpoint = path }
  local script = "import h5py, sys\nf = h5py.File(sys.argv[1])\nfor x in f['parameters/W'][...].ravel(): print(x.hex())\n" ..
    "print(len(f['history/step']), f.attrs['step'])"
  local pipe = assert(io.popen(("%s -c \"%s\" %s"):format(python, script, path)))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  assert(pipe:close())
  for i, row in ipairs(result.parameters.W) do
    for k, x in ipairs(row) do same(tonumber(lines[3 * (i - 1) + k]), x) end
  end
  same(lines[16], ("%d 30.0"):format(#result.history))
end)

clean()
os.remove(base)
support.finish()

-- A Boltzmann machine of 784 visible and 500 hidden bits learns MNIST by persistent contrastive divergence, for so many steps
-- or seconds, and is asked how likely it finds the 10,000 test images: between two bounds. Then its filters and samples.
-- Usage: gibbs scripts/mnist.lua DATA_DIR [options]; the folder holds {train,t10k}-images-idx3-ubyte.gz.
local gibbs = require "gibbs"

local hidden = gibbs.option("hidden", 500, "hidden units")
local steps = gibbs.option("steps", 20000, "steps")
local seconds = gibbs.option("seconds", 0.0, "if more than 0: as many steps as take about so many seconds")
local clock = gibbs.option("clock", { "wall", "cpu" }, "what seconds are of; cpu, with one thread, where others use the machine")
local batch = gibbs.option("batch", 128, "images a step, and chains")
local k = gibbs.option("k", 1, "sweeps of the chains a step")
local rate = gibbs.option("rate", 0.05, "rate of the first step")
local rate_end = gibbs.option("rate_end", 0.0005, "rate of the last step")
local momentum = gibbs.option("momentum", 0.0, "momentum")
local decay = gibbs.option("decay", 0.0, "weight of the square of the couplings")
local binarise = gibbs.option("binarise", { "threshold", "probability" }, "ink is what is darker than the middle, or by chance")
local looks = gibbs.option("looks", 5, "how often the likelihood is estimated on the way")
local chains = gibbs.option("chains", 500, "chains of the annealing that estimates it at the end; 0: none")
local temperatures = gibbs.option("temperatures", 20000, "its temperatures; a tenth on the way")
local seed = gibbs.option("seed", 1, "seed of everything")

local study, images = require "gibbs.study", require "gibbs.images"
gibbs.seed(seed)
local folder = ...
if not folder or folder:sub(1, 1) == "-" then error("usage: gibbs scripts/mnist.lua DATA_DIR [options]: the folder of MNIST's files comes first", 0) end
local run = gibbs.run{ folder = "runs/mnist" }

local function read(name)
  return gibbs.data(("%s/%s-images-idx3-ubyte.gz"):format(folder, name)):scale{ high = 255 }
    :binarise(binarise == "threshold" and { threshold = 0.5 } or { probability = true, seed = seed })
end
local train, test = read "train", read "t10k"
local now = clock == "wall" and gibbs.clock or os.clock

local function machine()
  gibbs.seed(seed)
  local Q = gibbs.rbm{ visible = gibbs.bits{ 28, 28 }, hidden = gibbs.bits(hidden), init = gibbs.normal(0, 0.01) }
  images.start(Q, train)
  return Q
end

local function learn(Q, count, watch, checkpoint)
  local loss = -gibbs.log_likelihood(train, Q)
  if decay > 0 then loss = loss + decay * gibbs.l2(Q.W) end
  gibbs.minimize(loss, Q, { method = "momentum", decay = momentum, estimate = gibbs.pcd{ k = k, chains = batch, burn = 10 },
    batch = batch, steps = count, rate = rate, rate_end = rate_end, schedule = "exponential", seed = seed,
    keep_every = math.max(1, count // 100), watch = watch, checkpoint = checkpoint, resume = checkpoint ~= nil })
end

-- As many steps as take so many seconds.
local function steps_within(budget)
  local Q, first, last = machine(), nil, nil
  learn(Q, 400, function(record)
    if record.step == 100 then first = now() end
    last = now()
  end)
  return math.max(1, math.floor(budget / (last - first) * 300))
end
if seconds > 0 then steps = steps_within(seconds) end

-- ---- learning ----------------------------------------------------------------------------------------------------

study.section("Learning", ("Mean log-likelihoods of %d training and %d test images, in nats an image, with the error of the "
  .. "test one; the bounds are those of annealing forward and back."):format(train:count(), test:count()))
local Q, curve = machine(), images.curve(run, train, test)
local start, looking = now(), 0

local function look(step, share, quick)
  local before = now()
  local F = images.free_energy(Q, train, { chains = chains, temperatures = temperatures // share, burn = temperatures // share,
    seed = step, quick = quick })
  curve:note(step, before - start - looking, Q, F)
  looking = looking + now() - before
  return F
end

local every = looks > 0 and chains > 0 and math.max(1, steps // (looks + 1)) or steps
learn(Q, steps, function(record)
  if record.step % every == 0 and record.step < steps then look(record.step, 10, true) end
end, run.recorded and run:path "training.h5" or nil)
local took = now() - start - looking
gibbs.write(run:path "machine.npz", { W = Q.W:value(), a = Q.a:value(), b = Q.b:value() })
run:note(("%d steps in %.2f s"):format(steps, took))

if chains > 0 then
  local F = look(steps, 1)
  curve:show()
  images.filters(run, Q, "filters.svg", { 28, 28 }, 100)
  images.samples(run, Q, "samples.svg", { 28, 28 }, train, 100, 1000, seed)
  print(("\nthe machine, the table and figures are in %s"):format(run.folder))
  if not F.trusted then print("not trusted: " .. F.why) end
end

-- A Boltzmann machine learns handwritten digits, 8x8 pixels in black and white, and is asked how likely it finds digits that
-- it has not seen: between two bounds, as it learns. Then its filters are drawn, and digits that it makes up.
local gibbs = require "gibbs"

local hidden = gibbs.option("hidden", 64, "hidden units")
local objective = gibbs.option("objective", { "likelihood", "cd", "tempered", "pseudo_likelihood", "minimum_probability_flow" },
  "what is learned from: the likelihood, with persistent chains, chains from the data, tempered ones; or what needs no samples")
local k = gibbs.option("k", 1, "sweeps of the chains a step")
local steps = gibbs.option("steps", 60000, "steps")
local batch = gibbs.option("batch", 64, "images a step, and chains")
local rate = gibbs.option("rate", 0.2, "rate of the first step")
local rate_end = gibbs.option("rate_end", 0.002, "rate of the last step")
local decay = gibbs.option("decay", 3e-4, "weight of the square of the couplings")
local looks = gibbs.option("looks", 10, "how often the likelihood is estimated on the way")
local chains = gibbs.option("chains", 200, "chains of the annealing that estimates it")
local temperatures = gibbs.option("temperatures", 1000, "its temperatures")
local seed = gibbs.option("seed", 1, "seed of everything")

local study, images = require "gibbs.study", require "gibbs.images"
local run = gibbs.run{ folder = "runs/digits" }
gibbs.seed(seed)

-- the images: grey levels from 0 to 16, of which those above 8 are ink
local here = arg[0]:match "^(.*/)" or "./"
local digits = gibbs.data(here .. "data/digits-images.idx.gz"):scale{ high = 16 }:binarise{ threshold = 0.5 }
local train, test = digits:split{ test = 0.2, seed = seed }

-- the machine
local Q = gibbs.rbm{ visible = gibbs.bits{ 8, 8 }, hidden = gibbs.bits(hidden), init = gibbs.normal(0, 0.01) }
images.start(Q, train)

-- what is minimised, and where samples of the machine come from
local likelihood, persistent = -gibbs.log_likelihood(train, Q), gibbs.pcd{ k = k, chains = batch, burn = 10 }
local ways = {
  likelihood = { likelihood, persistent },
  cd = { likelihood, gibbs.cd{ k = k } },
  tempered = { likelihood, gibbs.pcd{ k = k, chains = batch, burn = 10, tempering = true } },
  pseudo_likelihood = { -gibbs.pseudo_likelihood(train, Q), persistent },
  minimum_probability_flow = { gibbs.minimum_probability_flow(train, Q), persistent },
}
local loss, how = table.unpack(ways[objective])

study.section("Learning", ("Mean log-likelihoods of %d training and %d test images, in nats an image, with the error of the "
  .. "test one; the bounds are those of annealing forward and back."):format(train:count(), test:count()))
local curve, start = images.curve(run, train, test), gibbs.clock()

local function look(step, quick)
  local F = images.free_energy(Q, train, { chains = chains, temperatures = temperatures, burn = 500, seed = step, quick = quick })
  curve:note(step, gibbs.clock() - start, Q, F)
  return F
end

look(0, true)
gibbs.minimize(loss + decay * gibbs.l2(Q.W), Q, { method = "sgd", estimate = how, batch = batch,
  steps = steps, rate = rate, rate_end = rate_end, schedule = "exponential", seed = seed, keep_every = math.max(1, steps // 100),
  checkpoint = run.recorded and run:path "training.h5" or nil, resume = run.recorded,
  watch = function(record)
    if looks > 0 and record.step % math.max(1, steps // looks) == 0 and record.step < steps then look(record.step, true) end
  end })
local F = look(steps)
curve:show()
if run.recorded then run:save("machine", Q) end

images.filters(run, Q, "filters.svg", { 8, 8 }, 64)
images.samples(run, Q, "samples.svg", { 8, 8 }, train, 64, 1000, seed)
print(("\nthe table and figures are in %s"):format(run.folder))

study.section("Known values")
local known = study.known()
known:holds("bounds less than a nat apart", math.abs(F.gap) < 1)
if hidden <= 20 then known:holds("the free energy within 4 errors of the exact one", math.abs(F.value - Q:free_energy().value) <= 4 * F.error) end
known:finish()

--- A small machine trained with a checkpoint every few steps, for crash.c: the same call begins and goes on.
local gibbs = require "gibbs"

local method = gibbs.option("method", "adam", "of training")
local checkpoint = gibbs.option("checkpoint", "run.h5", "where the run keeps its state")
local result = gibbs.option("result", "result.h5", "where parameters and history are written at the end")

local here = arg[0]:match "^(.*)/" or "."
local data = gibbs.data(here .. "/../../scripts/data/digits-images.idx.gz"):scale{ high = 16 }
data = data:binarise{ threshold = 0.5, as = "bits" }:head(600)

local Q = gibbs.rbm{ visible = gibbs.bits(64), hidden = gibbs.bits(24), init = gibbs.normal(0, 0.05) }
local fit = gibbs.minimize(-gibbs.log_likelihood(data, Q), Q, {
  method = method, steps = 450, rate = 0.01, damping = 1, keep_every = 10, centred = method == "momentum",
  estimate = gibbs.pcd{ chains = 32, k = 2, batch = 50, burn = 20 },
  checkpoint = checkpoint, checkpoint_every = 30, resume = true,
})

local history = {}
for _, row in ipairs(fit.history) do
  for name, x in pairs(row) do
    history[name] = history[name] or {}
    table.insert(history[name], x)
  end
end
gibbs.write(result, { parameters = Q:parameters(), history = history })

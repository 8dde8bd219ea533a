--- A study as lua5.4 runs it, with the module of an installed tree: options, training on data, a model in a file, a
--- figure, a run that nobody records.  install.cmake calls it; what it prints is what gibbs itself would print.
local gibbs = require "gibbs"

local digits = gibbs.option("digits", "digits-images.idx.gz", "file of the images")
local hidden = gibbs.option("hidden", 16, "hidden units")
local steps = gibbs.option("steps", 40, "steps of training")

local run = gibbs.run()
local data = gibbs.data(digits):scale{ high = 16 }:binarise{ threshold = 0.5 }:head(400)
local Q = gibbs.rbm{ visible = gibbs.bits{ 8, 8 }, hidden = gibbs.bits(hidden), init = gibbs.normal(0, 0.01) }
local loss = -gibbs.log_likelihood(data, Q)
local fit = gibbs.minimize(loss, Q, { method = "adam", rate = 0.02, steps = steps, batch = 50, estimate = gibbs.pcd{ chains = 50 } })
run:log{ step = fit.steps, loss = loss:value(gibbs.exact()) }
Q:save("digits.h5")
local R = gibbs.load("digits.h5")
print("same", R:free_energy().value == Q:free_energy().value, run.recorded)
gibbs.plot.image_grid{ file = "filters.svg", images = Q:parameters().W:t(), shape = { 8, 8 } }

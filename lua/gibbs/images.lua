--- What studies of machines on images share: where their fields start, their likelihood between two bounds, and pictures.
--- local images = require "gibbs.images"

local gibbs = require "gibbs"

local images = {}

--- The fields at which independent bits have the means of the data. Half an image of each colour is added, so that none is
--- infinite.
function images.fields(data, visible)
  local n = data:count()
  local on = (data:mean(visible).value * n + 0.5) / (n + 1)
  return (gibbs.log(on) - gibbs.log(1 - on)):value()
end

---The mean log-likelihood of `data` under Q, in nats an image, between two bounds. Annealing forward, from independent units
---fitted to `train`, finds too little of Z and claims too much; annealing back, from samples of Q, claims too little (both on
---average). Samples come from two sides: along the path, which may never meet some of the images that Q knows; and from the
---training images, `burn` sweeps earlier, which may hide what else Q holds likely. The lower bound is the lower of the two.
---With quick = true from the training images alone.
---@param options { train: any, chains: integer, temperatures: integer, burn: integer, seed: integer, quick: boolean? }
---@return table { value, error, lower, upper, gap, ess, trusted, why, free_energy }
function images.likelihood(Q, data, options)
  local function anneal(more)
    for _, name in ipairs { "chains", "temperatures", "burn", "seed" } do more[name] = options[name] end
    more.reference = options.train
    return Q:free_energy(gibbs.ais(more))
  end
  local H = data:mean(Q.H).value
  local F = anneal { both = true, start = options.train }
  local lower, why = F.lower, F.why
  if not options.quick then
    local other = anneal { reverse = true }
    if why == "" and not other.converged then why = other.why end
    if why == "" and math.abs(F.lower - other.lower) > 1 then
      why = ("samples from the images and along the path are %.2g nats apart"):format(math.abs(F.lower - other.lower))
    end
    lower = math.min(lower, other.lower)
  end
  return { value = F.value - H, error = F.error, lower = lower - H, upper = F.upper - H, gap = F.upper - lower, ess = F.ess,
    trusted = why == "", why = why, free_energy = F }
end

--- The weights of each hidden unit as an image.
function images.filters(Q, file, shape, title)
  local W = Q:parameters().W
  local units, count = W:shape()[1], W:shape()[2]
  gibbs.plot.image_grid { file = file, images = Q.W:t(), shape = shape, palette = "diverging", scale = "each", title = title }
end

return images

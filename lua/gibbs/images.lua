--- What studies of machines on images share: where their fields start, free energies between two bounds, tables and pictures.
--- local images = require "gibbs.images"

local gibbs = require "gibbs"
local study = require "gibbs.study"

local images = {}

--- Let the fields of Q's visible bits be those at which independent bits have the means of the data: what is left to be
--- learned is how pixels hang together. Half an image of each colour is added, so that no field is infinite.
function images.start(Q, data)
  local n = data:count()
  local on = (data:mean(Q.visible).value * n + 0.5) / (n + 1)
  Q:set("a", (gibbs.log(on) - gibbs.log(1 - on)):value():reshape(Q:parameters().a:shape()))
end

--- Betas that lie close where it matters, at the end: on well-trained machines they make three times as many effective
--- samples as even ones.
local function ladder(steps)
  local betas = { 0 }
  for k = 1, steps do
    local u = k / steps
    betas[k + 1] = k == steps and 1 or 0.02 * u + 0.98 * (1 - (1 - u) ^ 3)
  end
  return betas
end

---The free energy of Q between two bounds, by annealing from independent units that are fitted to `data`. Forward it finds
---too little of Z, so that F comes out too high; back, from samples of Q, too low (both on average). Where do the samples come
---from? Such as came along the path may have missed what Q holds likely and the path never meets; such as began at the data,
---`burn` sweeps ago, may have missed what Q holds likely and the data are not. The lower bound is the lower of the two, and
---where these disagree the estimate is not trusted. With quick = true samples begin at the data alone.
---@param options { chains: integer, temperatures: integer, burn: integer, seed: integer, quick: boolean? }
---@return table { value, error, lower, upper, gap, ess, trusted, why }
function images.free_energy(Q, data, options)
  local function anneal(more)
    for _, name in ipairs { "chains", "burn", "seed" } do more[name] = options[name] end
    more.temperatures, more.reference = ladder(options.temperatures), data
    return Q:free_energy(gibbs.ais(more))
  end
  local F = anneal { both = true, start = data }
  local lower, why = F.lower, F.why
  if not options.quick then
    local other = anneal { reverse = true }
    lower = math.min(lower, other.lower)
    if why == "" then why = other.why end
    if why == "" and math.abs(F.lower - other.lower) > 1 then
      why = ("samples that came along the path say %.2f, such as began at the data %.2f"):format(other.lower, F.lower)
    end
  end
  return { value = F.value, error = F.error, lower = lower, upper = F.upper, gap = F.upper - lower, ess = F.ess,
    trusted = why == "", why = why }
end

-- ---- likelihoods: log Q(v) = F - H(v) --------------------------------------------------------------------------

local columns = { { "step", "%d" }, { "seconds", "%.1f" }, { "train", "%.3f" }, { "test", "%.3f" }, { "error", "%.3f" },
  { "at least", "%.3f" }, { "at most", "%.3f" }, { "gap", "%.3f" }, { "ess", "%.0f" }, { "trusted" } }
local FIELDS = { "step", "seconds", "train", "test", "error", "at_least", "at_most", "gap", "ess" }

local Curve = {}
Curve.__index = Curve

--- Mean log-likelihoods of training and test images in the course of a training, in nats an image: metrics of a run.
---@param run gibbs.Run
function images.curve(run, train, test) return setmetatable({ run = run, train = train, test = test }, Curve) end

--- Note that of Q now; F as from images.free_energy.
function Curve:note(step, seconds, Q, F)
  local H = self.test:mean(Q.H).value
  if not F.trusted then print(("step %d is not trusted: %s"):format(step, F.why)) end
  self.run:log { step = step, seconds = seconds, train = F.value - self.train:mean(Q.H).value, test = F.value - H, error = F.error,
    at_least = F.lower - H, at_most = F.upper - H, gap = F.gap, ess = F.ess, trusted = F.trusted }
end

--- All that was noted, also before a resume, in the order of the columns.
local function rows_of(run)
  local rows = {}
  for _, noted in ipairs(run:rows()) do
    local row = {}
    for k, field in ipairs(FIELDS) do row[k] = noted[field] end
    row[#FIELDS + 1] = noted.trusted == 1 and "yes" or "no"
    rows[#rows + 1] = row
  end
  return rows
end

--- On paper, and as likelihood.csv and a figure of the run.
function Curve:show()
  local rows = rows_of(self.run)
  study.table(columns, rows)
  study.csv(self.run:path "likelihood.csv", columns, rows)
  local function column(k)
    local list = {}
    for i, row in ipairs(rows) do list[i] = row[k] end
    return list
  end
  local steps, error = column(1), column(5)
  self.run:figure("curves.svg", "lines", { x_label = "step", y_label = "log-likelihood of an image in nats", series = {
    { name = "training images", x = steps, y = column(3), error = error, style = "both" },
    { name = "test images", x = steps, y = column(4), error = error, style = "both" },
    { name = "at most (forward)", x = steps, y = column(7), dashed = true },
    { name = "at least (reverse)", x = steps, y = column(6), dashed = true } } })
end

-- ---- pictures ----------------------------------------------------------------------------------------------------

--- Filters: the weights of the first `count` hidden units, as images.
function images.filters(run, Q, file, shape, count)
  local W = Q.W:t():value():table()
  run:figure(file, "image_grid", { images = table.move(W, 1, math.min(count, #W), 1, {}), shape = shape, palette = "diverging",
    scale = "each", title = "weights of hidden units" })
end

--- Samples: chains that began at images of `data`, after some sweeps.
function images.samples(run, Q, file, shape, data, count, sweeps, seed)
  local chains = Q:chains { n = count, start = data:head(count):tensor(), seed = seed }
  chains:advance(sweeps)
  run:figure(file, "image_grid", { images = chains:batch(), shape = shape, scale = "each",
    title = ("samples, %d sweeps after training images"):format(sweeps) })
end

return images

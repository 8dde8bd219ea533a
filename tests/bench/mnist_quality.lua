-- How well a machine is trained in so many seconds, beside torch: both learn MNIST by PCD-1 (784x500, batches of 128, the same
-- rates, the same time, one after the other), and both are judged by the same annealing, forward and back.
-- Usage: gibbs tests/bench/mnist_quality.lua DATA_DIR [--seconds 60,120] [--threads_used 1]
local gibbs = require "gibbs"

local seconds = gibbs.option("seconds", "60,120", "seconds of training, separated by commas")
local threads_used = gibbs.option("threads_used", 1, "threads of both sides")
local clock = gibbs.option("clock", { "wall", "cpu" }, "what seconds are of; cpu, with one thread, where others use the machine")
local python = gibbs.option("python", "/usr/bin/python3", "a Python that has torch")
local chains = gibbs.option("chains", 300, "chains of the annealing")
local temperatures = gibbs.option("temperatures", 10000, "its temperatures")
local seed = gibbs.option("seed", 1, "seed of everything")
local out = gibbs.option("out", "runs/mnist_quality", "folder for the machines and the table (CSV)")

local study, images = require "gibbs.study", require "gibbs.images"
local record = gibbs.run{ folder = out }
local folder = ...
if not folder or folder:sub(1, 1) == "-" then error("usage: gibbs tests/bench/mnist_quality.lua DATA_DIR [options]", 0) end

local here = arg[0]:match("^(.*/)") or "./"
package.path = here .. "?.lua;" .. package.path
local program = require "rows".program

local function read(name) return gibbs.data(("%s/%s-images-idx3-ubyte.gz"):format(folder, name)):scale{ high = 255 }:binarise{} end
local train, test = read "train", read "t10k"

-- The numbers in the last line that a command prints.
local function run(command)
  local environment = ("OMP_NUM_THREADS=%d OPENBLAS_NUM_THREADS=%d MKL_NUM_THREADS=%d "):format(threads_used, threads_used, threads_used)
  local pipe, numbers = io.popen(environment .. command), nil
  for line in pipe:lines() do
    numbers = {}
    for word in line:gmatch "%S+" do numbers[#numbers + 1] = tonumber(word) end
  end
  if not pipe:close() then error("failed: " .. command, 0) end
  return numbers
end

local columns = { { "trained by" }, { "seconds", "%.1f" }, { "updates", "%d" }, { "test", "%.2f" }, { "error", "%.2f" },
  { "at least", "%.2f" }, { "at most", "%.2f" }, { "gap", "%.2f" }, { "ess", "%.0f" }, { "trusted" } }
local rows = {}

local function judge(name, path, updates, took)
  local m = gibbs.read(path)
  local Q = gibbs.rbm{ visible = gibbs.bits{ 28, 28 }, hidden = gibbs.bits(500), W = m.W, a = m.a, b = m.b }
  local F = images.free_energy(Q, train, { chains = chains, temperatures = temperatures, burn = temperatures, seed = seed })
  local H = test:mean(Q.H).value
  rows[#rows + 1] = { name, took, updates, F.value - H, F.error, F.lower - H, F.upper - H, F.gap, F.ess, F.trusted and "yes" or F.why }
  print(("%s, %d updates in %.1f s: %.2f, from %.2f to %.2f"):format(name, updates, took, F.value - H, F.lower - H, F.upper - H))
end

for word in seconds:gmatch "[^,]+" do
  local ours, theirs = record:path("gibbs_" .. word), record:path(("torch_%s.npz"):format(word))
  local steps, took = table.unpack(run(("%s --threads %d %s../../scripts/mnist.lua %s --seconds %s --clock %s --chains 0 --seed %d --out %s")
    :format(program, threads_used, here, folder, word, clock, seed, ours)))
  local took_torch, updates = table.unpack(run(("%s %smnist_peer.py %s %s %.3f %s %d 500 128 0.05 0.0005 0 0 %d")
    :format(python, here, folder, theirs, took, clock, threads_used, seed)))
  judge("gibbs", ours .. "/machine.npz", steps, took)
  judge("torch", theirs, updates, took_torch)
end

study.section(("MNIST, %d thread(s)"):format(threads_used), "Mean log-likelihood of 10,000 test images in nats an image, by " ..
  "annealing forward (at most) and back (at least).")
study.table(columns, rows)
study.csv(record:path "quality.csv", columns, rows)

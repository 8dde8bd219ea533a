-- Training and annealed importance sampling beside torch and scikit-learn: one table, each row in a process of its own, ours
-- and theirs in turn.  Usage: gibbs tests/bench/training.lua [--data DIR] [--runs 5] [--threads_used 0 (1, then 2)];
-- peers.sh installs the peers first.  DIR holds MNIST's train-images-idx3-ubyte.gz; without it the data are random bits,
-- 13 % of them ones.  Peers that are not installed leave their columns empty.
local gibbs = require "gibbs"

local data_folder = gibbs.option("data", "", "folder of train-images-idx3-ubyte.gz; empty: random bits")
local runs = gibbs.option("runs", 5, "runs of each row and each peer")
local threads_used = gibbs.option("threads_used", 0, "threads of both sides; 0: one, then two")
local only = gibbs.option("only", "", "rows whose name has this in it")
local row_name = gibbs.option("row", "", "run one row in this process and print its seconds (used by the table itself)")

local here = arg[0]:match("^(.*/)") or "./"
package.path = here .. "?.lua;" .. package.path
local rows = require "rows"

-- ---- the rows ----------------------------------------------------------------------------------------------------

-- kind, sweeps, hidden units, batch; updates that are timed; bars: times as fast as torch by 1 and by 2 threads.
-- Annealing: chains, temperatures, and how many of these are timed.
local ROWS = {
  { "cd1", "CD-1 784x500, batch 128", kind = "cd", k = 1, hidden = 500, batch = 128, updates = 200, bars = { 2, 1.8 } },
  { "pcd1", "PCD-1 784x500, batch 128", kind = "pcd", k = 1, hidden = 500, batch = 128, updates = 200, bars = { 2, 1.8 } },
  { "pcd1_small", "PCD-1 784x64, batch 128", kind = "pcd", k = 1, hidden = 64, batch = 128, updates = 400, bars = { 2.4 } },
  { "pcd1_large", "PCD-1 784x1024, batch 128", kind = "pcd", k = 1, hidden = 1024, batch = 128, updates = 100, bars = {} },
  { "pcd10", "PCD-10 784x500, batch 128", kind = "pcd", k = 10, hidden = 500, batch = 128, updates = 60, bars = { 1.7, 1.6 } },
  { "cd1_wide", "CD-1 784x500, batch 1000", kind = "cd", k = 1, hidden = 500, batch = 1000, updates = 40, bars = { 2, 1.8 } },
  { "pcd1_wide", "PCD-1 784x500, batch 1000", kind = "pcd", k = 1, hidden = 500, batch = 1000, updates = 40, bars = { 2, 1.8 } },
  { "ais", "AIS 784x500, 100 chains x 1,000", kind = "ais", chains = 100, temperatures = 1000, timed = 1000, bars = { 1.6, 2.2 } },
  { "ais_wide", "AIS 784x500, 1,000 x 10,000 (from 150)", kind = "ais", chains = 1000, temperatures = 10000, timed = 150, bars = { 1.6, 2.2 } },
}

-- ---- one row: prints the median and the least of its times, in seconds -------------------------------------------

local function read_data(count)
  if data_folder ~= "" then
    return gibbs.data(data_folder .. "/train-images-idx3-ubyte.gz"):head(10000):scale{ high = 255 }:binarise{ threshold = 0.5 }
  end
  math.randomseed(1)
  local images = {}
  for i = 1, count do
    images[i] = {}
    for u = 1, 784 do images[i][u] = math.random() < 0.13 and 1 or 0 end
  end
  return gibbs.data(images, "bits")
end

-- Of one thread the time that it ran, for the machine may be shared; the peers count likewise.
local now = threads_used == 1 and os.clock or gibbs.clock

-- Seconds of every update but the first ones.
local function train(row)
  local data, warm, times, last = read_data(10 * row.batch), 20, {}, nil
  local Q = gibbs.rbm{ visible = gibbs.bits(784), hidden = gibbs.bits(row.hidden), init = gibbs.normal(0, 0.01) }
  local estimate = row.kind == "cd" and gibbs.cd{ k = row.k } or gibbs.pcd{ k = row.k, chains = row.batch, burn = 1 }
  local function watch(record)
    local time = now()
    if record.step > warm then times[#times + 1] = time - last end
    last = time
  end
  gibbs.minimize(-gibbs.log_likelihood(data, Q), Q, { method = "momentum", decay = 0.5, rate = 0.01, batch = row.batch,
    estimate = estimate, steps = warm + row.updates, keep_every = 100, watch = watch })
  return times
end

local function anneal(row)
  local Q = gibbs.rbm{ visible = gibbs.bits(784), hidden = gibbs.bits(500), init = gibbs.normal(0, 0.05) }
  local start = now()
  Q:free_energy(gibbs.ais{ chains = row.chains, temperatures = row.timed, seed = 1 })
  return { (now() - start) * row.temperatures / row.timed }
end

if row_name ~= "" then
  for _, row in ipairs(ROWS) do
    if row[1] == row_name then
      gibbs.seed(1)
      local times = row.kind == "ais" and anneal(row) or train(row)
      table.sort(times)
      io.write(("%.9g %.9g\n"):format(times[(#times + 1) // 2], times[1]))
      return
    end
  end
  error("no row " .. row_name)
end

-- ---- the table ---------------------------------------------------------------------------------------------------

local function commands_of(row, threads, bench)
  local peer = ("/usr/bin/python3 %straining_peer.py %%s %s %d %d %d %d %d '%s'"):format(here, row.kind, row.k or row.chains,
    row.hidden or row.temperatures, row.batch or row.timed, row.updates or 1, threads, data_folder)
  local list = { ours = bench.command(row[1]) .. " --data '" .. data_folder .. "'", torch = peer:format("torch") }
  if row.kind == "pcd" and row.k == 1 then list.sklearn = peer:format("sklearn") end
  return list
end

local function seconds(list)
  if not list then return "", "" end
  local unit = list.median < 0.5 and 1e3 or 1
  return ("%.3f %s"):format(list.median * unit, unit > 1 and "ms" or "s"), ("%.3f"):format(list.least * unit)
end

local layout = "%-40s %2s  %11s %8s   %11s %8s  %6s %6s %6s   %11s %6s"
local function show(row, threads, found)
  local ours, torch, sklearn = found.ours, found.torch, found.sklearn
  local function ratio(other, field) return ours and other and ("%.2fx"):format(other[field] / ours[field]) or "" end
  local bar = row.bars[threads]
  local a, b = seconds(ours)
  local c, d = seconds(torch)
  print(layout:format(row[2], threads, a, b, c, d, ratio(torch, "median"), ratio(torch, "least"), bar and (">= %.1f"):format(bar) or "",
    (seconds(sklearn)), ratio(sklearn, "median")))
end

print(layout:format(("an update; %d runs in turn, medians and minima"):format(runs), "t", "ours", "least", "torch", "least", "ratio", "least", "bar",
  "sklearn", "ratio"))
for threads = threads_used == 0 and 1 or threads_used, threads_used == 0 and 2 or threads_used do
  local bench = rows.new(threads, runs)
  for _, row in ipairs(ROWS) do
    if row[1]:find(only, 1, true) then show(row, threads, bench.in_turn(commands_of(row, threads, bench))) end
  end
end

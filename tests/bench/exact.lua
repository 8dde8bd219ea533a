-- Exact sums against torch, expressions against named families, and start-up against lua5.4: a table, each row in a
-- process of its own.  Usage: gibbs tests/bench/exact.lua [--runs 5] [--threads_used 1]
-- Peers that are not installed (python3-torch, lua5.4) leave their columns empty.
local gibbs = require "gibbs"

local runs = gibbs.option("runs", 5, "runs of each row; the median is shown")
local threads_used = gibbs.option("threads_used", 1, "threads of both sides")
local row_name = gibbs.option("row", "", "run one row in this process and print its seconds (used by the table itself)")

local here = arg[0]:match("^(.*/)") or "./"

-- ---- the rows: each returns how many times the work was done -------------------------------------------------

local function by_hand(n, m)
  local v, h = gibbs.spins(n), gibbs.spins(m)
  local W = gibbs.parameter("W", { n, m }, gibbs.normal(0, 0.1))
  local a = gibbs.parameter("a", n, gibbs.normal(0, 0.1))
  local b = gibbs.parameter("b", m, gibbs.normal(0, 0.1))
  return gibbs.boltzmann{ energy = -(v:dot(W:mul(h))) - a:dot(v) - b:dot(h), visible = v, hidden = h }
end

local function named(n, m)
  return gibbs.rbm{ visible = gibbs.spins(n), hidden = gibbs.spins(m), init = gibbs.normal(0, 0.1) }
end

-- The value and the gradient of KL at a new point every time, as training asks for them.
local function train(Q)
  local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4406867935097715 }
  local fit = gibbs.minimize(gibbs.kl(P, Q), Q, { method = "sgd", rate = 0.01, steps = 200, tolerance = 0 })
  return fit.evaluations
end

local function free_energy(make)
  return function() return make(), function(Q) Q:free_energy() return 1 end end
end

local function torus(J)
  return gibbs.ising{ lattice = gibbs.lattice.square(5, 5), J = J }
end

local function torus_by_hand(J)
  local lattice = gibbs.lattice.square(5, 5)
  local s = gibbs.spins(lattice)
  return gibbs.boltzmann{ energy = -J * gibbs.bonds(s, lattice), visible = s }
end

local function glass()
  local J = gibbs.normal(0, 0.2)
  return gibbs.ising{ lattice = gibbs.lattice.complete(25), J = gibbs.parameter("J", 300, J) }
end

-- name, what is shown, number of states (for a rate), its peer among exact_peer.py's rows, or an earlier row
local ROWS = {
  { "kl", "KL + gradient, 16x8 machine against 4x4 Ising", peer = "kl", make = function() return named(16, 8), train end },
  { "kl_by_hand", "the same machine as an expression", ratio_to = "kl", make = function() return by_hand(16, 8), train end },
  { "lnz", "ln Z of a 784x20 machine", peer = "lnz", make = free_energy(function() return named(784, 20) end) },
  { "lnz_by_hand", "the same machine as an expression", ratio_to = "lnz", make = free_energy(function() return by_hand(784, 20) end) },
  { "torus", "ln Z of 2^25 states, uniform couplings (5x5 torus)", states = 2^25, make = free_energy(function() return torus(0.4) end) },
  { "torus_by_hand", "the same model as an expression", states = 2^25, ratio_to = "torus", make = free_energy(function() return torus_by_hand(0.4) end) },
  { "glass", "ln Z of 2^25 states, arbitrary couplings (complete graph)", states = 2^25, make = free_energy(glass) },
}

if row_name ~= "" then
  for _, row in ipairs(ROWS) do
    if row[1] == row_name then
      local model, work = row.make()
      local start = gibbs.clock()
      local times = work(model)
      io.write(("%.9g\n"):format((gibbs.clock() - start) / times))
      for line in io.lines("/proc/self/status") do
        if line:match("^VmHWM") then io.write(line:match("%d+"), "\n") end
      end
      return
    end
  end
  error("no row " .. row_name)
end

-- ---- the table ---------------------------------------------------------------------------------------------------

local program = arg[-1] or "gibbs"
local environment = ("OMP_NUM_THREADS=%d OPENBLAS_NUM_THREADS=%d MKL_NUM_THREADS=%d "):format(threads_used, threads_used, threads_used)

-- The numbers that a command prints, or nil if it fails.
local function numbers_of(command)
  local pipe = io.popen(environment .. command .. " 2>/dev/null")
  local found = {}
  for word in pipe:read("a"):gmatch("%S+") do found[#found + 1] = tonumber(word) end
  return pipe:close() and #found > 0 and found or nil
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

-- Median seconds and the largest memory of a row, in MiB.
local function measure(command)
  local seconds, memory = {}, 0
  for run = 1, runs do
    local found = numbers_of(command)
    if not found then return nil end
    seconds[run], memory = found[1], math.max(memory, (found[2] or 0) / 1024)
  end
  return median(seconds), memory
end

-- Two rows in turn, so that a change of the machine's speed meets both: the median of the ratios of their times.
local function ratio(command, other)
  local ratios = {}
  for run = 1, runs do ratios[run] = numbers_of(command)[1] / numbers_of(other)[1] end
  return median(ratios)
end

local function start_up(command)
  local start = gibbs.clock()
  for _ = 1, 50 do os.execute(command) end
  return (gibbs.clock() - start) / 50
end

local function show(name, seconds, memory, note)
  print(("%-58s %12.6f %8s   %s"):format(name, seconds, memory and ("%.0f"):format(memory) or "", note))
end

print(("%-58s %12s %8s   %s"):format(("%d thread(s), median of %d"):format(threads_used, runs), "seconds", "MiB", "beside the peer"))
local function command_of(name)
  return ("%s --threads %d %s --row %s"):format(program, threads_used, arg[0], name)
end

for _, row in ipairs(ROWS) do
  local seconds, memory = measure(command_of(row[1]))
  local note = row.states and ("%.2f states/ns"):format(row.states / seconds * 1e-9) or ""
  if row.ratio_to then note = note .. ("  %.2fx its time"):format(ratio(command_of(row[1]), command_of(row.ratio_to))) end
  if row.peer then
    local other = measure(("/usr/bin/python3 %sexact_peer.py %s %d"):format(here, row.peer, threads_used))
    note = other and ("torch %.6f s: %.1fx as fast"):format(other, other / seconds) or "(python3-torch is not here)"
  end
  show(row[2], seconds, memory, note)
end
local ours, lua = start_up(program .. " -e ''"), start_up("lua5.4 -e ''")
show("start-up, gibbs -e ''", ours, nil, ("lua5.4 %.6f s: %.2fx its time"):format(lua, ours / lua))

-- Exact sums against torch, expressions against named families, and start-up against lua5.4: a table, each row in a
-- process of its own.  Usage: gibbs tests/bench/exact.lua [--runs 5] [--threads_used 1]
-- Peers that are not installed (python3-torch, lua5.4) leave their columns empty.
local gibbs = require "gibbs"

local runs = gibbs.option("runs", 5, "runs of each row; the median is shown")
local threads_used = gibbs.option("threads_used", 1, "threads of both sides")
local row_name = gibbs.option("row", "", "run one row in this process and print its seconds (used by the table itself)")

local here = arg[0]:match("^(.*/)") or "./"
package.path = here .. "?.lua;" .. package.path
local rows = require "rows"

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
      return rows.report((gibbs.clock() - start) / times)
    end
  end
  error("no row " .. row_name)
end

-- ---- the table ---------------------------------------------------------------------------------------------------

local program = rows.program
local bench = rows.new(threads_used, runs)

local function start_up(command)
  local start = gibbs.clock()
  for _ = 1, 50 do os.execute(command) end
  return (gibbs.clock() - start) / 50
end

bench.title("seconds")
for _, row in ipairs(ROWS) do
  local command = bench.command(row[1])
  local seconds, memory = bench.measure(command)
  local note = row.states and ("%.2f states/ns"):format(row.states / seconds * 1e-9) or ""
  if row.ratio_to then
    local _, _, ratio = bench.compare(command, bench.command(row.ratio_to))
    note = note .. ("  %.2fx its time"):format(ratio)
  end
  if row.peer then
    local other = bench.measure(("/usr/bin/python3 %sexact_peer.py %s %d"):format(here, row.peer, threads_used))
    note = other and ("torch %.6f s: %.1fx as fast"):format(other, other / seconds) or "(python3-torch is not here)"
  end
  bench.show(row[2], seconds, memory, note)
end
local ours, lua = start_up(program .. " -e ''"), start_up("lua5.4 -e ''")
bench.show("start-up, gibbs -e ''", ours, nil, ("lua5.4 %.6f s: %.2fx its time"):format(lua, ours / lua))

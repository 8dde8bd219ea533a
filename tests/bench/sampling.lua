-- Samplers beside plain C, expressions beside named families, and what a sweep costs a bond: tables, each row in a process
-- of its own.  Usage: gibbs tests/bench/sampling.lua [--runs 5] [--threads_used 1]; build the target `bench` before.
local gibbs = require "gibbs"

local runs = gibbs.option("runs", 5, "runs of each row; the median is shown")
local threads_used = gibbs.option("threads_used", 1, "threads of both sides")
local row_name = gibbs.option("row", "", "run one row in this process and print its seconds (used by the table itself)")

local here = arg[0]:match("^(.*/)") or "./"
package.path = here .. "?.lua;" .. package.path
local rows = require "rows"
local KC = math.log(1 + math.sqrt(2)) / 2

-- ---- models: by name, and the same as expressions -------------------------------------------------------------------

local function torus(L) return gibbs.ising{ lattice = gibbs.lattice.square(L, L), J = KC } end

local function torus_by_hand(L)
  local s = gibbs.spins{ L, L }
  return gibbs.boltzmann{ visible = s, energy = -KC * (gibbs.sum(s * s:shift{ 1, 0 }) + gibbs.sum(s * s:shift{ 0, 1 })) }
end

local function glass(L)
  gibbs.seed(1)
  return gibbs.ising{ lattice = gibbs.lattice.square(L, L), J = gibbs.parameter("J", 2 * L * L, gibbs.uniform(-1, 1)) }
end

local function glass_by_hand(L)
  gibbs.seed(1)
  local s, J = gibbs.spins{ L, L }, gibbs.parameter("J", { 2, L, L }, gibbs.uniform(-1, 1))
  return gibbs.boltzmann{ visible = s, energy = -gibbs.sum(J[1] * s * s:shift{ 1, 0 }) - gibbs.sum(J[2] * s * s:shift{ 0, 1 }) }
end

local function memory()
  gibbs.seed(1)
  local v, xi = gibbs.spins(64), {}
  math.randomseed(1)
  for mu = 1, 32 do
    xi[mu] = {}
    for i = 1, 64 do xi[mu][i] = math.random(0, 1) * 2 - 1 end
  end
  return gibbs.boltzmann{ visible = v, energy = -1e-4 * gibbs.sum(gibbs.tensor(xi):mul(v) ^ 3) }
end

local function machine()
  gibbs.seed(1)
  return gibbs.rbm{ visible = gibbs.bits(784), hidden = gibbs.bits(500), init = gibbs.normal(0, 0.1) }
end

local function machine_by_hand()
  gibbs.seed(1)
  local v, h, W = gibbs.bits(784), gibbs.bits(500), gibbs.parameter("W", { 784, 500 }, gibbs.normal(0, 0.1))
  local a, b = gibbs.parameter("a", 784), gibbs.parameter("b", 500)
  return gibbs.boltzmann{ visible = v, hidden = h, energy = -v:dot(W:mul(h)) - a:dot(v) - b:dot(h) }
end

-- ---- work: seconds a unit ---------------------------------------------------------------------------------------------

-- Sweeps for about a second after a warm-up; `units` of work a sweep of one chain.
local function sweeping(P, options, units)
  local C = P:chains(options)
  C:advance(40)
  local start, done = gibbs.clock(), 0
  repeat
    C:advance(10)
    done = done + 10
  until gibbs.clock() - start > 1
  return (gibbs.clock() - start) / done / options.n / units
end

-- A flipped spin of Wolff's clusters, once the chains are near equilibrium: flips are sizes of clusters.
local function flipping(P, L)
  local C = P:chains{ n = threads_used, kernel = "wolff", clusters = 20, start = 1 }
  C:advance(60)
  local start, flipped = gibbs.clock(), 0
  for _ = 1, 60 do
    C:advance(1)
    for c = 1, threads_used do flipped = flipped + 20 * C:measure("cluster_size"):get(c) end
  end
  return (gibbs.clock() - start) / flipped
end

local function single(make, L, kernel, n, order)
  return function() return sweeping(make(L), { n = n, kernel = kernel, order = order, seed = 1 }, L * L) end
end

-- name, what is shown; peer: a row of sampling_peer; ratio_to: another row
local ROWS = {
  { "multispin", "Metropolis, one lattice, L = 1024 (multispin)", single(torus, 1024, "multispin", 1), peer = "metropolis" },
  { "multispin_256", "Metropolis, one lattice, L = 256 (multispin)", single(torus, 256, "multispin", 1), peer = "metropolis" },
  { "multispin_by_hand", "the same as an expression", single(torus_by_hand, 256, "multispin", 1), ratio_to = "multispin_256" },
  { "heat_bath", "heat bath, a coupling a bond, L = 256, 64 chains", single(glass, 256, "heat_bath", 64), peer = "metropolis" },
  { "metropolis", "Metropolis, a coupling a bond, L = 256, 64 chains", single(glass, 256, "metropolis", 64, "sequential"), peer = "metropolis" },
  { "blocks", "block Gibbs, a coupling a bond, L = 256, 64 chains", single(glass, 256, "block_gibbs", 64), peer = "metropolis" },
  { "heat_bath_by_hand", "heat bath, the same as an expression", single(glass_by_hand, 256, "heat_bath", 64), ratio_to = "heat_bath" },
  { "swendsen_wang", "Swendsen-Wang, L = 256, a spin", single(torus, 256, "swendsen_wang", threads_used), peer = "swendsen_wang" },
  { "swendsen_wang_by_hand", "the same as an expression", single(torus_by_hand, 256, "swendsen_wang", threads_used), ratio_to = "swendsen_wang" },
  { "wolff", "Wolff, L = 256, a flipped spin", function() return flipping(torus(256)) end, peer = "wolff" },
  { "memory", "associative memory, 64 spins, 32 patterns, x^3, a proposal",
    function() return sweeping(memory(), { n = 64, kernel = "metropolis", order = "sequential", seed = 1 }, 64) end, peer = "memory" },
  { "machine", "up and down, 784x500 machine, 128 chains, a chain", function() return sweeping(machine(), { n = 128, seed = 1 }, 1) end },
  { "machine_by_hand", "the same as an expression", function() return sweeping(machine_by_hand(), { n = 128, seed = 1 }, 1) end, ratio_to = "machine" },
  { "large", "4096x4096 lattice, a flip", function() return sweeping(torus(4096), { n = 1, kernel = "multispin" }, 4096 ^ 2) end },
}

-- A sweep's cost a bond and chain, from 10^3 to 10^7 bonds with couplings of their own.
local LENGTHS = { 22, 71, 224, 707, 2236 }
for _, L in ipairs(LENGTHS) do
  for _, kernel in ipairs{ "heat_bath", "block_gibbs", "swendsen_wang" } do
    ROWS[#ROWS + 1] = { ("%s_%d"):format(kernel, L), nil,
      function() return sweeping(glass(L), { n = 4, kernel = kernel, seed = 1 }, 2 * L * L) end }
  end
end

if row_name ~= "" then
  for _, row in ipairs(ROWS) do
    if row[1] == row_name then return rows.report(row[3]()) end
  end
  error("no row " .. row_name)
end

-- ---- the tables -----------------------------------------------------------------------------------------------------------

local bench = rows.new(threads_used, runs)
local program = rows.program
local peer = (program:match("^(.*/)") or "./") .. "bench/sampling_peer"

bench.title("ns")
for _, row in ipairs(ROWS) do
  if row[2] then
    local command, note = bench.command(row[1]), ""
    local seconds, memory
    if row.peer or row.ratio_to then
      local theirs, ratio
      seconds, theirs, ratio, memory = bench.compare(command,
        row.peer and ("%s %s %d"):format(peer, row.peer, threads_used) or bench.command(row.ratio_to))
      if not seconds then note = "(build the target bench)"
      elseif row.peer then note = ("plain C %.3g ns: %.1fx as fast"):format(1e9 * theirs, 1 / ratio)
      else note = ("%.2fx its time"):format(ratio) end
    else
      seconds, memory = bench.measure(command)
    end
    bench.show(row[2], seconds and 1e9 * seconds, memory, note .. (seconds and ("  (%.3g a ns)"):format(1e-9 / seconds) or ""))
  end
end

print(("\n%-14s %s"):format("bonds", "ns a bond and chain: heat_bath, block_gibbs, swendsen_wang"))
for _, L in ipairs(LENGTHS) do
  local cells = {}
  for _, kernel in ipairs{ "heat_bath", "block_gibbs", "swendsen_wang" } do
    cells[#cells + 1] = ("%8.2f"):format(1e9 * bench.measure(bench.command(("%s_%d"):format(kernel, L))))
  end
  print(("%-14d %s"):format(2 * L * L, table.concat(cells, " ")))
end

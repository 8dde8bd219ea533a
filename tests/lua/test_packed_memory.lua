--- A large lattice of packed spins is small in memory: in a file of its own, for the peak of a process stays.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"

--- The most memory that the process ever had, in MiB; nil where the system does not tell.
local function peak()
  local file <close> = io.open "/proc/self/status"
  local text = file and file:read "a"
  return text and tonumber(text:match "VmHWM:%s*(%d+)") / 1024
end

support.test("4096 by 4096 packed spins, and sweeps of them, add less than 64 MiB", function()
  local before = peak()
  local large = gibbs.ising{ lattice = gibbs.lattice.square(4096, 4096), J = 0.44 }
  local chains = large:chains{ n = 1, kernel = "multispin" }:advance(2)
  local m, E = chains:measure("magnetisation"):get(1), chains:measure("energy"):get(1)
  assert(m ~= 0 and math.abs(m) < 0.01 and E < -0.44 * 4096 ^ 2 / 2, E)
  assert(not before or peak() - before < 64, before and peak() - before)
end)

support.finish()

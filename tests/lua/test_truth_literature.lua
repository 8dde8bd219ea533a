-- Numbers of the literature on the square Ising model: free energies, energies and specific heats of tori at the critical point, the infinite
-- lattice, and how many states have how many unsatisfied bonds.
package.path = "./?.lua;" .. package.path
local gibbs = require "gibbs"
local truth = require "truth"

local KC = math.log(1 + math.sqrt(2)) / 2
local CATALAN = 0.915965594177219015054603514932384

-- Onsager 1944.
local infinite = gibbs.onsager(KC)
truth.same("-f at Kc", -infinite.free_energy, math.log(2) / 2 + 2 * CATALAN / math.pi, 1e-14)
truth.same("u at Kc", infinite.energy / KC, -math.sqrt(2), 1e-7)
truth.same("-f at 0.408", -gibbs.onsager(0.408).free_energy, 0.888389209640, 1e-12)
truth.same("u at 0.408", gibbs.onsager(0.408).energy / 0.408, -1.1508548910, 1e-10)

-- Kaufman 1949: ln Z, energy a site in units of the coupling, specific heat a site.
for L, expected in pairs{ [4] = 15.521915458755, [8] = 60.141780789069, [16] = 238.642256635133, [32] = 952.648079548542, [64] = 3808.672283419808 } do
  truth.same(("ln Z at Kc, L = %d"):format(L), -gibbs.kaufman(L, L, KC).free_energy, expected, 1e-13)
end
for L, u in pairs{ [8] = -1.49158911, [32] = -1.43365847, [64] = -1.42393839 } do
  truth.same(("u at Kc, L = %d"):format(L), gibbs.kaufman(L, L, KC).energy / KC / L ^ 2, u, 1e-8)
end
for L, c in pairs{ [8] = 1.145559, [32] = 1.846768 } do
  truth.same(("c at Kc, L = %d"):format(L), gibbs.kaufman(L, L, KC).specific_heat / L ^ 2, c, 1e-6)
end
local off = gibbs.kaufman(40, 40, 0.408)
truth.same("ln Z at 0.408, L = 40", -off.free_energy, 1421.4325734701, 1e-13)
truth.same("u at 0.408, L = 40", off.energy / 0.408 / 1600, -1.15182115, 1e-8)
truth.same("c at 0.408, L = 40", off.specific_heat / 1600, 0.994670, 1e-6)

-- The 4x4 torus: states by their number of unsatisfied bonds (Beale 1996 counts the 32x32 one).
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 1 }
local states = {}
for number = 0, 65535 do
  local rows = {}
  for y = 0, 3 do
    rows[y + 1] = {}
    for x = 0, 3 do rows[y + 1][x + 1] = number >> (4 * y + x) & 1 == 0 and 1 or -1 end
  end
  states[number + 1] = rows
end
local counts = {}
for _, energy in ipairs(P:hamiltonian(states):table()) do
  local unsatisfied = (energy + 32) // 2 | 0
  counts[unsatisfied] = (counts[unsatisfied] or 0) + 1
end
for unsatisfied, count in pairs{ [0] = 2, [4] = 32, [6] = 64, [8] = 424, [10] = 1728, [12] = 6688, [14] = 13568, [16] = 20524, [18] = 13568, [32] = 2 } do
  truth.same(("4x4 states with %d unsatisfied bonds"):format(unsatisfied), counts[unsatisfied], count, 0)
end

-- The 8x8 torus, from its free energy at low temperatures: with x = exp(-2K), Z = exp(128 K) (2 + 128 x^4 + 256 x^6 + ...).  What is left out
-- is positive and less than the next count, some 2e7, times x^16 and what follows.
local known = { [0] = 2, [4] = 128, [6] = 256, [8] = 4672, [10] = 17920, [12] = 145408, [14] = 712960, [16] = 4274576 }
for _, K in ipairs{ 1.1, 1.3, 1.6, 2 } do
  local x, sum = math.exp(-2 * K), 0
  for power, count in pairs(known) do sum = sum + count * x ^ power end
  local found = math.exp(-gibbs.kaufman(8, 8, K).free_energy - 128 * K)
  truth.holds(("8x8 states of few unsatisfied bonds at K = %g"):format(K), found - sum > -1e-11 and found - sum < 1e-11 + 2.5e7 * x ^ 18 / (1 - 9 * x ^ 2),
    ("%.15g, by counts %.15g"):format(found, sum))
end

truth.finish()

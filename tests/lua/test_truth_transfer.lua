-- Elimination, gibbs.transfer(), against the reference values of rings, lattices, Potts models and spin glasses.
local gibbs = require "gibbs"
local truth = require "truth"

local how = gibbs.transfer()

-- Free energy, energy, entropy and heat capacity.
local function check_thermodynamics(id, P, out)
  local F, U = P:free_energy(how).value, P:mean(P.H, how).value
  truth.same(id .. " F", F, out.F)
  truth.same(id .. " U", U, out.U)
  truth.same(id .. " S", P:entropy(how).value, out.S or out.U - out.F)
  truth.same(id .. " C", P:mean(gibbs.square(P.H - U), how).value, out.C)
  truth.same(id .. " F as an objective", gibbs.free_energy(P):value(how).value, out.F)
end

local function check(id, lattice, sites, case)
  local P = gibbs.ising{ lattice = lattice, J = case.K, field = case.h }
  local m = gibbs.sum(P.visible) / sites
  check_thermodynamics(id, P, case.out)
  truth.same(id .. " bonds", P:mean(gibbs.bonds(P.visible, lattice), how).value, case.out.bond_sum)
  truth.same(id .. " m", P:mean(m, how).value, case.out.m or 0)
  if case.out.m2 then truth.same(id .. " m2", P:mean(m ^ 2, how).value, case.out.m2) end
  return P
end

-- Rings: correlations <s_1 s_{1+r}> too.
for _, case in ipairs(truth.cases "A1_ring") do
  local P = check(case.id, gibbs.lattice.chain(case.N, { periodic = case.bonds ~= "single" }), case.N, case)
  local s = P.visible
  local correlation = P:mean(s[1] * s, how).value:table()
  for r, expected in ipairs(case.out.corr) do
    truth.same(("%s corr[%d]"):format(case.id, r - 1), correlation[r], expected)
  end
end

local squares = {
  wrap = function(case) return gibbs.lattice.square(case.Ly, case.Lx) end,
  open = function(case) return gibbs.lattice.square(case.Ly, case.Lx, { periodic = false }) end,
  dedup = function() return gibbs.lattice.graph{ sites = 4, edges = { { 1, 2 }, { 3, 4 }, { 1, 3 }, { 2, 4 } } } end,
}
for _, case in ipairs(truth.cases "A2_square_torus") do
  check(case.id, squares[case.bonds](case), case.Lx * case.Ly, case)
end

for _, case in ipairs(truth.cases "A3_kaufman") do
  if math.min(case.Lx, case.Ly) <= 8 then
    local P = gibbs.ising{ lattice = gibbs.lattice.square(case.Ly, case.Lx), J = case.K }
    truth.same(case.id .. " F", P:free_energy(how).value, case.out.F)
  end
end

for _, case in ipairs(truth.cases "A5_triangular_honeycomb") do
  check(case.id, gibbs.lattice[case.lattice](case.Ly, case.Lx), case.N, case)
end

for _, case in ipairs(truth.cases "A6_potts") do
  local lattice = gibbs.lattice.square(case.Ly, case.Lx)
  local s = gibbs.potts(lattice, case.q)
  local first = {}
  for state = 1, case.q do first[state] = state == 1 and 1 or 0 end
  local occupied = gibbs.sum(gibbs.sum(gibbs.sum(s, 1), 1) * first)
  local P = gibbs.boltzmann{ energy = -case.K * gibbs.bonds(s, lattice) - case.h * occupied, visible = s }
  check_thermodynamics(case.id, P, case.out)
  truth.same(case.id .. " delta_sum", P:mean(gibbs.bonds(s, lattice), how).value, case.out.delta_sum)
  truth.same(case.id .. " occ0", P:mean(occupied, how).value / (case.Lx * case.Ly), case.out.occ0)
end

-- Spin glasses: the mean of every spin, and of the pairs that are listed.
local glasses = truth.table "A7_spin_glass"
for _, case in ipairs(glasses.cases) do
  local glass, edges, J, field = glasses.models[case.model], {}, {}, {}
  for k, coupling in ipairs(glass.couplings) do
    edges[k] = { coupling[1] + 1, coupling[2] + 1 }
    J[k] = case.beta * coupling[3]
  end
  for i, h in ipairs(glass.h) do field[i] = case.beta * h end
  local P = gibbs.ising{ lattice = gibbs.lattice.graph{ sites = glass.N, edges = edges }, J = J, field = field }
  local s = P.visible
  check_thermodynamics(case.id, P, case.out)
  truth.same(case.id .. " mag", P:mean(s, how).value, case.out.mag)
  for k, pair in ipairs(glass.pair_list) do
    truth.same(case.id .. " pair", P:mean(s[pair[1] + 1] * s[pair[2] + 1], how).value, case.out.pair[k])
  end
end

-- Long rings against the closed form; objectives; machines whose hidden units are summed with the others.
for _, N in ipairs{ 50, 1000, 20000 } do
  local K, h = 0.3, 0.2
  local root = math.sqrt(math.exp(2 * K) * ((math.exp(h) - math.exp(-h)) / 2) ^ 2 + math.exp(-2 * K))
  local middle = math.exp(K) * (math.exp(h) + math.exp(-h)) / 2
  local P = gibbs.ising{ lattice = gibbs.lattice.chain(N), J = K, field = h }
  local second = ((middle - root) / (middle + root)) ^ N
  truth.same("ring of " .. N, P:free_energy(how).value, -N * math.log(middle + root) - math.log(1 + second), 1e-12)
end

local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 4), J = 0.4, field = 0.1 }
local s = P.visible
local R = gibbs.boltzmann{ energy = -0.2 * gibbs.sum(s * s:shift{ 1, 0 }) - 0.3 * gibbs.sum(s), visible = s }
truth.same("kl", gibbs.kl(P, R):value(how).value, gibbs.kl(P, R):value().value)
truth.same("entropy", gibbs.entropy(P):value(how).value, gibbs.entropy(P):value().value)
truth.same("mean", gibbs.mean(P, P.H):value(how).value, gibbs.mean(P, P.H):value().value)
local gap = (gibbs.free_energy(P) - gibbs.free_energy(R)) ^ 2 + 0.5 * gibbs.kl(R, P)
truth.same("gap", gap:value(how).value, gap:value().value)
local Q = gibbs.rbm{ visible = gibbs.bits(6), hidden = gibbs.spins(4), init = gibbs.normal(0, 1) }
truth.same("machine", Q:free_energy(how).value, Q:free_energy().value)
truth.same("machine's means", Q:mean(Q.hidden, how).value, Q:mean(Q.hidden).value:table())
truth.holds("method", Q:free_energy(how).method == "transfer" and Q:free_energy().method == "exact")
truth.holds("described", Q:describe():find "transfer    units summed out one by one", Q:describe())

truth.finish()

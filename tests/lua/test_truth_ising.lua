-- Ising models on rings, square, triangular and honeycomb lattices against exact densities of states.
local gibbs = require "gibbs"
local truth = require "truth"

-- Free energy, energy, entropy and heat capacity, held against `out`.
local function check_thermodynamics(id, P, out)
  local F, U = P:free_energy().value, P:mean(P.H).value
  truth.same(id .. " F", F, out.F)
  truth.same(id .. " U", U, out.U)
  truth.same(id .. " S", P:entropy().value, out.S or U - F)
  truth.same(id .. " C", P:mean(gibbs.square(P.H - U)).value, out.C)
end

-- Moments of the magnetisation per site.
local function check_moments(id, P, sites, out)
  local m = gibbs.sum(P.visible) / sites
  local m2, m4 = P:mean(m ^ 2).value, P:mean(m ^ 4).value
  truth.same(id .. " m", P:mean(m).value, out.m or 0)
  truth.same(id .. " abs_m", P:mean(gibbs.abs(m)).value, out.abs_m)
  truth.same(id .. " m2", m2, out.m2)
  truth.same(id .. " m4", m4, out.m4)
  truth.same(id .. " binder", 1 - m4 / (3 * m2 ^ 2), out.binder)
end

-- Hand-written energies give the numbers of the named family.
local function check_by_hand(id, P, lattice, K, h)
  local s = P.visible
  local R = gibbs.boltzmann{ energy = -K * gibbs.bonds(s, lattice) - h * gibbs.sum(s), visible = s }
  truth.same(id .. " F by hand", R:free_energy().value, P:free_energy().value, 1e-12)
end

local function check(id, lattice, sites, case)
  local P = gibbs.ising{ lattice = lattice, J = case.K, field = case.h }
  check_thermodynamics(id, P, case.out)
  truth.same(id .. " bonds", P:mean(gibbs.bonds(P.visible, lattice)).value, case.out.bond_sum)
  if sites <= 20 then
    check_moments(id, P, sites, case.out)
    check_by_hand(id, P, lattice, case.K, case.h)
  end
  return P
end

-- Rings: correlations <s_1 s_{1+r}> too.
for _, case in ipairs(truth.cases "A1_ring") do
  if case.N <= 20 then
    local lattice = gibbs.lattice.chain(case.N, { periodic = case.bonds ~= "single" })
    local P = check(case.id, lattice, case.N, case)
    local s = P.visible
    local correlation = P:mean(s[1] * s).value:table()
    for r, expected in ipairs(case.out.corr) do
      truth.same(("%s corr[%d]"):format(case.id, r - 1), correlation[r], expected)
    end
  end
end

-- The square torus; "dedup" is the 2x2 lattice with each bond once, which is a ring of four.
local squares = {
  wrap = function(case) return gibbs.lattice.square(case.Ly, case.Lx) end,
  open = function(case) return gibbs.lattice.square(case.Ly, case.Lx, { periodic = false }) end,
  dedup = function() return gibbs.lattice.graph{ sites = 4, edges = { { 1, 2 }, { 3, 4 }, { 1, 3 }, { 2, 4 } } } end,
}
for _, case in ipairs(truth.cases "A2_square_torus") do
  local sites = case.Lx * case.Ly
  if sites <= 25 then check(case.id, squares[case.bonds](case), sites, case) end
end

-- The largest lattice has 2^24 states: its moments once.
for _, case in ipairs(truth.cases "A2_square_torus") do
  if case.id == "sq_4x6_wrap_K0.408_h0.0" then
    check_moments(case.id, gibbs.ising{ lattice = gibbs.lattice.square(6, 4), J = case.K }, 24, case.out)
  end
end

for _, case in ipairs(truth.cases "A5_triangular_honeycomb") do
  if case.N <= 18 then
    check(case.id, gibbs.lattice[case.lattice](case.Ly, case.Lx), case.N, case)
  end
end

truth.finish()

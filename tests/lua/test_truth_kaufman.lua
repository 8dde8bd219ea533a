-- The solved Ising models against reference values of tori up to 256x256 and of the infinite lattice.
package.path = "./?.lua;" .. package.path
local gibbs = require "gibbs"
local truth = require "truth"

for _, case in ipairs(truth.cases "A3_kaufman") do
  local out = case.out
  local found = gibbs.kaufman(case.Ly, case.Lx, case.K)
  truth.same(case.id .. " F", found.free_energy, out.F, 1e-12)
  truth.same(case.id .. " U", found.energy, out.U, 1e-11)
  truth.same(case.id .. " C", found.specific_heat, out.C, 1e-10)
  -- without being asked how, F of the model itself, and as an objective
  local P = gibbs.ising{ lattice = gibbs.lattice.square(case.Ly, case.Lx), J = case.K }
  local F, objective = P:free_energy(), (2 * gibbs.free_energy(P)):value()
  truth.same(case.id .. " F of the model", F.value, out.F, 1e-12)
  truth.same(case.id .. " F as an objective", objective.value, 2 * out.F, 1e-12)
  local how = case.Lx * case.Ly <= 30 and "exact" or "kaufman"
  truth.holds(case.id .. " method", F.method == how and objective.method == how and F.error == 0, F.method)
end

-- An energy written by hand is the same model; a field makes it another one, which is too large.
do
  local s = gibbs.spins{ 32, 32 }
  local bonds = gibbs.sum(s * s:shift{ 1, 0 }) + gibbs.sum(s * s:shift{ 0, 1 })
  local P = gibbs.boltzmann{ visible = s, energy = 100 - 0.408 * bonds }
  truth.same("by hand", P:free_energy().value, 100 + gibbs.kaufman(32, 32, 0.408).free_energy, 1e-13)
  local R = gibbs.boltzmann{ visible = s, energy = -0.408 * bonds - 0.01 * gibbs.sum(s) }
  truth.holds("with a field", not pcall(R.free_energy, R))
  truth.holds("as an objective", not pcall(function() return gibbs.free_energy(R):value() end))
  -- where it is asked for a sum, it is a sum or nothing
  truth.holds("asked for a sum", not pcall(P.free_energy, P, gibbs.exact()))
end

for _, case in ipairs(truth.cases "A4_infinite_lattice") do
  if case.id:find "^onsager" then
    local out = case.out
    local K = type(case.K) == "number" and case.K or math.log(1 + math.sqrt(2)) / 2
    local found = gibbs.onsager(K)
    for name, field in pairs{ free_energy = "f_per_site", energy = "u_per_site", specific_heat = "c_per_site",
      magnetisation = "spontaneous_magnetization" } do
      -- the reference leaves out what is infinite, or 0, at the critical point
      if type(out[field]) == "number" then truth.same(case.id .. " " .. field, found[name], out[field], 1e-10) end
    end
  end
end

-- A direction of length 2 has each bond twice and one of length 1 has none, as on the lattices that are sampled.
for _, size in ipairs{ { 5, 1 }, { 1, 4 }, { 1, 1 }, { 2, 3 }, { 2, 1 } } do
  local P = gibbs.ising{ lattice = gibbs.lattice.square(size[1], size[2]), J = 0.4 }
  local found, id = gibbs.kaufman(size[1], size[2], 0.4), ("%dx%d"):format(size[1], size[2])
  truth.same(id .. " F", found.free_energy, P:free_energy().value, 1e-12)
  truth.same(id .. " U", found.energy, P:mean(P.E).value, 1e-12)
end

truth.finish()

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

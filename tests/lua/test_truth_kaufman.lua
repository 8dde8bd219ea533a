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
    truth.same(case.id .. " f", found.free_energy, out.f_per_site, 1e-12)
    truth.same(case.id .. " u", found.energy, out.u_per_site, 1e-10)
    if type(out.c_per_site) == "number" then truth.same(case.id .. " c", found.specific_heat, out.c_per_site, 1e-10) end
    truth.same(case.id .. " m", found.magnetisation, out.spontaneous_magnetization, 1e-10)
  end
end

truth.finish()

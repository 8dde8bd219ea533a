-- Renormalization against reference values: the chain's flow and constants, blocks of small lattices, the textbook schemes.
package.path = "./?.lua;" .. package.path
local gibbs = require "gibbs"
local truth = require "truth"
local rg = gibbs.rg

-- ---- the chain ---------------------------------------------------------------------------------------------------

for _, case in ipairs(truth.cases "D1_decimation") do
  local chain, at, total = rg.chain{ b = 2 }, { K = case.K, h = case.h }, 0
  local whole = gibbs.ising{ lattice = gibbs.lattice.chain(case.N), J = case.K, field = case.h }:free_energy(gibbs.transfer()).value
  for i = 2, #case.flow do
    local row, g = case.flow[i]
    at, g = chain:step(at)
    total = total + row.N * g
    local what = ("%s, step %d"):format(case.id, row.step)
    truth.same(what .. " K", at.K, row.K, 1e-12)
    truth.same(what .. " h", at.h, row.h, 1e-12)
    truth.same(what .. " g", g, row.g, 1e-12)
    truth.same(what .. " constants", total, row.accumulated_constant, 1e-12)
    if row.N == 8 then -- what was summed over and what is left are the whole ring
      local left = gibbs.ising{ lattice = gibbs.lattice.chain(8), J = at.K, field = at.h }:free_energy().value
      truth.same(what .. " F", left - total, whole, 1e-12)
    end
  end
end

-- ---- blocks ------------------------------------------------------------------------------------------------------

local function lattice_of(case)
  local size = case.lattice.size
  return #size == 1 and gibbs.lattice.chain(size[1]) or gibbs.lattice.square(size[1], size[2])
end

local function transform_of(case, v)
  local b = case.lattice.kind == "square" and 2 or case.lattice.size[1] // #case.blocks
  if case.rule == "majority" and #case.blocks[1] == 1 then return rg.decimation{ visible = v, b = b } end
  if case.rule == "majority" then return rg.majority{ visible = v, b = b } end
  if case.rule == "kadanoff" then return rg.block_spin{ visible = v, b = b, p = case.p } end
  local plain = rg.block_spin{ visible = v, b = b, p = case.p, normalised = false }
  if case.rule == "unnormalised" then return plain end
  local off = #case.blocks * math.log(2 * (math.exp(case.p) + math.exp(-case.p)) / 2)
  return rg.transform{ visible = v, hidden = plain.hidden, kernel = plain.kernel - off }
end

-- Row-major numbers of the blocks' spins; the tables count bits from the first block, +1 being a set bit.
local function state_of(index, blocks, shape)
  local flat = {}
  for i = 1, blocks do flat[i] = index >> (i - 1) & 1 == 1 and 1 or -1 end
  if #shape == 1 then return flat end
  local rows = {}
  for y = 1, shape[1] do rows[y] = table.move(flat, (y - 1) * shape[2] + 1, y * shape[2], 1, {}) end
  return rows
end

for _, case in ipairs(truth.cases "D2_block_spin") do
  local P = gibbs.ising{ lattice = lattice_of(case), J = case.K, field = case.h }
  local t = transform_of(case, P.visible)
  local C, shape = t:step(P), t.hidden:shape()
  truth.same(case.id .. " F", P:free_energy().value, case.F, 1e-12)
  truth.same(case.id .. " F of the blocks", C:free_energy().value, case.F_block, 1e-12)
  for index = 0, (1 << #case.blocks) - 1 do
    truth.same(("%s H(%d)"):format(case.id, index), C:hamiltonian(state_of(index, #case.blocks, shape)), case.H_block[index + 1], 1e-11)
  end
  local budget = t:budget(P)
  truth.same(case.id .. " KL", budget.kl.value, math.max(0, case.KL_visible), 1e-10)
  truth.same(case.id .. " F_l - F", budget.gap.value, -case.dF, 1e-10)
  truth.same(case.id .. " budget of P", budget.mean_D.value - budget.kl.value, budget.gap.value, 1e-10)
  truth.same(case.id .. " budget of the machine", budget.mean_D_machine.value + budget.kl_reverse.value, budget.gap.value, 1e-10)
  local trace = t:trace(P)
  local expected = math.max(math.abs(math.log(case.Tr_h_eT_min)), math.abs(math.log(case.Tr_h_eT_max)))
  truth.same(case.id .. " largest trace", trace.largest, expected, 1e-11)
  truth.holds(case.id .. " trace condition", trace.holds == (expected < 1e-9))
  local couplings = rg.couplings(C)
  truth.same(case.id .. " constant", couplings.constant, case.couplings["[]"], 1e-11)
  truth.same(case.id .. " field", couplings.field, case.couplings["[0]"], 1e-11)
  truth.same(case.id .. " pair", couplings[2].value, case.couplings["[0, 1]"], 1e-11)
end

-- A kernel that is wrong by 1e-6 is caught, as is one whose error lies in a single state.
do
  local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
  local t = rg.majority{ visible = P.visible }
  local off = rg.transform{ visible = t.visible, hidden = t.hidden, kernel = t.kernel + 1e-6 }
  truth.holds("a kernel off by 1e-6", t:trace(P).holds and not off:trace(P).holds)
  truth.same("how much it is off", off:trace(P).mean.value, 1e-6, 1e-12)
  local p = rg.block_spin{ visible = P.visible, p = 0.5 }
  local bent = rg.transform{ visible = p.visible, hidden = p.hidden, kernel = p.kernel + 1e-6 * gibbs.sum(p.hidden) * P.visible[1][1] }
  truth.holds("a kernel bent by 1e-6", p:trace(P).holds and not bent:trace(P).holds)
end

-- ---- the textbook schemes ------------------------------------------------------------------------------------------

local function flow(scheme, start, steps)
  local list = {}
  for i, couplings in ipairs(scheme:flow(start, steps)) do list[i] = couplings.K end
  return list
end

for _, case in ipairs(truth.cases "D3_approximate_rg") do
  for _, order in ipairs{ "move_then_decimate", "decimate_then_move" } do
    if case[order] then
      local scheme = rg.migdal_kadanoff{ b = case.b, d = case.d, order = order == "move_then_decimate" and "move_first" or "decimate_first" }
      truth.same(case.id .. " K* " .. order, scheme.couplings.K, case[order].Kstar, 1e-11)
      truth.same(case.id .. " y_T " .. order, scheme.y_t, case.y_T, 1e-9)
      local found = flow(scheme, 0.4, #case[order].flow_from_0p4)
      for i, K in ipairs(case[order].flow_from_0p4) do
        if type(K) == "number" then truth.same(("%s flow %d %s"):format(case.id, i, order), found[i + 1], K, 1e-12) end
      end
    end
  end
  if case.id == "mk_b1_d2" then
    local scheme = rg.migdal_kadanoff{ b = 1, d = case.d }
    truth.same("b -> 1, K*", scheme.couplings.K, case.Kstar, 1e-11)
    truth.same("b -> 1, y_T", scheme.y_t, case.y_T, 1e-9)
  elseif case.id == "nvl_first_order" then
    local scheme = rg.niemeijer_van_leeuwen()
    truth.same("triangles, K*", scheme.couplings.K, case.Kstar, 1e-12)
    truth.same("triangles, y_T", scheme.y_t, case.y_T, 1e-10)
    truth.same("triangles, y_h", scheme.y_h, case.y_h, 1e-10)
    for i, K in ipairs(flow(scheme, case.flow[1], #case.flow - 1)) do truth.same("triangles, flow", K, case.flow[i], 1e-12) end
  elseif case.q then
    local scheme = rg.migdal_kadanoff{ b = case.b, d = case.d, q = case.q }
    truth.same(case.id .. " K*", scheme.couplings.K, case.Kstar, 1e-11)
    truth.same(case.id .. " y_T", scheme.y_t, case.y_T, 1e-9)
  end
end

truth.finish()

-- Restricted Boltzmann machines of spins, bits and Potts units against independent exact sums: free energies, means,
-- entropies, Hamiltonians; huge weights and none; and the same energies written by hand.
local gibbs = require "gibbs"
local truth = require "truth"

-- The Potts tables are W[unit][state][hidden] and a[unit][state], states from 0: here rows unit by unit, states from 1.
local function flatten(case)
  local flat = { visible = "potts", W = {}, a = {}, v_list = {}, out = {} }
  for unit = 1, case.n do
    for state = 1, case.q do
      flat.W[#flat.W + 1] = case.W[unit][state]
      flat.a[#flat.a + 1] = case.a[unit][state]
    end
  end
  for i, v in ipairs(case.v_list) do
    flat.v_list[i] = {}
    for unit, state in ipairs(v) do flat.v_list[i][unit] = state + 1 end
  end
  return flat
end

local function make(case)
  local hidden = gibbs[case.hidden](case.m)
  if case.visible ~= "potts" then
    return gibbs.rbm{ visible = gibbs[case.visible](case.n), hidden = hidden, W = case.W, a = case.a, b = case.b }, case
  end
  local flat = flatten(case)
  return gibbs.rbm{ visible = gibbs.potts(case.n, case.q), hidden = hidden, W = flat.W, a = flat.a, b = case.b }, flat
end

local function check_visible_side(id, Q, out)
  local F = Q:free_energy().value
  truth.same(id .. " F", F, out.F)
  truth.same(id .. " U_visible", Q:mean(Q.H).value, out.U_visible)
  truth.same(id .. " S_visible", Q:entropy().value, out.S_visible)
  truth.same(id .. " U_joint", Q:mean(Q.E).value, out.U_joint)
  truth.same(id .. " S_joint", Q:mean(Q.E).value - F, out.S_joint)
  truth.same(id .. " mean_v", Q:mean(Q.visible).value, out.mean_v)
  truth.same(id .. " mean_h", Q:mean(Q.hidden).value, out.mean_h)
end

-- dF/dW = -<v h>, dF/da = -<v>, dF/db = -<h>.
local function check_gradient(id, Q, case)
  local gradient = gibbs.free_energy(Q):gradient()
  local means = { W = {}, a = {}, b = case.out.mean_h }
  if case.visible == "potts" then
    for unit = 1, case.n do
      for state = 1, case.q do
        means.W[#means.W + 1] = case.out.mean_vh[unit][state]
        means.a[#means.a + 1] = case.out.mean_v[unit][state]
      end
    end
  else
    means.W, means.a = case.out.mean_vh, case.out.mean_v
    truth.same(id .. " mean_vh", Q:mean(gibbs.outer(Q.visible, Q.hidden)).value, means.W)
  end
  for name, mean in pairs(means) do
    local found = truth.plain(-gradient[name])
    truth.same(id .. " -dF/d" .. name, found, mean)
  end
end

-- Visible and hidden exchanged: the same free energy, the entropy of the other side.
local function check_swapped(id, case)
  if case.visible == "potts" then return end
  local W = gibbs.tensor(case.W):t()
  local R = gibbs.rbm{ visible = gibbs[case.hidden](case.m), hidden = gibbs[case.visible](case.n), W = W, a = case.b, b = case.a }
  truth.same(id .. " F of the hidden side", R:free_energy().value, case.out.F)
  truth.same(id .. " U_hidden", R:mean(R.H).value, case.out.U_hidden)
  truth.same(id .. " S_hidden", R:entropy().value, case.out.S_hidden)
end

-- The energy written out gives the numbers of the named family.
local function check_by_hand(id, Q, case)
  if case.visible == "potts" then return end
  local v, h = gibbs[case.visible](case.n), gibbs[case.hidden](case.m)
  local W = gibbs.parameter("W", { case.n, case.m }, case.W)
  local a, b = gibbs.parameter("a", case.n, case.a), gibbs.parameter("b", case.m, case.b)
  local R = gibbs.boltzmann{ energy = -v:dot(W:mul(h)) - a:dot(v) - b:dot(h), visible = v, hidden = h }
  truth.same(id .. " F by hand", R:free_energy().value, Q:free_energy().value, 1e-12)
  truth.same(id .. " H by hand", R:hamiltonian(case.v_list), truth.plain(Q:hamiltonian(case.v_list)), 1e-12)
end

for _, case in ipairs(truth.cases "B1_rbm_exact") do
  if not case.visible:find "gaussian" then
    local Q, given = make(case)
    check_visible_side(case.id, Q, case.out)
    check_gradient(case.id, Q, case)
    truth.same(case.id .. " H", Q:hamiltonian(given.v_list), case.out.H_list)
    check_swapped(case.id, case)
    check_by_hand(case.id, Q, case)
  end
end

truth.finish()

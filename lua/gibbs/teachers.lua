--- Machines that are exactly right: KL = 0 and F_lambda = F, at any size.  Teachers for training, and the acid test of every
--- estimate of a free energy.
--- local teachers = require "gibbs.teachers"

local gibbs = require "gibbs"

local teachers = {}
local LOG2 = math.log(2)

local function log_cosh(x) return math.log((math.exp(x) + math.exp(-x)) / 2) end

--- An Ising model as a machine with one hidden spin for every bond:
---   exp(J s s') = (exp(-J)/2) sum_h exp(w h (s + s')), cosh 2w = exp(2J);  J < 0: of -J, with s - s'.
--- `s` are spins and `steps` the offsets of their neighbours, { { 1 } } for a ring, { { 1, 0 }, { 0, 1 } } for a torus.
function teachers.bonds(s, J, steps)
  local strength, sign, hidden = math.abs(J), J < 0 and -1 or 1, {}
  local w = math.log(math.exp(2 * strength) + math.sqrt(math.exp(4 * strength) - 1)) / 2
  local sites, energy = 1, 0
  for _, extent in ipairs(s:shape()) do sites = sites * extent end
  for k, step in ipairs(steps) do
    hidden[k] = gibbs.spins(s:shape())
    energy = energy - w * gibbs.sum(hidden[k] * (s + sign * s:shift(step))) + sites * (strength + LOG2)
  end
  return gibbs.boltzmann{ energy = energy, visible = s, hidden = hidden }
end

-- For each odd site of a torus its four neighbours, which are even, by their number among the even sites.
local function plaquettes(size)
  local number, count, list = {}, 0, {}
  local function site(x, y) return x % size * size + y % size end
  for x = 0, size - 1 do
    for y = x % 2, size - 1, 2 do
      count = count + 1
      number[site(x, y)] = count
    end
  end
  for x = 0, size - 1 do
    for y = 1 - x % 2, size - 1, 2 do
      list[#list + 1] = { number[site(x + 1, y)], number[site(x, y + 1)], number[site(x - 1, y)], number[site(x, y - 1)] }
    end
  end
  return list
end

--- Half of a square torus visible, half hidden, weights J: a restricted Boltzmann machine whose marginal is exact
--- decimation by the square root of two.  `size` is even.
function teachers.sublattice(size, J)
  local corners, W = plaquettes(size), {}
  for i = 1, #corners do
    W[i] = {}
    for j = 1, #corners do W[i][j] = 0 end
  end
  for j, four in ipairs(corners) do
    for _, i in ipairs(four) do W[i][j] = W[i][j] + J end
  end
  return gibbs.rbm{ visible = gibbs.spins(#corners), hidden = gibbs.spins(#corners), W = W }
end

--- The decimated model on the same visible spins `s`, plaquette by plaquette: a constant, the six pairs of corners, and
--- the four together.  Where a small torus makes pairs coincide, their couplings add up.
function teachers.decimated(s, size, J)
  local pair = log_cosh(4 * J) / 8
  local four, constant = pair - log_cosh(2 * J) / 2, LOG2 + log_cosh(2 * J) / 2 + pair
  local energy = 0
  for _, c in ipairs(plaquettes(size)) do
    local a, b, d, e = s[c[1]], s[c[2]], s[c[3]], s[c[4]]
    energy = energy - constant - pair * (a * b + a * d + a * e + b * d + b * e + d * e) - four * a * b * d * e
  end
  return gibbs.boltzmann{ energy = energy, visible = s }
end

return teachers

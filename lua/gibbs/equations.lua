--- The numbered equations of the founding note (Burns, Renormalization and Boltzmann Machines, 2021), each side computed by
--- itself: sums are written out, derivatives taken by differences.
--- local equations = require "gibbs.equations"

local gibbs = require "gibbs"
local study = require "gibbs.study"

local equations = {}

--- What they say, (2) with the exponential that is missing in print.
equations.text = {
  "P = exp(-H) / Σ exp(-H)", "H_λ = -log Σ_h exp(-E_λ)", "P_λ = exp(-H_λ) / Σ exp(-H_λ)", "F = -log Σ exp(-H), and F_λ",
  "∇F_λ = -∇ log Σ exp(-H_λ)", "∇F_λ = Σ ∇H_λ P_λ", "∇F_λ = <∇H_λ>_Pλ",
  "∇P_λ = (∇exp(-H_λ)) exp(F_λ) + exp(-H_λ) ∇exp(F_λ)", "∇P_λ = -(∇H_λ - ∇F_λ) P_λ", "∇KL = ∇ Σ P (log P - log P_λ)",
  "∇KL = -Σ P ∇log P_λ", "∇KL = -Σ P ∇P_λ / P_λ", "∇KL = Σ P (∇H_λ - ∇F_λ)", "∇KL = <∇H_λ>_P - <∇H_λ>_Pλ",
  "∇(F - F_λ)² = -2 (F - F_λ) ∇F_λ", "<∇H_λ>_Pλ = 0, tried at λ = 0",
}

-- H_λ of every state by a plain sum over h; and how many states have no -log Σ_h E_λ, which is what (2) prints.
local function sum_over_hidden(Q, states, hidden)
  local H, undefined = {}, 0
  for s, v in ipairs(states) do
    local logs, sum = {}, 0
    for k, h in ipairs(hidden) do
      local energy = Q:energy(v, h)
      logs[k], sum = -energy, sum + energy
    end
    H[s] = -study.log_sum_exp(logs)
    if sum <= 0 then undefined = undefined + 1 end
  end
  return H, undefined
end

-- Everything that (5) to (15) differentiate, with the machine as it stands.
local function measure(Q, states, p, F)
  local seen = { F = Q:free_energy().value, H = study.flatten(Q:hamiltonian(states)), KL = 0, exp_H = {} }
  seen.F_sum, seen.P = study.boltzmann(seen.H)
  seen.log_P, seen.exp_F, seen.J = study.flatten(Q:log_probability(states)), math.exp(seen.F), (F - seen.F) ^ 2
  for s = 1, #states do
    seen.exp_H[s] = math.exp(-seen.H[s])
    seen.KL = seen.KL + p[s] * (math.log(p[s]) - seen.log_P[s])
  end
  return seen
end

-- Keeps the largest difference seen for each equation; a NaN stays.
local function deviations()
  local worst = {}
  return worst, function(equation, left, right)
    local most = study.distance(left, right)
    if not (most <= (worst[equation] or -1)) then worst[equation] = most end
  end
end

local function check_values(P, Q, states, hidden, deviation)
  local H, undefined = sum_over_hidden(Q, states, hidden)
  local F_true, p = study.boltzmann(study.flatten(P:hamiltonian(states)))
  local F, q = study.boltzmann(H)
  deviation(1, study.probabilities(P, states), p)
  deviation(2, Q:hamiltonian(states), H)
  deviation(3, study.probabilities(Q, states), q)
  deviation(4, { P:free_energy().value, Q:free_energy().value }, { F_true, F })
  return F_true, F, p, q, undefined
end

-- (5) to (15) for one parameter: d holds the derivatives of what `here` holds; the rest is that component of the means and
-- of the gradients that the library gives.
local function check_component(d, here, p, q, gap, mean_P, mean_Q, KL, J, deviation)
  local six, eleven, twelve, thirteen = 0, 0, 0, 0
  for s = 1, #p do
    six, eleven = six + d.H[s] * q[s], eleven - p[s] * d.log_P[s]
    twelve, thirteen = twelve - p[s] * d.P[s] / q[s], thirteen + p[s] * (d.H[s] - d.F)
    deviation(8, d.P[s], d.exp_H[s] * here.exp_F + here.exp_H[s] * d.exp_F)
    deviation(9, d.P[s], -(d.H[s] - d.F) * q[s])
  end
  local sides = {
    [5] = { d.F, d.F_sum }, [6] = { d.F, six }, [7] = { d.F, mean_Q }, [10] = { KL, d.KL }, [11] = { KL, eleven },
    [12] = { KL, twelve }, [13] = { KL, thirteen }, [14] = { d.KL, mean_P - mean_Q }, [15] = { { d.J, J }, { J, -2 * gap * mean_Q } },
  }
  for equation, side in pairs(sides) do deviation(equation, side[1], side[2]) end
end

--- The largest deviation between the two sides of each equation, for a target P without parameters and a machine Q as it
--- stands, over lists of all their states; and the number of states for which (2) as printed has no value.  (16) is the
--- largest component of <∇H_λ> at λ = 0.
function equations.check(P, Q, states, hidden)
  local worst, deviation = deviations()
  local F_true, F, p, q, undefined = check_values(P, Q, states, hidden, deviation)
  local x, here = study.vector(Q), measure(Q, states, p, F_true)
  local mean_P, mean_Q = study.mean_slope(Q, P), study.mean_slope(Q, Q)
  local gap = gibbs.free_energy(P) - gibbs.free_energy(Q)
  local KL, J = study.vector(gibbs.kl(P, Q):gradient()), study.vector((gap ^ 2):gradient())
  local function at(y)
    study.put(Q, y)
    return measure(Q, states, p, F_true)
  end
  for k = 1, #x do
    check_component(study.slope(at, x, k), here, p, q, F_true - F, mean_P[k], mean_Q[k], KL[k], J[k], deviation)
  end
  study.zero(Q)
  worst[16] = study.largest(study.mean_slope(Q, Q))
  study.put(Q, x)
  return worst, undefined
end

return equations

--- Constant, fields and pair couplings of a Hamiltonian of +-1 spins, H(s) = -g - sum_i g_i s_i - sum_(i<j) g_ij s_i s_j - rest:
--- its projection onto products of up to two spins under the uniform distribution of states, where all products are orthogonal.
--- Exactly for a few spins; else by least squares over random states, a round after the other.
---
--- A round draws M states and has the residual r = -H - (g + ...) of what is known. The mean of r times a product is what the coefficient lacks,
--- with the variance V / M, V = <r^2>, the same for all products, as their squares are 1. Rounds are weighed by M / V: while coefficients are not
--- known their errors are part of V, and in the end V is the rest.

local _, core = ...
local arguments = require "gibbs.arguments"
local couplings = require "gibbs.couplings"
local gibbs = core.fields

local projection = {}

local WHO = "gibbs.rg.pair_couplings"
local ROUNDS, LEAST = 32, 100 -- fewer states a round do not tell V well enough to weigh by it
local MOST_UNITS = 2000
local CHUNK = 1 << 22 -- numbers in a batch of states

-- ---- exactly ------------------------------------------------------------------------------------------------

local function matrix_of(n, at)
  local rows = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = i == j and 0 or at(i, j) end
    rows[i] = row
  end
  return gibbs.tensor(rows)
end

local function exact(C, n)
  local g, fields, all, two = couplings.coefficients(C), {}, 0, 0
  for mask = 1, #g - 1 do all = all + g[mask + 1] ^ 2 end
  local function coupling(mask)
    two = two + g[mask + 1] ^ 2
    return g[mask + 1]
  end
  for i = 1, n do fields[i] = coupling(1 << i - 1) end
  local above = {}
  for j = 2, n do
    for i = 1, j - 1 do above[i * n + j] = coupling(1 << i - 1 | 1 << j - 1) end
  end
  local pairs_ = matrix_of(n, function(i, j) return above[math.min(i, j) * n + math.max(i, j)] end)
  return { constant = g[1], fields = gibbs.tensor(fields), pairs = pairs_, error = 0, variance = all, rest = math.max(0, all - two), samples = #g }
end

-- ---- by random states -----------------------------------------------------------------------------------------

--- What is known: coefficients as tensors, their common information (1 / variance), and the matrices that rounds need.
local function nothing_known(n)
  local zeros = {}
  for i = 1, n do zeros[i] = 0 end
  return { constant = 0, fields = gibbs.tensor(zeros), pairs = matrix_of(n, function() return 0 end), information = 0 }
end

--- Sums of r, r s, r s s^T and r^2 over a batch of states.
local function add_batch(sums, C, known, S, n)
  local M = S:shape()[1]
  local H = C:hamiltonian(S)
  local flat = S:reshape{ M, n }:value()
  local r = (-H - known.constant - flat:mul(known.fields) - gibbs.sum(flat:mul(known.pairs) * flat, 2) / 2):value()
  local weighted = (flat * gibbs.outer(r, sums.ones)):value()
  sums.count = sums.count + M
  sums.constant = sums.constant + gibbs.sum(r)
  sums.square = sums.square + gibbs.dot(r, r)
  sums.fields = (sums.fields + gibbs.sum(weighted, 1)):value()
  sums.pairs = (sums.pairs + weighted:t():mul(flat)):value()
end

local function without_diagonal(n)
  return matrix_of(n, function() return 1 end)
end

local function round(C, known, coins, n, samples)
  local sums = nothing_known(n)
  local ones = {}
  for i = 1, n do ones[i] = 1 end
  sums.ones, sums.count, sums.square = gibbs.tensor(ones), 0, 0
  while sums.count < samples do add_batch(sums, C, known, coins:advance(1):batch(C.visible), n) end
  return sums
end

--- The mean of this round's estimate, which is known + sums / M, and of what was known, weighed by their information.
local function take_in(known, sums, off_diagonal)
  local M, V = sums.count, sums.square / sums.count
  local information = V > 0 and M / V or math.huge
  local share = information == math.huge and 1 or information / (known.information + information)
  known.constant = known.constant + share * sums.constant / M
  known.fields = (known.fields + share / M * sums.fields):value()
  known.pairs = (known.pairs + share / M * sums.pairs * off_diagonal):value()
  known.rest = V
  known.information = known.information + information
end

local function sampled(C, n, samples, seed)
  local fair = gibbs.boltzmann{ visible = C.visible, energy = 0 * gibbs.sum(C.visible) }
  local rows = math.max(1, math.min(math.ceil(samples / ROUNDS), CHUNK // n))
  local coins = fair:chains{ n = rows, kernel = "heat_bath", seed = seed }
  local known, off_diagonal, before, drawn = nothing_known(n), without_diagonal(n), 0, 0
  -- The first residuals are those of this number: any does, a near one keeps V small.
  local first = C:hamiltonian(coins:advance(1):batch(C.visible))
  known.constant = -gibbs.sum(first) / first:shape()[1]
  for _ = 1, ROUNDS do
    before = known.information
    local sums = round(C, known, coins, n, samples / ROUNDS)
    take_in(known, sums, off_diagonal)
    drawn = drawn + sums.count
  end
  -- Of the last <r^2>, what the errors of the coefficients put there is taken away.
  local coefficients = 1 + n + n * (n - 1) // 2
  local error_square = 1 / known.information
  local rest = math.max(0, known.rest - coefficients / before)
  local squares = gibbs.dot(known.fields, known.fields) + gibbs.sum(known.pairs * known.pairs) / 2
  return { constant = known.constant, fields = known.fields, pairs = known.pairs, error = math.sqrt(error_square),
    variance = rest + squares - (coefficients - 1) * error_square, rest = rest, samples = drawn }
end

-- ---- the function -----------------------------------------------------------------------------------------------

local function is_whole(least)
  return function(value) return value == false or math.type(value) == "integer" and value >= least end
end

--- false: as many as the number of spins asks for.
local ROWS = { { "samples", ("a whole number of at least %d"):format(ROUNDS * LEAST), is_whole(ROUNDS * LEAST), false }, { "seed", "a whole number, 0 or more", is_whole(0), 1 } }

---Constant, fields and pair couplings of the Hamiltonian of +-1 spins.
---@param C any  the distribution, as the hidden units of a machine
---@param options? {samples?: integer, seed?: integer}
---@return table  constant, fields (tensor n), pairs (tensor n x n, symmetric), error (one standard error of each of them), variance (of H over
---all states: the sum of all squared couplings), rest (the part of it in products of three and more spins), samples
function projection.pairs(C, options)
  options = options == nil and {} or options
  if type(options) ~= "table" then arguments.refuse(WHO, "options", options, "a table") end
  local given = arguments.read(WHO, options, ROWS)
  local n = couplings.need_spins(WHO, C)
  if not given.samples and n <= couplings.MOST_UNITS then return exact(C, n) end
  if n > MOST_UNITS then core.raise(("%s: %d spins; at most %d"):format(WHO, n, MOST_UNITS)) end
  return sampled(C, n, given.samples or math.max(100000, 8 * n * n), given.seed)
end

return projection

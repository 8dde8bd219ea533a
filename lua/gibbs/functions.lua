--- Functions that are formulas of the others; they work on numbers, tensors and expressions.

local _, core = ...
local gibbs = core.gibbs

local functions = {}

---The square.
---@param x number|gibbs.expression
function functions.square(x)
  if x == nil then core.raise("gibbs.square: argument 'x' is missing; it must be an expression, a tensor or a number") end
  return x * x
end

---Huber's function: x^2 / 2 where |x| <= delta, and the straight line that continues it smoothly elsewhere.
---@param x number|gibbs.expression
---@param delta number  positive
function functions.huber(x, delta)
  if math.type(delta) == nil or not (delta > 0 and delta < math.huge) then
    core.raise(("gibbs.huber: argument 'delta' is %s; it must be a positive number"):format(tostring(delta)))
  end
  local size = gibbs.abs(x)
  local inner = delta - gibbs.relu(delta - size) -- min(|x|, delta), without cancellation for large x
  return inner * (size - 0.5 * inner)
end

return functions

-- args: --traceback
local gibbs = require "gibbs"
local function inner()
  local value = gibbs.huber(1, -1)
  return value
end
local x = inner()
print(x)

-- The line is that of the function, whatever stands between it and the call.
local gibbs = require "gibbs"
local v = gibbs.spins(2)
local E = gibbs.lua_energy{ visible = v, energy = function(s)
  return s[3] * 2
end }
print((2 * E):at(v, {1, 1}))

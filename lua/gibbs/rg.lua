--- gibbs.rg: renormalization.  The schemes and the Monte Carlo are in C; coarse-grainings are distributions, and made here.

local _, core = ...
local blocks = require "gibbs.blocks"
local couplings = require "gibbs.couplings"
local projection = require "gibbs.projection"
local transforms = require "gibbs.transforms"

local rg = { couplings = couplings.of, pair_couplings = projection.pairs }
for _, members in ipairs{ core.halves.rg, transforms.functions, blocks } do
  for name, member in pairs(members) do rg[name] = member end
end

return rg

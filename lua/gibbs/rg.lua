--- gibbs.rg: renormalization.  The schemes and the Monte Carlo are in C; coarse-grainings are distributions, and made here.

local _, core = ...
local transforms = require "gibbs.transforms"
local couplings = require "gibbs.couplings"
local projection = require "gibbs.projection"

local rg = {}
for name, member in pairs(core.halves.rg) do rg[name] = member end
for name, member in pairs(transforms) do rg[name] = member end
rg.couplings = couplings.of
rg.pair_couplings = projection.pairs

return rg

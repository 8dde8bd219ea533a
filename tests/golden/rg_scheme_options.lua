-- Options of gibbs.rg.chain, migdal_kadanoff, niemeijer_van_leeuwen, kadanoff and wilson that cannot be.
local gibbs = require "gibbs"

local function tell(make, ...)
  print(select(2, pcall(make, ...)))
end

local rg = gibbs.rg
tell(rg.chain, 2)
tell(rg.chain, {}, 2)
tell(rg.chain, { b = 1 })
tell(rg.chain, { b = 2.5 })
tell(rg.chain, { B = 2 })
tell(rg.chain, { 3 })
tell(rg.migdal_kadanoff, { b = 0.5 })
tell(rg.migdal_kadanoff, { d = 0 / 0 })
tell(rg.migdal_kadanoff, { q = "three" })
tell(rg.migdal_kadanoff, { order = "move_frist" })
tell(rg.migdal_kadanoff, { K = 0.4 })
tell(rg.niemeijer_van_leeuwen, { b = 2 })
tell(rg.kadanoff, { d = 4 })
tell(rg.kadanoff, { p = 11 })
tell(rg.kadanoff, { b = 2 })
tell(rg.wilson, { closure = "foldd" })
tell(rg.wilson, { d = 3 })

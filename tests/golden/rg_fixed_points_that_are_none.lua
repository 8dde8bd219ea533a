-- Fixed points that do not exist or are not found, free energies that are not known, bounds of other schemes.
local gibbs = require "gibbs"

local function tell(call, ...)
  print(select(2, pcall(call, ...)))
end

local rg = gibbs.rg
local weak = rg.kadanoff{ d = 2, p = 0.5 }
tell(function() return weak.y_t end)
tell(weak.fixed_point, weak)
tell(rg.migdal_kadanoff{ b = 1.5 }.fixed_point, rg.migdal_kadanoff{ b = 1.5 }, -1)
local away = rg.recursion{ couplings = { "K" }, start = 0, step = function(c) return { K = c.K + 1 } end }
tell(away.fixed_point, away)
local upwards = rg.recursion{ couplings = { "K" }, start = 1, step = function(c) return { K = math.exp(c.K) } end }
tell(function() return upwards.couplings end)
local unknown = rg.recursion{ couplings = { "K" }, step = function(c) return { K = c.K ^ 2 } end }
tell(function() return unknown.y_t end)
tell(unknown.fixed_point, unknown)
tell(unknown.fixed_point, unknown, "K")

tell(unknown.free_energy, unknown, 1)
tell(rg.migdal_kadanoff{ b = 1 }.free_energy, rg.migdal_kadanoff{ b = 1 }, 0.4)
tell(rg.migdal_kadanoff{ order = "decimate_first" }.free_energy, rg.migdal_kadanoff{ order = "decimate_first" }, 0.4)
tell(rg.niemeijer_van_leeuwen().free_energy, rg.niemeijer_van_leeuwen(), { K = 0.3, h = 0.1 })
local field = rg.recursion{ couplings = { "h" }, step = function(c) return { h = 4 * c.h }, 0 end }
tell(field.free_energy, field, { h = 0.5 })
local still = rg.recursion{ couplings = { "K" }, dimension = 0, step = function(c) return c, 1 end }
tell(still.free_energy, still, 0)

tell(rg.chain{}.bound, rg.chain{}, 0.4)
tell(weak.bound, weak)
tell(weak.bound, weak, math.huge)
tell(weak.bound, weak, 0.4, "h")

-- Couplings that a scheme does not know, does not take, or that lead nowhere.
local gibbs = require "gibbs"

local function tell(recursion, method, ...)
  print(select(2, pcall(recursion[method], recursion, ...)))
end

local rg = gibbs.rg
local moved = rg.migdal_kadanoff{}
tell(moved, "step")
tell(moved, "step", "0.4")
tell(moved, "step", 0 / 0)
tell(moved, "step", { K = math.huge })
tell(moved, "step", { K = "0.4" })
tell(moved, "step", { 0.4 })
tell(moved, "step", { k = 0.4 })
tell(moved, "step", { h = 0.4 })
tell(moved, "step", 0.4, 2)
tell(moved, "step", 1e308)
tell(moved, "flow", 1, 2000)
tell(moved, "flow", 1, -1)
tell(moved, "flow", 1, 2.5)
tell(rg.migdal_kadanoff{ b = 1 }, "step", -0.4)
tell(rg.migdal_kadanoff{ b = 1.5 }, "step", -0.4)
tell(rg.migdal_kadanoff{ q = 1.5 }, "step", -0.4)
tell(rg.wilson{ closure = "quadratic" }, "step", { K = 1e200, L = 1 })
tell(rg.chain{}, "step", { K = 0.4, h = 1e308 })
local kadanoff = rg.kadanoff{ p = 0.7 }
tell(kadanoff, "step", { J = 0.4 })
tell(kadanoff, "step", { K = 0.4, k4 = 0.1 })
print(select(2, pcall(moved.step, 0.4)))
print(select(2, pcall(function() return moved.yt end)))
print(select(2, pcall(function() moved.scale = 3 end)))

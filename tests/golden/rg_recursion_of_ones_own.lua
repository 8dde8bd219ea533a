-- gibbs.rg.recursion: options that cannot be, and steps that give something else than couplings.
local gibbs = require "gibbs"

local function tell(call, ...)
  print(select(2, pcall(call, ...)))
end

local function make(changes)
  local options = { couplings = { "K", "h" }, step = function(c) return c end }
  for name, value in pairs(changes) do options[name] = value end
  return gibbs.rg.recursion(options)
end

local function step(f)
  local recursion = make{ step = f }
  tell(recursion.step, recursion, { K = 1, h = 0.5 })
end

tell(gibbs.rg.recursion)
tell(gibbs.rg.recursion, 3)
tell(gibbs.rg.recursion, { couplings = { "K" } })
tell(make, { stp = 3 })
tell(make, { step = "K * K" })
tell(make, { couplings = "K" })
tell(make, { couplings = {} })
tell(make, { couplings = { "K", 2 } })
tell(make, { couplings = { "K", "" } })
tell(make, { couplings = { "K", "h", "K" } })
tell(make, { couplings = { "a coupling with too long a name" } })
tell(make, { odd = "h" })
tell(make, { odd = { 2 } })
tell(make, { odd = { "H" } })
tell(make, { start = "K" })
tell(make, { start = { k = 1 } })
tell(make, { start = 1 / 0 })
tell(make, { scale = 1 })
tell(make, { dimension = -1 })
tell(make, { states = 0 })

step(function() end)
step(function() return 3 end)
step(function() return { 1, 2 } end)
step(function() return { K = 1 } end)
step(function() return { K = 1, h = "2" } end)
step(function() return { K = 1, H = 2 } end)
step(function() return { K = 0 / 0, h = 1 } end)
step(function() return { K = 1, h = 2 }, "g" end)
step(function() return { K = 1, h = 2 }, 0 / 0 end)
step(function() error("the step's own") end)
step(function(c) return { K = c.k ^ 2, h = 0 } end)

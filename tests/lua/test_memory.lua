--- A loop that makes expressions does not grow without bound: the collector is made to know of the core's memory, in both
--- of its modes.
local gibbs = require "gibbs"
local core = require "gibbs.core"
local support = require "support"

--- The most nodes and bytes that were ever held while `make` ran.
local function most_held(times, make)
  local nodes, bytes = 0, 0
  for i = 1, times do
    make(i)
    local now, held = core.memory()
    nodes, bytes = math.max(nodes, now), math.max(bytes, held)
  end
  return nodes, bytes
end

local function in_both_modes(name, body)
  for _, mode in ipairs{ "incremental", "generational" } do
    support.test(name .. ", " .. mode, function()
      collectgarbage(mode)
      body()
      collectgarbage("incremental")
    end)
  end
end

in_both_modes("a hundred thousand expressions leave little behind", function()
  local v = gibbs.spins(16)
  local nodes, bytes = most_held(100000, function(i) return gibbs.sum(v * i) + gibbs.exp(v[1]) * i end)
  assert(nodes < 150000, nodes) -- 600,000 are made
  assert(bytes < 40e6, bytes)
end)

in_both_modes("two thousand large tensors leave little behind", function()
  local row = {}
  for k = 1, 20000 do row[k] = k end
  local t = gibbs.tensor(row)
  local _, bytes = most_held(2000, function(i) return t * i end)
  assert(bytes < 20e6, bytes) -- 320 MB are made
end)

support.test("all of it is given back", function()
  collectgarbage()
  collectgarbage()
  local nodes, bytes = core.memory()
  assert(nodes == 0 and bytes == 0, ("%d nodes, %d bytes"):format(nodes, bytes))
end)

support.finish()

--- A loop that makes expressions does not grow without bound: the collector knows of the core's memory.
local gibbs = require "gibbs"
local support = require "support"

--- Resident memory in kilobytes; nil where the system does not tell.
local function resident()
  local file = io.open("/proc/self/status")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return tonumber(text:match("VmRSS:%s*(%d+)"))
end

local function growth(make)
  for _ = 1, 5000 do make() end
  local before = resident()
  for _ = 1, 100000 do make() end
  return before and resident() - before or 0
end

support.test("a hundred thousand expressions leave nothing behind", function()
  local v = gibbs.spins(16)
  local i = 0
  local grown = growth(function()
    i = i + 1
    return gibbs.sum(v * i) + gibbs.exp(v[1]) * i
  end)
  assert(grown < 16 * 1024, ("grew by %d kB"):format(grown)) -- all of them would be over 100 MB
end)

support.test("a thousand large tensors leave nothing behind", function()
  local row = {}
  for k = 1, 20000 do row[k] = k end
  local t = gibbs.tensor(row)
  local i = 0
  for _ = 1, 100 do t = t + 1 end
  local before = resident()
  for _ = 1, 2000 do
    i = i + 1
    local _ = t * i
  end
  local grown = before and resident() - before or 0
  assert(grown < 32 * 1024, ("grew by %d kB"):format(grown)) -- all of them would be 320 MB
end)

support.finish()

-- A study of no interest that takes long enough to be killed: each row is a number that seed and size alone decide.
local gibbs = require "gibbs"

local size = gibbs.option("size", 2, "how large")
local weight = gibbs.option("weight", 0.5, "how heavy")

local run = gibbs.run()
local value = gibbs.seed()
for step = 1, 8 do
  local began = gibbs.clock()
  while gibbs.clock() - began < 0.008 do end
  value = (value * 6364136223846793005 + size) % 1000003
  run:log { step = step, value = value * weight, spread = { value = value / 7, error = 1 / (step + size) } }
end
run:save("last", gibbs.tensor { value, size })

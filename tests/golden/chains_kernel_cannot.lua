local gibbs = require "gibbs"
local x = gibbs.reals(3)
local Q = gibbs.boltzmann{ energy = gibbs.sum(x^2) / 2, visible = x }
local ok, message = pcall(function()
  Q:chains{ kernel = "heat_bath" }
end)
print((message:gsub("%. These can: .+", ". <others>"):gsub("; no other kernel can", ". <others>")))

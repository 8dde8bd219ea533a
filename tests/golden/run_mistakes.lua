-- What gibbs.run and its methods refuse, each at its line.
local gibbs = require "gibbs"
local run = gibbs.run()

local function try(fn) print(select(2, pcall(fn))) end

try(function() gibbs.run "runs" end)
try(function() gibbs.run{ foldre = "runs" } end)
try(function() gibbs.run{ folder = 3 } end)
try(function() run:lgo{ step = 1 } end)
try(function() run.folder = "elsewhere" end)
try(function() run:log(3) end)
try(function() run:log{} end)
try(function() run:log{ 5 } end)
try(function() run:log{ ["a,b"] = 5 } end)
try(function() run:log{ step = 1, kl = "low" } end)
try(function() run:log{ kl = gibbs.tensor{ 1, 2 } } end)
try(function() run:path(3) end)
try(function() run:path "/tmp/kl.csv" end)
try(function() run:path "a/../../kl.csv" end)
try(function() run:save(nil, 3) end)
try(function() run:save("a/b", 3) end)
try(function() run:save("kl") end)
try(function() run:save("mixed", { 1, "two" }) end)
try(function() run:figure("kl.svg", "lines") end)
try(function() run:figure("kl.svg", "line", {}) end)
try(function() run:figure("kl.svg", "lines", { file = "kl.svg" }) end)
try(function() run:figure("../kl.svg", "lines", {}) end)
try(function() run:volatile(3) end)

-- What another program may get wrong: each message says where.
local gibbs = require "gibbs"
local path = os.tmpname() .. ".h5"
local v = gibbs.spins({ 2, 2 }, "v")
local W = gibbs.parameter("W", { 4, 4 }, 0.5)
local P = gibbs.boltzmann{ visible = v, energy = -v:reshape{ 4 }:dot(W:mul(v:reshape{ 4 })) + 0.5 * gibbs.tanh(v[1][1]) * v[2][2] }

local function try(change)
  gibbs.write(path, { Q = P })
  local Q = gibbs.read(path).Q
  change(Q)
  gibbs.write(path, { Q = Q })
  local ok, message = pcall(gibbs.load, path, "Q")
  print((message:gsub(path:gsub("%p", "%%%0"), "FILE")))
end
local function change(group, column, i, value)
  try(function(Q)
    local t = Q[group][column]
    local list = type(t) == "table" and t or t:table()
    list[i] = value
    Q[group][column] = list
  end)
end

change("nodes", "op", 3, "convolve")
change("nodes", "arguments", 1, 17)
change("nodes", "arguments", 2, 0.5)
change("nodes", "argument_count", 4, 7)
change("nodes", "shape", 4, { 3, 0, 0, 0, 0, 0 })
change("nodes", "shape", 1, { 0, 2, 0, 0, 0, 0 })
change("nodes", "detail", 1, 2 ^ 40)
change("variables", "kind", 1, "quarks")
change("variables", "role", 1, "inner")
change("variables", "shape", 1, { 2 ^ 40, 2 ^ 40, 0, 0, 0, 0 })
change("parameter_table", "dataset", 1, "V")
change("parameter_table", "initial", 1, "cauchy")
change("constants", "length", 1, 3)
change("lists", "rule", 1, "spiral")
change("lists", "numbers", 1, 7)
try(function(Q) Q.parameters.W = gibbs.tensor{ 1, 2, 3 } end)
try(function(Q) Q.nodes.energy = 99 end)
try(function(Q) Q.nodes.shape = nil end)
try(function(Q) Q.lists = nil end)
try(function(Q) Q.variables.name = 3 end)
os.remove(path)

--- The half of interop.py that gibbs does: read files and tell their bits, write files, save and load models.
---   gibbs interop.lua read FILE...        one line a value: where, shape, numbers as hexadecimal floats; or the message
---   gibbs interop.lua write FOLDER        every kind of file that gibbs writes
---   gibbs interop.lua save FOLDER         models, and their free energies
---   gibbs interop.lua load FILE...        free energies
local gibbs = require "gibbs"

local function number(x) return ("%a"):format(x) end

local function tell(where, value)
  if type(value) == "number" then
    print(where, "number", "", number(value))
  elseif type(value) == "string" then
    print(where, "string", "", (value:gsub(".", function(c) return ("%02x"):format(c:byte()) end)))
  elseif type(value) == "boolean" or rawequal(value, gibbs.null) then
    print(where, type(value) == "boolean" and "boolean" or "null", "", tostring(value))
  elseif type(value) == "table" then
    if #value > 0 or next(value) == nil then print(where, "list", tostring(#value), "") end
    local names = {}
    for name in pairs(value) do names[#names + 1] = name end
    table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
    for _, name in ipairs(names) do tell(where .. "/" .. tostring(name), value[name]) end
  else
    local flat = {}
    local size = 1
    for _, extent in ipairs(value:shape()) do size = size * extent end
    for i, x in ipairs(value:reshape{ size }:table()) do flat[i] = number(x) end
    print(where, "tensor", table.concat(value:shape(), "x"), table.concat(flat, " "))
  end
end

local numbers = { 0.1, 1 / 3, 5e-324, -1.7976931348623157e308, 2 ^ 53, -0.0, 1e21, 123456789.123456789 }

local function write(folder)
  local t = gibbs.tensor{ numbers, { 1, 2, 3, 4, 5, 6, 7, 8 } }
  local cube = t:reshape{ 2, 2, 4 }
  gibbs.write(folder .. "/matrix.npy", t)
  gibbs.write(folder .. "/cube.npy", cube)
  gibbs.write(folder .. "/scalar.npy", 0.1)
  gibbs.write(folder .. "/vector.npy", { 1 / 0, -1 / 0, 0.1 })
  gibbs.write(folder .. "/arrays.npz", { t = t, cube = cube, b = numbers, one = 0.1 })
  gibbs.write(folder .. "/tree.h5", { t = t, ["t@units"] = "J", group = { deep = { cube = cube, x = 0.1, yes = true, words = { "a", "λ", "" }, text = "spin" } },
    ["@about"] = "all kinds", ["@n"] = 3, none = gibbs.null, empty = {} })
  gibbs.write(folder .. "/matrix.csv", t)
  gibbs.write(folder .. "/columns.csv", { columns = { "n", "a, b", "word" }, n = numbers, ["a, b"] = { 1, gibbs.null, 3, 4, 5, 6, 7, 0 / 0 },
    word = { "x", "a \"b\"", "1", "", "é", "a,b", "two\nlines", "nan" } })
  gibbs.write(folder .. "/table.json", { numbers = numbers, nested = { { a = 1 }, { a = { true, gibbs.null } } } })
end

local function models()
  local v, h = gibbs.bits({ 3, 2 }, "v"), gibbs.spins(3, "h")
  local s = gibbs.spins({ 3, 3 }, "s")
  local p = gibbs.potts(4, 3, "p")
  gibbs.seed(5)
  local W = gibbs.parameter("W", { 6, 3 }, gibbs.normal(0, 1))
  local inner = gibbs.boltzmann{ visible = v, hidden = h, energy = -v:reshape{ 6 }:dot(W:mul(h)) + 0.2 * gibbs.exp(h[1] * h[2] * v[1][1]) }
  return {
    rbm = gibbs.rbm{ visible = v, hidden = h, init = gibbs.normal(0, 1) },
    normalised = gibbs.rbm{ visible = s, hidden = gibbs.bits(2), init = gibbs.normal(0, 1), normalised = true },
    square = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4, field = 0.1 },
    honeycomb = gibbs.ising{ lattice = gibbs.lattice.honeycomb(2, 2, { periodic = false }), J = -0.3 },
    potts = gibbs.boltzmann{ visible = p, energy = -0.7 * gibbs.bonds(p, gibbs.lattice.chain(4)) },
    inner = gibbs.boltzmann{ visible = v, energy = inner.H + gibbs.huber(gibbs.sum(v) - 1.5, 1) },
    shapes = gibbs.boltzmann{ visible = s, energy = gibbs.sum(gibbs.logcosh(gibbs.sum(s, 1)) ^ 2) / 7 + gibbs.sum(gibbs.outer(s[1], s[2]:shift{ 1 }) / 3)
      - gibbs.sum(gibbs.softplus(s:t():mul(s))) / 5 + gibbs.sum(gibbs.sigmoid(2 * s)) - gibbs.abs(gibbs.sum(s)) / 4 },
  }
end

local function tell_free_energy(name, Q) print(name, number(Q:free_energy().value)) end

local what = arg[1]
if what == "read" then
  for i = 2, #arg do
    print("file", arg[i])
    local ok, value = pcall(gibbs.read, arg[i])
    if ok then tell("", value) else print("", "error", "", (value:gsub("\n", " "))) end
  end
elseif what == "write" then
  write(arg[2])
elseif what == "save" then
  for name, Q in pairs(models()) do
    Q:save(("%s/%s.h5"):format(arg[2], name))
    tell_free_energy(name, Q)
  end
elseif what == "load" then
  for i = 2, #arg do tell_free_energy(arg[i], gibbs.load(arg[i])) end
end

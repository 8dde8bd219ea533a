-- What studies are made of: derivatives by differences, plain sums, tables on paper, machines that are exactly right, and
-- the equations of the note for units of any kind.
local gibbs = require "gibbs"
local equations = require "gibbs.equations"
local study = require "gibbs.study"
local support = require "support"
local teachers = require "gibbs.teachers"
local near, same, test = support.near, support.same, support.test

test("numbers come out of tensors in row-major order and go back into parameters", function()
  local Q = gibbs.rbm{ visible = gibbs.spins(2), hidden = gibbs.bits(3), W = { { 1, 2, 3 }, { 4, 5, 6 } }, a = { 7, 8 }, b = { 9, 10, 11 } }
  same(study.vector(Q), { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 })
  local list = study.vector(Q)
  for i = 1, #list do list[i] = -list[i] end
  study.put(Q, list)
  same(study.vector(Q), list)
  same(Q:parameters().W:table()[2], { -4, -5, -6 })
  study.zero(Q)
  near(study.largest(Q:parameters()), 0)
end)

test("all configurations are listed, the first unit fastest", function()
  same(study.configurations(2, { -1, 1 }), { { -1, -1 }, { 1, -1 }, { -1, 1 }, { 1, 1 } })
  near(#study.configurations(3, { 0, 1, 2 }), 27)
end)

test("differences of sixth order give twelve digits, through nested tables", function()
  local function f(x) return { a = math.exp(x[1]) * x[2], list = { math.sin(x[1]), x[2] ^ 6 } } end
  local d = study.slope(f, { 0.3, 0.7 }, 1)
  near(d.a, math.exp(0.3) * 0.7, 1e-12)
  near(d.list[1], math.cos(0.3), 1e-12)
  near(d.list[2], 0, 1e-12)
  near(study.slope(f, { 0.3, 0.7 }, 2).list[2], 6 * 0.7 ^ 5, 1e-12)
end)

test("sums of exponentials do not overflow", function()
  near(study.log_sum_exp{ 1000, 1000 }, 1000 + math.log(2))
  local F, p = study.boltzmann{ -1000, -1000, 1000 }
  near(F, -1000 - math.log(2))
  near(p[1], 0.5)
  near(p[3], 0)
end)

test("a distance that is not a number is not zero", function()
  local distance = study.distance({ 1, 0 / 0 }, { 1, 2 })
  support.same(distance ~= distance, true)
end)

test("signs of a Hessian's eigenvalues", function()
  local p = gibbs.parameter("p", 3, { 0.1, 0.2, 0.3 })
  local signs = study.signature(gibbs.sum(p) * 0 + p[1] ^ 2 - p[2] ^ 2 + 0 * gibbs.free_energy(gibbs.ising{ lattice = gibbs.lattice.chain(3), J = p[3] }))
  same(signs, "1+ 1 zero 1-")
end)

test("a known value that does not hold is an error", function()
  local known = study.known()
  known:same("right", 1 + 1e-12, 1, 1e-10)
  known:holds("right", true)
  known:finish()
  known:same("wrong", 1.1, 1, 1e-10)
  same(pcall(known.finish, known), false)
  local missing = study.known()
  missing:same("missing", nil, 1, 1e-10)
  same(pcall(missing.finish, missing), false)
end)

test("the same rows go to paper and to a file", function()
  local name = os.tmpname()
  local path = name .. ".csv"
  study.csv(path, { { "name" }, { "x", "%.3f" } }, { { "first", 1 / 3 }, { "second", nil } })
  local back = gibbs.read(path)
  os.remove(path)
  os.remove(name)
  near(study.flatten(back.x)[1], 1 / 3, 0)
end)

test("one hidden spin a bond: KL = 0 and the right free energy, for both signs, on double bonds too", function()
  for _, case in ipairs{
    { { 6 }, { { 1 } }, "chain" }, { { 3, 4 }, { { 1, 0 }, { 0, 1 } }, "square" }, { { 2, 3 }, { { 1, 0 }, { 0, 1 } }, "square" },
  } do
    for _, J in ipairs{ 0.408, -0.7 } do
      local P = gibbs.ising{ lattice = gibbs.lattice[case[3]](table.unpack(case[1])), J = J }
      local Q = teachers.bonds(P.visible, J, case[2])
      near(Q:free_energy().value, P:free_energy().value, 1e-12)
      near(gibbs.kl(P, Q):value().value, 0, 1e-12)
    end
  end
end)

test("half of a torus traced over is the decimated model, and keeps the free energy of the whole", function()
  local J = 0.44
  local whole = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = J }
  local Q = teachers.sublattice(4, J)
  local P = teachers.decimated(Q.visible, 4, J)
  near(P:free_energy().value, whole:free_energy().value, 1e-12)
  near(Q:free_energy().value, whole:free_energy().value, 1e-12)
  near(gibbs.kl(P, Q):value().value, 0, 1e-12)
end)

test("the equations of the note hold for spins, bits and both", function()
  math.randomseed(3)
  local values = { spins = { -1, 1 }, bits = { 0, 1 } }
  for _, kinds in ipairs{ { "spins", "spins" }, { "bits", "bits" }, { "spins", "bits" }, { "bits", "spins" } } do
    local v = gibbs[kinds[1]](4)
    local P = gibbs.boltzmann{ energy = -0.5 * v[1] * v[2] - 0.2 * v[3] * v[4] * v[1] - 0.3 * gibbs.sum(v), visible = v }
    local Q = gibbs.rbm{ visible = v, hidden = gibbs[kinds[2]](2) }
    study.randomize(Q, 0.6)
    local before = study.vector(Q)
    local worst = equations.check(P, Q, study.configurations(4, values[kinds[1]]), study.configurations(2, values[kinds[2]]))
    same(#worst, 16)
    for k = 1, 15 do near(worst[k], 0, 1e-10) end
    same(study.vector(Q), before)
  end
end)

support.finish()

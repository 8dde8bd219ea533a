--- One energy written in several ways reaches one normal form: the same plan, the same kernel chosen, and for every kernel
--- that can sample it the same bits.  (informed and hmc follow the gradient of the expression as it is written, which
--- rounds, and outside the states bends, in its own way: they are left out.)
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
local test, same = support.test, support.same
gibbs.threads(1)

-- The lines of describe() about chains.
local function plan(P)
  local text = P:describe()
  return text:sub(text:find "\nchains" or text:find "\nE%(v,h%)" or #text)
end

local function expect_one(writings)
  local first = writings[1]
  local kernel = first:chains{ n = 5, seed = 3 }.kernel
  for k = 2, #writings do
    same(plan(writings[k]), plan(first), "plan of writing " .. k)
    same(writings[k]:chains{ n = 5, seed = 3 }.kernel, kernel)
  end
  local tried = 0
  local by_gradient = { informed = true, hmc = true }
  for _, row in ipairs(gibbs.kernels()) do
    local options = { n = 5, seed = 3, kernel = row.name }
    local ok, chains = pcall(first.chains, first, options)
    if ok and not by_gradient[row.name] then
      tried = tried + 1
      local expected = chains:advance(12):batch():table()
      for k = 2, #writings do
        local found = writings[k]:chains(options):advance(12):batch():reshape(chains:batch():shape())
        same(found:table(), expected, ("%s, writing %d"):format(row.name, k))
      end
    end
  end
  assert(tried >= 2, "too few kernels can do it")
  return kernel, tried
end

local function boltzmann(v, energy, h) return gibbs.boltzmann{ visible = v, hidden = h, energy = energy } end

test("the Ising torus", function()
  local L, J, h = 6, 0.37, 0.1
  local lattice = gibbs.lattice.square(L, L)
  local s = gibbs.spins({ L, L }, "s")
  local bonds = 0
  for i = 1, L do
    for j = 1, L do bonds = bonds + s[i][j] * s[i % L + 1][j] + s[i][j] * s[i][j % L + 1] end
  end
  local kernel, tried = expect_one{
    gibbs.ising{ lattice = lattice, J = J },
    boltzmann(s, -J * gibbs.bonds(s, lattice)),
    boltzmann(s, -J * (gibbs.sum(s * s:shift{ 1, 0 }) + gibbs.sum(s * s:shift{ 0, 1 }))),
    boltzmann(s, -J * gibbs.sum(s * (s:shift{ 1, 0 } + s:shift{ 0, -1 })) + 0 * gibbs.sum(s)),
    boltzmann(s, -J * bonds),
    boltzmann(s, -J / 2 * gibbs.sum(s * (s:shift{ 1, 0 } + s:shift{ 0, 1 } + s:shift{ -1, 0 } + s:shift{ 0, -1 }))),
  }
  same(kernel, "swendsen_wang")
  assert(tried >= 6)
  expect_one{ gibbs.ising{ lattice = lattice, J = J, field = h },
    boltzmann(s, -J * gibbs.bonds(s, lattice) - h * gibbs.sum(s)) }
end)

test("a machine", function()
  gibbs.seed(5)
  local v, h = gibbs.spins(6), gibbs.bits(4)
  local Q = gibbs.rbm{ visible = v, hidden = h, init = gibbs.normal(0, 0.6), a = { 0.1, -0.2, 0.3, 0.4, -0.5, 0.6 }, b = { 0.5, -0.3, 0.2, 0.1 } }
  local kernel = expect_one{ Q,
    boltzmann(v, -v:dot(Q.W:mul(h)) - Q.a:dot(v) - Q.b:dot(h), h),
    boltzmann(v, -gibbs.sum(gibbs.outer(v, h) * Q.W) - gibbs.sum(v * Q.a) - gibbs.sum(h * Q.b), h),
    boltzmann(v, -h:dot(Q.W:t():mul(v)) - Q.a:dot(v) - Q.b:dot(h), h) }
  same(kernel, "block_gibbs")
end)

test("Potts units", function()
  local lattice = gibbs.lattice.chain(5)
  local s = gibbs.potts(5, 3)
  expect_one{ boltzmann(s, -0.8 * gibbs.bonds(s, lattice)), boltzmann(s, -0.8 * gibbs.sum(s * s:shift{ 1 })) }
end)

test("squares of spins are constants, and bonds named twice are one", function()
  local s = gibbs.spins(5)
  local once = boltzmann(s, -0.6 * s[1] * s[2] - 0.4 * s[2] * s[3])
  expect_one{ once, boltzmann(s, -0.3 * s[1] * s[2] - 0.3 * s[2] * s[1] - 0.4 * s[2] * s[3] + 2 * gibbs.sum(s ^ 2) - 10),
    boltzmann(s, -0.6 * s[1] * s[2] * s[4] ^ 2 - 0.4 * s[2] * s[3] * s[3] * s[3]) }
end)

support.finish()

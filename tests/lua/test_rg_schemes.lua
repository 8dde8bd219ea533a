-- Approximate renormalization from scripts: rows, options, fields, errors, and recursions of one's own.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
local test = support.test
local rg = gibbs.rg
local critical = math.log(1 + math.sqrt(2)) / 2

local function near(found, expected, tolerance, what)
  assert(math.abs(found - expected) <= tolerance, ("%s: %.15g, expected %.15g"):format(what or "value", found, expected))
end

local function fails(pattern, f, ...)
  local fine, message = pcall(f, ...)
  assert(not fine and tostring(message):find(pattern, 1, true), tostring(message))
end

test("Kadanoff's scheme gives p, exponents, couplings and the bound", function()
  local k = rg.kadanoff{ d = 2 }
  near(k.p, 0.765983, 1e-6, "p")
  near(k.y_t, 1.000879, 1e-6, "y_t")
  near(k.y_h, 1.875316, 1e-6, "y_h")
  near(k.couplings.k2_1, k.couplings.k2_2, 1e-10, "pairs are coupled alike")
  for K = 0.1, 0.8, 0.1 do
    local bound, exact = k:bound(K), gibbs.onsager(K).free_energy
    assert(bound <= exact and bound > 1.04 * exact, K)
  end
  near(k:bound(critical) / gibbs.onsager(critical).free_energy - 1, 0.0195, 0.001, "off at the critical point, relatively")
end)

test("fixed points of the others", function()
  near(rg.migdal_kadanoff{}.y_t, 0.7472357189, 1e-9)
  near(rg.migdal_kadanoff{ b = 1 }.couplings.K, critical, 1e-10)
  near(rg.migdal_kadanoff{ q = 3 }.couplings.K, math.log(2), 1e-11)
  near(rg.migdal_kadanoff{ order = "decimate_first", d = 3 }.couplings.K, 0.26106517992, 1e-10)
  local triangles = rg.niemeijer_van_leeuwen()
  near(triangles.couplings.K, math.log(1 + 2 * math.sqrt(2)) / 4, 1e-11)
  near(triangles.y_h, 1.3690702464, 1e-9)
  assert(rg.migdal_kadanoff{}.y_h == nil and rg.migdal_kadanoff{}.p == nil)
end)

test("flows run away from the fixed point on both sides", function()
  local flow = rg.migdal_kadanoff{}:flow({ K = 0.31 }, 14)
  assert(#flow == 15 and flow[1].K == 0.31 and flow[15].K > 5)
  assert(rg.migdal_kadanoff{}:flow(0.3, 12)[13].K < 1e-3)
end)

test("a recursion of the script's own is one of ours", function()
  local mk = rg.migdal_kadanoff{}
  local own = rg.recursion{ couplings = { "K" }, scale = 2, dimension = 2, start = { K = 0.3 }, step = function(c)
    local cosh = math.exp(4 * c.K) / 2 + math.exp(-4 * c.K) / 2
    return { K = 0.5 * math.log(cosh) }, 3 * math.log(2) + math.log(cosh)
  end }
  near(own.couplings.K, mk.couplings.K, 1e-11)
  near(own.y_t, mk.y_t, 1e-9)
  near(own:free_energy{ K = 0.2 }, mk:free_energy(0.2), 1e-12)
  fails("a boom", function()
    rg.recursion{ couplings = { "K" }, step = function() error("a boom") end }:step(0.1)
  end)
  fails("has no coupling 'k'; did you mean 'K'?", function()
    rg.recursion{ couplings = { "K" }, step = function() return { k = 1 } end }:step(0.1)
  end)
end)

test("K and h are those of the nearest-neighbour model for every scheme", function()
  local k = rg.kadanoff{ d = 2, p = 0.7 }
  local by_name, by_number = k:step{ K = 0.4 }, k:step(0.4)
  for name, value in pairs(by_name) do assert(value == by_number[name], name) end
  assert(k:step{ K = 0.4, h = 0.1 }.k1 > 1e-3 and math.abs(by_name.k1) < 1e-14)
  assert(k:free_energy{ K = 0.4, h = 0.1 } < k:free_energy{ K = 0.4 })
end)

test("complex eigenvalues have the exponents of their modulus", function()
  local turning = rg.recursion{ couplings = { "a", "b" }, start = { a = 0, b = 0 }, scale = 2,
    step = function(c) return { a = c.a - 2 * c.b, b = 2 * c.a + c.b } end }
  local point = turning:fixed_point()
  near(point.eigenvalues[1], 1, 1e-9)
  near(math.abs(point.imaginary[1]), 2, 1e-9)
  near(turning.y_t, math.log(5) / math.log(4), 1e-9)
end)

test("equal eigenvalues keep their parity", function()
  local fields = rg.recursion{ couplings = { "h", "K", "m" }, odd = { "h", "m" }, start = { K = 0.1 }, step = function(c)
    return { h = 3 * math.sin(c.h) * math.exp(c.K), K = 3 * math.tan(c.K) + c.h * c.m, m = 0.5 * c.m + c.h }
  end }
  local point = fields:fixed_point()
  near(point.y_t, math.log(3, 2), 1e-9)
  near(point.y_h, math.log(3, 2), 1e-9)
  assert(point.odd[1] ~= point.odd[2] and point.odd[3])
end)

test("a search that leaves the domain comes back; small couplings keep their sign", function()
  local domain = rg.recursion{ couplings = { "K" }, start = { K = 0.002 }, step = function(c)
    if c.K < 0 then error("below zero") end
    return { K = 400 * c.K ^ 2 }
  end }
  near(domain.couplings.K, 0.0025, 1e-13)
  near(domain.y_t, 1, 1e-10)
end)

test("tensors at the critical point", function()
  local t = rg.tensor{ K = critical, bond_dimension = 16 }
  near(t.free_energy / gibbs.onsager(critical).free_energy, 1, 2e-5)
  assert(#t.by_step == 41 and t.truncation > 0 and t.truncation < 1e-2)
  local off = math.abs(t.free_energy - gibbs.onsager(critical).free_energy)
  assert(off < t.error and t.error < 1e-3, t.error)
  near(rg.tensor{ K = 0.3, h = 0.2, steps = 0 }.free_energy, -math.log(
    math.exp(0.6 + 0.2) + math.exp(0.6 - 0.2)), 1e-13, "one site, bound to itself")
end)

test("mistakes are told", function()
  fails("gibbs.rg.migdal_kadanoff: option 'd' is 0.5", rg.migdal_kadanoff, { d = 0.5 })
  fails("unknown option 'bb'", rg.chain, { bb = 2 })
  fails("only gibbs.rg.kadanoff has a bound; this is migdal_kadanoff", function() rg.migdal_kadanoff{}:bound(0.3) end)
  fails("it must not be negative", function() rg.migdal_kadanoff{ b = 1.5 }:step(-1) end)
  fails("knows no free energy", function() rg.migdal_kadanoff{ b = 1 }:free_energy(0.3) end)
  fails("option 'K' is missing", rg.tensor, {})
  fails("no fixed point near the start", function()
    rg.recursion{ couplings = { "K" }, step = function(c) return { K = c.K + 1 } end }:fixed_point(0)
  end)
end)

support.finish()

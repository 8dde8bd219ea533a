-- What transforms of gibbs.rg and their methods refuse, each at its line.
local gibbs = require "gibbs"
local rg = gibbs.rg
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local v, h = P.visible, gibbs.spins(2, "h")
local other = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local t = rg.majority{ visible = v }

local function try(fn) print(select(2, pcall(fn))) end

-- a kernel of one's own
local T = gibbs.sum(h) * gibbs.sum(v)
try(function() rg.transform(T) end)
try(function() rg.transform{ kernel = T, visible = v } end)
try(function() rg.transform{ kernel = 3, visible = v, hidden = h } end)
try(function() rg.transform{ kernel = T, visible = v, hidden = 2 * h } end)
try(function() rg.transform{ kernel = T, visible = v, hidden = h, nmae = "mine" } end)
try(function() rg.transform{ kernel = T, visible = v, hidden = h, name = "" } end)
try(function() rg.transform{ kernel = v * 2, visible = v, hidden = h } end)
try(function() rg.transform{ kernel = T * gibbs.sum(gibbs.spins(3, "x")), visible = v, hidden = h } end)
try(function() rg.transform{ kernel = gibbs.sum(v), visible = v, hidden = v } end)
try(function() rg.transform{ kernel = function() return 3 end, visible = v, hidden = h }:step(P) end)
try(function() rg.transform{ kernel = function(Q) return Q.W end, visible = v, hidden = h }:step(P) end)
try(function() rg.transform{ kernel = function() return v * 2 end, visible = v, hidden = h }:step(P) end)
try(function() rg.transform{ kernel = function() error("my own mistake") end, visible = v, hidden = h }:step(P) end)

-- kernels that cannot be normalised
local function kernel(e) return rg.transform{ kernel = e * gibbs.sum(h), visible = v, hidden = h } end
try(function() kernel(gibbs.log(1 + v[1][1])):trace(P) end)
try(function() kernel(gibbs.log(v[1][1])):trace(P) end)
try(function() kernel(1e308 * gibbs.sum(v)):budget(P) end)
local x = gibbs.reals(2, "x")
try(function() rg.transform{ kernel = -gibbs.sum(x * x), visible = v, hidden = x }:trace(P) end)

-- machines
try(function() rg.rbm(P) end)
try(function() rg.rbm(3) end)
try(function() rg.rbm(gibbs.data{ { 1, 1 } }) end)

-- what is coarse-grained
try(function() t:step() end)
try(function() t:step(gibbs.data{ { 1, 1 } }) end)
try(function() t:step(other) end)
try(function() t:machine(gibbs.rbm{ visible = gibbs.spins(6), hidden = gibbs.spins(2) }) end)
try(function() t.trace(P) end)
try(function() return t:budget(other) end)

-- how
local large = gibbs.ising{ lattice = gibbs.lattice.square(6, 6), J = 0.4 }
local on_large = rg.block_spin{ visible = large.visible, p = 0.4, normalised = false }
try(function() t:trace(P, 3) end)
try(function() t:trace(P, gibbs.ais{}) end)
try(function() on_large:trace(large) end)
try(function() on_large:trace(large, gibbs.transfer()) end)
try(function() on_large:budget(large) end)
try(function() t:budget(P, gibbs.chains{ n = 8, sweeps = 10 }) end)

-- fields
try(function() print(t.rules) end)
try(function() t:budgets(P) end)
try(function() t.b = 3 end)

-- couplings
try(function() rg.couplings(t) end)
try(function() rg.couplings(large) end)
try(function() rg.couplings(on_large:step(large)) end)
try(function() rg.couplings(gibbs.rbm{ visible = gibbs.bits(4), hidden = gibbs.bits(2) }) end)
try(function() rg.couplings(gibbs.boltzmann{ visible = { h, gibbs.spins(3, "s") }, energy = gibbs.sum(h) }) end)

-- rules
local c = P:chains{ n = 4, seed = 1 }
try(function() rg.mcrg{ chains = c, rule = rg.block_spin{ visible = v, p = 0.4, normalised = false } } end)
try(function() rg.mcrg{ chains = c, rule = kernel(gibbs.sum(v)) } end)

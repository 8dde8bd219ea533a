-- What the block rules of gibbs.rg refuse, each at its line.
local gibbs = require "gibbs"
local rg = gibbs.rg
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 6), J = 0.4 }
local v = P.visible

local function try(fn) print(select(2, pcall(fn))) end

try(function() rg.decimation() end)
try(function() rg.decimation(v) end)
try(function() rg.decimation{} end)
try(function() rg.decimation{ visible = P } end)
try(function() rg.majority{ visible = gibbs.bits{ 4, 4 } } end)
try(function() rg.majority{ visible = gibbs.potts({ 4, 4 }, 3) } end)
try(function() rg.majority{ visible = 2 * v } end)
try(function() rg.majority{ visible = { v, v } } end)
try(function() rg.majority{ visible = gibbs.spins{ 2, 2, 2, 2 } } end)
try(function() rg.majority{ visible = v, b = 4 } end)
try(function() rg.majority{ visible = v, b = 1 } end)
try(function() rg.majority{ visible = v, b = 2.5 } end)
try(function() rg.majority{ visible = v, bb = 2 } end)
try(function() rg.majority{ visible = v, 2 } end)
try(function() rg.block_spin{ visible = v } end)
try(function() rg.block_spin{ visible = v, p = 0 / 0 } end)
try(function() rg.block_spin{ visible = v, p = "0.5" } end)
try(function() rg.block_spin{ visible = v, p = 1e7, normalised = false } end)
try(function() rg.block_spin{ visible = v, p = 1, normalised = 1 } end)
try(function() rg.bond_moving{ visible = v } end)
try(function() rg.bond_moving{ visible = v, J = math.huge } end)
try(function() rg.bond_moving{ visible = v, J = 0.4, b = 3 } end)
try(function() rg.filter{ visible = v } end)
try(function() rg.filter{ visible = v, offsets = {}, weights = {} } end)
try(function() rg.filter{ visible = v, offsets = { { 0, 0 }, { 0, 1 } }, weights = { 1 } } end)
try(function() rg.filter{ visible = v, offsets = { { 0 } }, weights = { 1 } } end)
try(function() rg.filter{ visible = v, offsets = { { 0, 0.5 } }, weights = { 1 } } end)
try(function() rg.filter{ visible = v, offsets = { 0, 1 }, weights = { 1, 1 } } end)
try(function() rg.filter{ visible = v, offsets = { { 0, 1 } }, weights = { "1" } } end)
try(function() rg.filter{ visible = v, offsets = { { 0, 1 } }, weights = { 1 }, bias = "big" } end)
try(function() rg.filter{ visible = v, offsets = { { 0, 1 } }, weights = { 1e7 } } end)
try(function() rg.filter{ visible = v, offsets = { { 0, 0 }, { 0, 1 } }, weights = { 1, 1.00001 }, hard = true } end)
local offsets, weights = {}, {}
for i = 1, 17 do offsets[i], weights[i] = { 0, i }, i end
try(function() rg.filter{ visible = v, offsets = offsets, weights = weights, hard = true } end)

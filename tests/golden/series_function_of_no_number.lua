local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.4 }
local s = P:chains{ n = 2 }:record{ sweeps = 50, observables = { energy = P.H } }
s:jackknife(function(m) return m.energy < 0 and "low" end)

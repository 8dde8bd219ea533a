--- Doc entries: lattices as sites and bonds.

local function length(name) return { name, "integer", "sites along this axis, from 1" } end

return {
  title = "Lattices",
  order = 7,
  {
    name = "lattice",
    what = "Sites and bonds, regular or any graph. It shapes variables (gibbs.spins(lattice)), couples them (gibbs.bonds, gibbs.ising) and does not change. Made by gibbs.lattice.chain, square, triangular, "
      .. "honeycomb, cubic, hypercubic, complete and graph.",
    example = [[
local lattice = gibbs.lattice.square(4, 4)
print(gibbs.spins(lattice), lattice:directions())  --> spins 4x4	2]],
  },
  {
    name = "gibbs.lattice.chain",
    signature = "gibbs.lattice.chain(n1, { periodic? })",
    what = "A line of sites, bonds from each to the next; periodic, the default: a ring. A periodic direction of length 2 carries its bond twice, one of length 1 none.",
    parameters = { length "n1" },
    options = "gibbs.lattice.chain",
    returns = "lattice",
    errors = "a length that is no whole number from 1; more than 2^31 bonds.",
    cost = "O(1): bonds are listed when they are asked for.",
    example = [[
print(gibbs.lattice.chain(6))  --> chain lattice 6, periodic, 6 bonds]],
  },
  {
    name = "gibbs.lattice.square",
    signature = "gibbs.lattice.square(n1, n2, { periodic? })",
    what = "The square lattice: bonds from each site to the next along either axis, so that a torus has 2 n1 n2 bonds always (a direction of length 2 has each twice). Sites are numbered row by row, the last axis fastest.",
    parameters = { length "n1", length "n2" },
    options = "gibbs.lattice.square",
    returns = "lattice",
    errors = "a length that is no whole number from 1; more than 2^31 bonds.",
    cost = "O(1).",
    example = [[
print(gibbs.lattice.square(4, 4))                        --> square lattice 4x4, periodic, 32 bonds
print(gibbs.lattice.square(4, 4, { periodic = false }))  --> square lattice 4x4, open, 24 bonds]],
  },
  {
    name = "gibbs.lattice.triangular",
    signature = "gibbs.lattice.triangular(n1, n2, { periodic? })",
    what = "The triangular lattice: the square one and a diagonal (x, y)-(x + 1, y + 1) of every plaquette, six neighbours a site.",
    parameters = { length "n1", length "n2" },
    options = "gibbs.lattice.triangular",
    returns = "lattice",
    errors = "a length that is no whole number from 1; more than 2^31 bonds.",
    cost = "O(1).",
    example = [[
print(gibbs.lattice.triangular(4, 4))  --> triangular lattice 4x4, periodic, 48 bonds]],
  },
  {
    name = "gibbs.lattice.honeycomb",
    signature = "gibbs.lattice.honeycomb(n1, n2, { periodic? })",
    what = "The honeycomb lattice of n1 x n2 cells with two sites A and B each, three neighbours a site; its shape is { n1, n2, 2 }.",
    parameters = { { "n1", "integer", "cells along this axis, from 1" }, { "n2", "integer", "cells along this axis, from 1" } },
    options = "gibbs.lattice.honeycomb",
    returns = "lattice",
    errors = "a length that is no whole number from 1; more than 2^31 bonds.",
    cost = "O(1).",
    example = [[
print(gibbs.lattice.honeycomb(3, 3))  --> honeycomb lattice 3x3x2, periodic, 27 bonds]],
  },
  {
    name = "gibbs.lattice.cubic",
    signature = "gibbs.lattice.cubic(n1, n2, n3, { periodic? })",
    what = "The simple cubic lattice.",
    parameters = { length "n1", length "n2", length "n3" },
    options = "gibbs.lattice.cubic",
    returns = "lattice",
    errors = "a length that is no whole number from 1; more than 2^31 bonds.",
    cost = "O(1).",
    example = [[
print(gibbs.lattice.cubic(4, 4, 4))  --> cubic lattice 4x4x4, periodic, 192 bonds]],
  },
  {
    name = "gibbs.lattice.hypercubic",
    signature = "gibbs.lattice.hypercubic(n1, ..., { periodic? })",
    what = "The hypercubic lattice of one to five axes.",
    parameters = { length "n1", { "...", "integer", "up to four more" } },
    options = "gibbs.lattice.hypercubic",
    returns = "lattice",
    errors = "more than five lengths; a length that is no whole number from 1; more than 2^31 bonds.",
    cost = "O(1).",
    example = [[
print(gibbs.lattice.hypercubic(3, 3, 3, 3))  --> hypercubic lattice 3x3x3x3, periodic, 324 bonds]],
  },
  {
    name = "gibbs.lattice.complete",
    signature = "gibbs.lattice.complete(n1, { periodic? })",
    what = "Every pair of sites is a bond: n (n - 1) / 2 of them, periodic or not.",
    parameters = { { "n1", "integer", "sites, from 1" } },
    options = "gibbs.lattice.complete",
    returns = "lattice",
    errors = "a length that is no whole number from 1; more than 2^31 bonds.",
    cost = "O(1).",
    example = [[
print(#gibbs.lattice.complete(5):bonds())  --> 10]],
  },
  {
    name = "gibbs.lattice.graph",
    signature = "gibbs.lattice.graph{ edges, sites? }",
    what = "Any list of bonds.",
    parameters = { { "edges", "table[]", "" } },
    options = "gibbs.lattice.graph",
    returns = "lattice",
    errors = "an edge that is no pair of sites from 1 on, or joins a site with itself.",
    cost = "O(bonds).",
    example = [[
local tree = gibbs.lattice.graph{ edges = { { 1, 2 }, { 1, 3 }, { 3, 4 } } }
print(tree, tree:sites())  --> graph lattice 4, open, 3 bonds	4]],
  },
  {
    name = "lattice:sites",
    signature = "lattice:sites()",
    what = "The number of sites.",
    returns = "integer",
    example = [[
print(gibbs.lattice.honeycomb(3, 3):sites())  --> 18]],
  },
  {
    name = "lattice:shape",
    signature = "lattice:shape()",
    what = "The shape of a variable with one unit a site.",
    returns = "integer[]",
    returns_what = "extents",
    example = [[
print(table.concat(gibbs.lattice.honeycomb(3, 3):shape(), "x"))  --> 3x3x2]],
  },
  {
    name = "lattice:directions",
    signature = "lattice:directions()",
    what = "The number of directions of bonds: a J of as many values has one a direction.",
    returns = "integer",
    example = [[
print(gibbs.lattice.triangular(4, 4):directions())  --> 3]],
  },
  {
    name = "lattice:bonds",
    signature = "lattice:bonds()",
    what = "All bonds in the order in which couplings are listed: cell by cell, in each cell by direction.",
    returns = "table[]",
    returns_what = "{ site, site, direction }, numbered from 1; sites row by row, the last axis fastest",
    cost = "O(bonds).",
    example = [[
local bond = gibbs.lattice.square(3, 3):bonds()[1]
print(table.concat(bond, " "))  --> 1 4 1]],
  },
}

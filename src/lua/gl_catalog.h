/* gl_catalog.h - all rows of the core and of the bindings, as one table: what help and its kin are made from. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_CATALOG_H
#define GL_CATALOG_H

#include <lua.h>

/* What there is a list of.  name, doc: one push_<name>() in gl_catalog.c, which pushes its rows. */
#define GL_LISTS(X)                                                                                                  \
  X(families, "named distributions")                                                                                 \
  X(objectives, "what can be minimised")                                                                             \
  X(estimators, "ways to estimate")                                                                                  \
  X(kernels, "Markov kernels, in the order in which they are asked whether they suit an energy")                     \
  X(optimisers, "methods of gibbs.minimize")                                                                         \
  X(schedules, "how the rate of gibbs.minimize changes")                                                             \
  X(lattices, "lattices of gibbs.lattice")                                                                           \
  X(operations, "elementwise operations on expressions")                                                             \
  X(transforms, "renormalization transforms")                                                                        \
  X(statuses, "kinds of failure")

/* core.catalog() -> {
 *   lists = {{name =, doc =, rows = {{name =, doc =, ...}, ...}}, ...}   rows may have: source (a paper), options
 * (rows, as below), topic (the entry that says more), when options = {{who =, when =, rows = {{name =, doc =, kind =,
 * initial =, low =, high =, words = {...}}, ...}}, ...} classes = {{name =, article =, roles =, methods = {names},
 * fields = {names}}, ...}
 * } */
int gl_catalog(lua_State *L);

#endif

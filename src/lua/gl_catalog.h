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
  X(transforms, "renormalization transforms of gibbs.rg")                                                            \
  X(statuses, "kinds of failure")

/* core.catalog() -> a table of three lists.
 *
 * lists: {name =, doc =, rows = {...}}; a row has name and doc, and may have source (a paper), options (rows, as
 * below), topic (the function that its entry is about) and when (as below).
 *
 * options: {who =, when =, rows = {...}}, the tables of gl_options.h; a row has name, doc, kind ("integer", "number",
 * "boolean", "word", "value"), and initial, low, high, words where they are known.
 *
 * classes: {name =, article =, roles =, methods = {name = function}, fields = {name = getter}, named =, numbered =};
 * whether objects have fields of their own names (Q.W), and whether they are indexed by numbers (x[1]). */
int gl_catalog(lua_State *L);

#endif

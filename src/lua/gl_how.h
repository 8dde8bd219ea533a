/* gl_how.h - ways to estimate: gibbs.exact(), gibbs.transfer(), and what samples: gibbs.chains{...} and its kin. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_HOW_H
#define GL_HOW_H

#include "gibbs/objective.h"
#include "gl_class.h"
#include "gl_free_energy.h"

/* A way to estimate that is no sum over all states: by elimination, or on samples. */
typedef struct gl_how gl_how;

/* What messages call legal. */
#define GL_HOW_MEAN "a way to estimate: gibbs.exact(), gibbs.transfer() or gibbs.chains{}"
#define GL_HOW_FREE_ENERGY                                                                                           \
  "a way to estimate: gibbs.exact(), gibbs.transfer(), gibbs.ais{}, gibbs.ti{}, gibbs.bar{}, gibbs.mbar{} or "       \
  "gibbs.jarzynski{}"
#define GL_HOW_OBJECTIVE                                                                                             \
  "a way to estimate: gibbs.exact(), gibbs.transfer(), gibbs.chains{}, gibbs.pcd{}, gibbs.cd{} or gibbs.jarzynski{}"

/* The argument `how` (may be absent) at `index`: NULL for an exact sum over all states. */
const gl_how *gl_how_read(lua_State *L, int index, const char *who, const char *legal);
/* The same of the option 'estimate', at `index`. */
const gl_how *gl_how_option(lua_State *L, int index, const char *who);
/* Whether it is by elimination; whether it is gibbs.chains{}, which estimates means with autocorrelation times; false
 * for NULL. */
bool gl_how_transfer(const gl_how *how);
bool gl_how_chains_only(const gl_how *how);
const char *gl_how_name(const gl_how *how); /* "pcd"; NULL: "exact" */
/* The same where only sums over all states will do: refused with `instead`, a sentence on what can be done. */
void gl_how_exact(lua_State *L, int index, const char *who, const char *instead);
/* The same for the option 'estimate' on the top of the stack. */
void gl_how_exact_option(lua_State *L, int index, const char *who, const char *instead);

/* Add what to write instead to the message of a sum that is too large, or not possible. */
void gl_how_advise(gibbs_error *err, const char *what);

/* How distributions are sampled, for objectives: false where `how` is no way to sample.  What *out points at lives as
 * long as `how`. */
bool gl_how_sampling(const gl_how *how, gibbs_sampling *out);

/* What it is for the free energy of one distribution, where the value at `index` is gibbs.jarzynski{}; else NULL. */
const gl_free_energy_how *gl_how_free_energy(lua_State *L, int index);

/* Push the estimate of the mean of f, an expression of d's variables of any shape, by these chains. */
int gl_how_mean(lua_State *L, const gl_how *how, gibbs_distribution *d, gibbs_expr *f, const char *who);

#endif

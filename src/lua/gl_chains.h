/* gl_chains.h - Markov chains on the Lua stack. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_CHAINS_H
#define GL_CHAINS_H

#include "gibbs/chains.h"
#include "gibbs/series.h"
#include "gl_class.h"

/* Chains with what made them.  Shared by their box and by the recordings that run them, so that neither has to be
 * closed before the other; `busy` while the core works on them, when a callback of the energy could come upon them.
 */
typedef struct gl_chain_set {
  size_t references;
  gibbs_chains *chains;
  gibbs_hidden_role hidden;
  double *settings; /* one a row of the kernel's options */
  double **held;    /* as in gibbs_chains_options, of all visible and hidden variables; NULL: nothing is held */
  size_t *held_rows;
  size_t variables;     /* of the distribution, visible and hidden: the length of the two lists */
  gibbs_ladder *ladder; /* NULL: none was given */
  bool busy;
} gl_chain_set;

extern const gl_class gl_chains; /* its objects are gl_chain_set */

/* Chains by these options, or a failure; calls back into scripts where energies do. */
gibbs_status gl_chain_set_new(gibbs_distribution *d, const gibbs_chains_options *options, gl_chain_set **out,
                              gibbs_error *err) GIBBS_CHECKED;
gl_chain_set *gl_chain_set_retain(gl_chain_set *set);
void gl_chain_set_release(gl_chain_set *set);

/* Push a box of new chains; `who` is for messages. */
gl_chain_set *gl_chains_push(lua_State *L, gibbs_distribution *d, const gibbs_chains_options *options,
                             const char *who);

/* The option 'hidden': its words, and what the number of one means (-1: it is not given). */
extern const char *const gl_hidden_roles[];
gibbs_hidden_role gl_hidden_role(int choice);

/* The chains in argument 1 of a method, ready for work: raises while they are at work already. */
gl_chain_set *gl_chains_self(lua_State *L, const char *who);
void gl_chains_refuse_busy(lua_State *L, const gl_chain_set *set, const char *who);

/* Variable k of the chains becomes `rows` (one, or one a chain). */
void gl_chains_write(lua_State *L, gl_chain_set *set, size_t k, const double *rows, size_t row_count,
                     const char *who);
/* The kernel's measure of that name, or an error with a guess. */
size_t gl_chains_measure_number(lua_State *L, const gl_chain_set *set, const char *name, const char *who);

/* About what they take in the core. */
size_t gl_chain_set_bytes(const gl_chain_set *set);

/* How many sweeps are left out at the start: "detect" (the default) or a number, in option `name` of the table at
 * `index`; GIBBS_WARM_UP_DETECT or the number. */
uint64_t gl_warm_up(lua_State *L, int index, const char *who, const char *name);

/* The method chains of distributions (gl_chains_make.c): Q:chains{...}. */
int gl_chains_of_distribution(lua_State *L);
/* Push what the option 'ladder' of the table at `index` says; NULL, and nothing pushed, when it is absent. */
const gibbs_ladder *gl_ladder_read(lua_State *L, int index, const char *who, gibbs_distribution *d);
/* chains:save(path), chains:load(path) (gl_chains_file.c); Q:chains{load = path} with the path on the top of the
 * stack. */
int gl_chains_save(lua_State *L);
int gl_chains_load(lua_State *L);
int gl_chains_from_file(lua_State *L, gibbs_distribution *d, const char *who);
/* chains:select(rung), chains:ladder() (gl_ladder.c). */
int gl_chains_select(lua_State *L);
int gl_chains_ladder(lua_State *L);
/* chains:record{...} and chains:mean(f, {...}) (gl_series_run.c). */
int gl_chains_record(lua_State *L);
int gl_chains_mean(lua_State *L);

#endif

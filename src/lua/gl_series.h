/* gl_series.h - what chains did, and what it says of means, on the Lua stack. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_SERIES_H
#define GL_SERIES_H

#include "gibbs/recording.h"
#include "gl_chains.h"
#include "gl_estimate.h"

/* A recording with the names of its observables.  The set is shared with the box of the chains. */
typedef struct gl_series {
  size_t references; /* a callback may close the box of a series that is at work */
  gl_chain_set *set;
  gibbs_recording *recording;
  size_t count;
  char **names;
  gibbs_shape *shapes;
  size_t *first;    /* of the values of an observable among those of a row */
  uint64_t warm_up; /* rows to be left out, or GIBBS_WARM_UP_DETECT */
  uint64_t ahead;   /* sweeps done before the first row */
  bool busy;        /* means are being read: nothing may be added */
} gl_series;

extern const gl_class gl_series_class; /* its objects are gl_series */

/* What is to be recorded. */
typedef struct gl_recording_options {
  gibbs_expr *const *exprs;
  const char *const *names; /* of the expressions, then of the measures */
  size_t count;
  const size_t *measures;
  size_t measure_count;
  bool keep;
  uint64_t every, warm_up; /* warm_up: sweeps done before, while the kernel may adapt; or GIBBS_WARM_UP_DETECT */
} gl_recording_options;

/* Push a series of these chains, with its warm-up done and no row yet. */
gl_series *gl_series_push(lua_State *L, gl_chain_set *set, const gl_recording_options *options, const char *who);
/* `sweeps` more, in whole rows; the series is at `index`, and is what is left when Ctrl-C ends it. */
void gl_series_run(lua_State *L, int index, gl_series *series, uint64_t sweeps, const char *who);

gl_series *gl_series_retain(gl_series *series);
void gl_series_release(gl_series *series);
gl_sampled gl_series_sampled(const gl_series *series);
/* The number of values in a row. */
size_t gl_series_values(const gl_series *series);
/* The observable of that name, or an error with a guess. */
size_t gl_series_number(lua_State *L, const gl_series *series, const char *name, const char *who);
/* The series in argument 1 of a method. */
gl_series *gl_series_self(lua_State *L, const char *who);

/* Methods: gl_series_run.c, gl_series_functions.c. */
int gl_series_extend(lua_State *L);
int gl_series_jackknife(lua_State *L);
int gl_series_bootstrap(lua_State *L);

#endif

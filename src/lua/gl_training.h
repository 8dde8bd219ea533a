/* gl_training.h - gibbs.minimize on samples: a run of the training engine, made, run and told of.
 *
 * The calls are in the order of the functions below; each raises what is wrong.  The run is a box of the Lua stack
 * that owns everything, so that nothing leaks wherever an error is raised. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_TRAINING_H
#define GL_TRAINING_H

#include "gibbs/training.h"
#include "gl_checkpoint.h"
#include "gl_how.h"
#include "gl_options.h"

/* The rows of its options, and the words of 'method' and 'schedule'. */
typedef struct gl_training_settings {
  int method, schedule;
  uint64_t batch;
  gl_checkpoint_settings checkpoint;
  gibbs_training_options core;
} gl_training_settings;
extern const gl_option gl_training_rows[];
extern const char *const gl_training_methods[];

typedef struct gl_training {
  gl_training_settings settings;
  gibbs_sampling sampling;
  gibbs_objective *objective, *constraint, *held_out;
  gibbs_training *engine;
  gl_checkpoint checkpoint;
} gl_training;

/* objective at 1, options at 3, which are read already. */
gl_training *gl_training_push(lua_State *L, const gl_how *how, const gl_training_settings *settings,
                              gibbs_expr *const parameters[], size_t count, const char *who);
/* All steps that are left; an interrupt is no failure. */
void gl_training_run(lua_State *L, gl_training *run, const char *who);
/* Leaves the parameters at the result, and pushes the fit. */
void gl_training_finish(lua_State *L, gl_training *run, const char *who);

/* subject_to = {objective, equals = number} at `index` of the options: pushes the objective as it stands and returns
 * true, or pushes nothing. */
bool gl_constraint_read(lua_State *L, int options, double *level, const char *who);

#endif

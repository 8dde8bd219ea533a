/* gl_objective.h - objectives on the Lua stack. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_OBJECTIVE_H
#define GL_OBJECTIVE_H

#include "gibbs/objective.h"
#include "gl_class.h"
#include "gl_how.h"
#include "gl_parameters.h"

/* Fill the box on the top with a scalar that was made (or was not: raises); 1. */
int gl_objective_finish(lua_State *L, gl_box *box, gibbs_status status, gibbs_expr *made, const char *who,
                        gibbs_error *err);

extern const gl_class gl_planned; /* its objects are gibbs_objective */

/* Plan the objective at `index` (an expression of functionals); a box that owns the plan is pushed. */
gibbs_objective *gl_objective_push(lua_State *L, int index, const char *who, const char *name);
/* The same by elimination where `how` is that, else by sums over all states.  `advice`: what to write where those
 * cannot be had and chains would do (NULL: nothing). */
gibbs_objective *gl_objective_push_by(lua_State *L, int index, const gl_how *how, const char *who, const char *name,
                                      const char *advice);
/* The same on samples (gl_objective_sampled.c). */
gibbs_objective *gl_objective_push_sampled(lua_State *L, int index, const gibbs_sampling *sampling, const char *who,
                                           const char *name);

/* Push a table {name of a parameter = place for its tensor}, and the data of all in a block of Lua's memory last: of
 * the parameters that argument 3 names, or of all.  Refuses names that are not unique. */
double **gl_gradients_push(lua_State *L, gibbs_objective *objective, gl_chosen *of, const char *who);
/* Then make tensors of them: the table on the top; 1. */
int gl_gradients_finish(lua_State *L, const gl_chosen *of);

/* value, gradient and check of the objective in argument 1 on samples (gl_objective_sampled.c); `method` is what an
 * estimate calls itself. */
int gl_objective_sampled_value(lua_State *L, const gibbs_sampling *sampling, const char *method, const char *who);
int gl_objective_sampled_gradient(lua_State *L, const gibbs_sampling *sampling, const char *who);
int gl_objective_sampled_check(lua_State *L, const gibbs_sampling *sampling, const char *who);
/* Q:entropy(how) of a way to sample. */
int gl_entropy_on_samples(lua_State *L, const gl_how *how, const char *who);

/* Push the rows of all objectives: {{name =, doc =}, ...}. */
void gl_objectives_push(lua_State *L);

/* The method value of expressions that hold functionals. */
int gl_objective_value(lua_State *L);

#endif

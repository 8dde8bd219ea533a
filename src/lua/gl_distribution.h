/* gl_distribution.h - the classes of distributions and of data. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_DISTRIBUTION_H
#define GL_DISTRIBUTION_H

#include "gibbs/data.h"
#include "gibbs/distribution.h"
#include "gl_class.h"

extern const gl_class gl_distribution; /* its objects are gibbs_distribution */
extern const gl_class gl_batch;        /* gibbs_batch: owned by a box while Lua may raise, never seen by a script */
extern const gl_class gl_data;         /* its objects are gibbs_data */

/* The distribution in argument `index`. */
gibbs_distribution *gl_model(lua_State *L, int index, const char *who, const char *name);

/* The method sample of distributions (gl_sample.c). */
int gl_distribution_sample(lua_State *L);

/* The method save of distributions (gl_model_file.c). */
int gl_distribution_save(lua_State *L);

/* Check the configurations of some variables: the argument at `index` holds one of them or a batch (one more leading
 * axis). Pushes a holder of the tensor; *count is the number of configurations and *batch tells whether there was a
 * batch axis. */
gibbs_tensor *gl_configurations(lua_State *L, int index, const char *who, const char *name,
                                gibbs_expr *const variables[], size_t variable_count, size_t *count, bool *batch);

#endif

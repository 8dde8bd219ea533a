/* gl_sample.c - Q:sample{...}: independent samples of enumerable distributions. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gibbs/exact.h"
#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_how.h"
#include "gl_options.h"
#include "gl_state.h"
#include "gl_units.h"

static const char who[] = "distribution:sample";

typedef struct sample_options {
  uint64_t n, seed;
} sample_options;

static void destroy_ensemble(void *self) {
  gibbs_ensemble_free(self);
}
static const gl_class gl_ensemble = {.name = "ensemble", .article = "an", .destroy = destroy_ensemble};

/* Chains are another thing: their samples depend on each other and on where they started. */
static void refuse_other_kernels(lua_State *L) {
  if (!gl_options_value(L, 2, "kernel")) return;
  const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  if (strcmp(name, "exact") != 0)
    gl_fail(L,
            "%s: option 'kernel' is %s; samples that are independent are 'exact'. Chains of other kernels have to be "
            "warmed up: Q:chains{ kernel = name }:advance(sweeps):batch()",
            who, gl_describe(L, -1));
  lua_pop(L, 1);
}

static const gl_option sample_rows[] = {
    GL_INTEGER_ROW(sample_options, n, 1, 1, 1e9, "number of samples"),
    GL_INTEGER_ROW(sample_options, seed, 1, 0, 9007199254740992.0, "seed of the samples"),
    GL_VALUE_ROW("kernel", "'exact': the only way to independent samples"), GL_END_ROW};

/* Q:sample{n = 1000, seed = 1, kernel = "exact"} -> tensor, one visible configuration a row: by inversion */
int gl_distribution_sample(lua_State *L) {
  gibbs_distribution *d = gl_self(L, &gl_distribution, who);
  sample_options options;
  gl_at_most(L, 2, who);
  gl_options_read(L, 2, who, sample_rows, &options);
  if (!gl_options_value(L, 2, "seed")) options.seed = gl_state_of(L)->seed;
  refuse_other_kernels(L);
  gibbs_shape shape =
      gl_rows_shape(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d), (size_t)options.n);
  gl_box *box = gl_box_new(L, &gl_ensemble, 0);
  gibbs_tensor *tensor = gl_tensor_new(L, &shape);
  gibbs_ensemble *ensemble = NULL;
  gibbs_error err;
  gl_enter(L);
  gibbs_status status = gibbs_ensemble_new(&d, 1, NULL, 0, GIBBS_DEMAND_STATES, &ensemble, &err);
  box->self = ensemble;
  if (status == GIBBS_OK) status = gibbs_ensemble_prepare(ensemble, &err);
  if (status == GIBBS_OK)
    status = gibbs_ensemble_sample(ensemble, 0, options.seed, (size_t)options.n, gibbs_tensor_data(tensor), &err);
  if (status != GIBBS_OK) {
    gibbs_error_prefix(&err, who);
    gl_how_advise(&err, "Q:chains{ n = 64 }:advance(sweeps):batch()");
  }
  gl_check(L, status, &err);
  gl_tensor_finish(L);
  return 1;
}

const gl_option_table gl_sample_tables[] = {{.who = "distribution:sample", .rows = sample_rows}, GL_END_TABLE};

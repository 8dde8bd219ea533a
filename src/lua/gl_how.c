/* gl_how.c - ways to estimate: gibbs.exact(), gibbs.transfer(), gibbs.chains{...}. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_how.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_kernel.h"
#include "gl_module.h"
#include "gl_series.h"
#include "gl_state.h"

typedef struct run_options {
  uint64_t n, sweeps, every, seed;
  int hidden;
} run_options;

struct gl_how {
  bool exact, transfer; /* else chains */
  run_options run;
  uint64_t burn;
  const gibbs_kernel *kernel; /* NULL: the one that suits */
  double settings[];          /* one a row of the kernel's options */
};

static void print_how(lua_State *L, void *self, luaL_Buffer *text) {
  const gl_how *how = self;
  if (how->exact || how->transfer) {
    luaL_addstring(text, how->exact ? "exact" : "transfer");
    return;
  }
  lua_pushfstring(L, "%I chains of %I sweeps%s%s", (lua_Integer)how->run.n, (lua_Integer)how->run.sweeps,
                  how->kernel ? ", " : "", how->kernel ? gibbs_kernel_name(how->kernel) : "");
  luaL_addvalue(text);
}

static void describe_how(lua_State *L, void *self) {
  const gl_how *how = self;
  lua_pushstring(L, how->exact ? "gibbs.exact()" : how->transfer ? "gibbs.transfer()" : "gibbs.chains{...}");
}

static const gl_class gl_estimator = {
    .name = "estimator", .article = "an", .destroy = free, .print = print_how, .describe = describe_how};

static gl_how *push_how(lua_State *L, size_t settings, const char *who) {
  gl_box *box = gl_box_new(L, &gl_estimator, 0);
  gl_how *how = calloc(1, sizeof *how + settings * sizeof *how->settings);
  if (how == NULL) gl_fail(L, "%s: out of memory", who);
  box->self = how;
  return how;
}

/* gibbs.exact() */
static int how_exact(lua_State *L) {
  gl_at_most(L, 0, "gibbs.exact");
  push_how(L, 0, "gibbs.exact")->exact = true;
  return 1;
}

/* gibbs.transfer() */
static int how_transfer(lua_State *L) {
  gl_at_most(L, 0, "gibbs.transfer");
  push_how(L, 0, "gibbs.transfer")->transfer = true;
  return 1;
}

/* gibbs.chains{n = 64, sweeps = 1000, every = 1, burn = sweeps | "detect", kernel = name, seed =, hidden =, options
 * of the kernel} */
static int how_chains(lua_State *L) {
  static const char who[] = "gibbs.chains";
  static const gl_option rows[] = {
      GL_INTEGER_ROW(run_options, n, 64, 1, 16777216, "how many chains"),
      GL_INTEGER_ROW(run_options, sweeps, 1000, 1, 1e15, "sweeps of every chain"),
      GL_INTEGER_ROW(run_options, every, 1, 1, 1e9, "sweeps from one measurement to the next"),
      GL_INTEGER_ROW(run_options, seed, 1, 0, 9007199254740992.0, "seed of everything that they draw"),
      GL_CHOICE_ROW(run_options, hidden, -1, gl_hidden_roles, "whether hidden units are sampled, or summed in H(v)"),
      GL_VALUE_ROW("burn", "sweeps that do not count, or 'detect'"),
      GL_VALUE_ROW("kernel", "the name of the kernel; its options stand beside it"),
      GL_END_ROW};
  gl_at_most(L, 1, who);
  lua_settop(L, 1);
  run_options run;
  gl_kernel_choice choice = gl_kernel_options_read(L, 1, who, rows, &run, sizeof run);
  if (!gl_options_value(L, 1, "seed")) run.seed = gl_state_of(L)->seed;
  if (run.sweeps < run.every)
    return gl_fail(L, "%s: %I sweeps hold no measurement when there are %I from one to the next", who,
                   (lua_Integer)run.sweeps, (lua_Integer)run.every);
  uint64_t burn = gl_warm_up(L, 1, who, "burn");
  size_t count = choice.kernel ? gibbs_kernel_option_count(choice.kernel) : 0;
  gl_how *how = push_how(L, count, who);
  how->run = run;
  how->burn = burn;
  how->kernel = choice.kernel;
  if (count > 0) memcpy(how->settings, choice.settings, count * sizeof *how->settings);
  return 1;
}

/* ---- arguments ----------------------------------------------------------------------------------------------------
 */

static const char legal[] = "a way to estimate: gibbs.exact(), gibbs.transfer() or gibbs.chains{}";
static const char no_transfer[] =
    "gibbs.transfer() gives values of free energies, entropies and means of distributions; here use gibbs.exact()";

const gl_how *gl_how_read(lua_State *L, int index, const char *who) {
  if (lua_isnoneornil(L, index)) return NULL;
  const gl_how *how = gl_test(L, index, &gl_estimator);
  if (how == NULL) gl_refuse(L, index, who, "how", legal);
  return how->exact ? NULL : how;
}

bool gl_how_transfer(const gl_how *how) {
  return how != NULL && how->transfer;
}

void gl_how_exact(lua_State *L, int index, const char *who, const char *instead) {
  const gl_how *how = gl_how_read(L, index, who);
  if (how != NULL) gl_fail(L, "%s: %s", who, how->transfer ? no_transfer : instead);
}

void gl_how_exact_option(lua_State *L, int index, const char *who, const char *instead) {
  const gl_how *how = gl_test(L, index, &gl_estimator);
  if (how == NULL) gl_refuse_option(L, index, who, "estimate", legal);
  if (!how->exact) gl_fail(L, "%s: %s", who, how->transfer ? no_transfer : instead);
}

void gl_how_advise(gibbs_error *err, const char *what) {
  size_t length = strlen(err->message);
  if (err->code == GIBBS_ERR_SIZE || err->code == GIBBS_ERR_UNSUPPORTED)
    snprintf(err->message + length, sizeof err->message - length, "; chains do it for any size: %s", what);
}

/* ---- means by chains
 * ------------------------------------------------------------------------------------------------ */

/* Where the warm-up is to be detected, a tenth of the sweeps is done before, in which kernels may adapt themselves.
 */
static uint64_t sweeps_ahead(const gl_how *how) {
  return how->burn == GIBBS_WARM_UP_DETECT ? how->run.sweeps / 10 : how->burn;
}

int gl_how_mean(lua_State *L, const gl_how *how, gibbs_distribution *d, gibbs_expr *f, const char *who) {
  static const char *const names[] = {"mean"};
  gibbs_chains_options options = {.chains = (size_t)how->run.n,
                                  .seed = how->run.seed,
                                  .kernel = how->kernel,
                                  .settings = how->kernel ? how->settings : NULL,
                                  .hidden = gl_hidden_role(how->run.hidden)};
  gl_chain_set *set = gl_chains_push(L, d, &options, who);
  gl_recording_options recording = {
      .exprs = &f, .names = names, .count = 1, .every = how->run.every, .warm_up = sweeps_ahead(how)};
  gl_series *series = gl_series_push(L, set, &recording, who);
  if (how->burn == GIBBS_WARM_UP_DETECT) series->warm_up = GIBBS_WARM_UP_DETECT;
  gl_series_run(L, series, how->run.sweeps, who);
  gl_sampled from = gl_series_sampled(series);
  return gl_estimate_sampled(L, &from, gibbs_expr_shape(f), 0, who);
}

const luaL_Reg gl_how_functions[] = {
    {"exact", how_exact}, {"transfer", how_transfer}, {"chains", how_chains}, {NULL, NULL}};

/* gl_how.c - ways to estimate: as arguments, and means by chains. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_how.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_free_energy.h"
#include "gl_how_parts.h"
#include "gl_module.h"
#include "gl_series.h"

static void print_how(lua_State *L, void *self, luaL_Buffer *text) {
  const gl_how *how = self;
  const gibbs_sampling *s = &how->sampling;
  luaL_addstring(text, how->kind == HOW_CHAINS ? "" : how->name);
  if (how->kind == HOW_EXACT || how->kind == HOW_TRANSFER) return;
  if (how->kind == HOW_CHAINS)
    lua_pushfstring(L, "%I chains of %I sweeps", (lua_Integer)s->chains, (lua_Integer)how->sweeps);
  else if (how->kind == HOW_CD)
    lua_pushfstring(L, ": k = %I", (lua_Integer)s->sweeps);
  else
    lua_pushfstring(L, ": k = %I, %I chains", (lua_Integer)s->sweeps, (lua_Integer)s->chains);
  luaL_addvalue(text);
  if (s->kernel) lua_pushfstring(L, ", %s", gibbs_kernel_name(s->kernel));
  if (s->kernel) luaL_addvalue(text);
  if (s->method) lua_pushfstring(L, ", free energies by %s", gibbs_free_energy_name(s->method));
  if (s->method) luaL_addvalue(text);
}

static void describe_how(lua_State *L, void *self) {
  const gl_how *how = self;
  lua_pushfstring(L, "gibbs.%s%s", how->name, how->kind == HOW_EXACT || how->kind == HOW_TRANSFER ? "()" : "{...}");
}

const gl_class gl_estimator = {
    .name = "estimator", .article = "an", .destroy = free, .print = print_how, .describe = describe_how};

gl_how *gl_how_push(lua_State *L, how_kind kind, const char *name, size_t room) {
  gl_box *box = gl_box_new(L, &gl_estimator, 2);
  gl_how *how = calloc(1, sizeof *how + room * sizeof *how->room);
  if (how == NULL) gl_fail(L, "gibbs.%s: out of memory", name);
  box->self = how;
  how->kind = kind;
  how->name = name;
  return how;
}

const gl_how *gl_how_test(lua_State *L, int index) {
  return gl_test(L, index, &gl_estimator);
}

/* gibbs.exact() */
static int how_exact(lua_State *L) {
  gl_at_most(L, 0, "gibbs.exact");
  gl_how_push(L, HOW_EXACT, "exact", 0);
  return 1;
}

/* gibbs.transfer() */
static int how_transfer(lua_State *L) {
  gl_at_most(L, 0, "gibbs.transfer");
  gl_how_push(L, HOW_TRANSFER, "transfer", 0);
  return 1;
}

/* ---- arguments ----------------------------------------------------------------------------------------------------
 */

static const char no_transfer[] =
    "gibbs.transfer() gives values of free energies, entropies and means of distributions; here use gibbs.exact()";

const gl_free_energy_how *gl_how_free_energy(lua_State *L, int index) {
  const gl_how *how = gl_test(L, index, &gl_estimator);
  if (how == NULL || how->kind != HOW_JARZYNSKI) return NULL;
  lua_getiuservalue(L, index, 2);
  const gl_free_energy_how *part = gl_free_energy_test(L, -1);
  lua_pop(L, 1);
  return part;
}

static void refuse_free_energy(lua_State *L, int index, const char *who) {
  const gibbs_free_energy_options *ignored;
  const char *name = gibbs_free_energy_name(gl_free_energy_method(gl_free_energy_test(L, index), &ignored));
  gl_fail(
      L,
      "%s: gibbs.%s{} estimates the free energy of one distribution, Q:free_energy(gibbs.%s{}); here say how to "
      "sample, and that free energies are to be found by it: gibbs.chains{ free_energy = gibbs.%s{} }, or the same "
      "option of gibbs.pcd{}, gibbs.cd{} or gibbs.jarzynski{}",
      who, name, name, name);
}

static const gl_how *test_how(lua_State *L, int index, const char *who) {
  const gl_how *how = gl_test(L, index, &gl_estimator);
  if (how == NULL && gl_free_energy_test(L, index) != NULL) refuse_free_energy(L, index, who);
  return how;
}

const gl_how *gl_how_read(lua_State *L, int index, const char *who, const char *legal) {
  if (lua_isnoneornil(L, index)) return NULL;
  const gl_how *how = test_how(L, index, who);
  if (how == NULL) gl_refuse(L, index, who, "how", legal);
  return how->kind == HOW_EXACT ? NULL : how;
}

const gl_how *gl_how_option(lua_State *L, int index, const char *who) {
  const gl_how *how = test_how(L, index, who);
  if (how == NULL) gl_refuse_option(L, index, who, "estimate", GL_HOW_OBJECTIVE);
  return how->kind == HOW_EXACT ? NULL : how;
}

bool gl_how_transfer(const gl_how *how) {
  return how != NULL && how->kind == HOW_TRANSFER;
}

bool gl_how_chains_only(const gl_how *how) {
  return how != NULL && how->kind == HOW_CHAINS;
}

const char *gl_how_name(const gl_how *how) {
  return how ? how->name : "exact";
}

void gl_how_exact(lua_State *L, int index, const char *who, const char *instead) {
  const gl_how *how = gl_how_read(L, index, who, "a way to estimate: gibbs.exact()");
  if (how != NULL) gl_fail(L, "%s: %s", who, gl_how_transfer(how) ? no_transfer : instead);
}

void gl_how_exact_option(lua_State *L, int index, const char *who, const char *instead) {
  const gl_how *how = gl_how_option(L, index, who);
  if (how != NULL) gl_fail(L, "%s: %s", who, gl_how_transfer(how) ? no_transfer : instead);
}

void gl_how_advise(gibbs_error *err, const char *what) {
  size_t length = strlen(err->message);
  if (err->code == GIBBS_ERR_SIZE || err->code == GIBBS_ERR_UNSUPPORTED)
    snprintf(err->message + length, sizeof err->message - length, "; chains do it for any size: %s", what);
}

/* ---- means by chains
 * ------------------------------------------------------------------------------------------------ */

/* Where the warm-up is to be detected, a tenth of the sweeps is done before, in which kernels may adapt themselves
 * (the burn of the sampling). */
int gl_how_mean(lua_State *L, const gl_how *how, gibbs_distribution *d, gibbs_expr *f, const char *who) {
  static const char *const names[] = {"mean"};
  const gibbs_sampling *s = &how->sampling;
  if (how->kind != HOW_CHAINS)
    return gl_fail(L,
                   "%s: gibbs.%s{} is for gradients and objectives; a mean is estimated by gibbs.chains{}, which "
                   "knows its autocorrelation time",
                   who, how->name);
  gibbs_chains_options options = {.chains = s->chains,
                                  .seed = s->seed,
                                  .kernel = s->kernel,
                                  .settings = s->settings,
                                  .hidden = s->hidden,
                                  .ladder = s->ladder};
  gl_chain_set *set = gl_chains_push(L, d, &options, who);
  gl_recording_options recording = {.exprs = &f, .names = names, .count = 1, .every = s->sweeps, .warm_up = s->burn};
  gl_series *series = gl_series_push(L, set, &recording, who);
  if (how->warm_up == GIBBS_WARM_UP_DETECT) series->warm_up = GIBBS_WARM_UP_DETECT;
  gl_series_run(L, -1, series, how->sweeps, who);
  gl_sampled from = gl_series_sampled(series);
  return gl_estimate_sampled(L, &from, gibbs_expr_shape(f), 0, who);
}

const luaL_Reg gl_how_functions[] = {
    {"exact", how_exact}, {"transfer", how_transfer}, {"chains", gl_how_chains},
    {"cd", gl_how_cd},    {"pcd", gl_how_pcd},        {"jarzynski", gl_how_jarzynski},
    {NULL, NULL}};

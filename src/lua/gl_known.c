/* gl_known.c - what is exact without being asked for, where sums over all states are too large. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_known.h"

#include "gibbs/exact.h"
#include "gibbs/known.h"
#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_how.h"
#include "gl_state.h"

static bool push(lua_State *L, gibbs_status status, double value, const char *how, const gibbs_error *err) {
  if (status == GIBBS_ERR_UNSUPPORTED || status == GIBBS_ERR_SIZE) return false;
  gl_check(L, status, err);
  lua_pushnumber(L, value);
  gl_estimate_exact_by(L, how);
  return true;
}

bool gl_known_push(lua_State *L, gibbs_distribution *d) {
  gibbs_error err;
  double value = 0;
  const char *how = "";
  gibbs_status status = gibbs_known_free_energy(d, &value, &how, &err);
  return push(L, status, value, how, &err);
}

bool gl_known_push_value(lua_State *L, gibbs_expr *expr) {
  gibbs_error err;
  double value = 0;
  const char *how = "";
  gibbs_status status = gibbs_objective_known_value(expr, &value, &how, &err);
  return push(L, status, value, how, &err);
}

double gl_known_free_energy(lua_State *L, gibbs_distribution *d, const char *who) {
  gibbs_error err, ignored;
  double value = 0;
  gl_enter(L);
  gibbs_status status = gibbs_exact_free_energy(d, &value, &err);
  bool too_much = status == GIBBS_ERR_SIZE || status == GIBBS_ERR_UNSUPPORTED;
  if (too_much && gibbs_known_free_energy(d, &value, NULL, &ignored) == GIBBS_OK) return value;
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  if (too_much) gl_how_advise(&err, "Q:free_energy(gibbs.ais{ both = true }).value, less Q:hamiltonian(v)");
  gl_check(L, status, &err);
  return value;
}

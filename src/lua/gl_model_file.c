/* gl_model_file.c - distributions in files: Q:save and gibbs.load. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/model_file.h"

#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_files.h"
#include "gl_module.h"
#include "gl_state.h"

static void check(lua_State *L, gibbs_status status, gibbs_error *err, const char *who) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
}

/* Q:save(path) -> Q */
int gl_distribution_save(lua_State *L) {
  static const char who[] = "distribution:save";
  const gibbs_distribution *d = gl_self(L, &gl_distribution, who);
  const char *path = gl_string(L, 2, who, "path");
  gl_at_most(L, 2, who);
  gibbs_error err;
  gl_enter(L);
  check(L, gibbs_model_save(d, path, &err), &err, who);
  lua_settop(L, 1);
  return 1;
}

/* gibbs.load(path, name?) -> distribution */
static int load_model(lua_State *L) {
  static const char who[] = "gibbs.load";
  const char *path = gl_string(L, 1, who, "path");
  const char *within = lua_isnoneornil(L, 2) ? NULL : gl_string(L, 2, who, "name");
  gl_at_most(L, 2, who);
  gl_box *box = gl_box_new(L, &gl_distribution, 0);
  gibbs_error err;
  gibbs_distribution *made = NULL;
  gibbs_graph *graph = gl_enter(L)->graph;
  check(L, gibbs_model_load(graph, path, within, &made, &err), &err, who);
  box->self = made;
  gl_account(L, box, 4096);
  return 1;
}

static gibbs_status make_value(const void *distribution, gibbs_value **out, gibbs_error *err) {
  return gibbs_model_to_value(distribution, out, err);
}

/* core.model(Q) -> what a file would hold of it, as it is now: a table */
static int model_table(lua_State *L) {
  static const char who[] = "core.model";
  gl_value_push(L, who, make_value, gl_model(L, 1, who, "Q"));
  return 1;
}

const luaL_Reg gl_model_file_core[] = {{"model", model_table}, {NULL, NULL}};
const luaL_Reg gl_model_file_functions[] = {{"load", load_model}, {NULL, NULL}};

/* gl_tensor_rg.c - gibbs.rg.tensor: free energies of large square lattices. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/tensor_rg.h"

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_module.h"
#include "gl_options.h"

typedef struct settings {
  double K, h;
  uint64_t q, bond_dimension, steps;
} settings;

static const gl_option rows[] = {
    GL_REAL_ROW(settings, K, 0, -100, 100,
                "the coupling of nearest neighbours: H = -K sum s s', or -K sum delta(s, s') with q"),
    GL_REAL_ROW(settings, h, 0, -100, 100, "the field: -h sum s, or -h sum delta(s, the first state)"),
    GL_INTEGER_ROW(settings, q, 0, 0, 16, "states of a Potts site; 0: Ising spins"),
    GL_INTEGER_ROW(settings, bond_dimension, 16, 2, 64, "singular values kept a leg; a step costs its sixth power"),
    GL_INTEGER_ROW(settings, steps, 40, 0, 200, "each halves the number of tensors: 2^steps sites"),
    GL_END_ROW};
const gl_option_table gl_tensor_rg_tables[] = {{.who = "gibbs.rg.tensor", .rows = rows}, GL_END_TABLE};

static void check(lua_State *L, const char *who, const settings *s) {
  const uint64_t states = s->q == 0 ? 2 : s->q;
  if (s->q == 1) gl_fail(L, "%s: option 'q' is 1; it must lie in [2, 16], or be 0 for Ising spins", who);
  if (s->bond_dimension < states)
    gl_fail(L, "%s: option 'bond_dimension' is %I; it must be at least q = %I", who, (lua_Integer)s->bond_dimension,
            (lua_Integer)states);
}

static void set_number(lua_State *L, double value, const char *name) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

/* gibbs.rg.tensor{...} -> { free_energy, error, by_step = {...}, truncation } */
static int tensor_rg(lua_State *L) {
  static const char who[] = "gibbs.rg.tensor";
  gl_options_alone(L, who);
  settings s;
  gl_options_read(L, 1, who, rows, &s);
  gl_options_require(L, 1, who, "K", "a number");
  check(L, who, &s);
  const gibbs_tensor_rg_options o = {.ising = s.q == 0,
                                     .K = s.K,
                                     .h = s.h,
                                     .states = s.q == 0 ? 2 : (size_t)s.q,
                                     .bond_dimension = (size_t)s.bond_dimension,
                                     .steps = (size_t)s.steps};
  double *F = lua_newuserdatauv(L, (o.steps + 1) * sizeof *F, 0);
  gibbs_tensor_rg_quality quality;
  gibbs_error err;
  const gibbs_status status = gibbs_tensor_rg(&o, F, &quality, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  lua_createtable(L, 0, 4);
  set_number(L, F[o.steps], "free_energy");
  set_number(L, quality.error, "error");
  set_number(L, quality.truncation, "truncation");
  lua_createtable(L, (int)o.steps + 1, 0);
  for (size_t i = 0; i <= o.steps; i++) {
    lua_pushnumber(L, F[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "by_step");
  return 1;
}

const luaL_Reg gl_tensor_rg_functions[] = {{"rg.tensor", tensor_rg}, {NULL, NULL}};

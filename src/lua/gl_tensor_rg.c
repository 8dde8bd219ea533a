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

/* gibbs.rg.tensor{...} -> { free_energy, steps = {...}, truncation } */
static int tensor_rg(lua_State *L) {
  static const char who[] = "gibbs.rg.tensor";
  gl_at_most(L, 1, who);
  gl_table(L, 1, who, "options");
  settings s;
  gl_options_require(L, 1, who, "K", "a coupling");
  gl_options_read(L, 1, who, rows, &s);
  const gibbs_tensor_rg_options o = {.ising = s.q == 0,
                                     .K = s.K,
                                     .h = s.h,
                                     .states = s.q == 0 ? 2 : (size_t)s.q,
                                     .bond_dimension = (size_t)s.bond_dimension,
                                     .steps = (size_t)s.steps};
  double *F = lua_newuserdatauv(L, (o.steps + 1) * sizeof *F, 0), truncation = 0;
  gibbs_error err;
  const gibbs_status status = gibbs_tensor_rg(&o, F, &truncation, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, "gibbs.rg");
  gl_check(L, status, &err);
  lua_createtable(L, 0, 3);
  lua_pushnumber(L, F[o.steps]);
  lua_setfield(L, -2, "free_energy");
  lua_createtable(L, (int)o.steps + 1, 0);
  for (size_t i = 0; i <= o.steps; i++) {
    lua_pushnumber(L, F[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "by_step");
  lua_pushnumber(L, truncation);
  lua_setfield(L, -2, "truncation");
  return 1;
}

const luaL_Reg gl_tensor_rg_functions[] = {{"rg.tensor", tensor_rg}, {NULL, NULL}};

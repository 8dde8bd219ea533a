/* gl_solution.c - solved models: gibbs.kaufman(rows, columns, J) and gibbs.onsager(J). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/ising_exact.h"
#include "gl_argument.h"
#include "gl_error.h"
#include "gl_module.h"
#include "gl_record.h"

static int push_solution(lua_State *L, const gibbs_ising_solution *s, bool infinite) {
  lua_createtable(L, 0, 4);
  lua_pushnumber(L, s->free_energy);
  lua_setfield(L, -2, "free_energy");
  lua_pushnumber(L, s->energy);
  lua_setfield(L, -2, "energy");
  lua_pushnumber(L, s->specific_heat);
  lua_setfield(L, -2, "specific_heat");
  if (infinite) {
    lua_pushnumber(L, s->magnetisation);
    lua_setfield(L, -2, "magnetisation");
  }
  gl_record(L, "solution", NULL);
  return 1;
}

static int finish(lua_State *L, const char *who, gibbs_status status, const gibbs_ising_solution *s, bool infinite,
                  gibbs_error *err) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
  return push_solution(L, s, infinite);
}

/* On the lattices of gibbs.lattice no site is bound to itself, which the solution has in a direction of length 1. */
static void leave_out_self_bonds(size_t rows, size_t columns, double J, gibbs_ising_solution *s) {
  double sites = (double)rows * (double)columns, bonds = (rows == 1 ? sites : 0) + (columns == 1 ? sites : 0);
  s->free_energy += J * bonds;
  s->energy += J * bonds;
}

/* gibbs.kaufman(rows, columns, J) -> {free_energy, energy, specific_heat} of the whole square torus without field:
 * -log Z, <H>, the variance of H */
static int solve_torus(lua_State *L) {
  static const char who[] = "gibbs.kaufman";
  gl_at_most(L, 3, who);
  lua_Integer rows = gl_integer(L, 1, who, "rows", 1, 1000000),
              columns = gl_integer(L, 2, who, "columns", 1, 1000000);
  double J = gl_number(L, 3, who, "J");
  gibbs_ising_solution s = {0};
  gibbs_error err;
  gibbs_status status = gibbs_ising_torus((size_t)rows, (size_t)columns, J, &s, &err);
  if (status == GIBBS_OK) leave_out_self_bonds((size_t)rows, (size_t)columns, J, &s);
  return finish(L, who, status, &s, false, &err);
}

/* gibbs.onsager(J) -> {free_energy, energy, specific_heat, magnetisation} a site of the infinite square lattice */
static int solve_infinite(lua_State *L) {
  static const char who[] = "gibbs.onsager";
  gl_at_most(L, 1, who);
  double J = gl_number(L, 1, who, "J");
  gibbs_ising_solution s = {0};
  gibbs_error err;
  return finish(L, who, gibbs_ising_infinite(J, &s, &err), &s, true, &err);
}

const luaL_Reg gl_solution_functions[] = {{"kaufman", solve_torus}, {"onsager", solve_infinite}, {NULL, NULL}};

/* gl_recursion.c - gibbs.rg.chain, migdal_kadanoff, ...: recursions, their flows and fixed points. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_recursion.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_callback.h"
#include "gl_error.h"
#include "gl_module.h"

static void destroy(void *self) {
  const gl_recursion_holder *h = self; /* the memory is Lua's: user value 1 */
  if (h->state != NULL) gl_callback_forget(h->state, h->function);
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  const gibbs_recursion *r = &((gl_recursion_holder *)self)->recursion;
  lua_pushfstring(L, "recursion %s: %I coupling%s, b = %f, d = %f", r->name, (lua_Integer)r->couplings,
                  r->couplings == 1 ? "" : "s", (lua_Number)r->scale, (lua_Number)r->dimension);
  luaL_addvalue(text);
}

/* ---- couplings ---------------------------------------------------------------------------------------------- */

void gl_couplings_push(lua_State *L, const gibbs_recursion *r, const double *couplings) {
  lua_createtable(L, 0, (int)r->couplings);
  for (size_t i = 0; i < r->couplings; i++) {
    lua_pushnumber(L, couplings[i]);
    lua_setfield(L, -2, r->names[i]);
  }
}

enum { MOST_LISTED = 8 };

/* "; there are K and h" */
static const char *list_couplings(lua_State *L, const gibbs_recursion *r) {
  if (r->couplings > MOST_LISTED) return "";
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  luaL_addstring(&text, r->couplings == 1 ? "; there is " : "; there are ");
  for (size_t i = 0; i < r->couplings; i++) {
    luaL_addstring(&text, i == 0 ? "" : i + 1 < r->couplings ? ", " : " and ");
    luaL_addstring(&text, r->names[i]);
  }
  luaL_pushresult(&text);
  return lua_tostring(L, -1);
}

size_t gl_coupling_named(lua_State *L, const gibbs_recursion *r, const char *name, const char *who) {
  gl_guess guess = gl_guess_of(name);
  for (size_t i = 0; i < r->couplings; i++) {
    if (strcmp(name, r->names[i]) == 0) return i;
    gl_guess_offer(&guess, r->names[i]);
  }
  const char *hint = gl_guess_hint(L, &guess);
  gl_fail(L, "%s: %s has no coupling '%s'%s", who, r->name, name, hint[0] != '\0' ? hint : list_couplings(L, r));
  return 0;
}

/* The pair on the top of the stack, key below value; the value has to be finite. */
static double read_pair(lua_State *L, const gibbs_recursion *r, const char *who, const char **name) {
  if (lua_type(L, -2) != LUA_TSTRING)
    gl_fail(L, "%s: couplings are given by name, as in { %s = 0.4 }, but the table has the key %s", who, r->names[0],
            gl_describe(L, -2));
  *name = lua_tostring(L, -2);
  if (lua_type(L, -1) != LUA_TNUMBER || !isfinite(lua_tonumber(L, -1)))
    gl_fail(L, "%s: coupling '%s' is %s; it must be a finite number", who, *name, gl_describe(L, -1));
  return lua_tonumber(L, -1);
}

/* Of a scheme with couplings of its own kind: { K, h } are those of the nearest-neighbour model. */
static bool read_neighbours(lua_State *L, int index, const gibbs_recursion *r, const char *who, double *couplings) {
  double values[2] = {0};
  const char *name, *other = NULL;
  bool found = false;
  if (r->embed == NULL) return false;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    const double value = read_pair(L, r, who, &name);
    const bool is_K = strcmp(name, "K") == 0, is_h = strcmp(name, "h") == 0;
    if (is_K || is_h)
      values[is_h] = value;
    else
      other = name;
    found = found || is_K || is_h;
  }
  if (found && other != NULL)
    gl_fail(L, "%s: K and h are those of the nearest-neighbour model, and do not go together with '%s'", who, other);
  if (found) gibbs_recursion_embed(r, values[0], values[1], couplings);
  return found;
}

void gl_couplings_read(lua_State *L, int index, const gibbs_recursion *r, const char *who, const char *argument,
                       double *couplings) {
  if (lua_type(L, index) == LUA_TNUMBER) {
    gibbs_recursion_embed(r, gl_number(L, index, who, argument), 0, couplings);
    return;
  }
  if (!lua_istable(L, index)) {
    gl_refuse(L, index, who, argument, "a number, K, or a table of couplings by name");
    return;
  }
  if (read_neighbours(L, index, r, who, couplings)) return;
  memset(couplings, 0, r->couplings * sizeof *couplings);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    const char *name;
    const double value = read_pair(L, r, who, &name);
    couplings[gl_coupling_named(L, r, name, who)] = value;
  }
}

/* Raises after "who: ". */
static void check(lua_State *L, gibbs_status status, gibbs_error *err, const char *who) {
  if (status != GIBBS_OK && status != GIBBS_ERR_CALLBACK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
}

/* ---- methods ------------------------------------------------------------------------------------------------ */

/* r:step(couplings) -> couplings, constant */
static int recursion_step(lua_State *L) {
  static const char who[] = "recursion:step";
  gl_at_most(L, 2, who);
  const gl_recursion_holder *h = gl_self(L, &gl_recursion_class, who);
  double couplings[GIBBS_MOST_COUPLINGS], g = 0;
  gibbs_error err;
  gl_couplings_read(L, 2, &h->recursion, who, "couplings", couplings);
  gl_enter(L);
  check(L, gibbs_recursion_step(&h->recursion, couplings, couplings, &g, &err), &err, who);
  gl_couplings_push(L, &h->recursion, couplings);
  if (isnan(g)) return 1;
  lua_pushnumber(L, g);
  return 2;
}

/* r:flow(couplings, steps) -> a list of couplings, the start first */
static int recursion_flow(lua_State *L) {
  static const char who[] = "recursion:flow";
  gl_at_most(L, 3, who);
  const gl_recursion_holder *h = gl_self(L, &gl_recursion_class, who);
  double couplings[GIBBS_MOST_COUPLINGS], g;
  gibbs_error err;
  gl_couplings_read(L, 2, &h->recursion, who, "couplings", couplings);
  const lua_Integer steps = gl_integer(L, 3, who, "steps", 0, 1000000);
  gl_enter(L);
  lua_createtable(L, (int)steps + 1, 0);
  for (lua_Integer i = 0; i <= steps; i++) {
    if (i > 0) check(L, gibbs_recursion_step(&h->recursion, couplings, couplings, &g, &err), &err, who);
    gl_couplings_push(L, &h->recursion, couplings);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* r:free_energy(couplings) -> -ln Z a site */
static int recursion_free_energy(lua_State *L) {
  static const char who[] = "recursion:free_energy";
  gl_at_most(L, 2, who);
  const gl_recursion_holder *h = gl_self(L, &gl_recursion_class, who);
  double couplings[GIBBS_MOST_COUPLINGS], F = 0;
  gibbs_error err;
  gl_couplings_read(L, 2, &h->recursion, who, "couplings", couplings);
  gl_enter(L);
  check(L, gibbs_recursion_free_energy(&h->recursion, couplings, &F, &err), &err, who);
  lua_pushnumber(L, F);
  return 1;
}

/* r:bound(K, h?) -> the lower bound of the free energy a site, the p that gives it */
static int recursion_bound(lua_State *L) {
  static const char who[] = "recursion:bound";
  gl_at_most(L, 3, who);
  const gl_recursion_holder *h = gl_self(L, &gl_recursion_class, who);
  const double K = gl_number(L, 2, who, "K"), field = lua_isnoneornil(L, 3) ? 0 : gl_number(L, 3, who, "h");
  double bound = 0, p = 0;
  gibbs_error err;
  if (strcmp(h->recursion.name, gibbs_recursion_kind_kadanoff.name) != 0)
    return gl_fail(L, "%s: only gibbs.rg.kadanoff has a bound; this is %s", who, h->recursion.name);
  check(L, gibbs_kadanoff_bound((size_t)h->recursion.dimension, K, field, &bound, &p, &err), &err, who);
  lua_pushnumber(L, bound);
  lua_pushnumber(L, p);
  return 2;
}

static void push_list(lua_State *L, const double *values, size_t count, const char *name) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushnumber(L, values[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, name);
}

static void push_parities(lua_State *L, const gibbs_fixed_point *point, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushboolean(L, point->odd[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "odd");
}

static void set_exponent(lua_State *L, double y, const char *name) {
  if (isnan(y)) return;
  lua_pushnumber(L, y);
  lua_setfield(L, -2, name);
}

/* r:fixed_point(start?) -> {couplings, eigenvalues, imaginary, exponents, odd, y_t, y_h, residual} */
static int recursion_fixed_point(lua_State *L) {
  static const char who[] = "recursion:fixed_point";
  gl_at_most(L, 2, who);
  const gl_recursion_holder *h = gl_self(L, &gl_recursion_class, who);
  const gibbs_recursion *r = &h->recursion;
  double start[GIBBS_MOST_COUPLINGS];
  gibbs_fixed_point point;
  gibbs_error err;
  const bool given = !lua_isnoneornil(L, 2);
  if (given) gl_couplings_read(L, 2, r, who, "start", start);
  gl_enter(L);
  check(L, gibbs_recursion_fixed_point(r, given ? start : NULL, &point, &err), &err, who);
  lua_createtable(L, 0, 8);
  gl_couplings_push(L, r, point.couplings);
  lua_setfield(L, -2, "couplings");
  push_list(L, point.real, r->couplings, "eigenvalues");
  push_list(L, point.imaginary, r->couplings, "imaginary");
  push_list(L, point.exponents, r->couplings, "exponents");
  push_parities(L, &point, r->couplings);
  set_exponent(L, point.y_t, "y_t");
  set_exponent(L, point.y_h, "y_h");
  lua_pushnumber(L, point.residual);
  lua_setfield(L, -2, "residual");
  return 1;
}

/* ---- fields ------------------------------------------------------------------------------------------------- */

static const gibbs_fixed_point *point_of(lua_State *L, const char *who) {
  gl_recursion_holder *h = gl_self(L, &gl_recursion_class, who);
  gibbs_error err;
  gl_enter(L);
  if (!h->has_point) check(L, gibbs_recursion_fixed_point(&h->recursion, NULL, &h->point, &err), &err, who);
  h->has_point = true;
  return &h->point;
}

static const gibbs_recursion *self_of(lua_State *L, const char *who) {
  return &((gl_recursion_holder *)gl_self(L, &gl_recursion_class, who))->recursion;
}

static int get_name(lua_State *L) {
  lua_pushstring(L, self_of(L, "recursion.name")->name);
  return 1;
}

static int get_scale(lua_State *L) {
  lua_pushnumber(L, self_of(L, "recursion.scale")->scale);
  return 1;
}

static int get_dimension(lua_State *L) {
  lua_pushnumber(L, self_of(L, "recursion.dimension")->dimension);
  return 1;
}

static int get_couplings(lua_State *L) {
  const gibbs_fixed_point *point = point_of(L, "recursion.couplings");
  gl_couplings_push(L, self_of(L, "recursion.couplings"), point->couplings);
  return 1;
}

static int push_exponent(lua_State *L, double y) {
  if (isnan(y))
    lua_pushnil(L);
  else
    lua_pushnumber(L, y);
  return 1;
}

static int get_y_t(lua_State *L) {
  return push_exponent(L, point_of(L, "recursion.y_t")->y_t);
}

static int get_y_h(lua_State *L) {
  return push_exponent(L, point_of(L, "recursion.y_h")->y_h);
}

/* The parameter p of Kadanoff's scheme, given or found. */
static int get_p(lua_State *L) {
  const gibbs_recursion *r = self_of(L, "recursion.p");
  const bool has = strcmp(r->name, gibbs_recursion_kind_kadanoff.name) == 0;
  return has ? push_exponent(L, r->options[1]) : push_exponent(L, (double)NAN);
}

static const luaL_Reg methods[] = {{"step", recursion_step},
                                   {"flow", recursion_flow},
                                   {"fixed_point", recursion_fixed_point},
                                   {"free_energy", recursion_free_energy},
                                   {"bound", recursion_bound},
                                   {NULL, NULL}};

static const luaL_Reg getters[] = {{"name", get_name},
                                   {"scale", get_scale},
                                   {"dimension", get_dimension},
                                   {"couplings", get_couplings},
                                   {"y_t", get_y_t},
                                   {"y_h", get_y_h},
                                   {"p", get_p},
                                   {NULL, NULL}};

const gl_class gl_recursion_class = {
    .name = "recursion", .article = "a", .methods = methods, .getters = getters, .destroy = destroy, .print = print};

/* ---- making ------------------------------------------------------------------------------------------------- */

gl_recursion_holder *gl_recursion_new(lua_State *L, gl_box **box) {
  *box = gl_box_new(L, &gl_recursion_class, 2);
  gl_recursion_holder *h = lua_newuserdatauv(L, sizeof *h, 0);
  memset(h, 0, sizeof *h);
  gl_box_depend(L, -2, 1, -1);
  lua_pop(L, 1);
  return h;
}

void gl_recursion_options(const gibbs_recursion_kind *kind, gl_option *rows) {
  static const gl_kind kinds[] = {
      [GIBBS_OPTION_REAL] = GL_REAL, [GIBBS_OPTION_COUNT] = GL_INTEGER, [GIBBS_OPTION_CHOICE] = GL_CHOICE};
  size_t i = 0;
  for (; kind->options[i].name != NULL; i++) {
    const gibbs_recursion_option *o = &kind->options[i];
    rows[i] = (gl_option){o->name,    kinds[o->kind], i * sizeof(gl_recursion_slot), o->initial, o->low, o->high,
                          o->choices, o->doc};
  }
  rows[i] = (gl_option)GL_END_ROW;
}

static double value_of(const gibbs_recursion_option *o, const gl_recursion_slot *slot) {
  switch (o->kind) {
  case GIBBS_OPTION_COUNT:
    return (double)slot->count;
  case GIBBS_OPTION_CHOICE:
    return slot->choice;
  case GIBBS_OPTION_REAL:
    break;
  }
  return slot->real;
}

static int make(lua_State *L, const gibbs_recursion_kind *kind) {
  char who[64];
  snprintf(who, sizeof who, "gibbs.rg.%s", kind->name);
  gl_options_alone(L, who);
  gl_option rows[GIBBS_MOST_RECURSION_OPTIONS + 1];
  gl_recursion_slot slots[GIBBS_MOST_RECURSION_OPTIONS];
  double options[GIBBS_MOST_RECURSION_OPTIONS];
  gl_recursion_options(kind, rows);
  gl_options_read(L, 1, who, rows, slots);
  for (size_t i = 0; kind->options[i].name != NULL; i++) options[i] = value_of(&kind->options[i], &slots[i]);
  gl_box *box;
  gl_recursion_holder *h = gl_recursion_new(L, &box);
  gibbs_error err;
  check(L, gibbs_recursion_make(kind, options, &h->recursion, &err), &err, "gibbs.rg");
  box->self = h;
  return 1;
}

#define GIBBS_RECURSION(id)                                                                                          \
  static int make_##id(lua_State *L) {                                                                               \
    return make(L, &gibbs_recursion_kind_##id);                                                                      \
  }
#include "gibbs/recursions.def"
#undef GIBBS_RECURSION

static void list_options(const char *who, gl_option out[]) {
  const gibbs_recursion_kind *const *kind = gibbs_recursion_kinds;
  while (strcmp(who + strlen("gibbs.rg."), (*kind)->name) != 0) kind++;
  gl_recursion_options(*kind, out);
}

const gl_option_table gl_recursion_tables[] = {
#define GIBBS_RECURSION(id) {.who = "gibbs.rg." #id, .list = list_options},
#include "gibbs/recursions.def"
#undef GIBBS_RECURSION
    {.who = "gibbs.rg.recursion", .rows = gl_recursion_own_rows}, GL_END_TABLE};

const luaL_Reg gl_recursion_functions[] = {
#define GIBBS_RECURSION(id) {"rg." #id, make_##id},
#include "gibbs/recursions.def"
#undef GIBBS_RECURSION
    {"rg.recursion", gl_recursion_own}, {NULL, NULL}};

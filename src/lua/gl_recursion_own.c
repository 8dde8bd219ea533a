/* gl_recursion_own.c - gibbs.rg.recursion: a recursion whose step is a function of the script. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_callback.h"
#include "gl_error.h"
#include "gl_recursion.h"

typedef struct call {
  const gibbs_recursion *recursion;
  const double *couplings;
  double *next, *constant;
} call;

static const char own[] = "gibbs.rg.recursion";

/* The new couplings, all of them: one that was forgotten is no 0.  Whether they are finite is for the core to see. */
static void read_next(lua_State *L, int index, const gibbs_recursion *r, double *next) {
  bool given[GIBBS_MOST_COUPLINGS] = {false};
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING)
      gl_fail(L, "%s: 'step' gave a table with the key %s; it must give couplings by name", own, gl_describe(L, -2));
    const size_t i = gl_coupling_named(L, r, lua_tostring(L, -2), "gibbs.rg.recursion: 'step'");
    if (lua_type(L, -1) != LUA_TNUMBER)
      gl_fail(L, "%s: 'step' gave the coupling '%s' as %s; it must be a number", own, r->names[i],
              gl_describe(L, -1));
    next[i] = lua_tonumber(L, -1);
    given[i] = true;
  }
  for (size_t i = 0; i < r->couplings; i++)
    if (!given[i]) gl_fail(L, "%s: 'step' gave no coupling '%s'; it must give all of them", own, r->names[i]);
}

static double read_constant(lua_State *L, int index) {
  if (lua_isnil(L, index)) return (double)NAN;
  if (lua_type(L, index) != LUA_TNUMBER || !isfinite(lua_tonumber(L, index)))
    gl_fail(L, "%s: 'step' gave the constant %s, its second value; it must be a finite number, or left out", own,
            gl_describe(L, index));
  return lua_tonumber(L, index);
}

static int step_body(lua_State *L) {
  call *c = lua_touserdata(L, 1);
  const gl_recursion_holder *h = c->recursion->context;
  lua_rawgeti(L, LUA_REGISTRYINDEX, h->function);
  gl_couplings_push(L, c->recursion, c->couplings);
  lua_call(L, 1, 2);
  const int constant = lua_gettop(L), next = constant - 1;
  if (!lua_istable(L, next))
    return gl_fail(L, "%s: 'step' gave %s; it must give a table of couplings by name", own, gl_describe(L, next));
  read_next(L, next, c->recursion, c->next);
  *c->constant = read_constant(L, constant);
  return 0;
}

static gibbs_status call_step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                              gibbs_error *err) {
  const gl_recursion_holder *h = r->context;
  call c = {r, couplings, next, constant};
  return gl_callback_run(h->state, step_body, &c, err);
}

static void read_names(lua_State *L, const char *who, gibbs_recursion *r) {
  gl_options_require(L, 1, who, "couplings", "a list of names, as { \"K\", \"h\" }");
  if (!lua_istable(L, -1)) gl_refuse_option(L, -1, who, "couplings", "a list of names, as { \"K\", \"h\" }");
  const lua_Integer count = luaL_len(L, -1);
  if (count < 1 || count > GIBBS_MOST_COUPLINGS)
    gl_fail(L, "%s: option 'couplings' has %I names; it must have 1 to %d", who, count, GIBBS_MOST_COUPLINGS);
  for (lua_Integer i = 1; i <= count; i++) {
    const bool text = lua_rawgeti(L, -1, i) == LUA_TSTRING;
    const char *name = text ? lua_tostring(L, -1) : "";
    if (!text || strlen(name) == 0 || strlen(name) >= sizeof r->names[0])
      gl_fail(L, "%s: name %I of option 'couplings' is %s; it must be a word of less than %d letters", who, i,
              gl_describe(L, -1), (int)sizeof r->names[0]);
    for (lua_Integer k = 1; k < i; k++)
      if (strcmp(name, r->names[k - 1]) == 0) gl_fail(L, "%s: option 'couplings' has the name '%s' twice", who, name);
    strcpy(r->names[i - 1], name);
    lua_pop(L, 1);
  }
  r->couplings = (size_t)count;
  lua_pop(L, 1);
}

static void read_odd(lua_State *L, const char *who, gibbs_recursion *r) {
  if (!gl_options_value(L, 1, "odd")) return;
  if (!lua_istable(L, -1)) gl_refuse_option(L, -1, who, "odd", "a list of names of couplings");
  const lua_Integer count = luaL_len(L, -1);
  for (lua_Integer i = 1; i <= count; i++) {
    if (lua_rawgeti(L, -1, i) != LUA_TSTRING)
      gl_fail(L, "%s: name %I of option 'odd' is %s; it must be the name of a coupling", who, i, gl_describe(L, -1));
    r->odd[gl_coupling_named(L, r, lua_tostring(L, -1), "gibbs.rg.recursion: option 'odd'")] = true;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

typedef struct numbers {
  double scale, dimension, states;
} numbers;

const gl_option gl_recursion_own_rows[] = {
    GL_REAL_ROW(numbers, scale, 2, 1.000001, 1e6, "b: a new site stands for b^d sites"),
    GL_REAL_ROW(numbers, dimension, 2, 0, 100, "d"),
    GL_REAL_ROW(numbers, states, 2, 1, 1e9, "of a site, for the free energy of sites without couplings"),
    GL_VALUE_ROW("couplings", "a list of their names"),
    GL_VALUE_ROW("odd", "the names of those that change sign with all spins"),
    GL_VALUE_ROW("start", "couplings near the fixed point"),
    GL_VALUE_ROW("step",
                 "function(couplings) giving the new couplings by name and, where it is known, the constant g"),
    GL_END_ROW};

static void read_start(lua_State *L, const char *who, gibbs_recursion *r) {
  if (!gl_options_value(L, 1, "start")) {
    r->no_start =
        "made without 'start', where its fixed point is looked for: give it there, or write r:fixed_point(start)";
    return;
  }
  const bool number = lua_type(L, -1) == LUA_TNUMBER && isfinite(lua_tonumber(L, -1));
  if (!number && !lua_istable(L, -1))
    gl_refuse_option(L, -1, who, "start", "a finite number, K, or a table of couplings by name");
  gl_couplings_read(L, lua_gettop(L), r, "gibbs.rg.recursion: option 'start'", "start", r->start);
  lua_pop(L, 1);
}

/* gibbs.rg.recursion{ couplings, step, scale?, dimension?, odd?, start?, states? } */
int gl_recursion_own(lua_State *L) {
  const char *who = own;
  gl_options_alone(L, who);
  numbers n;
  gl_options_read(L, 1, who, gl_recursion_own_rows, &n);
  gl_options_require(L, 1, who, "couplings", "a list of names, as { \"K\", \"h\" }");
  lua_pop(L, 1);
  gl_options_require(L, 1, who, "step", "a function of a table of couplings");
  if (!lua_isfunction(L, -1)) gl_refuse_option(L, -1, who, "step", "a function of a table of couplings");
  const int function = lua_gettop(L);
  gl_box *box;
  gl_recursion_holder *h = gl_recursion_new(L, &box);
  gibbs_recursion *r = &h->recursion;
  *r = (gibbs_recursion){.name = "own",
                         .scale = n.scale,
                         .dimension = n.dimension,
                         .states = n.states,
                         .has_constant = true,
                         .step = call_step,
                         .context = h};
  read_names(L, who, r);
  read_odd(L, who, r);
  read_start(L, who, r);
  h->function = gl_callback_keep(L, function);
  h->state = gl_state_of(L);
  box->self = h;
  return 1;
}

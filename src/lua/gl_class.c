/* gl_class.c - boxes: userdata that own an object of the core. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_class.h"

#include <string.h>

#include "gl_error.h"
#include "gl_state.h"

static const char boxes_key = 0; /* registry: the set of our metatables */

/* ---- metamethods shared by all classes: upvalue 1 is the class, 2 the methods, 3 the getters ------------ */

static int destroy_box(lua_State *L) {
  gl_box *box = lua_touserdata(L, 1);
  void *self = box->self;
  box->self = NULL; /* first: destroying may run Lua code that sees the box */
  gl_state_of(L)->held -= box->bytes;
  box->bytes = 0;
  if (self != NULL && box->class->destroy != NULL) box->class->destroy(self);
  return 0;
}

static void offer_keys(lua_State *L, int table, gl_guess *guess) {
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) gl_guess_offer(guess, lua_tostring(L, -2));
}

static int refuse_field(lua_State *L, const gl_class *class, const char *field) {
  gl_guess guess = gl_guess_of(field);
  offer_keys(L, lua_upvalueindex(2), &guess);
  offer_keys(L, lua_upvalueindex(3), &guess);
  const char *hint = gl_guess_hint(L, &guess);
  return gl_fail(L, "%s: no field or method '%s'%s", class->name, field, hint);
}

static int index_box(lua_State *L) {
  const gl_class *class = lua_touserdata(L, lua_upvalueindex(1));
  if (lua_type(L, 2) != LUA_TSTRING) {
    if (class->index != NULL) return class->index(L);
    return gl_fail(L, "%s: %s is no field: fields have names", class->name, gl_describe(L, 2));
  }
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) return 1;
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(3)) == LUA_TNIL) {
    void *self = class->field != NULL ? gl_test(L, 1, class) : NULL;
    if (self != NULL && class->field(L, self, lua_tostring(L, 2))) return 1;
    return refuse_field(L, class, lua_tostring(L, 2));
  }
  lua_CFunction getter = lua_tocfunction(L, -1);
  lua_settop(L, 1);
  return getter(L);
}

static int refuse_write(lua_State *L) {
  const gl_class *class = lua_touserdata(L, lua_upvalueindex(1));
  return gl_fail(L, "%s: field %s cannot be set: %s %s has no fields that can be changed", class->name,
                 gl_describe(L, 2), class->article, class->name);
}

static int print_box(lua_State *L) {
  const gl_class *class = lua_touserdata(L, lua_upvalueindex(1));
  void *self = gl_test(L, 1, class);
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  if (self == NULL) luaL_addstring(&text, "closed ");
  if (self == NULL || class->print == NULL)
    luaL_addstring(&text, class->name);
  else
    class->print(L, self, &text);
  luaL_pushresult(&text);
  return 1;
}

/* ---- classes ------------------------------------------------------------------------------------------ */

static void push_rows(lua_State *L, const luaL_Reg *rows, const luaL_Reg *const *more) {
  lua_newtable(L);
  if (rows != NULL) luaL_setfuncs(L, rows, 0);
  for (; more != NULL && *more != NULL; more++) luaL_setfuncs(L, *more, 0);
}

/* The set of our metatables, weak in nothing: classes live as long as the state. */
static void remember_metatable(lua_State *L, const gl_class *class) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &boxes_key) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &boxes_key);
  }
  lua_pushvalue(L, -2);
  lua_pushlightuserdata(L, (void *)class);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

static void make_metatable(lua_State *L, const gl_class *class) {
  static const luaL_Reg shared[] = {{"__index", index_box}, {"__newindex", refuse_write}, {"__tostring", print_box},
                                    {"__gc", destroy_box},  {"__close", destroy_box},     {NULL, NULL}};
  lua_newtable(L);
  lua_pushlightuserdata(L, (void *)class);
  push_rows(L, class->methods, class->more_methods);
  push_rows(L, class->getters, NULL);
  luaL_setfuncs(L, shared, 3);
  if (class->meta != NULL) luaL_setfuncs(L, class->meta, 0);
  lua_pushfstring(L, "gibbs.%s", class->name);
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  remember_metatable(L, class);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, class);
}

gl_box *gl_box_new(lua_State *L, const gl_class *class, int dependencies) {
  luaL_checkstack(L, 12, "too many values");
  gl_box *box = lua_newuserdatauv(L, sizeof *box, dependencies);
  *box = (gl_box){.class = class};
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, class) == LUA_TNIL) {
    lua_pop(L, 1);
    make_metatable(L, class);
  }
  lua_setmetatable(L, -2);
  return box;
}

/* What may be held without a collection whatever the rest. */
enum { LEAST_HELD = 8 * 1024 * 1024 };

static size_t larger(size_t a, size_t b) {
  return a > b ? a : b;
}

/* Collecting takes time in proportion to Lua's heap, so as much is let grow as that has. */
static void collect(lua_State *L, gl_state *state) {
  if (!lua_gc(L, LUA_GCISRUNNING)) return;
  lua_gc(L, LUA_GCCOLLECT);
  size_t heap = (size_t)lua_gc(L, LUA_GCCOUNT) * 1024;
  state->most_held = state->held + larger(LEAST_HELD, larger(state->held, heap));
}

void gl_account(lua_State *L, gl_box *box, size_t bytes) {
  gl_state *state = gl_state_of(L);
  box->bytes += bytes;
  state->held += bytes;
  if (state->held > larger(state->most_held, LEAST_HELD)) collect(L, state);
}

void gl_box_depend(lua_State *L, int box, int k, int value) {
  box = lua_absindex(L, box);
  lua_pushvalue(L, value);
  lua_setiuservalue(L, box, k);
}

void *gl_test(lua_State *L, int index, const gl_class *class) {
  gl_box *box = lua_touserdata(L, index);
  if (box == NULL || !lua_getmetatable(L, index)) return NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, class);
  bool same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same ? box->self : NULL;
}

const gl_class *gl_class_of(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return NULL;
  const gl_class *class = NULL;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &boxes_key) == LUA_TTABLE) {
    lua_insert(L, -2);
    lua_rawget(L, -2);
    class = lua_touserdata(L, -1);
  }
  lua_pop(L, 2);
  return class;
}

void gl_push_members(lua_State *L, int index, bool methods) {
  index = lua_absindex(L, index);
  if (gl_class_of(L, index) == NULL || !lua_getmetatable(L, index)) {
    lua_pushnil(L);
    return;
  }
  lua_getfield(L, -1, "__index");
  lua_getupvalue(L, -1, methods ? 2 : 3);
  lua_replace(L, -3);
  lua_pop(L, 1);
}

void *gl_self(lua_State *L, const gl_class *class, const char *who) {
  void *self = gl_test(L, 1, class);
  if (self != NULL) return self;
  if (gl_class_of(L, 1) == class) gl_fail(L, "%s: the %s is closed", who, class->name);
  const char *colon = strchr(who, ':');
  gl_fail(L, "%s: called on %s; it is a method of %s %s: write x:%s(...), with a colon", who, gl_describe(L, 1),
          class->article, class->name, colon != NULL ? colon + 1 : who);
  return NULL;
}

/* ---- values in messages --------------------------------------------------------------------------------- */

enum { LONGEST_QUOTE = 40 };

/* NaN has a sign when printed by C, which means nothing to anybody. */
static const char *describe_number(lua_State *L, int index) {
  lua_Number value = lua_tonumber(L, index);
  return value != value ? lua_pushliteral(L, "nan") : luaL_tolstring(L, index, NULL);
}

static const char *describe_string(lua_State *L, int index) {
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  if (length <= LONGEST_QUOTE) return lua_pushfstring(L, "'%s'", text);
  char start[LONGEST_QUOTE + 1];
  memcpy(start, text, LONGEST_QUOTE);
  start[LONGEST_QUOTE] = '\0';
  return lua_pushfstring(L, "'%s...'", start);
}

const char *gl_describe(lua_State *L, int index) {
  index = lua_absindex(L, index);
  const gl_class *class = gl_class_of(L, index);
  void *self = class != NULL ? gl_test(L, index, class) : NULL;
  if (self != NULL && class->describe != NULL) {
    class->describe(L, self);
    return lua_tostring(L, -1);
  }
  if (class != NULL) return lua_pushfstring(L, "%s %s", class->article, class->name);
  switch (lua_type(L, index)) {
  case LUA_TNONE:
  case LUA_TNIL:
    return lua_pushliteral(L, "nil");
  case LUA_TSTRING:
    return describe_string(L, index);
  case LUA_TNUMBER:
    return describe_number(L, index);
  case LUA_TBOOLEAN:
    return luaL_tolstring(L, index, NULL);
  default:
    return lua_pushfstring(L, "a %s", lua_typename(L, lua_type(L, index)));
  }
}

/* gl_class.h - objects of the core as Lua values: boxes with a class.
 *
 * Promises: a box is born closed (self NULL) and anchored before the core makes its object, so no error leaks; __gc
 * and
 * __close destroy once; fields that do not exist are errors with a guess; a script cannot reach the metatable.
 *
 * A binding, complete (gl_lattice.c is a real one):
 *
 *   static void destroy(void *self) { gibbs_thing_free(self); }
 *
 *   static int thing_size(lua_State *L) {                                    // thing:size()
 *     gibbs_thing *thing = gl_self(L, &gl_thing, "thing:size");              // refuses anything else
 *     lua_pushinteger(L, (lua_Integer)gibbs_thing_size(thing));
 *     return 1;
 *   }
 *   static int get_name(lua_State *L) { ... }                                // thing.name: argument 1 is the box
 *   static void print(lua_State *L, void *self, luaL_Buffer *text) { luaL_addstring(text, "thing of 3"); }
 *
 *   static const luaL_Reg methods[] = {{"size", thing_size}, {NULL, NULL}};
 *   static const luaL_Reg getters[] = {{"name", get_name}, {NULL, NULL}};
 *   const gl_class gl_thing = {.name = "thing", .article = "a", .methods = methods, .getters = getters,
 *                              .destroy = destroy, .print = print};
 *
 *   static int thing_new(lua_State *L) {                                     // gibbs.thing(n, model)
 *     size_t n = (size_t)gl_integer(L, 1, "gibbs.thing", "n", 1, 1000);      // 1. every check that can raise
 *     void *model = gl_object(L, 2, "gibbs.thing", "model", &gl_model);
 *     gl_box *box = gl_box_new(L, &gl_thing, 1);                             // 2. anchor the result
 *     gl_box_depend(L, -1, 1, 2);                                            //    it needs argument 2
 *     gibbs_error err;
 *     gibbs_thing *thing;
 *     gl_enter(L);                                                           //    if nodes are made or Lua may be
 * called gl_check(L, gibbs_thing_new(n, model, &thing, &err), &err);            // 3. the core box->self = thing;
 *     return 1;
 *   }
 *   const luaL_Reg gl_thing_functions[] = {{"thing", thing_new}, {NULL, NULL}};  // one row in GL_ROOMS, gl_module.h
 *
 * Scratch memory in a binding is lua_newuserdatauv(L, bytes, 0), never malloc. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_CLASS_H
#define GL_CLASS_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

typedef struct gl_class {
  const char *name;        /* "lattice": in messages and, as "gibbs.lattice", in __name */
  const char *article;     /* "a" or "an" */
  const char *roles;       /* "tensor objective": what it is called where it is used as that; NULL: no more */
  const luaL_Reg *methods; /* obj:method(...); NULL: none */
  const luaL_Reg *const *more_methods; /* further lists, then NULL: for a class that several files give methods to */
  const luaL_Reg *getters;             /* obj.field: called with the box alone, gives one value; NULL: none */
  const luaL_Reg *meta;                /* __add, __len, ...; NULL: none */
  lua_CFunction index;                 /* obj[key] for keys that are not strings: (box, key); NULL: an error */
  /* Names that only the object knows: push the field and return true, or push nothing; NULL: none. */
  bool (*field)(lua_State *L, void *self, const char *name);
  void (*destroy)(void *self);
  /* Adds one line without newline to the text (it may use the stack as luaL_Buffer allows); NULL: the name. */
  void (*print)(lua_State *L, void *self, luaL_Buffer *text);
  /* Pushes what the object is, for messages ("a tensor 4x3"); NULL: the article and the name. */
  void (*describe)(lua_State *L, void *self);
} gl_class;

/* The classes whose objects scripts see: help, checks and annotations know them by their rows. */
/* clang-format off */ /* it moves the rows about at every run */
#define GL_CLASSES(ROW)                                                                                              \
  ROW(expression) ROW(distribution) ROW(data) ROW(lattice) ROW(chains) ROW(series_class) ROW(reweight_class)         \
  ROW(estimator) ROW(free_energy_class) ROW(initial) ROW(null) ROW(recursion_class) ROW(mcrg_class)
/* clang-format on */

#define GL_DECLARE_CLASS(name) extern const gl_class gl_##name;
GL_CLASSES(GL_DECLARE_CLASS)
#undef GL_DECLARE_CLASS

typedef struct gl_box {
  void *self;   /* NULL while incomplete and after closing */
  size_t bytes; /* what gl_account was told */
  const gl_class *class;
} gl_box;

/* Push a new, closed box with `dependencies` user values. */
gl_box *gl_box_new(lua_State *L, const gl_class *class, int dependencies);
/* Keep the value at stack index `value` alive as long as the box at `box`: in user value number k (from 1). */
void gl_box_depend(lua_State *L, int box, int k, int value);

/* The object of `box` takes about `bytes` bytes in the core.  Lua's collector does not see them, so a full collection
 * is made whenever all boxes hold twice what was left by the last one (and more than Lua's own heap): a loop that
 * makes objects does not grow without bound.  May run finalizers: everything you own must be in a box by now. */
void gl_account(lua_State *L, gl_box *box, size_t bytes);

/* The object at `index`, or NULL when it is anything else or closed.  Never raises. */
void *gl_test(lua_State *L, int index, const gl_class *class);
/* The object in argument 1 of a method or getter; `who` ("lattice:sites") is for the message, which knows of the
 * forgotten colon. */
void *gl_self(lua_State *L, const gl_class *class, const char *who);
/* The class of the value at `index`, or NULL when it is no box of ours. */
const gl_class *gl_class_of(lua_State *L, int index);

/* Push a table whose keys are the names of the methods (or else of the fields) of the box at `index`; nil for
 * anything else. */
void gl_push_members(lua_State *L, int index, bool methods);

/* What a value is, in the user's words: "nil", "'lbfsg'", "2.5", "a table", "a lattice".  Pushes the text and returns
 * it. */
const char *gl_describe(lua_State *L, int index);

#endif

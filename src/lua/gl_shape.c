/* gl_shape.c - shapes between Lua and C. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_shape.h"

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_lattice.h"

static void refuse(lua_State *L, int index, const char *who, const char *name) {
  gl_refuse(L, index, who, name, "an integer, a table of integers or a lattice");
}

/* The extent on the top of the stack. */
static size_t read_extent(lua_State *L, const char *who, const char *name) {
  int whole = 0;
  lua_Integer n = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &whole) : 0;
  if (!whole || n < 1)
    gl_fail(L, "%s: argument '%s' holds the extent %s; extents are integers from 1 on", who, name,
            gl_describe(L, -1));
  return (size_t)n;
}

static gibbs_shape read_table(lua_State *L, int index, const char *who, const char *name) {
  gibbs_shape shape = gibbs_shape_scalar();
  lua_Unsigned rank = lua_rawlen(L, index);
  if (rank > GIBBS_MAX_RANK)
    gl_fail(L, "%s: argument '%s' has %I axes; at most %d are possible", who, name, (lua_Integer)rank,
            GIBBS_MAX_RANK);
  lua_pushnil(L);
  if (rank == 0 && lua_next(L, index)) refuse(L, index, who, name);
  for (; shape.rank < rank; shape.rank++) {
    lua_rawgeti(L, index, (lua_Integer)shape.rank + 1);
    shape.extent[shape.rank] = read_extent(L, who, name);
    lua_pop(L, 1);
  }
  return shape;
}

gibbs_shape gl_shape(lua_State *L, int index, const char *who, const char *name) {
  gibbs_shape shape;
  const gibbs_lattice *lattice = gl_test(L, index, &gl_lattice);
  if (lattice != NULL) {
    shape = *gibbs_lattice_shape(lattice);
  } else if (lua_type(L, index) == LUA_TNUMBER) {
    lua_pushvalue(L, index);
    shape = gibbs_shape_vector(read_extent(L, who, name));
    lua_pop(L, 1);
  } else {
    if (!lua_istable(L, index)) refuse(L, index, who, name);
    shape = read_table(L, index, who, name);
  }
  gibbs_error err;
  if (gibbs_shape_check(&shape, &err) != GIBBS_OK) {
    gibbs_error_prefix(&err, who);
    gl_raise(L, &err);
  }
  return shape;
}

void gl_shape_push(lua_State *L, const gibbs_shape *shape) {
  lua_createtable(L, (int)shape->rank, 0);
  for (size_t axis = 0; axis < shape->rank; axis++) {
    lua_pushinteger(L, (lua_Integer)shape->extent[axis]);
    lua_rawseti(L, -2, (lua_Integer)axis + 1);
  }
}

const char *gl_shape_push_text(lua_State *L, const gibbs_shape *shape) {
  char text[160];
  return lua_pushstring(L, gibbs_shape_print(shape, text, sizeof text));
}

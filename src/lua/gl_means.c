/* gl_means.c - a script's function of several means. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_means.h"

#include <math.h>
#include <string.h>

#include "gl_callback.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_record.h"

/* {name = number or tensor}; a misspelt name is an error. */
static void push_means(lua_State *L, const gl_means *f, const double *means) {
  lua_createtable(L, 0, (int)f->count);
  for (size_t i = 0; i < f->count; i++) {
    const double *from = means + (f->first ? f->first[i] : i);
    if (f->shapes == NULL || f->shapes[i].rank == 0) {
      lua_pushnumber(L, *from);
    } else {
      gibbs_tensor *tensor = gl_tensor_new(L, &f->shapes[i]);
      memcpy(gibbs_tensor_data(tensor), from, gibbs_tensor_size(tensor) * sizeof *from);
      gl_tensor_finish(L);
    }
    lua_setfield(L, -2, f->names[i]);
  }
  gl_record(L, "means", NULL);
}

/* The results of a call stand at first..top. */
static void take_results(lua_State *L, gl_means *f, int first) {
  size_t given = (size_t)(lua_gettop(L) - first + 1);
  if (f->outputs == 0 && (given < 1 || given > GL_MOST_OUTPUTS))
    gl_fail(L, "%s: the function gave %I values; it must give 1 to %d numbers", f->who, (lua_Integer)given,
            GL_MOST_OUTPUTS);
  if (f->outputs != 0 && given != f->outputs)
    gl_fail(L, "%s: the function gave %I numbers, and %I before; it must always give as many", f->who,
            (lua_Integer)given, (lua_Integer)f->outputs);
  for (size_t i = 0; i < given; i++) {
    int index = first + (int)i;
    if (lua_type(L, index) != LUA_TNUMBER || !isfinite(lua_tonumber(L, index)))
      gl_fail(L, "%s: the function gave %s; it must give finite numbers", f->who, gl_describe(L, index));
    f->out[i] = lua_tonumber(L, index);
  }
  f->outputs = given;
}

static int call_body(lua_State *L) {
  gl_means *f = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, f->reference);
  push_means(L, f, f->means);
  lua_call(L, 1, LUA_MULTRET);
  take_results(L, f, 2);
  return 0;
}

gibbs_status gl_means_call(void *context, const double *means, double *out, gibbs_error *err) {
  gl_means *f = context;
  f->means = means;
  f->out = out;
  return gl_callback_run(f->state, call_body, f, err);
}

void gl_means_open(lua_State *L, gl_means *f) {
  f->state = gl_enter(L);
  f->reference = gl_callback_keep(L, f->index);
}

gibbs_status gl_means_count(gl_means *f, const double *means, gibbs_error *err) {
  double out[GL_MOST_OUTPUTS];
  f->outputs = 0;
  return gl_means_call(f, means, out, err);
}

void gl_means_close(gl_means *f) {
  gl_callback_forget(f->state, f->reference);
}

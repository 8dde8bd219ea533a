/* gl_watch.h - a function of the script that sees each step of a run, and may stop it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_WATCH_H
#define GL_WATCH_H

#include "gl_state.h"

typedef struct gl_watch {
  gl_state *state;
  int reference; /* of the function; LUA_NOREF: there is none */
  void (*push)(lua_State *L, const void *record);
  const void *record; /* of the step at hand */
  bool stop;          /* it said false */
} gl_watch;

/* The option 'watch' of the table at `options`: refused where it is no function.  Nothing is kept yet. */
bool gl_watch_read(lua_State *L, int options, const char *who);
/* Keep the function of the option, if there is one, until gl_watch_end; nothing may be raised between the two. */
gl_watch gl_watch_begin(lua_State *L, int options, void (*push)(lua_State *L, const void *record));
void gl_watch_end(gl_watch *watch);

/* Call it with a record.  ERR_INTERRUPT: it said false, or Ctrl-C came meanwhile. */
gibbs_status gl_watch_step(gl_watch *watch, const void *record, gibbs_error *err) GIBBS_CHECKED;

#endif

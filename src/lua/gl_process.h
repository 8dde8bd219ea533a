/* gl_process.h - what our own Lua files need to run another program and to keep what it gives.
 *
 * Promises: core.process(arguments, input, seconds) -> { found, exit, signal, timed_out, output, messages };
 * core.write(who, path, bytes) leaves a whole file or none.  Both raise at the user's line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_PROCESS_H
#define GL_PROCESS_H

#include <lua.h>

int gl_process_run(lua_State *L);
int gl_bytes_write(lua_State *L);

#endif

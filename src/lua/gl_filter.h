/* gl_filter.h - what our own Lua files need to run another program and to keep what it gives.
 *
 * Promises: core.filter(arguments, input, seconds) -> { found, exit, signal, timed_out, output, messages };
 * core.write_bytes(who, path, bytes) leaves a whole file or none.  Both raise at the user's line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_FILTER_H
#define GL_FILTER_H

#include <lauxlib.h>

extern const luaL_Reg gl_filter_core[];

#endif

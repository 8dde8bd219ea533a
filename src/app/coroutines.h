/* coroutines.h - which coroutines are running, so that a signal can stop the one that is.
 *
 * A hook belongs to one coroutine: the program has to know them all, from the main one to the innermost. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COROUTINES_H
#define COROUTINES_H

#include <lua.h>
#include <stddef.h>

/* Put resume, wrap and close that keep account in the place of the library's. */
void coroutines_open(lua_State *L);

/* The innermost that runs.  Safe in a signal handler. */
lua_State *coroutines_running(void);

/* Where the innermost is in the script (not in our own Lua files), as "script.lua:12"; "" where it is not.  Allocates
 * nothing. */
void coroutines_place(char *text, size_t size);

/* Set the hook of all that run; a NULL hook takes it away.  Safe in a signal handler, as lua_sethook is. */
void coroutines_hook(lua_Hook hook, int mask, int count);

#endif

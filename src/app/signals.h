/* signals.h - Ctrl-C: the first one asks the script and the core to stop, the second one ends the process. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <lua.h>
#include <stdbool.h>

/* From now on the first Ctrl-C raises "interrupted" in the coroutine that runs, or in the core's next step. */
void signals_watch(void);
/* A hook that raises "interrupted" where the script is, not in one of our own Lua files. */
void signals_raise(lua_State *L, lua_Debug *call);
/* Forget a Ctrl-C that has been dealt with, and be ready for the next. */
void signals_calm(void);
/* What is left to do is done: from now on the first Ctrl-C only says so. */
void signals_finish(void);
bool signals_interrupted(void);

#endif

/* prompt.h - the interactive prompt: lua/gibbs/prompt.lua with a terminal. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PROMPT_H
#define PROMPT_H

#include <lua.h>

#include "exit.h"

exit_code prompt_run(lua_State *L);

#endif

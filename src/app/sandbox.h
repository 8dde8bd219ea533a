/* sandbox.h - a script that is kept from everything but its folder: --sandbox.
 *
 * Two walls.  The first is the language's: the script's globals are those of lua/gibbs/sandbox.lua, and every file
 * passes a guard that resolves links and "..".  The second is the kernel's Landlock, where there is one: it holds for
 * the whole process and for what it starts, and needs no trust in the first. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "gibbs/status.h"

/* From now on files may be read and written below `folder`, read in `inputs` (files or folders), and nothing else.
 * There is no way back.  Fails when one of them is not there. */
gibbs_status sandbox_enter(const char *folder, const char *const inputs[], size_t count,
                           gibbs_error *err) GIBBS_CHECKED;
bool sandbox_entered(void);

/* The chunk on the top of the stack gets the globals of sandboxed scripts, when there is a sandbox. */
void sandbox_confine_chunk(lua_State *L);

/* "Landlock 7", or why there is no such wall. */
const char *sandbox_kernel(void);

#endif

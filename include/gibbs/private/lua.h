/* gibbs/private/lua.h - the door of the Lua floor, for the program.
 *
 * Promises: an ordinary lua_CFunction for require "gibbs"; the Lua state belongs to the caller. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_LUA_H
#define GIBBS_PRIVATE_LUA_H

struct lua_State;

/* Leaves the module table on the stack, and makes require "gibbs.core" and require "gibbs.<file>" work. */
int luaopen_gibbs(struct lua_State *L);

#endif

/* gl_record.h - result tables whose fields are known: a misspelt one is an error with a guess. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_RECORD_H
#define GL_RECORD_H

#include <lauxlib.h>
#include <lua.h>

/* Make the table on the top of the stack a record named `name` ("fit").  `meta` (NULL: none) adds metamethods. */
void gl_record(lua_State *L, const char *name, const luaL_Reg *meta);

#endif

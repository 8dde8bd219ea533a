/* gl_files.h - gibbs.null, which stands for what is not there in files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_FILES_H
#define GL_FILES_H

#include <lua.h>

/* Push gibbs.null: always the same object, equal to nothing else, true in conditions. */
void gl_null_push(lua_State *L);

#endif

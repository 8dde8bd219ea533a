/* gl_access.h - the check of file access, for our own Lua files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_ACCESS_H
#define GL_ACCESS_H

#include <lauxlib.h>

/* Functions of the core table: check_file, check_opened, files_watched, observe_files. */
extern const luaL_Reg gl_access_core[];

#endif

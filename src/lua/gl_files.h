/* gl_files.h - gibbs.null, which stands for what is not there in files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_FILES_H
#define GL_FILES_H

#include <lua.h>

#include "gibbs/files.h"

/* Push gibbs.null: always the same object, equal to nothing else, true in conditions. */
void gl_null_push(lua_State *L);

/* Push what the core gives as a value: tables, tensors, numbers, ...; raises as `who` when it fails. */
typedef gibbs_status gl_value_maker(const void *context, gibbs_value **out, gibbs_error *err);
void gl_value_push(lua_State *L, const char *who, gl_value_maker *make, const void *context);

#endif

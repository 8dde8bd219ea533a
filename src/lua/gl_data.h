/* gl_data.h - what the files about data share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_DATA_H
#define GL_DATA_H

#include "gibbs/data.h"
#include "gl_class.h"

/* Make a box for data, then give it what the core made, or raise:
 *   gl_box *box = gl_box_new(L, &gl_data, 0);
 *   return gl_data_finish(L, box, status, made, &err, who); */
int gl_data_finish(lua_State *L, gl_box *box, gibbs_status status, gibbs_data *made, gibbs_error *err,
                   const char *who);

/* The numbers in the file named by argument 1, as a holder of a tensor in its place. */
void gl_data_read(lua_State *L, const char *who);

extern const luaL_Reg gl_data_change_methods[];

#endif

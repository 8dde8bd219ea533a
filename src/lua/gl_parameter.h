/* gl_parameter.h - writing the values of parameters from Lua. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_PARAMETER_H
#define GL_PARAMETER_H

#include <lua.h>

#include "gibbs/expr.h"

/* Values of the parameter's shape, or a single one for all elements; raises otherwise, naming both shapes. */
void gl_parameter_write(lua_State *L, gibbs_parameter *parameter, const gibbs_tensor *values, const char *who);

#endif

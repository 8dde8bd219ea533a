/* safety.h - limits and the sandbox, for commands that run a script: functions of core.host. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SAFETY_H
#define SAFETY_H

#include <lauxlib.h>

/* read_limit, set_limit, confine; lua/gibbs/safety.lua calls them. */
extern const luaL_Reg safety_functions[];

#endif

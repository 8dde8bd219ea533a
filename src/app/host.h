/* host.h - what the program tells the module of itself: its rows, and the terminal. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HOST_H
#define HOST_H

#include <lauxlib.h>

/* core.host.commands() -> {{name =, doc =}, ...}
 * core.host.options() -> {{short =, long =, value =, group =, doc =}, ...}; what is not there is ""
 * core.host.exits() -> {{code =, doc =}, ...}
 * core.host.environment() -> {{name =, doc =}, ...}
 * core.host.terminal() -> columns and rows of the terminal that the standard output is; nil where it is none
 * core.host.files(folder) -> the names of what is in it, folders with a slash; {} where it cannot be read */
extern const luaL_Reg host_functions[];

#endif

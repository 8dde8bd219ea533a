/* gl_module.h - the module table: every room's functions, and the Lua half of the library.
 *
 * To add a room: write gl_<room>.c with `const luaL_Reg gl_<room>_functions[]` (rows {"kl", objective_kl}, ...,
 * {NULL, NULL}), and give it a row below.  Lua files of lua/gibbs need no row: `require "gibbs.<file>"` finds them;
 * one whose functions should appear in the module gets a row in lua/gibbs/init.lua. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_MODULE_H
#define GL_MODULE_H

#include <lauxlib.h>
#include <lua.h>

/* room: in the order in which they are registered; later rooms may not repeat a name */
/* clang-format off */ /* it moves the rows about at every run */
#define GL_ROOMS(ROOM)                                                                                               \
  ROOM(session) ROOM(progress)                                                                                       \
  ROOM(tensor) ROOM(variable) ROOM(elementwise) ROOM(algebra) ROOM(lattice) ROOM(energy) ROOM(files) ROOM(how)       \
      ROOM(family) ROOM(objective) ROOM(objective_data) ROOM(custom) ROOM(data) ROOM(minimize) ROOM(solution)         \
      ROOM(kernel) ROOM(series) ROOM(reweight) ROOM(free_energy) ROOM(model_file) ROOM(recursion) ROOM(tensor_rg)     \
      ROOM(mcrg) ROOM(vmcrg)
/* clang-format on */

/* Rooms that only our own Lua files enter: gl_<room>_core[] go to the table "gibbs.core". */
#define GL_CORE_ROOMS(ROOM) ROOM(folder) ROOM(process) ROOM(interval) ROOM(filter) ROOM(task) ROOM(model_file)

#define GL_DECLARE_ROOM(room) extern const luaL_Reg gl_##room##_functions[];
GL_ROOMS(GL_DECLARE_ROOM)
#undef GL_DECLARE_ROOM
#define GL_DECLARE_ROOM(room) extern const luaL_Reg gl_##room##_core[];
GL_CORE_ROOMS(GL_DECLARE_ROOM)
#undef GL_DECLARE_ROOM

#endif

/* overlay.h - a script's writes kept apart: they go to a folder of their own, and are read back from there.
 *
 * What the script would have written, and whether it could, is noted.  What it reads is where it is. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OVERLAY_H
#define OVERLAY_H

#include <lua.h>

/* host.overlay(folder): from now on.  The kernel, where it can, lets nothing be written elsewhere. */
int overlay_open(lua_State *L);

/* host.overlay_files() -> { { path =, use = of file_access.h, place = the line of a write, there = boolean, problem =
 * text? }, ... } in the order of their first use; a file that is read after it was written is not listed again. */
int overlay_files(lua_State *L);

#endif

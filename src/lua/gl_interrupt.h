/* gl_interrupt.h - what is left of a run that Ctrl-C has stopped: an error says how far it came, and the prompt gets
 * what there is. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_INTERRUPT_H
#define GL_INTERRUPT_H

#include <lua.h>

/* Raise "<who>: interrupted <format...>" at the script's line; the value at `index` is core.partial.value from then
 * on. 0: there is nothing. */
int gl_interrupt(lua_State *L, int index, const char *who, const char *format, ...);

#endif

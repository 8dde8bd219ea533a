/* progress.h - the line that long computations show on a terminal, and the rarer lines that they write elsewhere.
 *
 * Promises: nothing before about a second; all goes to the standard error, never to the standard output; on a
 * terminal the line is gone before anything else is written and when the work is done. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <lua.h>

/* From now on, until progress_close.  Functions of L that write are told to clear the line first. */
void progress_open(lua_State *L);
void progress_close(void);

/* Take the line away; the next news brings it back.  Safe in signal handlers. */
void progress_hide(void);

#endif

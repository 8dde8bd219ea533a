/* limit.h - the most memory and the most time that a script may take: --memory and --time.
 *
 * Promises: a script at a limit ends with a message that names it; what it cannot do is to catch the end of its time
 * and go on.  Memory is that of the whole process, the core's arrays and the libraries' included.  Time is real time,
 * and no clock that is set changes it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIMIT_H
#define LIMIT_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "gibbs/status.h"

/* "500M", "2G", "1.5G": bytes, by powers of 1024.  "90", "90s", "15m", "1h30m", "2d": seconds.  ERR_ARGUMENT says
 * what is legal; `name` is the option. */
gibbs_status limit_read_memory(const char *name, const char *text, uint64_t *bytes, gibbs_error *err) GIBBS_CHECKED;
gibbs_status limit_read_time(const char *name, const char *text, double *seconds, gibbs_error *err) GIBBS_CHECKED;

/* An allocator for lua_newstate that remembers where memory ran out. */
void *limit_allocate(void *unused, void *block, size_t old_size, size_t size);

/* From now on the process gets no more than `bytes` beyond what it holds; `text` is how the user wrote it. */
gibbs_status limit_memory(const char *text, uint64_t bytes, gibbs_error *err) GIBBS_CHECKED;
/* From now on the script has `seconds` left.  When they are over it is asked to stop, again and again; when that does
 * not help for `patience` seconds, the process ends with EXIT_TIME. */
gibbs_status limit_time(const char *text, double seconds, double patience, gibbs_error *err) GIBBS_CHECKED;
/* What is usual: some seconds, more where a script may run for hours. */
double limit_patience(double seconds);

/* Call this when the script has come to its end, whichever: nothing asks it to stop any more.  Whether its time was
 * over.
 */
bool limit_script_ended(void);

/* Pushes the message of an error as the user should see it: one of a limit names it, others are as they were. */
const char *limit_explain(lua_State *L, const char *message);

#endif

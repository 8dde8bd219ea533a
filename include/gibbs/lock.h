/* gibbs/lock.h - a file that at most one process holds: whoever holds it works in the folder it lies in.
 *
 * Promises: the system lets go of a lock when its process ends, however it ends; the file stays, and means nothing.
 * Children do not inherit it.  Knows nothing of what is locked. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_LOCK_H
#define GIBBS_LOCK_H

#include <stdbool.h>

#include "gibbs/status.h"

typedef struct gibbs_lock gibbs_lock;

/* Make the file if it is not there, and hold it.  *held (else untouched) is set to true, with an ERR_FILE that names
 * the process, when somebody else has it. */
gibbs_status gibbs_lock_take(const char *path, gibbs_lock **out, bool *held, gibbs_error *err) GIBBS_CHECKED;
void gibbs_lock_release(gibbs_lock *lock); /* NULL is fine */

/* Whether a process (this one too) holds it. */
bool gibbs_lock_is_held(const char *path);

#endif

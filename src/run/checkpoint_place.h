/* checkpoint_place.h - the files around a checkpoint: its lock, what killed writers left, and the previous one. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_CHECKPOINT_PLACE_H
#define GIBBS_RUN_CHECKPOINT_PLACE_H

#include <stdbool.h>

#include "gibbs/status.h"

/* Messages do not name the file, except where it is another one. */

/* Hold the file `lock`; *descriptor is -1 where the file system knows no locks.  The lock is the process's, and goes
 * with it: children do not inherit it. */
gibbs_status gibbs_place_lock(const char *lock, int *descriptor, gibbs_error *err) GIBBS_CHECKED;
void gibbs_place_unlock(const char *lock, int descriptor);

/* Remove temporary files of `target`: only who holds its lock may. */
void gibbs_place_clean(const char *target);

/* `from`, flushed and complete, gets the further name `to`, in the place of what is there; by copying where the file
 * system has no links or `copied` says so. */
gibbs_status gibbs_place_keep(const char *from, const char *to, bool copied, gibbs_error *err) GIBBS_CHECKED;

#endif

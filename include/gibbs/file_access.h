/* gibbs/file_access.h - the one place that every file passes which the core or a script is about to open.
 *
 * Promises: whatever the core opens, creates, replaces or removes because a script said so is first shown to
 * gibbs_file_access_check; the guard can refuse it, the observer is told of what was not refused.  Without either the
 * check costs nothing.  One guard and one observer a process, installed by the program.  Knows nothing of what they
 * do. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_FILE_ACCESS_H
#define GIBBS_FILE_ACCESS_H

#include <stdbool.h>

#include "gibbs/status.h"

/* id, text: what is about to happen to a file or a folder */
#define GIBBS_FILE_USE_LIST(X)                                                                                       \
  X(READ, "read")     /* its bytes are data */                                                                       \
  X(LOAD, "loaded")   /* its bytes are Lua, and will run */                                                          \
  X(WRITE, "written") /* a file is created, replaced, renamed or removed */                                          \
  X(MAKE, "made")     /* a folder is created, with those it lies in, unless it is there */

typedef enum gibbs_file_use {
#define X(id, text) GIBBS_FILE_##id,
  GIBBS_FILE_USE_LIST(X)
#undef X
      GIBBS_FILE_USE_COUNT
} gibbs_file_use;

const char *gibbs_file_use_text(gibbs_file_use use);

/* Sees a path before it is used, as the script gave it.  A failure refuses: its message does not name the path, which
 * the caller puts in front, as in "'x.csv': may not be written". */
typedef gibbs_status gibbs_file_watcher(void *context, const char *path, gibbs_file_use use, gibbs_error *err);

/* NULL: none. */
void gibbs_file_access_guard(gibbs_file_watcher *guard, void *context);
void gibbs_file_access_observe(gibbs_file_watcher *observer, void *context);
/* Whether there is one or the other. */
bool gibbs_file_access_watched(void);

/* Says where a file is really found or put, for a path that has passed the check: the path itself, or another that
 * lives as long as the process. */
typedef const char *gibbs_file_placer(void *context, const char *path, gibbs_file_use use);
void gibbs_file_access_place_by(gibbs_file_placer *placer,
                                void *context); /* NULL: everything is where its path says */
const char *gibbs_file_access_place(const char *path, gibbs_file_use use);

/* Asks the guard, then tells the observer: the first failure of the two. */
gibbs_status gibbs_file_access_check(const char *path, gibbs_file_use use, gibbs_error *err) GIBBS_CHECKED;

/* Asks the guard once more, about the file that was opened: what the path led to at the first check may have been
 * replaced by a link meanwhile. */
gibbs_status gibbs_file_access_check_opened(int descriptor, gibbs_file_use use, gibbs_error *err) GIBBS_CHECKED;

#endif

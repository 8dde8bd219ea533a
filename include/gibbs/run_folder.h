/* gibbs/run_folder.h - the folder of a recorded run: made, held by one process, emptied, flushed to disk.
 *
 * Promises: one living process holds a folder, by flock on the file ".lock" in it, and it is let go when that process
 * ends, however it ends; what is no recorded run is never emptied.  Knows nothing of what is recorded. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_FOLDER_H
#define GIBBS_RUN_FOLDER_H

#include <stdbool.h>

#include "gibbs/status.h"

typedef struct gibbs_run_folder gibbs_run_folder;

/* What is at a path. */
typedef enum gibbs_run_place {
  GIBBS_RUN_PLACE_FREE,   /* nothing, or an empty folder, or one in which no run has begun */
  GIBBS_RUN_PLACE_RUN,    /* a folder with a manifest.json */
  GIBBS_RUN_PLACE_FOREIGN /* anything else */
} gibbs_run_place;

gibbs_run_place gibbs_run_place_of(const char *path);
/* Whether a living process holds the folder; *process is its number, or 0 where that is not known. */
bool gibbs_run_held(const char *path, long *process);

/* Make the folder, and those it lies in, unless it is there, and hold it.  What is in it stays.  Fails with ERR_FILE
 * when it cannot be made or written, or another process holds it; messages name the path. */
gibbs_status gibbs_run_folder_hold(const char *path, gibbs_run_folder **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_run_folder_release(gibbs_run_folder *folder); /* NULL is fine */

/* Remove all that is in a held folder but the lock and manifest.json. */
gibbs_status gibbs_run_folder_empty(gibbs_run_folder *folder, gibbs_error *err) GIBBS_CHECKED;
/* Flush every file and folder in it to disk. */
gibbs_status gibbs_run_folder_flush(gibbs_run_folder *folder, gibbs_error *err) GIBBS_CHECKED;

/* Make a folder and those it lies in; fine if it is there. */
gibbs_status gibbs_folder_make(const char *path, gibbs_error *err) GIBBS_CHECKED;
/* Remove a folder with all that is in it, or a file; links are not followed. */
gibbs_status gibbs_folder_remove(const char *path, gibbs_error *err) GIBBS_CHECKED;

#endif

/* gibbs/folder.h - what lies in a folder.
 *
 * Promises: names come in one order on every system.  Knows nothing of what is in the files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_FOLDER_H
#define GIBBS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "gibbs/status.h"

typedef struct gibbs_folder_entry {
  char *name;
  bool is_folder; /* not a link to one */
} gibbs_folder_entry;

typedef struct gibbs_folder {
  gibbs_folder_entry *entries; /* sorted by name; without "." and ".." */
  size_t count;
} gibbs_folder;

/* ERR_FILE: there is no such folder, or it cannot be read. */
gibbs_status gibbs_folder_read(const char *path, gibbs_folder *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_folder_free(gibbs_folder *folder);

#endif

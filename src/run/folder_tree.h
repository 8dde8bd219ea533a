/* folder_tree.h - going through a folder and all that is in it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_FOLDER_TREE_H
#define GIBBS_RUN_FOLDER_TREE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "gibbs/status.h"

/* Sees every entry: a folder after what is in it, the root last; links are entries, not followed. */
typedef gibbs_status gibbs_tree_visitor(void *context, const char *path, const struct stat *about, gibbs_error *err);
gibbs_status gibbs_tree_walk(const char *path, gibbs_tree_visitor *visit, void *context,
                             gibbs_error *err) GIBBS_CHECKED;

/* "a/b", the caller's to free; NULL when memory is out. */
char *gibbs_path_join(const char *folder, const char *name);
/* A failure of the system about a path: "'runs/a' cannot be made: Permission denied". */
gibbs_status gibbs_fail_path(gibbs_error *err, const char *path, const char *what);

#endif

/* real_path.h - where a path leads, whether or not there is something yet. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REAL_PATH_H
#define REAL_PATH_H

#include <limits.h>
#include <stdbool.h>

/* The absolute path without links and "..": of what is there, or where it would be made.  False when that cannot be
 * told, as of a link that leads nowhere. */
bool real_path(const char *path, char real[PATH_MAX]);

/* Both real: whether `path` is the folder or below it. */
bool path_lies_in(const char *path, const char *folder);

#endif

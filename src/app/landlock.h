/* landlock.h - the kernel's wall around a process: paths that it may use, and none beside them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

/* The version of the kernel's Landlock; 0: it has none. */
int landlock_version(void);

/* From now on this process, and what it starts, may read and write below `folder`, read `inputs`, read and run what
 * the system's folders hold, and nothing else; and open no TCP connection.  False where the kernel does not do it:
 * then nothing is changed. */
bool landlock_confine(const char *folder, char *const inputs[], size_t count);

#endif

/* history.h - the lines that were typed, kept from one session to the next.
 *
 * Promises: one file under the XDG state directory; each line is kept when it is typed, so that several prompts side
 * by side and those that are killed keep theirs; a file that is missing, damaged, huge or cannot be written is no
 * reason to fail. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HISTORY_H
#define HISTORY_H

enum { HISTORY_LINES = 2000 };

/* Call `each` with the last lines of the file, the oldest first; a file with many more is cut to them. */
void history_load(void (*each)(const char *text));
void history_keep(const char *text);

#endif

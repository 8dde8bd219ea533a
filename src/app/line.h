/* line.h - lines from the terminal: GNU readline when it is there, loaded at the first prompt; plain lines otherwise.
 *
 * Promises: the history is one file under the XDG state directory; Ctrl-C gives up the line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>

/* What the word before the cursor could become: candidate `number` from 0 on, to be freed with free(); NULL after the
 * last. */
typedef char *(*line_candidate)(const char *word, int number);
void line_complete_with(line_candidate candidate);

/* A line without its newline, to be freed with free(); NULL at the end of the input.  *interrupted: Ctrl-C gave it
 * up. */
char *line_read(const char *prompt, bool *interrupted);
void line_remember(const char *line);
void line_close(void); /* writes the history */

#endif

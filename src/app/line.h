/* line.h - lines from the terminal: GNU readline when it is there, loaded at the first prompt; plain lines otherwise.
 *
 * Promises: Ctrl-C gives up the line; a line may hold any bytes and be of any length. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>

/* What text[start...end), a word before the cursor, could become: candidate `number` from 0 on, to be freed with
 * free(); NULL after the last.  `text` is the line up to the cursor, of `end` bytes. */
typedef char *(*line_candidate)(const char *text, size_t start, int number);
void line_complete_with(line_candidate candidate);

typedef struct line {
  char *text;    /* without its newline, to be freed with free(); NULL at the end of the input */
  size_t length; /* text may hold zero bytes */
  bool given_up; /* by Ctrl-C */
} line;
line line_read(const char *prompt);
/* Lines of this session and of those before come back by the arrow keys. */
void line_remember(const char *text);

#endif

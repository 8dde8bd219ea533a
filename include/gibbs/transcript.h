/* gibbs/transcript.h - what a process prints on both of its streams, in a file too.
 *
 * Promises: while a transcript goes on, stdout and stderr are streams that write to where they wrote before and to
 * the file, in the order in which they were written, a line of stdout at a time; a killed process keeps every such
 * line. The descriptors 1 and 2 stay what they are, so that a terminal is still known as one; programs that the
 * process starts write there, and not to the file.  One transcript a process. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_TRANSCRIPT_H
#define GIBBS_TRANSCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "gibbs/status.h"

typedef struct gibbs_transcript gibbs_transcript;

/* Called once, when the file cannot be written any more; what is printed later still reaches the terminal. */
typedef void gibbs_transcript_failed(void *context);

/* Begin: until there is a file, what is printed is kept.  `shown`: it also goes where it went before. */
gibbs_status gibbs_transcript_begin(bool shown, gibbs_transcript **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_transcript_on_failure(gibbs_transcript *transcript, gibbs_transcript_failed *failed, void *context);
/* What was kept goes into the file, behind what is there if `append`, and so does what is printed from now on. */
gibbs_status gibbs_transcript_open(gibbs_transcript *transcript, const char *path, bool append,
                                   gibbs_error *err) GIBBS_CHECKED;

/* What is printed until it is false again is of no account to whoever compares two transcripts: a time, say. */
gibbs_status gibbs_transcript_volatile(gibbs_transcript *transcript, bool is_volatile,
                                       gibbs_error *err) GIBBS_CHECKED;
/* Such pieces of the file, 0 <= i < count, in order: where each begins, and its length. */
size_t gibbs_transcript_pieces(const gibbs_transcript *transcript);
void gibbs_transcript_piece(const gibbs_transcript *transcript, size_t i, uint64_t *begin, uint64_t *length);

/* stdout and stderr are what they were; the file is flushed to disk and closed.  The first failure of the whole time.
 */
gibbs_status gibbs_transcript_end(gibbs_transcript *transcript, gibbs_error *err) GIBBS_CHECKED;
/* After the end; NULL is fine. */
void gibbs_transcript_free(gibbs_transcript *transcript);

#endif

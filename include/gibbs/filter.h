/* gibbs/filter.h - another program as a filter: bytes in, bytes out, and an end to it.
 *
 * Promises: no shell is asked; the program is found in PATH; input and outputs go through memory, whatever their
 * sizes; when the time is up, or the computation is interrupted (gibbs/control.h), the program is killed and waited
 * for. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_FILTER_H
#define GIBBS_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "gibbs/status.h"

typedef struct gibbs_filter_end {
  char *output, *messages;           /* of standard output and standard error; a zero byte follows each */
  size_t output_size, messages_size; /* bytes, without the zero */
  bool found;                        /* false: there is no such program, and nothing was run */
  bool timed_out;
  int exit;   /* 0 to 255; -1 when a signal ended it */
  int signal; /* 0 when none did */
} gibbs_filter_end;

/* Run arguments[0] with the arguments up to NULL until it ends, for at most `seconds`.  The result belongs to the
 * caller, who calls gibbs_filter_clear.  ERR_FILE: the system cannot run programs now; ERR_MEMORY; ERR_INTERRUPT. */
gibbs_status gibbs_filter_run(const char *const arguments[], const char *input, size_t size, double seconds,
                              gibbs_filter_end *out, gibbs_error *err) GIBBS_CHECKED;

void gibbs_filter_clear(gibbs_filter_end *end);

#endif

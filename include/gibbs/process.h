/* gibbs/process.h - other programs, run side by side as children that are never left behind.
 *
 * Promises: a child has a process group of its own and dies by SIGKILL as soon as the thread that started it does,
 * however that ends; it reads nothing; when it ends, so does whatever it started in its group and left running.  What
 * it writes to its standard output and error is kept, up to the last GIBBS_PROCESS_KEPT bytes of each.
 * Knows nothing of what the programs are. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PROCESS_H
#define GIBBS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "gibbs/status.h"

#define GIBBS_PROCESS_KEPT ((size_t)1 << 18)

/* The children of one caller; for one thread. */
typedef struct gibbs_processes gibbs_processes;

/* How a child ended. */
typedef struct gibbs_process_end {
  size_t id;
  int exit_code;         /* -1 when a signal ended it */
  int signal;            /* 0 when none did */
  char *output, *errors; /* what is kept of them, ending in NUL */
} gibbs_process_end;

gibbs_status gibbs_processes_new(gibbs_processes **out, gibbs_error *err) GIBBS_CHECKED;
/* Kills and awaits what still runs.  NULL is fine. */
void gibbs_processes_free(gibbs_processes *set);

/* Start arguments[0], a path, with these arguments (NULL ends them) as child `id`.  `environment` holds NAME=value
 * beyond, or instead of, what this process has; NULL ends it.  ERR_FILE: it cannot be run. */
gibbs_status gibbs_processes_start(gibbs_processes *set, size_t id, const char *const arguments[],
                                   const char *const environment[], gibbs_error *err) GIBBS_CHECKED;

/* Wait up to `seconds` for a child to end: then *ended is true, *out is the caller's to free, and the child is no
 * longer one of the set.  A signal for this process ends the waiting early. */
gibbs_status gibbs_processes_wait(gibbs_processes *set, double seconds, bool *ended, gibbs_process_end *out,
                                  gibbs_error *err) GIBBS_CHECKED;
void gibbs_process_end_free(gibbs_process_end *end);

size_t gibbs_processes_count(const gibbs_processes *set); /* of those not yet known to have ended */
void gibbs_processes_signal(gibbs_processes *set, int signal);

/* The program that runs, as an argument to start it once more; it is the same even if its file was replaced. */
gibbs_status gibbs_process_self(char *path, size_t size, gibbs_error *err) GIBBS_CHECKED;

#endif

/* process_start.h - one child, started, and the pipes that lead from it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_PROCESS_START_H
#define GIBBS_RUN_PROCESS_START_H

#include <sys/types.h>

#include "gibbs/status.h"

typedef struct gibbs_started {
  pid_t process;
  int output, errors; /* to be read without blocking; the caller's to close */
} gibbs_started;

/* See gibbs_processes_start. */
gibbs_status gibbs_process_begin(const char *const arguments[], const char *const environment[], gibbs_started *out,
                                 gibbs_error *err) GIBBS_CHECKED;

#endif

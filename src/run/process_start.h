/* process_start.h - one child, started, and the pipes that lead from it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_PROCESS_START_H
#define GIBBS_RUN_PROCESS_START_H

#include <stdbool.h>
#include <sys/types.h>

#include "gibbs/status.h"

typedef struct gibbs_started {
  pid_t process;
  int input;          /* to be written without blocking; -1 when the child reads nothing; the caller's to close */
  int output, errors; /* to be read without blocking; the caller's to close */
} gibbs_started;

/* See gibbs_processes_start; a child that `listens` reads from a pipe. */
gibbs_status gibbs_process_begin(const char *const arguments[], const char *const environment[], bool listens,
                                 gibbs_started *out, gibbs_error *err) GIBBS_CHECKED;

#endif

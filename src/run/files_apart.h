/* files_apart.h - work done in a process of its own, so that a library that crashes takes nothing along.
 *
 * HDF5 reads past its buffers, or cannot be closed any more, when a file is damaged or the disk is full; what it does
 * then stays in the child. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_FILES_APART_H
#define GIBBS_RUN_FILES_APART_H

#include "files_format.h"

/* Gives a value that its caller frees (or leaves *out NULL). */
typedef gibbs_status gibbs_apart_task(const void *context, gibbs_value **out, gibbs_error *err);

typedef struct gibbs_apart {
  gibbs_apart_task *task;
  const void *context;
  const char *what;      /* "the HDF5 library", for messages */
  unsigned long seconds; /* of processor time, after which the child is ended */
} gibbs_apart;

/* The outcome of the task, run in a child; where no process can be had, run here. A child that dies is ERR_FILE. *out
 * is set when the task gave a value. */
gibbs_status gibbs_run_apart(const gibbs_apart *job, gibbs_value **out, gibbs_error *err) GIBBS_CHECKED;

/* A value through a pipe between two copies of this program. Sending needs no check: a failure shows at the receiver,
 * as ERR_FILE. */
void gibbs_value_send(FILE *stream, const gibbs_value *value);
gibbs_status gibbs_value_receive(FILE *stream, gibbs_value **out, gibbs_error *err) GIBBS_CHECKED;

#endif

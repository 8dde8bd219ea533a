/* training_pack.h - a state written down as a row of doubles, and read again with doubt. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_OBJECTIVE_TRAINING_PACK_H
#define GIBBS_OBJECTIVE_TRAINING_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gibbs/status.h"

/* Starts as {0}.  A failed allocation is remembered, and told by training_pack_end. */
typedef struct training_pack {
  double *data;
  size_t count, room;
  bool failed;
} training_pack;

void training_pack_number(training_pack *pack, double x);
void training_pack_numbers(training_pack *pack, const double *x, size_t n);
/* How many, then they themselves. */
void training_pack_block(training_pack *pack, const double *x, size_t n);
/* The row, to be freed with free(); the pack is empty then, on failure too. */
gibbs_status training_pack_end(training_pack *pack, double **out, size_t *count, gibbs_error *err) GIBBS_CHECKED;

/* Reads from the front.  What is not there, or is no such number, is remembered in `bad`, and read as 0 or NULL. */
typedef struct training_unpack {
  const double *at;
  size_t left;
  bool bad;
} training_unpack;

double training_unpack_number(training_unpack *unpack);
uint64_t training_unpack_integer(training_unpack *unpack); /* 0 to 2^53 */
const double *training_unpack_numbers(training_unpack *unpack, size_t n);
const double *training_unpack_finite(training_unpack *unpack, size_t n);
const double *training_unpack_block(training_unpack *unpack, size_t *n);

#endif

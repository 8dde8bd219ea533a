/* training_pack.c - a state written down as a row of doubles, and read again with doubt. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "training_pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 2^53: what a double counts to. */
#define MOST_COUNT 9007199254740992.0

void training_pack_numbers(training_pack *pack, const double *x, size_t n) {
  if (pack->failed || n == 0) return;
  if (n > pack->room - pack->count) {
    size_t room = 2 * (pack->count + n);
    double *data = room <= SIZE_MAX / sizeof *data ? realloc(pack->data, room * sizeof *data) : NULL;
    pack->failed = data == NULL;
    if (data == NULL) return;
    pack->data = data;
    pack->room = room;
  }
  memcpy(pack->data + pack->count, x, n * sizeof *x);
  pack->count += n;
}

void training_pack_number(training_pack *pack, double x) {
  training_pack_numbers(pack, &x, 1);
}

void training_pack_block(training_pack *pack, const double *x, size_t n) {
  training_pack_number(pack, (double)n);
  training_pack_numbers(pack, x, n);
}

gibbs_status training_pack_end(training_pack *pack, double **out, size_t *count, gibbs_error *err) {
  training_pack done = *pack;
  *pack = (training_pack){0};
  if (done.failed) {
    free(done.data);
    return gibbs_fail_memory(err, "the state of a training", 2 * done.count * sizeof *done.data);
  }
  *out = done.data;
  *count = done.count;
  return GIBBS_OK;
}

const double *training_unpack_numbers(training_unpack *unpack, size_t n) {
  unpack->bad |= n > unpack->left;
  if (unpack->bad) return NULL;
  const double *at = unpack->at;
  unpack->at += n;
  unpack->left -= n;
  return at;
}

double training_unpack_number(training_unpack *unpack) {
  const double *at = training_unpack_numbers(unpack, 1);
  return at ? *at : 0;
}

uint64_t training_unpack_integer(training_unpack *unpack) {
  double x = training_unpack_number(unpack);
  unpack->bad |= !(x >= 0 && x <= MOST_COUNT && x == floor(x));
  return unpack->bad ? 0 : (uint64_t)x;
}

const double *training_unpack_finite(training_unpack *unpack, size_t n) {
  const double *at = training_unpack_numbers(unpack, n);
  for (size_t i = 0; at && i < n; i++) unpack->bad |= !isfinite(at[i]);
  return unpack->bad ? NULL : at;
}

const double *training_unpack_block(training_unpack *unpack, size_t *n) {
  uint64_t count = training_unpack_integer(unpack);
  const double *at = training_unpack_numbers(unpack, (size_t)count);
  *n = at ? (size_t)count : 0;
  return at;
}

/* bucket.c - the table over a unit and its separator: its units, blocks and factors. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bucket.h"

#include <stdlib.h>
#include <string.h>

void gibbs_bucket_clear(gibbs_bucket *bucket) {
  free(bucket->factor);
  free(bucket->offsets);
  memset(bucket, 0, sizeof *bucket);
}

void gibbs_bucket_open(gibbs_bucket *b, const gibbs_interactions *list, const gibbs_elimination *plan,
                       size_t position) {
  size_t from = plan->first[position];
  b->states = list->states[plan->order[position]];
  b->units = plan->first[position + 1] - from;
  b->cells = 1;
  b->block = 1;
  b->low = 0;
  b->factors = 0;
  for (size_t k = 0; k < b->units; k++) {
    b->position[k] = plan->separator[from + k];
    b->extent[k] = list->states[plan->order[b->position[k]]];
    b->cells *= b->extent[k];
    if (b->low == k && (b->block * b->extent[k] * b->states <= GIBBS_BUCKET_CELLS)) {
      b->block *= b->extent[k];
      b->low++;
    }
  }
  b->blocks = b->cells / b->block;
}

static gibbs_status make_room(gibbs_bucket *b, gibbs_error *err) {
  if (b->factors < b->factor_room) return GIBBS_OK;
  size_t room = 2 * b->factor_room + 16;
  gibbs_factor *larger = realloc(b->factor, room * sizeof *larger);
  if (!larger) return gibbs_fail_memory(err, "the factors of a table", room * sizeof *larger);
  b->factor = larger;
  b->factor_room = room;
  return GIBBS_OK;
}

gibbs_status gibbs_bucket_add(gibbs_bucket *b, const uint32_t scope[], size_t count,
                              const double *const table[GIBBS_BUCKET_ORDERS], double *marginal, gibbs_error *err) {
  gibbs_status status = make_room(b, err);
  if (status != GIBBS_OK) return status;
  gibbs_factor *f = &b->factor[b->factors++];
  memset(f, 0, sizeof *f);
  memcpy(f->table, table, sizeof f->table);
  f->marginal = marginal;
  size_t stride = 1, at = 0;
  for (size_t k = 0; k < count; k++) {
    while (at < b->units && b->position[at] > scope[k]) at++;
    if (at < b->units && b->position[at] == scope[k]) {
      f->stride[at] = stride;
      stride *= b->extent[at];
    } else {
      f->own_stride = stride; /* the unit that goes comes last */
    }
  }
  return GIBBS_OK;
}

static gibbs_factor_run run_of(const gibbs_bucket *b, const gibbs_factor *f) {
  bool constant = true, straight = true;
  size_t stride = 1;
  for (size_t k = 0; k < b->low; k++) {
    constant &= f->stride[k] == 0;
    straight &= f->stride[k] == stride;
    stride *= b->extent[k];
  }
  return constant ? GIBBS_RUN_CONSTANT : straight ? GIBBS_RUN_STRAIGHT : GIBBS_RUN_LISTED;
}

static void list_offsets(const gibbs_bucket *b, const gibbs_factor *f, uint32_t *offset) {
  size_t done = 1;
  offset[0] = 0;
  for (size_t k = 0; k < b->low; k++) {
    for (size_t s = 1; s < b->extent[k]; s++)
      for (size_t r = 0; r < done; r++) offset[s * done + r] = offset[r] + (uint32_t)(s * f->stride[k]);
    done *= b->extent[k];
  }
}

gibbs_status gibbs_bucket_close(gibbs_bucket *b, gibbs_error *err) {
  size_t needed = b->factors * b->block;
  if (needed > b->offset_room) {
    free(b->offsets);
    b->offset_room = 0;
    b->offsets = malloc(needed * sizeof *b->offsets);
    if (!b->offsets) return gibbs_fail_memory(err, "the places of a table", needed * sizeof *b->offsets);
    b->offset_room = needed;
  }
  for (size_t k = 0; k < b->factors; k++) {
    gibbs_factor *f = &b->factor[k];
    f->run = run_of(b, f);
    f->offset = b->offsets + k * b->block;
    if (f->run == GIBBS_RUN_LISTED) list_offsets(b, f, b->offsets + k * b->block);
  }
  return GIBBS_OK;
}

/* cluster_rows.c - a regular lattice as rows of bits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster_rows.h"

#include <stdlib.h>

/* A direction, turned so that what is asked about is the later end: in rows above, or to the left. */
typedef struct oriented {
  long offset[GIBBS_MAX_RANK]; /* from the later end to the other one */
  size_t later, other;         /* bases */
} oriented;

static oriented orient(const gibbs_regular *lattice, const gibbs_direction *d) {
  long leading = 0;
  for (size_t a = 0; a + 1 < lattice->axes && leading == 0; a++) leading = d->offset[a];
  if (leading == 0) /* in one row: forwards */
    leading = d->offset[lattice->axes - 1] * (long)lattice->basis + (long)d->to - (long)d->from;
  oriented o = {.later = leading > 0 ? d->to : d->from, .other = leading > 0 ? d->from : d->to};
  for (size_t a = 0; a < lattice->axes; a++) o.offset[a] = leading > 0 ? -d->offset[a] : d->offset[a];
  return o;
}

static size_t modulo(long x, size_t n) {
  long m = (long)n;
  return (size_t)((x % m + m) % m);
}

static uint32_t partner_row(const gibbs_regular *lattice, const oriented *o, size_t row) {
  size_t partner = 0, stride = 1;
  for (size_t a = lattice->axes - 1; a-- > 0;) {
    size_t n = lattice->extent[a];
    long x = (long)(row % n) + o->offset[a];
    if (!lattice->periodic[a] && (x < 0 || x >= (long)n)) return GIBBS_CLUSTER_NONE;
    partner += modulo(x, n) * stride;
    stride *= n;
    row /= n;
  }
  return (uint32_t)partner;
}

static void mark_valid(const gibbs_regular *lattice, const oriented *o, gibbs_cluster_line *line) {
  size_t last = lattice->axes - 1, n = lattice->extent[last];
  for (size_t x = 0; x < n; x++) {
    long y = (long)x + o->offset[last];
    size_t k = x * lattice->basis + o->later;
    if (lattice->periodic[last] || (y >= 0 && y < (long)n)) line->valid[k / 64] |= UINT64_C(1) << k % 64;
  }
}

static gibbs_status make_line(const gibbs_cluster_model *model, size_t direction, gibbs_cluster_rows *rows,
                              gibbs_error *err) {
  const gibbs_regular *lattice = model->regular;
  gibbs_cluster_line *line = &rows->line[direction];
  oriented o = orient(lattice, &lattice->direction[direction]);
  long shift = o.offset[lattice->axes - 1] * (long)lattice->basis + (long)o.other - (long)o.later;
  line->shift = (uint32_t)modulo(shift, rows->width);
  line->unlike = model->strength[direction] > 0 ? ~UINT64_C(0) : 0;
  line->chance = gibbs_cluster_chance(model->strength[direction]);
  line->valid = calloc(rows->words, sizeof *line->valid);
  line->partner = malloc(rows->rows * sizeof *line->partner);
  if (!line->valid || !line->partner) return gibbs_fail_memory(err, "a lattice", rows->rows * sizeof(uint32_t));
  mark_valid(lattice, &o, line);
  bool same = true;
  for (size_t r = 0; r < rows->rows; r++) {
    line->partner[r] = partner_row(lattice, &o, r);
    same = same && line->partner[r] == r;
    if (line->partner[r] == r && line->shift == 0) line->partner[r] = GIBBS_CLUSTER_NONE; /* a site with itself */
  }
  line->along = same && line->shift == rows->width - 1;
  return GIBBS_OK;
}

gibbs_status gibbs_cluster_rows_new(const gibbs_cluster_model *model, gibbs_cluster_rows *out, gibbs_error *err) {
  const gibbs_regular *lattice = model->regular;
  size_t width = lattice->extent[lattice->axes - 1] * lattice->basis;
  *out = (gibbs_cluster_rows){.width = width, .words = (width + 63) / 64, .rows = model->units / width};
  out->line = calloc(lattice->directions + 1, sizeof *out->line);
  if (!out->line) return gibbs_fail_memory(err, "a lattice", lattice->directions * sizeof *out->line);
  gibbs_status status = GIBBS_OK;
  for (; status == GIBBS_OK && out->lines < lattice->directions; out->lines++)
    status = make_line(model, out->lines, out, err);
  return status;
}

void gibbs_cluster_rows_clear(gibbs_cluster_rows *rows) {
  for (size_t k = 0; k < rows->lines; k++) {
    free(rows->line[k].valid);
    free(rows->line[k].partner);
  }
  free(rows->line);
  *rows = (gibbs_cluster_rows){0};
}

/* A little more than is needed: the position behind the last run, and whole words of coins. */
gibbs_status gibbs_cluster_row_scratch_new(const gibbs_cluster_rows *rows, const gibbs_cluster_model *model,
                                           gibbs_cluster_row_scratch *out, gibbs_error *err) {
  size_t words = rows->rows * rows->words, units = model->units;
  bool field = gibbs_cluster_has_field(model), held = model->target->held != NULL;
  *out = (gibbs_cluster_row_scratch){.active = malloc((rows->lines * words + 1) * sizeof *out->active),
                                     .starts = malloc(words * sizeof *out->starts),
                                     .base = malloc(words * sizeof *out->base),
                                     .position = malloc((units + 1) * sizeof *out->position)};
  gibbs_cluster_nodes *n = &out->nodes;
  n->parent = malloc(units * sizeof *n->parent);
  n->size = malloc(units * sizeof *n->size);
  n->flip = malloc((units / 64 + 1) * sizeof *n->flip);
  if (field || held || model->repulsive) n->magnet = malloc(units * sizeof *n->magnet);
  if (field) n->field = malloc(units * sizeof *n->field);
  if (held) n->held = malloc(units);
  bool made = out->active && out->starts && out->base && out->position && n->parent && n->size && n->flip &&
              (n->magnet || !(field || held || model->repulsive)) && (n->field || !field) && (n->held || !held);
  if (made) return GIBBS_OK;
  gibbs_cluster_row_scratch_clear(out);
  return gibbs_fail_memory(err, "clusters", units * 16);
}

void gibbs_cluster_row_scratch_clear(gibbs_cluster_row_scratch *scratch) {
  gibbs_cluster_nodes *n = &scratch->nodes;
  void *all[] = {scratch->active, scratch->starts, scratch->base, scratch->position, n->parent,
                 n->size,         n->flip,         n->magnet,     n->field,          n->held};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
  *scratch = (gibbs_cluster_row_scratch){0};
}

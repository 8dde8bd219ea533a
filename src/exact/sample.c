/* sample.c - independent samples by inversion of the cumulative distribution over all states. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "ensemble.h"
#include "gibbs/random.h"

typedef struct draw {
  double height; /* uniform in [0, 1) */
  size_t row;
} draw;

static int compare_draws(const void *a, const void *b) {
  const draw *x = a, *y = b;
  if (x->height != y->height) return x->height < y->height ? -1 : 1;
  return x->row < y->row ? -1 : x->row > y->row;
}

typedef struct walk {
  const gibbs_ensemble *ensemble;
  size_t member, count, next;
  draw *draws;   /* sorted by height */
  double below;  /* probability of the states passed */
  uint64_t last; /* the last state of positive probability */
  double *rows;
} walk;

static void write_row(const walk *w, const draw *d, uint64_t state) {
  const gibbs_space *space = &w->ensemble->space;
  for (size_t u = 0; u < space->unit_count; u++)
    w->rows[d->row * space->unit_count + u] = gibbs_space_value(space, state, u);
}

static gibbs_status walk_view(void *context, const gibbs_view *view, gibbs_error *err) {
  walk *w = context;
  const double *p = view->probability[w->member];
  (void)err;
  for (size_t s = 0; s < view->count; s++) {
    if (p[s] <= 0) continue;
    w->below += p[s];
    w->last = view->first + s;
    for (; w->next < w->count && w->draws[w->next].height < w->below; w->next++)
      write_row(w, &w->draws[w->next], w->last);
  }
  return GIBBS_OK;
}

gibbs_status gibbs_ensemble_invert(gibbs_ensemble *e, size_t member, const double *heights, size_t count,
                                   double *rows, gibbs_error *err) {
  walk w = {.ensemble = e, .member = member, .count = count, .rows = rows};
  w.draws = malloc((count + 1) * sizeof *w.draws);
  if (!w.draws) return gibbs_fail_memory(err, "samples", count * sizeof *w.draws);
  for (size_t i = 0; i < count; i++) w.draws[i] = (draw){.height = heights[i], .row = i};
  qsort(w.draws, count, sizeof *w.draws, compare_draws);
  gibbs_status status = gibbs_ensemble_visit(e, walk_view, &w, err);
  /* Rounding may leave the sum a few ulp below 1. */
  for (; status == GIBBS_OK && w.next < count; w.next++) write_row(&w, &w.draws[w.next], w.last);
  free(w.draws);
  return status;
}

gibbs_status gibbs_ensemble_sample(gibbs_ensemble *e, size_t member, uint64_t seed, size_t count, double *rows,
                                   gibbs_error *err) {
  double *heights = malloc((count + 1) * sizeof *heights);
  if (!heights) return gibbs_fail_memory(err, "samples", count * sizeof *heights);
  gibbs_stream stream = gibbs_stream_open(seed, GIBBS_PURPOSE_SAMPLE, 0, 0);
  for (size_t i = 0; i < count; i++) heights[i] = gibbs_stream_uniform(&stream);
  gibbs_status status = gibbs_ensemble_invert(e, member, heights, count, rows, err);
  free(heights);
  return status;
}

/* reweight_error.c - errors of what reweighting finds, from what each sample adds to it.
 *
 * To first order every result is a sum over samples.  Samples of different states are independent; those of one state
 * are a series, whose mean has the error that spread.h finds, whatever its autocorrelation. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/blas.h"
#include "gibbs/private/parallel.h"
#include "gibbs/private/vectormath.h"
#include "gibbs/spread.h"
#include "reweight_parts.h"

#define MOST_SEGMENTS 64
/* Fewer weights than this are found before another thread would have started. */
#define WORTH_A_THREAD 65536

void gibbs_reweight_read(const gibbs_reweight *r, size_t state, const gibbs_reweight_chunk *chunk, double *out) {
  if (r->potential)
    memcpy(out, r->potential + state * r->total + chunk->first, chunk->count * sizeof *out);
  else
    for (size_t i = 0; i < chunk->count; i++) out[i] = r->beta[state] * r->energy[chunk->first + i];
}

void gibbs_reweight_weigh(const gibbs_reweight *r, const gibbs_reweight_chunk *chunk, double *p) {
  for (size_t k = 0; k < r->states; k++) {
    double *row = p + k * GIBBS_REWEIGHT_CHUNK, shift = r->log_n[k] + r->f[k];
    gibbs_reweight_read(r, k, chunk, row);
    for (size_t i = 0; i < chunk->count; i++) row[i] = shift - row[i] - r->log_d[chunk->first + i];
    gibbs_vector_exp(row, row, chunk->count);
  }
}

size_t gibbs_reweight_segments(const gibbs_reweight *r) {
  size_t segments = r->total / (WORTH_A_THREAD / r->states + 1) + 1;
  if (segments > MOST_SEGMENTS) segments = MOST_SEGMENTS;
  return segments < r->chunk_count ? segments : r->chunk_count;
}

void gibbs_reweight_segment(const gibbs_reweight *r, size_t segment, size_t *first, size_t *last) {
  size_t segments = gibbs_reweight_segments(r);
  *first = segment * r->chunk_count / segments;
  *last = (segment + 1) * r->chunk_count / segments;
}

void gibbs_reweight_respond(const gibbs_reweight *r, const double *b, double *out) {
  gibbs_dgemv(false, r->states, r->states, 1, r->inverse, r->states, b, 0, out);
}

/* ---- sums with p --------------------------------------------------------------------------------------- */

typedef struct projection {
  const gibbs_reweight *r;
  const double *c, *a;
  double *out; /* project: [segment * states + k]; error: [total] */
} projection;

static gibbs_status allocate_p(const gibbs_reweight *r, double **p, gibbs_error *err) {
  size_t bytes = r->states * GIBBS_REWEIGHT_CHUNK * sizeof **p;
  *p = malloc(bytes);
  return *p ? GIBBS_OK : gibbs_fail_memory(err, "weights of samples", bytes);
}

static gibbs_status project_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  const projection *job = context;
  const gibbs_reweight *r = job->r;
  double *p, *out = job->out + segment * r->states;
  size_t at, last;
  (void)thread;
  gibbs_status status = allocate_p(r, &p, err);
  if (status != GIBBS_OK) return status;
  gibbs_reweight_segment(r, segment, &at, &last);
  for (; at < last; at++) {
    const gibbs_reweight_chunk *chunk = &r->chunks[at];
    gibbs_reweight_weigh(r, chunk, p);
    gibbs_dgemv(false, r->states, chunk->count, 1, p, GIBBS_REWEIGHT_CHUNK, job->c + chunk->first, 1, out);
  }
  free(p);
  return GIBBS_OK;
}

gibbs_status gibbs_reweight_project(const gibbs_reweight *r, const double *c, double *out, gibbs_error *err) {
  size_t segments = gibbs_reweight_segments(r);
  double *parts = calloc(segments * r->states, sizeof *parts);
  if (!parts) return gibbs_fail_memory(err, "weights of samples", segments * r->states * sizeof *parts);
  projection job = {.r = r, .c = c, .out = parts};
  gibbs_status status = gibbs_parallel_segments(segments, project_segment, &job, err);
  memset(out, 0, r->states * sizeof *out);
  for (size_t s = 0; s < segments; s++)
    for (size_t k = 0; k < r->states; k++) out[k] += parts[s * r->states + k];
  free(parts);
  return status;
}

static gibbs_status expand_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  const projection *job = context;
  const gibbs_reweight *r = job->r;
  double *p;
  size_t at, last;
  (void)thread;
  gibbs_status status = allocate_p(r, &p, err);
  if (status != GIBBS_OK) return status;
  gibbs_reweight_segment(r, segment, &at, &last);
  for (; at < last; at++) {
    const gibbs_reweight_chunk *chunk = &r->chunks[at];
    gibbs_reweight_weigh(r, chunk, p);
    gibbs_dgemv(true, r->states, chunk->count, 1 / r->tau[chunk->state], p, GIBBS_REWEIGHT_CHUNK, job->a, 1,
                job->out + chunk->first);
  }
  free(p);
  return GIBBS_OK;
}

/* ---- errors -------------------------------------------------------------------------------------------- */

static double add_variances(const gibbs_reweight *r, double *x) {
  double variance = 0;
  for (size_t k = 0; k < r->states; k++) {
    size_t count = r->first[k + 1] - r->first[k];
    gibbs_spread spread;
    gibbs_spread_of_mean(x + r->first[k], r->chains[k], count / r->chains[k], &spread);
    variance += (double)count * (double)count * spread.variance;
  }
  return variance;
}

gibbs_status gibbs_reweight_error(const gibbs_reweight *r, double *own, const double *a, double *error,
                                  gibbs_error *err) {
  double *x = own ? own : calloc(r->total, sizeof *x);
  if (!x) return gibbs_fail_memory(err, "what samples add", r->total * sizeof *x);
  projection job = {.r = r, .a = a, .out = x};
  gibbs_status status = gibbs_parallel_segments(gibbs_reweight_segments(r), expand_segment, &job, err);
  if (status == GIBBS_OK) *error = sqrt(add_variances(r, x));
  if (!own) free(x);
  return status;
}

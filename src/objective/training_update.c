/* training_update.c - optimisers: one pass over the parameters and what is remembered of each.
 *
 * A gradient whose norm is finite makes no parameter anything but finite: components are below 1e155 then, and so are
 * their running means. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/parallel.h"
#include "gibbs/private/vectormath.h"
#include "training_parts.h"

#define EPSILON 1e-8 /* Kingma and Ba's value: it only guards a division */

/* ---- inner loops ------------------------------------------------------------------------------------------ */

GIBBS_CLONES static void descend(size_t n, double rate, double *restrict x, const double *restrict g) {
  for (size_t i = 0; i < n; i++) x[i] -= rate * g[i];
}

GIBBS_CLONES static void roll(size_t n, double rate, double decay, double *restrict x, const double *restrict g,
                              double *restrict velocity) {
  for (size_t i = 0; i < n; i++) {
    velocity[i] = decay * velocity[i] - rate * g[i];
    x[i] += velocity[i];
  }
}

GIBBS_CLONES static void descend_scaled(size_t n, const training_stride *stride, double *restrict x,
                                        const double *restrict g, double *restrict square) {
  double keep = stride->decay_square, shrink = stride->shrink, rate = stride->rate;
  double correction = stride->second_correction;
  for (size_t i = 0; i < n; i++) {
    double slope = shrink * g[i];
    square[i] = keep * square[i] + (1 - keep) * slope * slope;
    x[i] -= rate * slope / (sqrt(square[i] * correction) + EPSILON);
  }
}

GIBBS_CLONES static void descend_adaptively(size_t n, const training_stride *stride, double *restrict x,
                                            const double *restrict g, double *restrict mean,
                                            double *restrict square) {
  double keep = stride->decay, keep_square = stride->decay_square, shrink = stride->shrink;
  double rate = stride->rate * stride->first_correction, correction = stride->second_correction;
  for (size_t i = 0; i < n; i++) {
    double slope = shrink * g[i];
    mean[i] = keep * mean[i] + (1 - keep) * slope;
    square[i] = keep_square * square[i] + (1 - keep_square) * slope * slope;
    x[i] -= rate * mean[i] / (sqrt(square[i] * correction) + EPSILON);
  }
}

GIBBS_CLONES static void approach(size_t n, double share, const double *restrict x, double *restrict mean) {
  for (size_t i = 0; i < n; i++) mean[i] += share * (x[i] - mean[i]);
}

/* ---- the rows ----------------------------------------------------------------------------------------------- */

static void update_plain(const training_stride *stride, size_t n, double *restrict x, const double *restrict g,
                         double *restrict first, double *restrict second) {
  (void)first;
  (void)second;
  descend(n, stride->rate * stride->shrink, x, g);
}

static void update_momentum(const training_stride *stride, size_t n, double *restrict x, const double *restrict g,
                            double *restrict first, double *restrict second) {
  (void)second;
  roll(n, stride->rate * stride->shrink, stride->decay, x, g, first);
}

static void update_rmsprop(const training_stride *stride, size_t n, double *restrict x, const double *restrict g,
                           double *restrict first, double *restrict second) {
  (void)second;
  descend_scaled(n, stride, x, g, first);
}

static void update_adam(const training_stride *stride, size_t n, double *restrict x, const double *restrict g,
                        double *restrict first, double *restrict second) {
  descend_adaptively(n, stride, x, g, first, second);
}

const training_optimiser *training_optimiser_row(gibbs_optimiser optimiser) {
  static const training_optimiser rows[GIBBS_OPTIMISER_COUNT] = {
      [GIBBS_OPTIMISER_ADAM] = {2, false, update_adam},    [GIBBS_OPTIMISER_MOMENTUM] = {1, false, update_momentum},
      [GIBBS_OPTIMISER_SGD] = {0, false, update_plain},    [GIBBS_OPTIMISER_RMSPROP] = {1, false, update_rmsprop},
      [GIBBS_OPTIMISER_NATURAL] = {0, true, update_plain},
  };
  return &rows[optimiser];
}

/* ---- over all stretches, by all threads ----------------------------------------------------------------------- */

typedef struct pass {
  gibbs_training *training;
  training_stride stride;
  const double *from;
  double *to;
} pass;

static double *values_of(const gibbs_training *t, size_t k) {
  return gibbs_parameter_values(gibbs_expr_as_parameter(t->parameters[k]));
}

enum { FEW = 65536 }; /* numbers that are not worth waking threads for */

/* A step cannot be left half done, and the work does not fail. */
static void run_pass(pass *p, gibbs_segment_work work) {
  const gibbs_training *t = p->training;
  gibbs_status status = GIBBS_OK;
  if (t->size < FEW) {
    for (size_t k = 0; k < t->stretch_count; k++) status = work(p, k, 0, NULL);
  } else {
    gibbs_interrupt_hold();
    status = gibbs_parallel_segments(t->stretch_count, work, p, NULL);
    gibbs_interrupt_release();
  }
  (void)status;
}

static gibbs_status square_stretch(void *context, size_t segment, size_t thread, gibbs_error *err) {
  pass *p = context;
  const training_stretch *s = &p->training->stretches[segment];
  (void)thread;
  (void)err;
  p->training->partial[segment] = gibbs_vector_dot(p->from + s->at, p->from + s->at, s->count);
  return GIBBS_OK;
}

double training_norm(gibbs_training *t, const double *vector) {
  pass p = {.training = t, .from = vector};
  run_pass(&p, square_stretch);
  double total = 0;
  for (size_t k = 0; k < t->stretch_count; k++) total += t->partial[k];
  return sqrt(total);
}

static gibbs_status update_stretch(void *context, size_t segment, size_t thread, gibbs_error *err) {
  const pass *p = context;
  const gibbs_training *t = p->training;
  const training_stretch *s = &t->stretches[segment];
  (void)thread;
  (void)err;
  double *x = p->to ? p->to + s->at : values_of(t, s->parameter) + s->from;
  double *first = t->live.first ? t->live.first + s->at : NULL;
  double *second = t->live.second ? t->live.second + s->at : NULL;
  if (p->to) memset(x, 0, s->count * sizeof *x);
  training_optimiser_row(t->options.optimiser)->update(&p->stride, s->count, x, p->from + s->at, first, second);
  return GIBBS_OK;
}

static void touch_all(gibbs_training *t) {
  for (size_t k = 0; k < t->count; k++) gibbs_parameter_touch(gibbs_expr_as_parameter(t->parameters[k]));
}

void training_update(gibbs_training *t, double rate, double shrink, const double *gradient, double *moved) {
  training_scalars *scalars = &t->live.scalars;
  bool both = t->options.optimiser == GIBBS_OPTIMISER_ADAM || t->options.optimiser == GIBBS_OPTIMISER_RMSPROP;
  if (both) {
    scalars->decay_power *= t->options.decay;
    scalars->square_power *= t->options.decay_square;
  }
  pass p = {.training = t, .from = gradient, .to = moved};
  p.stride = (training_stride){.rate = rate,
                               .decay = t->options.decay,
                               .decay_square = t->options.decay_square,
                               .shrink = shrink,
                               .first_correction = both ? 1 / (1 - scalars->decay_power) : 1,
                               .second_correction = both ? 1 / (1 - scalars->square_power) : 1};
  run_pass(&p, update_stretch);
  if (!moved) touch_all(t);
}

static gibbs_status add_stretch(void *context, size_t segment, size_t thread, gibbs_error *err) {
  const pass *p = context;
  const training_stretch *s = &p->training->stretches[segment];
  (void)thread;
  (void)err;
  descend(s->count, -1, values_of(p->training, s->parameter) + s->from, p->from + s->at);
  return GIBBS_OK;
}

void training_add(gibbs_training *t, const double *move) {
  pass p = {.training = t, .from = move};
  run_pass(&p, add_stretch);
  touch_all(t);
}

static gibbs_status average_stretch(void *context, size_t segment, size_t thread, gibbs_error *err) {
  const pass *p = context;
  const training_stretch *s = &p->training->stretches[segment];
  (void)thread;
  (void)err;
  approach(s->count, p->stride.rate, values_of(p->training, s->parameter) + s->from, p->to + s->at);
  return GIBBS_OK;
}

void training_average(gibbs_training *t) {
  training_scalars *scalars = &t->live.scalars;
  scalars->averaged += 1;
  double share = 1 / scalars->averaged;
  pass p = {.training = t, .to = t->live.mean, .stride = {.rate = share}};
  run_pass(&p, average_stretch);
  scalars->mean_multiplier += share * (scalars->multiplier - scalars->mean_multiplier);
}

void training_read(const gibbs_training *t, double *x) {
  for (size_t k = 0; k < t->count; k++) memcpy(x + t->at[k], values_of(t, k), (t->at[k + 1] - t->at[k]) * sizeof *x);
}

void training_write(gibbs_training *t, const double *x) {
  for (size_t k = 0; k < t->count; k++) memcpy(values_of(t, k), x + t->at[k], (t->at[k + 1] - t->at[k]) * sizeof *x);
  touch_all(t);
}

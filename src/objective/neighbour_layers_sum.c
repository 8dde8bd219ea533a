/* neighbour_layers_sum.c - all neighbours of some rows of a two-layer machine. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/parallel.h"
#include "neighbour_layers.h"

/* ---- one row and one unit, over hidden units of one kind ----------------------------------------------------------
 */

/* sum_j f(x_j + d_j) - f(x_j) */
GIBBS_CLONES static double add_logarithms(bool spin, const double *restrict s, const double *restrict t,
                                          const double *restrict up, const double *restrict down, size_t count,
                                          size_t group) {
  double total = 0;
  for (size_t first = 0; first < count; first += group) {
    size_t end = first + group < count ? first + group : count;
    double product[LAYER_LANES];
    for (size_t l = 0; l < LAYER_LANES; l++) product[l] = 1;
    if (spin)
      for (size_t j = first; j < end; j += LAYER_LANES)
        for (size_t l = 0; l < LAYER_LANES; l++) product[l] *= s[j + l] * up[j + l] + t[j + l] * down[j + l];
    else
      for (size_t j = first; j < end; j += LAYER_LANES)
        for (size_t l = 0; l < LAYER_LANES; l++) product[l] *= s[j + l] * up[j + l] + t[j + l];
    double all = 1;
    for (size_t l = 0; l < LAYER_LANES; l++) all *= product[l];
    total += log(all);
  }
  return total;
}

/* The hidden units' means at the neighbour, with two weights. */
GIBBS_CLONES static void add_means(bool spin, const double *restrict s, const double *restrict t,
                                   const double *restrict up, const double *restrict down, size_t count, double a,
                                   double b, double *restrict row_total, double *restrict step_total) {
  if (spin)
    for (size_t j = 0; j < count; j++) {
      double high = s[j] * up[j], low = t[j] * down[j], mean = (high - low) / (high + low);
      row_total[j] += a * mean;
      step_total[j] += b * mean;
    }
  else
    for (size_t j = 0; j < count; j++) {
      double high = s[j] * up[j], mean = high / (high + t[j]);
      row_total[j] += a * mean;
      step_total[j] += b * mean;
    }
}

/* ---- units in parts, one part at a time on each thread ------------------------------------------------------------
 */

typedef struct summing {
  gibbs_layers_of_units *layers;
  gibbs_neighbour_rule rule;
  const double *weight;
  size_t rows;
  bool derivatives;
} summing;

/* H(v) - H(v with unit u changed by `change`). */
static double difference(const gibbs_layers_of_units *x, size_t u, size_t r, double change, const double *up,
                         const double *down) {
  double total = -change * (x->out[u * LAYER_BLOCK + r] + 0.5 * change * x->bend[u]);
  for (size_t k = 0; k < x->segment_count; k++) {
    const layer_segment *g = &x->segments[k];
    size_t at = r * x->width + g->first;
    total +=
        add_logarithms(g->spin, x->upper + at, x->lower + at, up + g->first, down + g->first, g->padded, x->group);
  }
  return total;
}

static double add_unit(const summing *m, size_t part, size_t u, size_t r) {
  gibbs_layers_of_units *x = m->layers;
  double slope = 0, state = x->in[u * LAYER_BLOCK + r], change = state > 0 ? -x->size[u] : x->size[u];
  const double *plus = x->up + u * x->width, *minus = x->down + u * x->width;
  const double *up = change > 0 ? plus : minus, *down = change > 0 ? minus : plus;
  double d = difference(x, u, r, change, up, down), value = m->weight[r] * m->rule(&d, 1, &slope);
  if (!m->derivatives) return value;
  slope *= m->weight[r];
  x->row_slope[u * LAYER_BLOCK + r] = slope;
  x->bend_total[u] -= 0.5 * change * change * slope;
  for (size_t k = 0; k < x->segment_count; k++) {
    const layer_segment *g = &x->segments[k];
    size_t at = r * x->width + g->first;
    add_means(g->spin, x->upper + at, x->lower + at, up + g->first, down + g->first, g->count, slope, slope * change,
              x->part + part * x->room * x->width + at, x->step_total + u * x->width + g->first);
  }
  return value;
}

static gibbs_status sum_part(void *context, size_t part, size_t thread, gibbs_error *err) {
  const summing *m = context;
  gibbs_layers_of_units *x = m->layers;
  double total = 0;
  (void)thread, (void)err;
  if (m->derivatives) memset(x->part + part * x->room * x->width, 0, m->rows * x->width * sizeof(double));
  for (size_t u = part * x->units / LAYER_PARTS; u < (part + 1) * x->units / LAYER_PARTS; u++)
    for (size_t r = 0; r < m->rows; r++) total += add_unit(m, part, u, r);
  x->part_value[part] = total;
  return GIBBS_OK;
}

/* Probabilities of the two states of every hidden unit; padding changes nothing. */
static void fill_probabilities(gibbs_layers_of_units *x, size_t rows) {
  const double *argument = x->out + x->units * LAYER_BLOCK;
  for (size_t k = 0; k < x->segment_count; k++) {
    const layer_segment *g = &x->segments[k];
    for (size_t j = 0; j < g->padded; j++)
      for (size_t r = 0; r < rows; r++) {
        size_t at = r * x->width + g->first + j;
        double field = j < g->count ? (g->spin ? 2 : 1) * argument[j * LAYER_BLOCK + r] : -(double)INFINITY;
        x->upper[at] = 1 / (1 + exp(-field));
        x->lower[at] = 1 / (1 + exp(field));
      }
    argument += g->count * LAYER_BLOCK;
  }
}

gibbs_status gibbs_neighbour_layers_sum(gibbs_layers_of_units *x, gibbs_neighbour_rule rule, size_t rows,
                                        const double *weight, bool derivatives, double *value, gibbs_error *err) {
  summing m = {.layers = x, .rule = rule, .weight = weight, .rows = rows, .derivatives = derivatives};
  fill_probabilities(x, rows);
  gibbs_status status = gibbs_parallel_segments(LAYER_PARTS, sum_part, &m, err);
  for (size_t part = 0; status == GIBBS_OK && part < LAYER_PARTS; part++) *value += x->part_value[part];
  return status;
}

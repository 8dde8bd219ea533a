/* informed_gradient.c - Gibbs with gradients: a few single changes, each where the gradient promises most.
 *
 * One after the other, `flips` different units are drawn with probability proportional to the sum of exp(half) over
 * their other states, each with one of these states, all by the gradient at the start.  The path is what is proposed:
 * the way back takes it from its end, by the gradient there.
 * Sources: Grathwohl et al., ICML 2021 (arXiv:2102.04509); Sun et al., ICLR 2022, for paths. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/vectormath.h"
#include "informed.h"

enum { WIDTH = GIBBS_LANES };

static inline double larger(double a, double b) {
  return a > b ? a : b;
}

/* log(exp(a) + exp(b)), not both -infinity. */
static double add_logarithms(double a, double b) {
  return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b));
}

/* x[row][lane]: the largest of each lane taken off, and returned. */
GIBBS_CLONES static void take_off_largest(size_t rows, double *restrict x, double most[restrict WIDTH]) {
  for (size_t k = 0; k < WIDTH; k++) most[k] = -INFINITY;
  for (size_t f = 0; f < rows; f++)
    for (size_t k = 0; k < WIDTH; k++) most[k] = larger(most[k], x[f * WIDTH + k]);
  for (size_t f = 0; f < rows; f++)
    for (size_t k = 0; k < WIDTH; k++) x[f * WIDTH + k] -= most[k];
}

GIBBS_CLONES static void add_rows(size_t rows, const double *restrict x, double sum[restrict WIDTH]) {
  for (size_t k = 0; k < WIDTH; k++) sum[k] = 0;
  for (size_t f = 0; f < rows; f++)
    for (size_t k = 0; k < WIDTH; k++) sum[k] += x[f * WIDTH + k];
}

/* The logarithm of the sum of exp(x[row][lane]); x is used up.  -infinity where all are. */
static void log_sum_rows(size_t rows, double *x, double out[WIDTH]) {
  double most[WIDTH], sum[WIDTH];
  take_off_largest(rows, x, most);
  gibbs_vector_exp(x, x, rows * WIDTH);
  add_rows(rows, x, sum);
  for (size_t k = 0; k < WIDTH; k++) out[k] = isinf(most[k]) ? -INFINITY : most[k] + log(sum[k]);
}

void gibbs_informed_gradient_weigh(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x) {
  const gibbs_lane_groups *g = &in->groups;
  for (size_t f = 0; f < g->free_count; f++) {
    const gibbs_lane_unit *unit = &g->unit[g->free[f]];
    const double *half = bench->half + unit->element * WIDTH, *now = x + unit->element * WIDTH;
    if (unit->domain != GIBBS_POTTS) {
      memcpy(bench->weight + f * WIDTH, half, WIDTH * sizeof *half);
      continue;
    }
    for (size_t i = 0; i < unit->states * WIDTH; i++) bench->rest[i] = now[i] != 0 ? -INFINITY : half[i];
    log_sum_rows(unit->states, bench->rest, bench->weight + f * WIDTH);
  }
}

/* ---- drawing a path ------------------------------------------------------------------------------------------ */

GIBBS_CLONES static void draw_uniforms(gibbs_lanes *lanes, size_t rows, double *out) {
  for (size_t f = 0; f < rows; f++) gibbs_lanes_uniform_double(lanes, out + f * WIDTH);
}

GIBBS_CLONES static void negate(size_t n, double *x) {
  for (size_t i = 0; i < n; i++) x[i] = -x[i];
}

GIBBS_CLONES static void subtract_from(size_t n, const double *restrict a, double *restrict x) {
  for (size_t i = 0; i < n; i++) x[i] = a[i] - x[i];
}

/* Put unit f into its place among the largest keys of a lane. */
static void insert_key(size_t flips, size_t f, double key, size_t k, double *kept, uint32_t *order) {
  size_t r = flips - 1;
  for (; r > 0 && key > kept[(r - 1) * WIDTH + k]; r--) {
    kept[r * WIDTH + k] = kept[(r - 1) * WIDTH + k];
    order[r * WIDTH + k] = order[(r - 1) * WIDTH + k];
  }
  kept[r * WIDTH + k] = key;
  order[r * WIDTH + k] = (uint32_t)f;
}

/* The largest of the weights' logarithms plus independent Gumbel numbers, in their order, are draws without
 * replacement. */
static void draw_order(const gibbs_informed *in, gibbs_informed_bench *bench) {
  size_t rows = in->groups.free_count, n = rows * WIDTH;
  double *kept = bench->rest, *least = kept + (bench->flips - 1) * WIDTH;
  draw_uniforms(bench->lanes, rows, bench->key);
  gibbs_vector_log(bench->key, bench->key, n);
  negate(n, bench->key);
  gibbs_vector_log(bench->key, bench->key, n);
  subtract_from(n, bench->weight, bench->key);
  for (size_t i = 0; i < bench->flips * WIDTH; i++) kept[i] = -INFINITY;
  for (size_t f = 0; f < rows; f++)
    for (size_t k = 0; k < WIDTH; k++)
      if (bench->key[f * WIDTH + k] > least[k])
        insert_key(bench->flips, f, bench->key[f * WIDTH + k], k, kept, bench->order);
}

/* A state other than the present one, with probability exp(half - weight). */
static size_t draw_state(const gibbs_lane_unit *unit, const double *x, const double *half, double weight,
                         double uniform) {
  double sum = 0;
  size_t chosen = 0;
  for (size_t s = 0; s < unit->states; s++) {
    if (x[s * WIDTH] != 0) continue;
    chosen = s;
    sum += exp(half[s * WIDTH] - weight);
    if (sum > uniform) break;
  }
  return chosen;
}

static void change_unit(const gibbs_informed *in, gibbs_informed_bench *bench, size_t f, size_t k, double uniform) {
  const gibbs_lane_unit *unit = &in->groups.unit[in->groups.free[f]];
  size_t at = unit->element * WIDTH + k;
  double *x = bench->x + at;
  if (unit->domain == GIBBS_SPINS)
    *x = -*x;
  else if (unit->domain == GIBBS_BITS)
    *x = 1 - *x;
  else {
    size_t s = draw_state(unit, x, bench->half + at, bench->weight[f * WIDTH + k], uniform);
    gibbs_lane_unit_write(unit, bench->x, k, (double)(s + 1));
  }
}

void gibbs_informed_gradient_draw(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x) {
  memcpy(bench->x, x, in->groups.elements * WIDTH * sizeof *x);
  draw_order(in, bench);
  for (size_t r = 0; r < bench->flips; r++) {
    double uniform[WIDTH];
    gibbs_lanes_uniform_double(bench->lanes, uniform);
    for (size_t k = 0; k < WIDTH; k++) change_unit(in, bench, bench->order[r * WIDTH + k], k, uniform[k]);
  }
}

/* ---- the probability of a path ------------------------------------------------------------------------------- */

/* half of the move of unit f to the state that it has in `to`. */
static double half_of_move(const gibbs_informed *in, const gibbs_informed_bench *bench, size_t f, size_t k,
                           const double *to) {
  const gibbs_lane_unit *unit = &in->groups.unit[in->groups.free[f]];
  size_t at = unit->element * WIDTH + k;
  if (unit->domain != GIBBS_POTTS) return bench->half[at];
  size_t s = 0;
  while (s + 1 < unit->states && to[at + s * WIDTH] == 0) s++;
  return bench->half[at + s * WIDTH];
}

/* Of one draw alone. */
static void log_probability_of_one(const gibbs_informed *in, gibbs_informed_bench *bench, const double *to,
                                   double out[WIDTH]) {
  size_t rows = in->groups.free_count;
  double all[WIDTH];
  memcpy(bench->rest, bench->weight, rows * WIDTH * sizeof *bench->rest);
  log_sum_rows(rows, bench->rest, all);
  for (size_t k = 0; k < WIDTH; k++) out[k] = half_of_move(in, bench, bench->order[k], k, to) - all[k];
}

/* Each draw's normaliser holds the units not drawn before it: summed from the last draw to the first. */
void gibbs_informed_gradient_log_probability(const gibbs_informed *in, gibbs_informed_bench *bench, const double *to,
                                             bool back, double out[GIBBS_LANES]) {
  size_t rows = in->groups.free_count, flips = bench->flips;
  double left[WIDTH];
  if (flips == 1) {
    log_probability_of_one(in, bench, to, out);
    return;
  }
  memcpy(bench->rest, bench->weight, rows * WIDTH * sizeof *bench->rest);
  for (size_t r = 0; r < flips; r++)
    for (size_t k = 0; k < WIDTH; k++) bench->rest[bench->order[r * WIDTH + k] * WIDTH + k] = -INFINITY;
  log_sum_rows(rows, bench->rest, left);
  for (size_t k = 0; k < WIDTH; k++) {
    out[k] = 0;
    for (size_t r = 0; r < flips; r++) {
      size_t f = bench->order[(back ? r : flips - 1 - r) * WIDTH + k];
      left[k] = add_logarithms(left[k], bench->weight[f * WIDTH + k]);
      out[k] += half_of_move(in, bench, f, k, to) - left[k];
    }
  }
}

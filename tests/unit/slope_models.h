/* slope_models.h - models with configurations and weights, and what is asked of slopes. */
#ifndef TESTS_SLOPE_MODELS_H
#define TESTS_SLOPE_MODELS_H

#include "gibbs/private/builder.h"
#include "gibbs/threads.h"
#include "machines.h"
#include "slopes.h"

/* A model, and configurations of it with weights of both signs. */
typedef struct model {
  gibbs_distribution *q;
  gibbs_expr *parameters[8];
  size_t parameter_count, units, count, size;
  double *rows, *weight;
} model;

static inline double draw_value(gibbs_stream *stream, const gibbs_variable *variable) {
  double u = gibbs_stream_uniform(stream);
  switch (gibbs_variable_domain(variable)) {
  case GIBBS_SPINS:
    return u < 0.5 ? -1 : 1;
  case GIBBS_BITS:
    return u < 0.5 ? 0 : 1;
  case GIBBS_POTTS:
    return 1 + floor(u * (double)gibbs_variable_states(variable));
  default:
    return 4 * u - 2;
  }
}

static inline void draw_configurations(model *m, size_t count) {
  size_t visible = gibbs_distribution_visible_count(m->q);
  gibbs_expr *const *v = gibbs_distribution_visible(m->q);
  m->count = count;
  m->units = gibbs_variables_units(v, visible);
  m->rows = malloc(count * m->units * sizeof(double));
  m->weight = malloc(count * sizeof(double));
  for (size_t c = 0; c < count; c++) {
    gibbs_stream stream = gibbs_stream_open(11, GIBBS_PURPOSE_CHECK, (uint32_t)c, 0);
    m->weight[c] = gibbs_stream_normal(&stream);
    for (size_t k = 0, at = 0; k < visible; k++)
      for (size_t u = 0; u < gibbs_variable_units(gibbs_expr_as_variable(v[k])); u++)
        m->rows[c * m->units + at++] = draw_value(&stream, gibbs_expr_as_variable(v[k]));
  }
}

/* Takes over the distribution. */
static inline model make_model(gibbs_distribution *q, size_t count) {
  model m = {.q = q, .parameter_count = gibbs_distribution_parameter_count(q)};
  for (size_t k = 0; k < m.parameter_count; k++) {
    m.parameters[k] = gibbs_distribution_parameters(q)[k];
    m.size += gibbs_expr_size(m.parameters[k]);
  }
  draw_configurations(&m, count);
  return m;
}

static inline void free_model(model *m) {
  gibbs_distribution_release(m->q);
  free(m->rows);
  free(m->weight);
}

/* totals laid end to end. */
static inline void point_into(const model *m, double *all, double *totals[8]) {
  for (size_t k = 0; k < m->parameter_count; all += gibbs_expr_size(m->parameters[k++])) totals[k] = all;
}

static inline double weigh_hamiltonian(const model *m, gibbs_slopes *slopes) {
  double *h = malloc(m->count * sizeof *h), sum = 0;
  CHECK(gibbs_slopes_hamiltonian(slopes, m->rows, m->count, h, err));
  for (size_t c = 0; c < m->count; c++) sum += m->weight[c] * h[c];
  free(h);
  return sum;
}

/* Every component of the weighted gradient against a central difference of the weighted H. */
static inline void check_differences(const model *m, gibbs_slopes *slopes, double tolerance) {
  double *all = calloc(m->size, sizeof *all), *totals[8], step = 1e-5;
  point_into(m, all, totals);
  CHECK(gibbs_slopes_add(slopes, m->rows, m->count, m->weight, totals, err));
  for (size_t k = 0; k < m->parameter_count; k++) {
    gibbs_parameter *p = gibbs_expr_as_parameter(m->parameters[k]);
    for (size_t i = 0; i < gibbs_parameter_size(p); i++) {
      double there = gibbs_parameter_values(p)[i], ends[2];
      for (int side = 0; side < 2; side++) {
        gibbs_parameter_values(p)[i] = there + (side ? step : -step);
        gibbs_parameter_touch(p);
        ends[side] = weigh_hamiltonian(m, slopes);
      }
      gibbs_parameter_values(p)[i] = there;
      gibbs_parameter_touch(p);
      double slope = (ends[1] - ends[0]) / (2 * step);
      cr_expect(near_to(totals[k][i], slope, tolerance), "%s[%zu]: %g, by differences %g", gibbs_parameter_name(p), i,
                totals[k][i], slope);
    }
  }
  free(all);
}

/* The slope along a direction, and the squares, from the gradient of one configuration after the other. */
static inline void check_each(const model *m, gibbs_slopes *slopes, double tolerance) {
  double *one = malloc(m->size * sizeof *one), *square = calloc(2 * m->size, sizeof *square);
  double *direction = malloc(m->size * sizeof *direction), *along = malloc(m->count * sizeof *along);
  double *totals[8], *directions[8], unit = 1;
  gibbs_stream stream = gibbs_stream_open(12, GIBBS_PURPOSE_CHECK, 0, 0);
  for (size_t i = 0; i < m->size; i++) direction[i] = gibbs_stream_normal(&stream);
  point_into(m, direction, directions);
  CHECK(gibbs_slopes_along(slopes, m->rows, m->count, (const double *const *)directions, along, err));
  point_into(m, one, totals);
  for (size_t c = 0; c < m->count; c++) {
    double sum = 0;
    memset(one, 0, m->size * sizeof *one);
    CHECK(gibbs_slopes_add(slopes, m->rows + c * m->units, 1, &unit, totals, err));
    for (size_t i = 0; i < m->size; i++) {
      sum += one[i] * direction[i];
      square[i] += m->weight[c] * one[i] * one[i];
    }
    cr_expect(near_to(along[c], sum, tolerance), "along %zu: %g for %g", c, along[c], sum);
  }
  point_into(m, square + m->size, totals);
  CHECK(gibbs_slopes_squares(slopes, m->rows, m->count, m->weight, totals, err));
  for (size_t i = 0; i < m->size; i++)
    cr_expect(near_to(square[m->size + i], square[i], tolerance), "square %zu: %g for %g", i, square[m->size + i],
              square[i]);
  free(one), free(square), free(direction), free(along);
}

/* All answers, end to end: totals, squares, H, along. */
static inline double *answer_all(const model *m, gibbs_slopes *slopes) {
  double *all = calloc(2 * m->size + 2 * m->count, sizeof *all), *totals[8];
  point_into(m, all, totals);
  CHECK(gibbs_slopes_add(slopes, m->rows, m->count, m->weight, totals, err));
  double *out = all + 2 * m->size;
  CHECK(gibbs_slopes_along(slopes, m->rows, m->count, (const double *const *)totals, out, err));
  CHECK(gibbs_slopes_hamiltonian(slopes, m->rows, m->count, out + m->count, err));
  point_into(m, all + m->size, totals);
  CHECK(gibbs_slopes_squares(slopes, m->rows, m->count, m->weight, totals, err));
  return all;
}

static inline void check_threads(const model *m, gibbs_slopes *slopes) {
  size_t before = gibbs_threads();
  double *first = NULL;
  for (size_t threads = 1; threads <= 3; threads++) {
    gibbs_set_threads(threads);
    double *all = answer_all(m, slopes);
    if (first)
      cr_expect_eq(memcmp(first, all, (2 * m->size + 2 * m->count) * sizeof *all), 0, "%zu threads", threads);
    if (first) free(all);
    if (!first) first = all;
  }
  gibbs_set_threads(before);
  free(first);
}

static inline void check_model(const model *m, const char *method, double tolerance) {
  gibbs_slopes *slopes = NULL;
  CHECK(gibbs_slopes_new(m->q, m->parameters, m->parameter_count, &slopes, err));
  cr_expect_str_eq(gibbs_slopes_method(slopes), method);
  check_differences(m, slopes, tolerance);
  check_each(m, slopes, tolerance);
  check_threads(m, slopes);
  gibbs_slopes_free(slopes);
}

static inline gibbs_slopes *make_slopes(const model *m, const gibbs_slopes_way *way) {
  gibbs_slopes *slopes = NULL;
  CHECK(gibbs_slopes_new(m->q, m->parameters, m->parameter_count, &slopes, err));
  if (slopes->way == way) return slopes;
  slopes->way->free(slopes->instance);
  slopes->instance = NULL;
  slopes->way = way;
  CHECK(way->make(slopes, &slopes->instance, err));
  cr_assert_not_null(slopes->instance, "it is not %s", way->name);
  return slopes;
}

/* The largest difference of two lists of numbers, in units of the largest number. */
static inline double compare(const double *a, const double *b, size_t count) {
  double size = 0, difference = 0;
  for (size_t i = 0; i < count; i++) {
    size = fmax(size, fabs(b[i]));
    difference = isfinite(a[i]) ? fmax(difference, fabs(a[i] - b[i])) : INFINITY;
  }
  return size > 0 ? difference / size : difference;
}

#endif

/* derivatives.c - an objective as a function of a flat vector: minimised, checked by differences, and its Hessian. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "functional.h"
#include "gibbs/progress.h"
#include "gibbs/random.h"

/* The parameters of an objective laid end to end. */
typedef struct flat {
  gibbs_objective *objective, *constraint;
  double level;
  gibbs_expr *const *parameters;
  size_t count, size;
  double **rows; /* [parameter]: into a flat gradient */
  uint64_t seed;
  double spread;
} flat;

static gibbs_status open_flat(gibbs_objective *o, gibbs_expr *const parameters[], size_t count, flat *f,
                              gibbs_error *err) {
  *f = (flat){.objective = o, .parameters = parameters, .count = count};
  for (size_t k = 0; k < count; k++) f->size += gibbs_expr_size(parameters[k]);
  f->rows = calloc(count + 1, sizeof *f->rows);
  return f->rows ? GIBBS_OK : gibbs_fail_memory(err, "a gradient", count * sizeof *f->rows);
}

static gibbs_status check_exact(const gibbs_objective *o, const char *what, gibbs_error *err) {
  if (!gibbs_objective_is_sampled(o)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                    "the objective is one on samples, whose noise %s would take for its shape; train it instead "
                    "(gibbs/training.h), or sum over all states",
                    what);
}

static void close_flat(flat *f) {
  free(f->rows);
}

static void read_parameters(const flat *f, double *x) {
  for (size_t k = 0; k < f->count; k++) {
    size_t size = gibbs_expr_size(f->parameters[k]);
    memcpy(x, gibbs_parameter_values(gibbs_expr_as_parameter(f->parameters[k])), size * sizeof *x);
    x += size;
  }
}

static void write_parameters(const flat *f, const double *x) {
  for (size_t k = 0; k < f->count; k++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(f->parameters[k]);
    size_t size = gibbs_expr_size(f->parameters[k]);
    if (memcmp(gibbs_parameter_values(parameter), x, size * sizeof *x) != 0) {
      memcpy(gibbs_parameter_values(parameter), x, size * sizeof *x);
      gibbs_parameter_touch(parameter);
    }
    x += size;
  }
}

static gibbs_status evaluate_at(flat *f, gibbs_objective *o, const double *x, double *value, double *gradient,
                                gibbs_error *err) {
  write_parameters(f, x);
  if (!gradient) return gibbs_objective_value(o, value, err);
  for (size_t k = 0, at = 0; k < f->count; k++) {
    f->rows[k] = gradient + at;
    at += gibbs_expr_size(f->parameters[k]);
  }
  return gibbs_objective_gradient(o, f->parameters, f->count, value, f->rows, err);
}

static gibbs_status smooth_value(void *context, const double *x, double *value, double *gradient, gibbs_error *err) {
  flat *f = context;
  return evaluate_at(f, f->objective, x, value, gradient, err);
}

static gibbs_status smooth_constraint(void *context, const double *x, double *value, double *gradient,
                                      gibbs_error *err) {
  flat *f = context;
  gibbs_status status = evaluate_at(f, f->constraint, x, value, gradient, err);
  *value -= f->level;
  return status;
}

/* ---- minimisation ------------------------------------------------------------------------------------------- */

static double draw_start(gibbs_stream *stream, gibbs_initial initial, double spread) {
  switch (initial.kind) {
  case GIBBS_INITIAL_NORMAL:
    return initial.a + initial.b * gibbs_stream_normal(stream);
  case GIBBS_INITIAL_UNIFORM:
    return initial.a + (initial.b - initial.a) * gibbs_stream_uniform(stream);
  default:
    return spread * gibbs_stream_normal(stream);
  }
}

static gibbs_status random_start(void *context, uint64_t restart, double *x, gibbs_error *err) {
  const flat *f = context;
  (void)err;
  for (size_t k = 0; k < f->count; k++) {
    gibbs_stream stream = gibbs_stream_open(f->seed, GIBBS_PURPOSE_START, (uint32_t)restart, (uint32_t)k);
    gibbs_initial initial = gibbs_parameter_initial(gibbs_expr_as_parameter(f->parameters[k]));
    for (size_t i = 0; i < gibbs_expr_size(f->parameters[k]); i++) *x++ = draw_start(&stream, initial, f->spread);
  }
  return GIBBS_OK;
}

typedef struct watcher {
  gibbs_status (*watch)(void *context, const gibbs_step *step, gibbs_error *err);
  void *context;
} watcher;

typedef struct run_context {
  flat flat; /* first: the callbacks of a problem see it */
  watcher watcher;
} run_context;

static gibbs_status pass_step(void *context, const gibbs_step *step, gibbs_error *err) {
  run_context *run = context;
  return run->watcher.watch(run->watcher.context, step, err);
}

gibbs_status gibbs_objective_minimize(gibbs_objective *o, gibbs_objective *constraint, double level,
                                      gibbs_expr *const parameters[], size_t count,
                                      const gibbs_minimize_options *options,
                                      gibbs_status (*watch)(void *context, const gibbs_step *step, gibbs_error *err),
                                      void *watch_context, gibbs_minimum *out, gibbs_error *err) {
  run_context run = {.watcher = {watch, watch_context}};
  gibbs_status status = check_exact(o, "a minimiser of smooth functions", err);
  if (status == GIBBS_OK && constraint) status = check_exact(constraint, "a minimiser of smooth functions", err);
  if (status == GIBBS_OK) status = open_flat(o, parameters, count, &run.flat, err);
  if (status != GIBBS_OK) return status;
  run.flat.constraint = constraint;
  run.flat.level = level;
  run.flat.seed = options->seed;
  run.flat.spread = options->spread;
  double *x = malloc((run.flat.size + 1) * sizeof *x);
  if (!x) status = gibbs_fail_memory(err, "a start", run.flat.size * sizeof *x);
  if (status == GIBBS_OK) {
    read_parameters(&run.flat, x);
    gibbs_problem problem = {.n = run.flat.size,
                             .value = smooth_value,
                             .constraint = constraint ? smooth_constraint : NULL,
                             .context = &run,
                             .start = random_start,
                             .watch = watch ? pass_step : NULL};
    status = gibbs_minimize(&problem, x, options, out, err);
    write_parameters(&run.flat, status == GIBBS_OK ? out->x : x);
  }
  free(x);
  close_flat(&run.flat);
  return status;
}

/* ---- differences ----------------------------------------------------------------------------------------------- */

static const double SLOPE_STEP = 1e-4;

/* Two steps tell the truncation error of a central difference apart from its value (Richardson). */
static gibbs_status difference(flat *f, double *x, size_t i, double *slope, double *doubt, gibbs_error *err) {
  double v[4], start = x[i], step = SLOPE_STEP * (1 + fabs(start));
  static const double at[4] = {1, -1, 2, -2};
  gibbs_status status = GIBBS_OK;
  for (int k = 0; status == GIBBS_OK && k < 4; k++) {
    x[i] = start + at[k] * step;
    status = smooth_value(f, x, &v[k], NULL, err);
  }
  x[i] = start;
  double near = (v[0] - v[1]) / (2 * step), far = (v[2] - v[3]) / (4 * step);
  *slope = near + (near - far) / 3;
  *doubt = fabs(near - far) + 16 * DBL_EPSILON * (fabs(v[0]) + fabs(v[1]) + fabs(v[2]) + fabs(v[3])) / step;
  return status;
}

static void note_component(gibbs_gradient_check *out, double exact, double slope, double doubt, size_t parameter,
                           size_t element) {
  double error = fabs(exact - slope), allowed = 1e-8 * (1 + fabs(exact)) + doubt;
  bool worse = out->components == 0 || !(error / allowed <= out->largest_error / out->allowed);
  out->components++;
  if (!worse) return;
  out->largest_error = error;
  out->allowed = allowed;
  out->parameter = parameter;
  out->element = element;
  out->gradient = exact;
  out->difference = slope;
}

gibbs_status gibbs_objective_check(gibbs_objective *o, gibbs_expr *const parameters[], size_t count,
                                   gibbs_gradient_check *out, gibbs_error *err) {
  flat f;
  gibbs_status status = check_exact(o, "differences of its values", err);
  if (status == GIBBS_OK) status = open_flat(o, parameters, count, &f, err);
  if (status != GIBBS_OK) return status;
  double *x = malloc((2 * f.size + 1) * sizeof *x), *gradient = x + f.size, value = 0;
  if (!x) status = gibbs_fail_memory(err, "a gradient", 2 * f.size * sizeof *x);
  gibbs_gradient_check check = {0};
  if (status == GIBBS_OK) {
    read_parameters(&f, x);
    status = smooth_value(&f, x, &value, gradient, err);
  }
  gibbs_progress task;
  gibbs_progress_begin(&task, "checking the gradient:", "component", 0, f.size);
  for (size_t k = 0, i = 0; status == GIBBS_OK && k < count; k++)
    for (size_t e = 0; status == GIBBS_OK && e < gibbs_expr_size(parameters[k]); e++, i++) {
      double slope = 0, doubt = 0;
      status = difference(&f, x, i, &slope, &doubt, err);
      if (status == GIBBS_OK) note_component(&check, gradient[i], slope, doubt, k, e);
      gibbs_progress_step(&task, i + 1);
    }
  gibbs_progress_end(&task);
  if (x) write_parameters(&f, x);
  if (status == GIBBS_OK) *out = check;
  free(x);
  close_flat(&f);
  return status;
}

/* Central differences of the gradient at two steps, extrapolated. */
static gibbs_status hessian_row(flat *f, double *x, size_t i, double *work, double *row, gibbs_error *err) {
  size_t n = f->size;
  double start = x[i], step = 1e-3 * (1 + fabs(start)), value = 0;
  static const double at[4] = {1, -1, 2, -2};
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < 4; k++) {
    x[i] = start + at[k] * step;
    status = smooth_value(f, x, &value, work + k * n, err);
  }
  x[i] = start;
  for (size_t j = 0; status == GIBBS_OK && j < n; j++) {
    double near = (work[j] - work[n + j]) / (2 * step), far = (work[2 * n + j] - work[3 * n + j]) / (4 * step);
    row[j] = near + (near - far) / 3;
  }
  return status;
}

gibbs_status gibbs_objective_hessian(gibbs_objective *o, gibbs_expr *const parameters[], size_t count, double *out,
                                     gibbs_error *err) {
  flat f;
  gibbs_status status = check_exact(o, "differences of its gradients", err);
  if (status == GIBBS_OK) status = open_flat(o, parameters, count, &f, err);
  if (status != GIBBS_OK) return status;
  size_t n = f.size;
  double *x = malloc((5 * n + 1) * sizeof *x);
  if (!x) status = gibbs_fail_memory(err, "a Hessian", 5 * n * sizeof *x);
  if (x) read_parameters(&f, x);
  gibbs_progress task;
  gibbs_progress_begin(&task, "Hessian:", "row", 0, n);
  for (size_t i = 0; status == GIBBS_OK && i < n; i++) {
    status = hessian_row(&f, x, i, x + n, out + i * n, err);
    gibbs_progress_step(&task, i + 1);
  }
  gibbs_progress_end(&task);
  for (size_t i = 0; status == GIBBS_OK && i < n; i++)
    for (size_t j = 0; j < i; j++) out[i * n + j] = out[j * n + i] = (out[i * n + j] + out[j * n + i]) / 2;
  if (x) write_parameters(&f, x);
  free(x);
  close_flat(&f);
  return status;
}

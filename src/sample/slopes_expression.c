/* slopes_expression.c - H(v) and its gradients by the compiled expression, in double: for any energy. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gibbs/batch.h"
#include "gibbs/private/parallel.h"
#include "slopes_expression.h"

/* Configurations handed to a program at once; parts that totals are added up in, by all threads. */
enum { block = 256, most_parts = 8, least_part = 32 };
/* Numbers in all parts together. */
static const size_t most_total = (size_t)1 << 25;

/* ---- making ------------------------------------------------------------------------------------------------ */

static void free_answer(gibbs_slopes_answer *a) {
  for (size_t t = 0; t < a->threads; t++) gibbs_workspace_free(a->workspaces[t]);
  free(a->workspaces);
  gibbs_program_free(a->program);
  free(a->versions);
  free(a->size);
}

static void free_expressions(void *instance) {
  gibbs_slopes_expressions *x = instance;
  for (size_t k = 0; k < GIBBS_QUESTION_COUNT; k++) free_answer(&x->answers[k]);
  for (size_t k = 0; x->directions != NULL && k < x->slopes->count; k++) gibbs_expr_release(x->directions[k]);
  free(x->directions);
  gibbs_expr_release(x->seed);
  free(x->values);
  free(x);
}

static gibbs_status fill_expressions(gibbs_slopes_expressions *x, gibbs_error *err) {
  gibbs_distribution *d = x->slopes->distribution;
  gibbs_shape scalar = gibbs_shape_scalar();
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(gibbs_distribution_hamiltonian(d)), err), *b = &room;
  x->seed = gibbs_build_take(b, gibbs_build_input(b, "weight", &scalar));
  for (size_t k = 0; k < gibbs_distribution_visible_count(d); k++)
    x->elements += gibbs_expr_size(gibbs_distribution_visible(d)[k]);
  x->units = gibbs_variables_units(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
  return gibbs_build_end(b);
}

static gibbs_status make_expressions(const gibbs_slopes *slopes, void **instance, gibbs_error *err) {
  gibbs_slopes_expressions *x = calloc(1, sizeof *x);
  if (x == NULL) return gibbs_fail_memory(err, "slopes", sizeof *x);
  x->slopes = slopes;
  gibbs_status status = fill_expressions(x, err);
  if (status == GIBBS_OK)
    *instance = x;
  else
    free_expressions(x);
  return status;
}

/* ---- compiling ------------------------------------------------------------------------------------------------- */

static gibbs_status compile(const gibbs_slopes_expressions *x, gibbs_slopes_answer *a, gibbs_expr *const exprs[],
                            gibbs_error *err) {
  gibbs_distribution *d = x->slopes->distribution;
  size_t visible = gibbs_distribution_visible_count(d);
  gibbs_output *kinds = calloc(a->count + 1, sizeof *kinds);
  gibbs_expr **inputs = calloc(visible + 1, sizeof *inputs);
  a->size = calloc(a->count + 1, sizeof *a->size);
  gibbs_status status = GIBBS_OK;
  if (kinds == NULL || inputs == NULL || a->size == NULL)
    status = gibbs_fail_memory(err, "slopes", (a->count + visible) * sizeof *inputs);
  for (size_t k = 0; status == GIBBS_OK && k < a->count; k++) {
    kinds[k] = a->kind;
    a->size[k] = gibbs_expr_size(exprs[k]);
    a->total += a->size[k];
  }
  for (size_t k = 0; status == GIBBS_OK && k < visible; k++) inputs[k] = gibbs_distribution_visible(d)[k];
  if (status == GIBBS_OK) inputs[visible] = x->seed;
  if (status == GIBBS_OK) status = gibbs_program_new(exprs, kinds, a->count, inputs, visible + 1, &a->program, err);
  free(kinds);
  free(inputs);
  return status;
}

static gibbs_status make_answer(gibbs_slopes_expressions *x, gibbs_question q, gibbs_error *err) {
  gibbs_distribution *d = x->slopes->distribution;
  gibbs_slopes_answer a = {.kind = q == GIBBS_QUESTION_VALUE || q == GIBBS_QUESTION_ALONG ? GIBBS_OUTPUT_EACH
                                                                                          : GIBBS_OUTPUT_TOTAL};
  size_t most = x->slopes->count + gibbs_distribution_hidden_count(d) + 1;
  gibbs_expr **exprs = calloc(2 * most, sizeof *exprs);
  if (exprs == NULL) return gibbs_fail_memory(err, "slopes", 2 * most * sizeof *exprs);
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(x->seed), err);
  a.count = gibbs_question_build(&room, x, q, exprs, most);
  if (room.status == GIBBS_OK) room.status = compile(x, &a, exprs, err);
  free(exprs);
  gibbs_status status = gibbs_build_end(&room);
  if (status == GIBBS_OK)
    x->answers[q] = a;
  else
    free_answer(&a);
  return status;
}

/* ---- making ready -------------------------------------------------------------------------------------------- */

static gibbs_status prepare_if_changed(const gibbs_slopes_expressions *x, gibbs_slopes_answer *a, bool must,
                                       gibbs_error *err) {
  gibbs_distribution *d = x->slopes->distribution;
  size_t count = gibbs_distribution_parameter_count(d);
  bool changed = must || a->versions == NULL;
  if (a->versions == NULL) a->versions = calloc(count + 1, sizeof *a->versions);
  if (a->versions == NULL) return gibbs_fail_memory(err, "slopes", count * sizeof *a->versions);
  for (size_t k = 0; k < count; k++) {
    uint64_t version = gibbs_parameter_version(gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[k]));
    changed |= version != a->versions[k];
    a->versions[k] = version;
  }
  if (!changed) return GIBBS_OK;
  gibbs_status status = gibbs_program_prepare(a->program, err);
  if (status != GIBBS_OK) free(a->versions), a->versions = NULL; /* try again next time */
  return status;
}

/* The number of threads may have grown. */
static gibbs_status make_rooms(gibbs_slopes_expressions *x, gibbs_slopes_answer *a, gibbs_error *err) {
  size_t threads = gibbs_program_calls_back(a->program) ? 1 : gibbs_threads();
  if (threads > x->threads) {
    free(x->values);
    x->threads = 0;
    x->values = malloc(threads * x->elements * block * sizeof *x->values);
    if (x->values == NULL) return gibbs_fail_memory(err, "slopes", threads * x->elements * block * sizeof *x->values);
    x->threads = threads;
  }
  if (threads <= a->threads) return GIBBS_OK;
  gibbs_workspace **grown = realloc(a->workspaces, threads * sizeof *grown);
  if (grown == NULL) return gibbs_fail_memory(err, "slopes", threads * sizeof *grown);
  a->workspaces = grown;
  gibbs_status status = GIBBS_OK;
  for (; status == GIBBS_OK && a->threads < threads; a->threads += status == GIBBS_OK)
    status = gibbs_workspace_new(a->program, &a->workspaces[a->threads], err);
  return status;
}

static gibbs_status get_ready(gibbs_slopes_expressions *x, gibbs_question q, gibbs_error *err) {
  gibbs_status status = x->answers[q].program == NULL ? make_answer(x, q, err) : GIBBS_OK;
  if (status == GIBBS_OK) status = prepare_if_changed(x, &x->answers[q], q == GIBBS_QUESTION_ALONG, err);
  if (status == GIBBS_OK) status = make_rooms(x, &x->answers[q], err);
  return status;
}

/* ---- running --------------------------------------------------------------------------------------------------- */

typedef struct run {
  const gibbs_slopes_expressions *x;
  const gibbs_slopes_answer *a;
  const double *rows, *weight;
  size_t count, parts;
  double *each;          /* EACH: the one expression, a scalar */
  double *const *totals; /* TOTAL: of one part */
  double *apart;         /* [part][all totals], where there are several parts */
} run;

/* Units first.. of variable k, of configurations from..from+count-1, as programs have them. */
static gibbs_status lay_out(const run *r, const gibbs_variable *variable, size_t first, size_t from, size_t count,
                            double *elements, gibbs_error *err) {
  size_t units = gibbs_variable_units(variable), states = gibbs_variable_states(variable);
  bool potts = gibbs_variable_domain(variable) == GIBBS_POTTS;
  if (potts) memset(elements, 0, units * states * block * sizeof *elements);
  for (size_t c = 0; c < count; c++)
    for (size_t u = 0; u < units; u++) {
      double value = r->rows[(from + c) * r->x->units + first + u];
      gibbs_status status = gibbs_unit_value_check(variable, value, "configuration", from + c, u, err);
      if (status != GIBBS_OK) return status;
      if (potts)
        elements[(u * states + (size_t)value - 1) * block + c] = 1;
      else
        elements[u * block + c] = value;
    }
  return GIBBS_OK;
}

static gibbs_status run_block(const run *r, size_t from, size_t count, size_t thread, const double **in,
                              double *const *out, gibbs_error *err) {
  gibbs_distribution *d = r->x->slopes->distribution;
  size_t visible = gibbs_distribution_visible_count(d);
  double *values = r->x->values + thread * r->x->elements * block;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0, first = 0, element = 0; status == GIBBS_OK && k < visible; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(gibbs_distribution_visible(d)[k]);
    in[k] = values + element * block;
    status = lay_out(r, variable, first, from, count, values + element * block, err);
    first += gibbs_variable_units(variable);
    element += gibbs_variable_size(variable);
  }
  /* A program of EACH outputs does not look at the weights. */
  in[visible] = r->weight != NULL ? r->weight + from : values;
  if (status == GIBBS_OK)
    status = gibbs_program_run(r->a->program, r->a->workspaces[thread], count, block, in, out, err);
  return status;
}

static gibbs_status run_part(void *context, size_t part, size_t thread, gibbs_error *err) {
  const run *r = context;
  size_t first = part * r->count / r->parts, end = (part + 1) * r->count / r->parts;
  size_t inputs = gibbs_distribution_visible_count(r->x->slopes->distribution) + 1;
  const double **in = malloc(inputs * sizeof *in);
  double **out = malloc((r->a->count + 1) * sizeof *out);
  gibbs_status status = GIBBS_OK;
  if (in == NULL || out == NULL) status = gibbs_fail_memory(err, "slopes", (inputs + r->a->count) * sizeof *in);
  for (size_t at = first; status == GIBBS_OK && at < end; at += block) {
    if (r->each != NULL) out[0] = r->each + at;
    double *own = r->apart != NULL ? r->apart + part * r->a->total : NULL;
    for (size_t k = 0; r->each == NULL && k < r->a->count; own += own != NULL ? r->a->size[k] : 0, k++)
      out[k] = own != NULL ? own : r->totals[k];
    status = run_block(r, at, end - at < block ? end - at : block, thread, in, out, err);
  }
  free(in);
  free(out);
  return status;
}

static gibbs_status run_parts(run *r, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (!gibbs_program_calls_back(r->a->program)) return gibbs_parallel_segments(r->parts, run_part, r, err);
  for (size_t part = 0; status == GIBBS_OK && part < r->parts; part++) status = run_part(r, part, 0, err);
  return status;
}

static gibbs_status run_each(gibbs_slopes_expressions *x, gibbs_question q, const double *rows, size_t count,
                             double *out, gibbs_error *err) {
  run r = {.x = x, .a = &x->answers[q], .rows = rows, .count = count, .each = out};
  gibbs_status status = get_ready(x, q, err);
  r.parts = (count + block - 1) / block;
  return status == GIBBS_OK ? run_parts(&r, err) : status;
}

/* The number of parts follows from the task alone, so that the sum does not depend on threads. */
static size_t count_parts(size_t count, size_t total) {
  size_t parts = (count + least_part - 1) / least_part;
  if (parts > most_parts) parts = most_parts;
  return parts * total > most_total ? 1 : parts;
}

static gibbs_status run_total(gibbs_slopes_expressions *x, gibbs_question q, const double *rows, size_t count,
                              const double *weight, double *const totals[], gibbs_error *err) {
  run r = {.x = x, .a = &x->answers[q], .rows = rows, .weight = weight, .count = count, .totals = totals};
  gibbs_status status = get_ready(x, q, err);
  if (status != GIBBS_OK) return status;
  r.parts = count_parts(count, r.a->total);
  if (r.parts > 1) {
    r.apart = calloc(r.parts * r.a->total + 1, sizeof *r.apart);
    if (r.apart == NULL) return gibbs_fail_memory(err, "sums of slopes", r.parts * r.a->total * sizeof *r.apart);
  }
  status = run_parts(&r, err);
  for (size_t part = 0; status == GIBBS_OK && r.apart != NULL && part < r.parts; part++) {
    const double *own = r.apart + part * r.a->total;
    for (size_t k = 0; k < r.a->count; own += r.a->size[k++])
      for (size_t i = 0; i < r.a->size[k]; i++) totals[k][i] += own[i];
  }
  free(r.apart);
  return status;
}

/* ---- the way ------------------------------------------------------------------------------------------------------
 */

static gibbs_status hamiltonian(void *instance, const double *rows, size_t count, double *out, gibbs_error *err) {
  return run_each(instance, GIBBS_QUESTION_VALUE, rows, count, out, err);
}

static gibbs_status add(void *instance, const double *rows, size_t count, const double *weight,
                        double *const totals[], gibbs_error *err) {
  return run_total(instance, GIBBS_QUESTION_ADD, rows, count, weight, totals, err);
}

static gibbs_status along(void *instance, const double *rows, size_t count, const double *const direction[],
                          double *out, gibbs_error *err) {
  gibbs_slopes_expressions *x = instance;
  gibbs_status status = gibbs_question_directions(x, err);
  for (size_t k = 0; status == GIBBS_OK && k < x->slopes->count; k++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(x->directions[k]);
    memcpy(gibbs_parameter_values(parameter), direction[k], gibbs_parameter_size(parameter) * sizeof(double));
    gibbs_parameter_touch(parameter);
  }
  return status == GIBBS_OK ? run_each(x, GIBBS_QUESTION_ALONG, rows, count, out, err) : status;
}

static gibbs_status squares(void *instance, const double *rows, size_t count, const double *weight,
                            double *const totals[], gibbs_error *err) {
  return run_total(instance, GIBBS_QUESTION_SQUARES, rows, count, weight, totals, err);
}

static gibbs_status hidden_mean(void *instance, const double *rows, size_t count, const double *weight, double *total,
                                gibbs_error *err) {
  gibbs_slopes_expressions *x = instance;
  gibbs_distribution *d = x->slopes->distribution;
  size_t hidden = gibbs_distribution_hidden_count(d);
  double **totals = calloc(hidden + 1, sizeof *totals);
  if (totals == NULL) return gibbs_fail_memory(err, "means of hidden units", hidden * sizeof *totals);
  for (size_t k = 0; k < hidden; total += gibbs_expr_size(gibbs_distribution_hidden(d)[k++])) totals[k] = total;
  gibbs_status status = run_total(x, GIBBS_QUESTION_HIDDEN_MEAN, rows, count, weight, totals, err);
  free(totals);
  return status;
}

const gibbs_slopes_way gibbs_slopes_expression = {
    .name = "expression",
    .make = make_expressions,
    .free = free_expressions,
    .hamiltonian = hamiltonian,
    .add = add,
    .along = along,
    .squares = squares,
    .hidden_mean = hidden_mean,
};

/* programs.h - what the tests of programs share: batches of numbers, and programs against the reference walk. */
#ifndef GIBBS_TESTS_PROGRAMS_H
#define GIBBS_TESTS_PROGRAMS_H

#include <float.h>

#include "expressions.h"
#include "gibbs/program.h"
#include "gibbs/random.h"

enum { most_inputs = 8, most_outputs = 400 };

/* Inputs of a program with `batch` configurations, rows `stride` apart; what lies between is NaN, never to be read.
 */
typedef struct batch_case {
  gibbs_expr *inputs[most_inputs];
  double *values[most_inputs];
  size_t count, batch, stride;
} batch_case;

static inline double draw(gibbs_stream *stream, double low, double high) {
  return low + (high - low) * gibbs_stream_uniform(stream);
}

/* A parameter with numbers that follow from its size. */
static inline gibbs_expr *named_parameter(const char *name, gibbs_shape shape, double scale) {
  gibbs_parameter *parameter = NULL;
  OK(gibbs_parameter_new(name, &shape, &parameter, &error));
  for (size_t k = 0; k < gibbs_parameter_size(parameter); k++)
    gibbs_parameter_values(parameter)[k] = scale * sin((double)(k + 1) * (double)(k + 3));
  gibbs_expr *node = parameter_of(parameter);
  gibbs_parameter_release(parameter);
  return node;
}

/* Spins, bits and indicators where the variable says so, real numbers otherwise. */
static inline void draw_values(gibbs_stream *stream, const gibbs_expr *input, double low, double high, double *row) {
  const gibbs_variable *variable = gibbs_expr_as_variable(input);
  gibbs_domain domain = gibbs_variable_domain(variable);
  size_t states = gibbs_variable_states(variable);
  for (size_t e = 0; e < gibbs_expr_size(input); e++) {
    if (domain == GIBBS_REALS) row[e] = draw(stream, low, high);
    if (domain == GIBBS_BITS) row[e] = (double)(gibbs_stream_word(stream) % 2);
    if (domain == GIBBS_SPINS) row[e] = (double)(gibbs_stream_word(stream) % 2) * 2 - 1;
    if (domain == GIBBS_POTTS && e % states == 0)
      for (size_t k = 0, chosen = gibbs_stream_word(stream) % states; k < states; k++) row[e + k] = k == chosen;
  }
}

static inline void fill_batch(batch_case *c, double low, double high, unsigned seed) {
  gibbs_stream stream = gibbs_stream_open(seed, GIBBS_PURPOSE_CHECK, 1, 0);
  for (size_t k = 0; k < c->count; k++) {
    size_t size = gibbs_expr_size(c->inputs[k]);
    double *one = malloc(size * sizeof *one);
    c->values[k] = malloc(size * c->stride * sizeof(double));
    for (size_t i = 0; i < size * c->stride; i++) c->values[k][i] = NAN;
    for (size_t b = 0; b < c->batch; b++) {
      draw_values(&stream, c->inputs[k], low, high, one);
      for (size_t e = 0; e < size; e++) c->values[k][e * c->stride + b] = one[e];
    }
    free(one);
  }
}

static inline void free_batch(batch_case *c) {
  for (size_t k = 0; k < c->count; k++) free(c->values[k]);
}

/* The value of e for one configuration, by the reference walk. */
static inline gibbs_tensor *reference_at(gibbs_expr *e, const batch_case *c, size_t b) {
  gibbs_tensor *values[most_inputs], *result = NULL;
  for (size_t k = 0; k < c->count; k++) {
    OK(gibbs_tensor_new(gibbs_expr_shape(c->inputs[k]), &values[k], &error));
    for (size_t i = 0; i < gibbs_expr_size(c->inputs[k]); i++)
      gibbs_tensor_data(values[k])[i] = c->values[k][i * c->stride + b];
  }
  OK(gibbs_reference_value(e, c->inputs, values, c->count, &result, &error));
  for (size_t k = 0; k < c->count; k++) gibbs_tensor_release(values[k]);
  return result;
}

typedef struct compiled {
  gibbs_program *program;
  gibbs_workspace *workspace;
} compiled;

static inline compiled compile(gibbs_expr *const exprs[], const gibbs_output kinds[], size_t count,
                               const batch_case *c) {
  compiled p = {NULL, NULL};
  OK(gibbs_program_new(exprs, kinds, count, c->inputs, c->count, &p.program, &error));
  OK(gibbs_program_prepare(p.program, &error));
  OK(gibbs_workspace_new(p.program, &p.workspace, &error));
  return p;
}

static inline void free_compiled(compiled *p) {
  gibbs_workspace_free(p->workspace);
  gibbs_program_free(p->program);
}

/* Every expression as EACH and as TOTAL of one program, against the reference walk.  `tolerance` is relative to the
 * larger of 1 and the value; a total adds `batch` such values. */
static inline void expect_program(gibbs_expr *const exprs[], size_t count, const batch_case *c, double tolerance) {
  gibbs_expr *all[most_outputs];
  gibbs_output kinds[most_outputs];
  double *outputs[most_outputs], **totals = outputs + count;
  cr_assert(2 * count <= most_outputs);
  for (size_t k = 0; k < 2 * count; k++) {
    all[k] = exprs[k % count];
    kinds[k] = k < count ? GIBBS_OUTPUT_EACH : GIBBS_OUTPUT_TOTAL;
    outputs[k] = calloc(gibbs_expr_size(all[k]) * (k < count ? c->stride : 1), sizeof(double));
  }
  for (size_t k = 0; k < count; k++) totals[k][0] = 5;
  compiled p = compile(all, kinds, 2 * count, c);
  OK(gibbs_program_run(p.program, p.workspace, c->batch, c->stride, (const double *const *)c->values, outputs,
                       &error));
  for (size_t k = 0; k < count; k++) {
    char text[300];
    size_t size = gibbs_expr_size(exprs[k]);
    double *added = calloc(size, sizeof *added), *sizes = calloc(size, sizeof *sizes);
    added[0] = 5;
    gibbs_expr_print(exprs[k], text, sizeof text);
    for (size_t b = 0; b < c->batch; b++) {
      gibbs_tensor *expected = reference_at(exprs[k], c, b);
      for (size_t e = 0; e < size; e++) {
        double want = gibbs_tensor_values(expected)[e], got = outputs[k][e * c->stride + b];
        added[e] += want;
        sizes[e] += 1 + fabs(want);
        cr_assert(fabs(got - want) <= tolerance * (1 + fabs(want)),
                  "%s: element %zu, configuration %zu: %.17g, not %.17g", text, e, b, got, want);
      }
      gibbs_tensor_release(expected);
    }
    for (size_t e = 0; e < size; e++)
      cr_assert(fabs(totals[k][e] - added[e]) <= tolerance * (1 + sizes[e]),
                "total %s: element %zu: %.17g, not %.17g", text, e, totals[k][e], added[e]);
    free(added);
    free(sizes);
  }
  free_compiled(&p);
  for (size_t k = 0; k < 2 * count; k++) free(outputs[k]);
}

#endif

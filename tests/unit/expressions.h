/* expressions.h - what the tests of expressions share: expressions without status checks, values and differences.
 *
 * Everything made through these lives until end_case, which also checks that the graph is empty then. */
#ifndef GIBBS_TESTS_EXPRESSIONS_H
#define GIBBS_TESTS_EXPRESSIONS_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdlib.h>

#include "graph.h"

enum { most_made = 20000 };

static gibbs_graph *graph;
static gibbs_error error;
static gibbs_expr *made[most_made];
static size_t made_count;

#define OK(call) expect_ok(call)

static inline void expect_ok(gibbs_status status) {
  cr_assert(status == GIBBS_OK, "%s", error.message);
}

static inline void begin_case(void) {
  OK(gibbs_graph_new(&graph, &error));
  made_count = 0;
}

static inline void end_case(void) {
  while (made_count > 0) gibbs_expr_release(made[--made_count]);
  cr_expect(gibbs_graph_nodes(graph) == 0, "%zu nodes are left over", gibbs_graph_nodes(graph));
  gibbs_graph_release(graph);
}

static inline gibbs_expr *keep(gibbs_expr *x) {
  cr_assert(made_count < most_made);
  return made[made_count++] = x;
}

/* A function that makes a node and keeps it until the end of the case. */
#define MAKER(signature, call)                                                                                       \
  static inline gibbs_expr *signature {                                                                              \
    gibbs_expr *out = NULL;                                                                                          \
    expect_ok(call);                                                                                                 \
    return keep(out);                                                                                                \
  }

MAKER(num(double value), gibbs_expr_number(graph, value, &out, &error))
MAKER(constant_of(gibbs_tensor *tensor), gibbs_expr_constant(graph, tensor, &out, &error))
MAKER(node_of(gibbs_variable *v), gibbs_expr_variable(graph, v, &out, &error))
MAKER(parameter_of(gibbs_parameter *p), gibbs_expr_parameter(graph, p, &out, &error))
MAKER(functional_of(gibbs_functional *f), gibbs_expr_functional(graph, f, &out, &error))
MAKER(callback_of(gibbs_callback *c, gibbs_expr *const xs[], size_t n),
      gibbs_expr_callback(graph, c, xs, n, &out, &error))
MAKER(un(gibbs_op op, gibbs_expr *x), gibbs_expr_unary(op, x, &out, &error))
MAKER(bin(gibbs_op op, gibbs_expr *a, gibbs_expr *b), gibbs_expr_binary(op, a, b, &out, &error))
MAKER(sum(gibbs_expr *x), gibbs_expr_sum(x, &out, &error))
MAKER(sum_axis(gibbs_expr *x, size_t axis), gibbs_expr_sum_axis(x, axis, &out, &error))
MAKER(dot(gibbs_expr *a, gibbs_expr *b), gibbs_expr_dot(a, b, &out, &error))
MAKER(matmul(gibbs_expr *a, bool ta, gibbs_expr *b, bool tb), gibbs_expr_matmul(a, ta, b, tb, &out, &error))
MAKER(outer(gibbs_expr *a, gibbs_expr *b), gibbs_expr_outer(a, b, &out, &error))
MAKER(transpose(gibbs_expr *x), gibbs_expr_transpose(x, &out, &error))
MAKER(reshape(gibbs_expr *x, gibbs_shape shape), gibbs_expr_reshape(x, &shape, &out, &error))
MAKER(element(gibbs_expr *x, size_t i), gibbs_expr_element(x, i, &out, &error))
MAKER(shift(gibbs_expr *x, const long by[], size_t n), gibbs_expr_shift(x, by, n, &out, &error))
MAKER(expand(gibbs_expr *x, size_t axis, size_t n), gibbs_expr_expand(x, axis, n, &out, &error))
MAKER(broadcast(gibbs_expr *x, gibbs_shape shape), gibbs_expr_broadcast(x, &shape, &out, &error))
MAKER(gather(gibbs_expr *x, const uint32_t at[], gibbs_shape shape), gibbs_expr_gather(x, at, &shape, &out, &error))
MAKER(scatter(gibbs_expr *x, const uint32_t at[], gibbs_shape shape), gibbs_expr_scatter(x, at, &shape, &out, &error))
MAKER(logsumexp(gibbs_expr *x), gibbs_expr_logsumexp(x, &out, &error))
MAKER(marginal_over(gibbs_expr *e, gibbs_expr *const hs[], size_t n), gibbs_expr_marginal(e, hs, n, &out, &error))
MAKER(mean_over(gibbs_expr *f, gibbs_expr *e, gibbs_expr *const hs[], size_t n),
      gibbs_expr_marginal_mean(f, e, hs, n, &out, &error))
MAKER(gradient(gibbs_expr *e, gibbs_expr *x), gibbs_expr_gradient(e, &x, 1, &out, &error))
MAKER(substitute_all(gibbs_expr *e, gibbs_expr *const from[], gibbs_expr *const to[], size_t n),
      gibbs_expr_substitute(e, from, to, n, &out, &error))

static inline gibbs_expr *add(gibbs_expr *a, gibbs_expr *b) {
  return bin(GIBBS_OP_ADD, a, b);
}
static inline gibbs_expr *sub(gibbs_expr *a, gibbs_expr *b) {
  return bin(GIBBS_OP_SUB, a, b);
}
static inline gibbs_expr *mul(gibbs_expr *a, gibbs_expr *b) {
  return bin(GIBBS_OP_MUL, a, b);
}
static inline gibbs_expr *quotient(gibbs_expr *a, gibbs_expr *b) {
  return bin(GIBBS_OP_DIV, a, b);
}
static inline gibbs_expr *power(gibbs_expr *a, double b) {
  return bin(GIBBS_OP_POW, a, num(b));
}
static inline gibbs_expr *neg(gibbs_expr *x) {
  return un(GIBBS_OP_NEG, x);
}
static inline gibbs_expr *marginal(gibbs_expr *e, gibbs_expr *h) {
  return marginal_over(e, &h, 1);
}
static inline gibbs_expr *marginal_mean(gibbs_expr *f, gibbs_expr *e, gibbs_expr *h) {
  return mean_over(f, e, &h, 1);
}
static inline gibbs_expr *substitute(gibbs_expr *e, gibbs_expr *from, gibbs_expr *to) {
  return substitute_all(e, &from, &to, 1);
}

static inline gibbs_expr *variable_of(gibbs_domain domain, size_t states, gibbs_shape shape) {
  gibbs_variable *variable = NULL;
  OK(gibbs_variable_new("x", domain, states, &shape, &variable, &error));
  gibbs_expr *node = node_of(variable);
  gibbs_variable_release(variable);
  return node;
}
static inline gibbs_expr *reals(gibbs_shape shape) {
  return variable_of(GIBBS_REALS, 0, shape);
}
static inline gibbs_expr *spins(size_t n) {
  return variable_of(GIBBS_SPINS, 2, gibbs_shape_vector(n));
}
static inline gibbs_expr *bits(size_t n) {
  return variable_of(GIBBS_BITS, 2, gibbs_shape_vector(n));
}

/* Numbers that follow from `seed`, between low and high. */
static inline gibbs_tensor *spread(const gibbs_shape *shape, double low, double high, unsigned seed) {
  gibbs_tensor *tensor = NULL;
  OK(gibbs_tensor_new(shape, &tensor, &error));
  for (size_t k = 0; k < gibbs_tensor_size(tensor); k++) {
    double fraction = fmod(0.618033988749895 * (double)(k + 1) + 0.414213562373095 * (double)seed, 1.0);
    gibbs_tensor_data(tensor)[k] = low + (high - low) * fraction;
  }
  return tensor;
}

static inline gibbs_expr *constant(gibbs_shape shape, double low, double high, unsigned seed) {
  gibbs_tensor *tensor = spread(&shape, low, high, seed);
  gibbs_expr *node = constant_of(tensor);
  gibbs_tensor_release(tensor);
  return node;
}

/* The value of e where xs[k] are values[k], by folding: substituting constants leaves a constant. */
static inline gibbs_tensor *fold_at(gibbs_expr *e, gibbs_expr *const xs[], gibbs_tensor *const values[],
                                    size_t count) {
  gibbs_expr *constants[8], *folded = NULL;
  for (size_t k = 0; k < count; k++) OK(gibbs_expr_constant(graph, values[k], &constants[k], &error));
  OK(gibbs_expr_substitute(e, xs, constants, count, &folded, &error));
  for (size_t k = 0; k < count; k++) gibbs_expr_release(constants[k]);
  gibbs_tensor *value = gibbs_expr_as_constant(folded);
  cr_assert(value, "something is left that is no constant");
  value = gibbs_tensor_retain(value);
  gibbs_expr_release(folded);
  return value;
}

static inline double fold_scalar(gibbs_expr *e, gibbs_expr *const xs[], gibbs_tensor *const values[], size_t count) {
  gibbs_tensor *value = fold_at(e, xs, values, count);
  double result = gibbs_tensor_values(value)[0];
  cr_assert(gibbs_tensor_size(value) == 1);
  gibbs_tensor_release(value);
  return result;
}

/* The gradient of e by every x against central differences of a step of 1e-4 with Richardson's correction: the error
 * is of fourth order, about 1e-16 / 1e-4 of rounding; 1e-8 leaves room for large third derivatives. */
static inline void expect_gradient(gibbs_expr *e, gibbs_expr *const xs[], gibbs_tensor *const values[], size_t count,
                                   const char *what) {
  const double step = 1e-3, tolerance = 1e-8;
  for (size_t k = 0; k < count; k++) {
    gibbs_tensor *slope = fold_at(gradient(e, xs[k]), xs, values, count);
    cr_assert(gibbs_shape_equal(gibbs_tensor_shape(slope), gibbs_expr_shape(xs[k])), "%s: shape", what);
    for (size_t i = 0; i < gibbs_expr_size(xs[k]); i++) {
      double *x = &gibbs_tensor_data(values[k])[i], at = *x, f[4];
      const double offset[4] = {-2, -1, 1, 2};
      for (size_t j = 0; j < 4; j++) {
        *x = at + offset[j] * step;
        gibbs_tensor *copy = spread(gibbs_tensor_shape(values[k]), 0, 0, 0), *point[8];
        for (size_t m = 0; m < gibbs_tensor_size(copy); m++)
          gibbs_tensor_data(copy)[m] = gibbs_tensor_values(values[k])[m];
        *x = at;
        for (size_t m = 0; m < count; m++) point[m] = m == k ? copy : values[m];
        f[j] = fold_scalar(e, xs, point, count);
        gibbs_tensor_release(copy);
      }
      double difference = (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * step), exact = gibbs_tensor_values(slope)[i];
      cr_expect(fabs(exact - difference) <= tolerance * (1 + fabs(difference)),
                "%s: argument %zu, element %zu: %.12g, difference %.12g", what, k, i, exact, difference);
    }
    gibbs_tensor_release(slope);
  }
}

/* The same for e and for a scalar made of its gradients: second derivatives. */
static inline void expect_gradients(gibbs_expr *e, gibbs_expr *const xs[], gibbs_tensor *const values[], size_t count,
                                    const char *what) {
  expect_gradient(e, xs, values, count, what);
  gibbs_expr *all = num(0);
  for (size_t k = 0; k < count; k++) {
    gibbs_expr *slope = gradient(e, xs[k]);
    all = add(all, dot(slope, constant(*gibbs_expr_shape(xs[k]), -1, 1, 7 + (unsigned)k)));
    all = add(all, mul(num(0.3), dot(slope, slope)));
  }
  expect_gradient(all, xs, values, count, what);
}

#endif

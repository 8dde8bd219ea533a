/* test_vectormath.c - elementwise operations over arrays against the same in long double, and how arrays are added
 * up. */
#include "vectormath.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "gibbs/random.h"
#include "graph.h"

/* The promise of gibbs/private/vectormath.h. */
static const double most_ulps = 4;

enum { per_range = 20000 };

/* ---- the rows of ops.def once more, in long double ------------------------------------------- */

static long double long_logcosh(long double x) {
  long double size = fabsl(x), half = sinhl(size / 2);
  return size < 1 ? log1pl(2 * half * half) : size - logl(2) + log1pl(expl(-2 * size));
}

static long double long_softplus(long double x) {
  return (x > 0 ? x : 0 * x) + log1pl(expl(-fabsl(x)));
}

static long double long_sigmoid(long double x) {
  return x > 0 ? 1 / (1 + expl(-x)) : expl(x) / (1 + expl(x));
}

#define exp expl
#define log logl
#define tanh tanhl
#define cosh coshl
#define sinh sinhl
#define sqrt sqrtl
#define fabs fabsl
#define pow powl
#define gibbs_logcosh long_logcosh
#define gibbs_softplus long_softplus
#define gibbs_sigmoid long_sigmoid
#define GIBBS_OP_UNARY(id, name, lo, hi, value, derivative, doc)                                                     \
  static long double reference_##id(long double x, long double unused) {                                             \
    (void)unused;                                                                                                    \
    return value;                                                                                                    \
  }
#define GIBBS_OP_BINARY(id, name, lo, hi, value, da, db, doc)                                                        \
  static long double reference_##id(long double a, long double b) {                                                  \
    return value;                                                                                                    \
  }
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
#undef exp
#undef log
#undef tanh
#undef cosh
#undef sinh
#undef sqrt
#undef fabs
#undef pow
#undef gibbs_logcosh
#undef gibbs_softplus
#undef gibbs_sigmoid

static long double (*const references[])(long double, long double) = {
#define GIBBS_OP_UNARY(id, ...) reference_##id,
#define GIBBS_OP_BINARY(id, ...) reference_##id,
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
};

static void run(gibbs_op op, double *out, const double *a, const double *b, size_t n) {
  if (gibbs_op_is_binary(op))
    gibbs_vector_binary(op, out, (gibbs_operand){a, 1}, (gibbs_operand){b, 1}, n);
  else
    gibbs_vector_unary(op, out, a, n);
}

/* In units of the last place of the true value. */
static double error_in_ulps(double got, long double want) {
  double size = fabs((double)want);
  return (double)fabsl((long double)got - want) / (nextafter(size, INFINITY) - size);
}

/* What lies beyond the range of numbers has to be infinite, what lies below the normal ones may be 0. */
static void expect_close(gibbs_op op, double a, double b, double got) {
  long double want = references[op](a, b);
  if (want != want)
    cr_assert(got != got, "%s(%a, %a) = %a, not NaN", gibbs_op_name(op), a, b, got);
  else if (fabsl(want) > DBL_MAX)
    cr_assert(got == (want > 0 ? INFINITY : -INFINITY) || error_in_ulps(DBL_MAX, want) < most_ulps,
              "%s(%a, %a) = %a, not infinite", gibbs_op_name(op), a, b, got);
  else if (fabsl(want) < DBL_MIN)
    cr_assert(fabsl(got - want) <= DBL_MIN, "%s(%a, %a) = %a, not %La", gibbs_op_name(op), a, b, got, want);
  else
    cr_assert(error_in_ulps(got, want) <= most_ulps, "%s(%a, %a) = %a, not %La: off by %.2f ulp", gibbs_op_name(op),
              a, b, got, want, error_in_ulps(got, want));
}

/* Small, ordinary and far out; and sizes of all orders, of either sign. */
static double draw(gibbs_stream *stream, int range) {
  static const double widths[] = {1e-3, 1, 3, 40, 720, 1e5};
  double u = 2 * gibbs_stream_uniform(stream) - 1;
  if (range < 6) return widths[range] * u;
  double size = exp(-740 + 1440 * gibbs_stream_uniform(stream));
  return u < 0 ? -size : size;
}

ParameterizedTestParameters(vectormath, operations_are_within_four_ulps) {
  static int ops[GIBBS_OP_ELEMENTWISE_COUNT];
  for (int k = 0; k < GIBBS_OP_ELEMENTWISE_COUNT; k++) ops[k] = k;
  return cr_make_param_array(int, ops, GIBBS_OP_ELEMENTWISE_COUNT);
}

ParameterizedTest(int *which, vectormath, operations_are_within_four_ulps) {
  static double a[per_range], b[per_range], out[per_range];
  gibbs_op op = (gibbs_op)*which;
  gibbs_stream stream = gibbs_stream_open(5, GIBBS_PURPOSE_CHECK, (uint32_t)*which, 0);
  for (int range = 0; range < 7; range++) {
    for (size_t k = 0; k < per_range; k++) {
      a[k] = draw(&stream, range);
      b[k] = draw(&stream, op == GIBBS_OP_POW ? (int)(k % 4) : range);
      if (op == GIBBS_OP_LOG || op == GIBBS_OP_SQRT || op == GIBBS_OP_POW) a[k] = fabs(a[k]);
    }
    run(op, out, a, b, per_range);
    for (size_t k = 0; k < per_range; k++) expect_close(op, a[k], b[k], out[k]);
  }
}

Test(vectormath, the_edges_of_the_numbers_are_those_of_the_library) {
  static const double edges[] = {0.0,    -0.0,    1,        -1,       DBL_MIN,   -DBL_MIN,
                                 5e-324, DBL_MAX, -DBL_MAX, INFINITY, -INFINITY, NAN};
  enum { count = sizeof edges / sizeof *edges };
  for (int op = 0; op < GIBBS_OP_ELEMENTWISE_COUNT; op++)
    for (size_t i = 0; i < count; i++)
      for (size_t j = 0; j < count; j++) {
        double got, want = gibbs_op_value((gibbs_op)op, edges[i], edges[j]);
        run((gibbs_op)op, &got, &edges[i], &edges[j], 1);
        if (want != want)
          cr_expect(got != got, "%s(%g, %g) = %g, not NaN", gibbs_op_name((gibbs_op)op), edges[i], edges[j], got);
        else
          cr_expect(got == want || fabs(got - want) <= 4 * DBL_EPSILON * fabs(want) + DBL_MIN,
                    "%s(%g, %g) = %g, not %g", gibbs_op_name((gibbs_op)op), edges[i], edges[j], got, want);
      }
}

Test(vectormath, a_value_does_not_depend_on_where_it_stands) {
  enum { room = 45 };
  double a[room], b[room], all[room], part[room];
  gibbs_stream stream = gibbs_stream_open(6, GIBBS_PURPOSE_CHECK, 0, 0);
  for (size_t k = 0; k < room; k++) {
    a[k] = 0.1 + 3 * gibbs_stream_uniform(&stream);
    b[k] = 3 * gibbs_stream_uniform(&stream);
  }
  for (int op = 0; op < GIBBS_OP_ELEMENTWISE_COUNT; op++) {
    run((gibbs_op)op, all, a, b, room);
    for (size_t first = 0; first < 10; first++)
      for (size_t n = 1; first + n <= room; n++) {
        memset(part, 0, sizeof part);
        run((gibbs_op)op, part, a + first, b + first, n);
        cr_assert(memcmp(part, all + first, n * sizeof *part) == 0, "%s: %zu from %zu", gibbs_op_name((gibbs_op)op),
                  n, first);
        cr_assert(part[n < room ? n : 0] == 0 || n == room, "%s writes too far", gibbs_op_name((gibbs_op)op));
      }
  }
}

Test(vectormath, an_output_may_be_an_input) {
  enum { n = 21 };
  double a[n], b[n], want[n], got[n];
  for (size_t k = 0; k < n; k++) {
    a[k] = 0.3 + 0.1 * (double)k;
    b[k] = 2 - 0.07 * (double)k;
  }
  for (int op = 0; op < GIBBS_OP_ELEMENTWISE_COUNT; op++) {
    run((gibbs_op)op, want, a, b, n);
    memcpy(got, a, sizeof got);
    run((gibbs_op)op, got, got, b, n);
    cr_assert(memcmp(got, want, sizeof got) == 0, "%s into its first argument", gibbs_op_name((gibbs_op)op));
    if (!gibbs_op_is_binary((gibbs_op)op)) continue;
    memcpy(got, b, sizeof got);
    run((gibbs_op)op, got, a, got, n);
    cr_assert(memcmp(got, want, sizeof got) == 0, "%s into its second argument", gibbs_op_name((gibbs_op)op));
  }
}

Test(vectormath, a_number_stands_for_an_array_of_it) {
  enum { n = 13 };
  static const double numbers[] = {-1, 0.5, 2, 3, 4, 5, 6, 7, 2.5};
  double x[n], array[n], want[n], got[n];
  for (size_t k = 0; k < n; k++) x[k] = 0.2 + 0.3 * (double)k;
  for (int op = 0; op < GIBBS_OP_ELEMENTWISE_COUNT; op++)
    for (size_t i = 0; gibbs_op_is_binary((gibbs_op)op) && i < sizeof numbers / sizeof *numbers; i++) {
      gibbs_operand number = {&numbers[i], 0}, values = {x, 1}, repeated = {array, 1};
      gibbs_vector_fill(array, numbers[i], n);
      gibbs_vector_binary((gibbs_op)op, want, values, repeated, n);
      gibbs_vector_binary((gibbs_op)op, got, values, number, n);
      for (size_t k = 0; k < n; k++)
        cr_assert(fabs(got[k] - want[k]) <= most_ulps * DBL_EPSILON * fabs(want[k]), "%s(%g, %g) = %.17g, not %.17g",
                  gibbs_op_name((gibbs_op)op), x[k], numbers[i], got[k], want[k]);
      gibbs_vector_binary((gibbs_op)op, want, repeated, values, n);
      gibbs_vector_binary((gibbs_op)op, got, number, values, n);
      cr_assert(memcmp(got, want, sizeof got) == 0, "%s(%g, x)", gibbs_op_name((gibbs_op)op), numbers[i]);
    }
}

/* ---- weights and sums ------------------------------------------------------------------------ */

Test(vectormath, shifted_exponentials_are_weights) {
  double x[] = {-INFINITY, -5000, 700, 699.5, 0, -9, 700, NAN, 12, 3}, out[10];
  gibbs_vector_exp_shifted(out, x, 700, 10);
  for (size_t k = 0; k < 10; k++) {
    long double want = expl((long double)x[k] - 700);
    if (k == 7)
      cr_assert(out[k] != out[k]);
    else
      cr_assert(fabsl(out[k] - want) <= 4 * DBL_EPSILON * want + DBL_MIN, "%g: %a, not %La", x[k], out[k], want);
  }
  double far = 1500;
  gibbs_vector_exp_shifted(out, &far, 0, 1);
  cr_assert(out[0] == INFINITY);
}

Test(vectormath, exponentials_and_logarithms_undo_each_other) {
  enum { n = 1003 };
  static double x[n], y[n];
  for (size_t k = 0; k < n; k++) x[k] = -700 + 1.39 * (double)k;
  gibbs_vector_exp(y, x, n);
  gibbs_vector_log(y, y, n);
  /* A relative error of 4 eps before the logarithm is an absolute one after it. */
  for (size_t k = 0; k < n; k++) cr_assert(fabs(y[k] - x[k]) <= 8 * DBL_EPSILON * (1 + fabs(x[k])));
}

ParameterizedTestParameters(vectormath, sums_are_right_and_repeat_bit_for_bit) {
  static int sizes[] = {0, 1, 7, 31, 32, 33, 64, 100, 1000, 4099};
  return cr_make_param_array(int, sizes, sizeof sizes / sizeof *sizes);
}

ParameterizedTest(int *size, vectormath, sums_are_right_and_repeat_bit_for_bit) {
  enum { room = 4200 };
  static double a[room], b[room], moved[room + 1];
  size_t n = (size_t)*size;
  gibbs_stream stream = gibbs_stream_open(7, GIBBS_PURPOSE_CHECK, (uint32_t)n, 0);
  long double sum = 0, dot = 0, sizes = 0;
  double most = -INFINITY;
  for (size_t k = 0; k < n; k++) {
    a[k] = draw(&stream, 1 + (int)(k % 3));
    b[k] = draw(&stream, 1);
    sum += a[k];
    dot += (long double)a[k] * b[k];
    sizes += fabs(a[k]);
    if (a[k] > most) most = a[k];
  }
  /* n roundings of partial sums, each at most the sum of all sizes. */
  double bound = (double)(n + 1) * DBL_EPSILON * (double)sizes;
  cr_assert(fabsl(gibbs_vector_sum(a, n) - sum) <= bound);
  cr_assert(fabsl(gibbs_vector_dot(a, b, n) - dot) <= bound);
  cr_assert(gibbs_vector_max(a, n) == most);
  memcpy(moved + 1, a, n * sizeof *a);
  cr_assert(gibbs_vector_sum(moved + 1, n) == gibbs_vector_sum(a, n), "alignment changes the sum");
}

Test(vectormath, what_is_not_finite_is_found_wherever_it_is) {
  enum { n = 77 };
  double x[n];
  static const double odd[] = {NAN, INFINITY, -INFINITY};
  for (size_t at = 0; at < n; at++)
    for (size_t k = 0; k < 3; k++) {
      gibbs_vector_fill(x, 1e308, n);
      cr_assert(gibbs_vector_finite(x, n));
      x[at] = odd[k];
      cr_assert(!gibbs_vector_finite(x, n), "%g at %zu", odd[k], at);
      double most = gibbs_vector_max(x, n);
      cr_assert(k == 0 ? most != most : most == (k == 1 ? INFINITY : 1e308));
    }
}

/* Streamed one by one, the largest weight unknown until the end. */
Test(vectormath, streamed_weights_add_up_to_the_sum_of_exponentials) {
  enum { n = 9, terms = 40 };
  double most[n], total[n], mean[n], factor[n], weight[n], x[n], value = 0;
  long double want[n] = {0}, first[n] = {0};
  gibbs_stream stream = gibbs_stream_open(8, GIBBS_PURPOSE_CHECK, 0, 0);
  gibbs_vector_fill(most, -INFINITY, n);
  gibbs_vector_fill(total, 0, n);
  gibbs_vector_fill(mean, 0, n);
  for (size_t t = 0; t < terms; t++) {
    value = (double)t;
    for (size_t k = 0; k < n; k++) {
      x[k] = t == 3 ? -INFINITY : draw(&stream, 4) * 0.5;
      want[k] += expl(x[k]);
      first[k] += expl(x[k]) * value;
    }
    if (gibbs_vector_stream_weights(most, x, factor, weight, n)) {
      gibbs_vector_scale(total, factor, n);
      gibbs_vector_scale(mean, factor, n);
    }
    gibbs_vector_add(total, weight, n);
    gibbs_vector_add_scaled(mean, value, weight, n);
  }
  for (size_t k = 0; k < n; k++) {
    /* Each of 40 rescalings rounds twice and costs an exponential. */
    cr_assert(fabsl(most[k] + logl(total[k]) - logl(want[k])) < 400 * DBL_EPSILON * (1 + fabs(most[k])));
    cr_assert(fabsl(mean[k] / total[k] - first[k] / want[k]) < 1000 * DBL_EPSILON * terms);
  }
}

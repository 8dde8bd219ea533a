/* test_kernel.c - the product kernel against sums in long double, state by state. */
#include "products.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_N = 14, LARGEST_M = 800 };

typedef struct machine {
  gibbs_bit_form form;
  double field[LARGEST_N], coupling[LARGEST_N * LARGEST_N], bias[LARGEST_M], weight[LARGEST_M * LARGEST_N];
  long double size; /* the sum of all |coefficients|: what the rounding of a log-weight is measured by */
} machine;

static uint64_t random_state;

/* Uniform in [-1, 1): a step of splitmix64. */
static double random_number(void) {
  uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
  return (double)((z ^ z >> 31) >> 11) * 0x1p-52 - 1;
}

static void fill(double *value, size_t count, double size, long double *sum) {
  for (size_t i = 0; i < count; i++) {
    value[i] = size * random_number();
    *sum += fabsl(value[i]);
  }
}

static machine *make_machine(uint64_t seed, size_t n, size_t m, bool coupled, double pair_size, double factor_size) {
  machine *made = calloc(1, sizeof *made);
  cr_assert(made && n <= LARGEST_N && m <= LARGEST_M);
  random_state = seed;
  double constant = random_number();
  made->size = fabsl(constant);
  fill(made->field, n, pair_size, &made->size);
  fill(made->coupling, n * n, pair_size, &made->size);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j <= i; j++) made->coupling[i * n + j] = i == j ? 0 : made->coupling[j * n + i];
  fill(made->bias, m, factor_size, &made->size);
  fill(made->weight, m * n, factor_size, &made->size);
  made->form =
      (gibbs_bit_form){n, constant, made->field, coupled ? made->coupling : NULL, m, made->bias, made->weight};
  return made;
}

static long double unit(uint64_t s, size_t i) {
  return (long double)(s >> i & 1);
}

static long double argument(const gibbs_bit_form *form, uint64_t s, size_t j) {
  long double sum = form->bias[j];
  for (size_t i = 0; i < form->n; i++) sum += form->weight[j * form->n + i] * unit(s, i);
  return sum;
}

static long double log_weight_of(const gibbs_bit_form *form, uint64_t s) {
  long double sum = form->constant;
  for (size_t i = 0; i < form->n; i++) {
    sum += form->field[i] * unit(s, i);
    for (size_t j = 0; form->coupling && j < i; j++) sum += form->coupling[i * form->n + j] * unit(s, i) * unit(s, j);
  }
  for (size_t j = 0; j < form->m; j++) {
    long double a = argument(form, s, j);
    sum += fmaxl(a, 0) + log1pl(expl(-fabsl(a)));
  }
  return sum;
}

static gibbs_products *make_kernel(const gibbs_bit_form *form, unsigned chunk_bits,
                                   gibbs_products_scratch **scratch) {
  gibbs_error err = {0};
  gibbs_products *kernel = NULL;
  cr_assert_eq(gibbs_products_new(form, chunk_bits, &kernel, &err), GIBBS_OK, "%s", err.message);
  cr_assert_eq(gibbs_products_scratch_new(kernel, scratch, &err), GIBBS_OK, "%s", err.message);
  return kernel;
}

/* Rounding: each of the coefficients that enter a log-weight may bring a few units of the last place of their sum; a
 * product of m factors a few more each. */
static double tolerance(const machine *made) {
  return 16 * DBL_EPSILON * (1 + (double)made->size + (double)made->form.m);
}

/* Every state of one chunk: logs, weights, their scale, and the same again when only one of the two is asked for. */
static void check_chunk(const machine *made, const gibbs_products *kernel, gibbs_products_scratch *scratch,
                        uint64_t chunk) {
  size_t states = (size_t)1 << gibbs_products_chunk_bits(kernel);
  double *logs = malloc(4 * states * sizeof *logs), *weights = logs + states, scale, again, total, total_scale;
  double *logs_alone = logs + 2 * states, *weights_alone = logs + 3 * states, tol = tolerance(made), largest = 0;
  long double sum = 0;
  gibbs_products_chunk(kernel, scratch, chunk, logs, weights, &scale);
  gibbs_products_chunk(kernel, scratch, chunk, NULL, weights_alone, &again);
  cr_assert_eq(scale, again);
  gibbs_products_chunk(kernel, scratch, chunk, logs_alone, NULL, &again);
  cr_assert_arr_eq(logs, logs_alone, states * sizeof *logs);
  cr_assert_arr_eq(weights, weights_alone, states * sizeof *weights);
  for (size_t s = 0; s < states; s++) {
    long double exact = log_weight_of(&made->form, chunk * states + s);
    cr_assert_leq(fabsl(logs[s] - exact), tol, "log-weight of %zu is %.17g, not %.17Lg", s, logs[s], exact);
    long double relative = exact - scale;
    if (relative > -600) /* smaller ones may lose digits, and vanish */
      cr_assert_leq(fabsl(weights[s] - expl(relative)), 2 * tol * expl(relative), "weight %zu: %g", s, weights[s]);
    else
      cr_assert(weights[s] >= 0 && weights[s] < 1e-250);
    largest = fmax(largest, weights[s]);
    sum += weights[s];
  }
  cr_assert(largest >= 1e-100 && largest < 1e290, "largest weight %g", largest);
  gibbs_products_chunk_total(kernel, scratch, chunk, &total, &total_scale);
  cr_assert(isfinite(total) && total > 0);
  cr_assert_leq(fabsl(logl(total) + total_scale - logl(sum) - scale), 2 * tol);
  free(logs);
}

static void check_chunks(const machine *made, unsigned chunk_bits) {
  gibbs_products_scratch *scratch;
  gibbs_products *kernel = make_kernel(&made->form, chunk_bits, &scratch);
  unsigned bits = gibbs_products_chunk_bits(kernel);
  if (chunk_bits > 0) cr_assert_eq(bits, chunk_bits < made->form.n ? chunk_bits : made->form.n);
  cr_assert_eq(gibbs_products_chunks(kernel) << bits, UINT64_C(1) << made->form.n);
  for (uint64_t chunk = gibbs_products_chunks(kernel); chunk-- > 0;) check_chunk(made, kernel, scratch, chunk);
  gibbs_products_scratch_free(scratch);
  gibbs_products_free(kernel);
}

typedef struct sums {
  long double zero, first[LARGEST_N], second[LARGEST_N * LARGEST_N], response[LARGEST_M],
      cross[LARGEST_M * LARGEST_N];
} sums;

static void add_state(const gibbs_bit_form *form, uint64_t s, long double w, sums *to) {
  size_t n = form->n;
  to->zero += w;
  for (size_t i = 0; i < n; i++) {
    to->first[i] += w * unit(s, i);
    for (size_t j = 0; j < n; j++) to->second[i * n + j] += w * unit(s, i) * unit(s, j);
  }
  for (size_t j = 0; j < form->m; j++) {
    long double response = w / (1 + expl(-argument(form, s, j)));
    to->response[j] += response;
    for (size_t i = 0; i < n; i++) to->cross[j * n + i] += response * unit(s, i);
  }
}

static void compare(const char *what, const double *got, const long double *exact, size_t count, double tol) {
  for (size_t i = 0; i < count; i++)
    cr_assert_leq(fabsl(got[i] - exact[i]), tol, "%s %zu is %.17g, not %.17Lg", what, i, got[i], exact[i]);
}

/* Reading must agree with `exact` for all outputs, and for each of them alone. */
static void check_read(const machine *made, const gibbs_products *kernel, const gibbs_moments *moments,
                       const sums *exact, bool second, double tol) {
  size_t n = made->form.n, m = made->form.m;
  double *out = malloc((1 + n + n * n + m + m * n) * sizeof *out), *first = out + 1, *pairs = first + n;
  double *response = pairs + n * n, *cross = response + m;
  for (int alone = 0; alone < 6; alone++) {
    memset(out, 0, (1 + n + n * n + m + m * n) * sizeof *out);
    bool all = alone == 5;
    gibbs_moments_read(kernel, moments, all || alone == 0 ? out : NULL, all || alone == 1 ? first : NULL,
                       second && (all || alone == 2) ? pairs : NULL, all || alone == 3 ? response : NULL,
                       all || alone == 4 ? cross : NULL);
    if (all || alone == 0) compare("zero", out, &exact->zero, 1, tol);
    if (all || alone == 1) compare("first", first, exact->first, n, tol);
    if (second && (all || alone == 2)) compare("second", pairs, exact->second, n * n, tol);
    if (all || alone == 3) compare("response", response, exact->response, m, tol);
    if (all || alone == 4) compare("cross", cross, exact->cross, m * n, tol);
  }
  free(out);
}

/* Two segments of chunks, merged with a factor and rescaled, with weights of both signs. */
static void check_moments(const machine *made, unsigned chunk_bits, bool second) {
  gibbs_products_scratch *scratch;
  gibbs_products *kernel = make_kernel(&made->form, chunk_bits, &scratch);
  size_t states = (size_t)1 << gibbs_products_chunk_bits(kernel);
  double *w = malloc(states * sizeof *w), size = 0;
  gibbs_moments *moments[2];
  sums *exact = calloc(1, sizeof *exact);
  for (int i = 0; i < 2; i++) cr_assert_eq(gibbs_moments_new(kernel, second, &moments[i], NULL), GIBBS_OK);
  for (uint64_t chunk = 0; chunk < gibbs_products_chunks(kernel); chunk++) {
    for (size_t s = 0; s < states; s++) {
      w[s] = random_number();
      size += fabs(w[s]);
      add_state(&made->form, chunk * states + s, (chunk % 2 ? -3.0L : 1.0L) * 0.5L * w[s], exact);
    }
    gibbs_products_accumulate(kernel, scratch, chunk, w, moments[chunk % 2]);
  }
  gibbs_moments_add(moments[0], moments[1], -3);
  gibbs_moments_scale(moments[0], 0.5);
  /* sigma's rounding is that of its argument, and a sum's that of its terms' sizes. */
  check_read(made, kernel, moments[0], exact, second, 3 * size * tolerance(made));
  for (int i = 0; i < 2; i++) gibbs_moments_free(moments[i]);
  free(w);
  free(exact);
  gibbs_products_scratch_free(scratch);
  gibbs_products_free(kernel);
}

/* Every cut of n units into lanes, blocks and tops that small sizes allow, n below and above the chunk. */
ParameterizedTestParameters(kernel, weights_and_moments_agree_with_brute_force) {
  static int units[LARGEST_N];
  for (int n = 1; n <= LARGEST_N; n++) units[n - 1] = n;
  return cr_make_param_array(int, units, LARGEST_N);
}

ParameterizedTest(int *units, kernel, weights_and_moments_agree_with_brute_force) {
  static const size_t factors[] = {0, 1, 2, 5, 12};
  static const unsigned chunk_bits[] = {0, 1, 2, 3, 4, 5, 7, 9, 11};
  size_t n = (size_t)*units;
  for (size_t f = 0; f < sizeof factors / sizeof *factors; f++)
    for (size_t c = 0; c < sizeof chunk_bits / sizeof *chunk_bits; c++) {
      if (n > 11 && chunk_bits[c] > 0 && chunk_bits[c] < 4) continue; /* thousands of chunks of a few states */
      machine *made = make_machine(1000 * n + 10 * f + c, n, factors[f], c % 2 == 0, 1.5, 1.5);
      check_chunks(made, chunk_bits[c]);
      check_moments(made, chunk_bits[c], c % 3 != 1);
      free(made);
    }
}

/* Products of up to 60 factors whose logs reach 10, 60, 150 and 1500: one group, many, and factors by logarithms. */
ParameterizedTestParameters(kernel, large_factors_stay_in_range) {
  static int size[] = {1, 6, 15, 25, 150};
  return cr_make_param_array(int, size, sizeof size / sizeof *size);
}

ParameterizedTest(int *size, kernel, large_factors_stay_in_range) {
  static const unsigned chunk_bits[] = {0, 4, 7};
  for (size_t c = 0; c < 3; c++)
    for (size_t m = 1; m <= 60; m = 2 * m + 3) {
      machine *made = make_machine(77 * m + c, 10, m, c != 1, 1, *size);
      check_chunks(made, chunk_bits[c]);
      check_moments(made, chunk_bits[c], true);
      free(made);
    }
}

/* Only some of the factors need logarithms, in the middle of the list. */
Test(kernel, factors_of_both_kinds_mix) {
  machine *made = make_machine(5, 9, 7, true, 1, 1);
  for (size_t i = 0; i < 9; i++) made->weight[2 * 9 + i] *= 1000, made->weight[5 * 9 + i] *= -90;
  made->bias[3] = -5000;
  made->bias[4] = 5000;
  made->size = 30000;
  for (unsigned chunk_bits = 2; chunk_bits <= 9; chunk_bits++) {
    check_chunks(made, chunk_bits);
    check_moments(made, chunk_bits, true);
  }
  free(made);
}

/* Log-weights of +-1e5: fields of 1e4, couplings of 1e3. */
Test(kernel, extreme_fields_and_couplings_neither_overflow_nor_vanish) {
  static const double size[] = {40, 120, 400, 1e4};
  for (size_t k = 0; k < 4; k++)
    for (unsigned chunk_bits = 2; chunk_bits <= 12; chunk_bits += 2) {
      machine *made = make_machine(31 * k + chunk_bits, 12, k % 2 ? 6 : 0, k != 3, size[k], 3);
      check_chunks(made, chunk_bits);
      check_moments(made, chunk_bits, true);
      free(made);
    }
}

/* Fields on the 6 units of a chunk and couplings of -share * field to 4 units above.  A share of 1/2 turns the chunk
 * over: what wins is the least inside.  With 1/4 and all of the top on, all states are alike, and e^-294 of the
 * table's largest; products still reach that far. */
static machine *make_pulled(double field, double share) {
  machine *made = make_machine(9, 10, 0, true, 0.1, 0);
  for (size_t i = 0; i < 6; i++) {
    made->field[i] = field;
    for (size_t b = 6; b < 10; b++) made->coupling[i * 10 + b] = made->coupling[b * 10 + i] = -share * field;
  }
  made->size = 30 * fabs(field);
  return made;
}

Test(kernel, the_pull_of_the_top_may_turn_a_chunk_over) {
  static const double field[] = {20, -20, 32, -32, 49, -49, 60, 99, -99, 150, -150, 5000, -5000};
  for (size_t k = 0; k < sizeof field / sizeof *field; k++)
    for (double share = 0.25; share < 1; share *= 2) {
      machine *made = make_pulled(field[k], share);
      check_chunks(made, 6);
      free(made);
    }
}

/* Factors that are all e^49 in one state: twelve are just within one group, sixty need their exponents taken out, and
 * with a pull of e^189 on that state twelve do, too. */
Test(kernel, products_at_and_beyond_the_range_are_brought_back) {
  for (int k = 0; k < 3; k++) {
    size_t m = k == 1 ? 60 : 12;
    machine *made = make_machine(4, 10, m, k == 2, 0.1, 0);
    for (size_t j = 0; j < m; j++) made->bias[j] = -51;
    for (size_t w = 0; w < 10 * m; w++) made->weight[w] = 10;
    for (size_t i = 0; i < 7; i++)
      for (size_t b = 7; b < 10; b++) made->coupling[i * 10 + b] = made->coupling[b * 10 + i] = 9;
    made->size = 151.0L * (long double)m;
    check_chunks(made, 7);
    check_moments(made, 7, false);
    free(made);
  }
}

Test(kernel, a_constant_of_any_size_goes_into_the_scale) {
  machine *made = make_machine(3, 8, 4, true, 1, 1);
  made->form.constant = -1e5;
  made->size += 1e5L;
  check_chunks(made, 5);
  made->form.constant = 1e5;
  check_chunks(made, 5);
  free(made);
}

/* The shape of a hidden layer summed over with 784 visible units: log Z against a plain sum in the log domain. */
Test(kernel, log_z_of_784_factors_agrees_with_the_log_domain) {
  for (int k = 0; k < 3; k++) {
    machine *made = make_machine(784, 12, 784, false, 0.3, k == 0 ? 0.1 : k == 1 ? 1 : 5);
    gibbs_products_scratch *scratch;
    gibbs_products *kernel = make_kernel(&made->form, k == 2 ? 8 : 0, &scratch);
    long double largest = -INFINITY, sum = 0, log_z, got = 0;
    for (uint64_t s = 0; s < 1 << 12; s++) largest = fmaxl(largest, log_weight_of(&made->form, s));
    for (uint64_t s = 0; s < 1 << 12; s++) sum += expl(log_weight_of(&made->form, s) - largest);
    log_z = largest + logl(sum);
    for (uint64_t chunk = 0; chunk < gibbs_products_chunks(kernel); chunk++) {
      double total, scale;
      gibbs_products_chunk_total(kernel, scratch, chunk, &total, &scale);
      got += total * expl(scale - log_z);
    }
    /* 1e-13 of log Z, which is 560 and more. */
    cr_expect_leq(fabsl(logl(got)), 1e-13L * log_z, "log Z %Lg is off by %Lg", log_z, logl(got));
    gibbs_products_scratch_free(scratch);
    gibbs_products_free(kernel);
    free(made);
  }
}

/* The bits of a chunk may not depend on what the scratch was used for before. */
Test(kernel, a_chunk_is_a_pure_function_of_the_form) {
  machine *made = make_machine(11, 11, 40, true, 1, 10);
  gibbs_products_scratch *used, *fresh;
  gibbs_products *kernel = make_kernel(&made->form, 6, &used);
  double a[64], b[64], scale_a, scale_b;
  for (uint64_t chunk = 0; chunk < gibbs_products_chunks(kernel); chunk++) {
    gibbs_products_chunk(kernel, used, chunk, NULL, a, &scale_a);
    cr_assert_eq(gibbs_products_scratch_new(kernel, &fresh, NULL), GIBBS_OK);
    gibbs_products_chunk(kernel, fresh, chunk, NULL, b, &scale_b);
    cr_assert_arr_eq(a, b, sizeof a);
    cr_assert_eq(scale_a, scale_b);
    gibbs_products_scratch_free(fresh);
  }
  gibbs_products_scratch_free(used);
  gibbs_products_free(kernel);
  free(made);
}

Test(kernel, a_form_that_is_not_finite_is_refused_and_output_untouched) {
  machine *made = make_machine(1, 4, 2, true, 1, 1);
  gibbs_products *kernel = NULL;
  gibbs_error err = {0};
  made->weight[5] = NAN;
  cr_expect_eq(gibbs_products_new(&made->form, 0, &kernel, &err), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "weight 6") != NULL, "%s", err.message);
  made->weight[5] = 0;
  made->field[0] = INFINITY;
  cr_expect_eq(gibbs_products_new(&made->form, 0, &kernel, &err), GIBBS_ERR_NUMERIC);
  made->field[0] = made->field[1] = 1e308;
  cr_expect_eq(gibbs_products_new(&made->form, 0, &kernel, &err), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "overflow") != NULL, "%s", err.message);
  made->form.n = 31;
  cr_expect_eq(gibbs_products_new(&made->form, 0, &kernel, &err), GIBBS_ERR_SIZE);
  cr_expect(strstr(err.message, "31 units") != NULL, "%s", err.message);
  cr_expect_null(kernel);
  gibbs_products_free(NULL);
  gibbs_products_scratch_free(NULL);
  gibbs_moments_free(NULL);
  free(made);
}

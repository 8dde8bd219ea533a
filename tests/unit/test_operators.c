/* test_operators.c - operators against plain sums and sums over all states, also where they wrap onto themselves. */
#include "gibbs/operators.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/random.h"
#include "plain_operators.h"

static gibbs_error err;

#define FINE(call) cr_assert_eq((call), GIBBS_OK, "%s", err.message)

static gibbs_operators *usual_on(size_t axes, const size_t *extent, bool odd, size_t *count) {
  gibbs_operators *operators;
  const gibbs_operator *list = gibbs_operators_usual(axes, odd, count);
  FINE(gibbs_operators_new(axes, extent, list, *count, &operators, &err));
  return operators;
}

static uint8_t *random_spins(size_t sites, uint32_t step) {
  uint8_t *spins = malloc(sites);
  gibbs_stream stream = gibbs_stream_open(5, GIBBS_PURPOSE_CHECK, 0, step);
  for (size_t i = 0; i < sites; i++) spins[i] = gibbs_stream_word(&stream) >> 31;
  return spins;
}

/* ---- sums --------------------------------------------------------------------------------------------------- */

Test(operators, sums_agree_with_plain_ones) {
  const size_t extents[][2] = {{1, 1}, {1, 2}, {2, 2}, {2, 8}, {3, 3}, {4, 4}, {6, 5}, {8, 32}, {64, 64}, {3, 70}};
  for (size_t e = 0; e < sizeof extents / sizeof *extents; e++) {
    size_t count;
    gibbs_operators *operators = usual_on(2, extents[e], false, &count);
    cr_assert_eq(count, 7);
    uint8_t *spins = random_spins(gibbs_operators_sites(operators), (uint32_t)e);
    void *scratch = malloc(gibbs_operators_scratch(operators));
    double found[7], expected[7];
    gibbs_operators_measure(operators, spins, scratch, found);
    plain_sums(spins, (long)extents[e][0], (long)extents[e][1], expected);
    for (size_t k = 0; k < 7; k++)
      cr_expect_eq(found[k], expected[k], "operator %zu on %zux%zu: %g, %g", k, extents[e][0], extents[e][1],
                   found[k], expected[k]);
    free(spins);
    free(scratch);
    gibbs_operators_free(operators);
  }
}

/* A field is half of what turning the spin changes, times its sign: also where an image holds the spin twice. */
static void check_fields(size_t axes, const size_t *extent, bool odd) {
  size_t count;
  gibbs_operators *operators = usual_on(axes, extent, odd, &count);
  const size_t sites = gibbs_operators_sites(operators);
  uint8_t *spins = random_spins(sites, (uint32_t)(axes * 10 + odd));
  void *scratch = malloc(gibbs_operators_scratch(operators));
  double before[GIBBS_MOST_OPERATORS], after[GIBBS_MOST_OPERATORS];
  int fields[GIBBS_MOST_OPERATORS];
  gibbs_operators_measure(operators, spins, scratch, before);
  for (size_t i = 0; i < sites; i++) {
    gibbs_operators_fields(operators, spins, i, fields);
    spins[i] ^= 1;
    gibbs_operators_measure(operators, spins, scratch, after);
    spins[i] ^= 1;
    for (size_t k = 0; k < count; k++)
      cr_assert_eq(before[k] - after[k], 2 * sign_of(spins[i]) * fields[k], "%zu axes of %zu, operator %zu, site %zu",
                   axes, extent[0], k, i);
  }
  free(spins);
  free(scratch);
  gibbs_operators_free(operators);
}

Test(operators, fields_are_what_turning_a_spin_changes) {
  const size_t extents[][3] = {{1, 1, 1}, {2, 2, 2}, {2, 3, 4}, {3, 3, 3}, {4, 4, 4}, {5, 2, 1}, {6, 7, 5}};
  for (size_t e = 0; e < sizeof extents / sizeof *extents; e++)
    for (size_t axes = 1; axes <= 3; axes++)
      for (int odd = 0; odd < 2; odd++) check_fields(axes, extents[e], odd);
}

Test(operators, images) {
  const size_t extent[3] = {8, 8, 8}, square[] = {2, 2, 1, 2, 4, 1, 2}, odd[] = {1, 4, 2, 4},
               cube[] = {3, 6, 4, 3, 3};
  const struct {
    size_t axes;
    bool odd;
    const size_t *images;
  } cases[] = {{2, false, square}, {2, true, odd}, {3, false, cube}};
  for (size_t c = 0; c < 3; c++) {
    size_t count;
    gibbs_operators *operators = usual_on(cases[c].axes, extent, cases[c].odd, &count);
    for (size_t k = 0; k < count; k++)
      cr_expect_eq(gibbs_operators_images(operators, k), cases[c].images[k], "case %zu, operator %zu", c, k);
    gibbs_operators_free(operators);
  }
}

/* ---- free spins --------------------------------------------------------------------------------------------- */

static void check_free_covariance(size_t axes, const size_t *extent, bool odd) {
  size_t count;
  gibbs_operators *operators = usual_on(axes, extent, odd, &count);
  const size_t sites = gibbs_operators_sites(operators), states = (size_t)1 << sites;
  double found[GIBBS_MOST_OPERATORS * GIBBS_MOST_OPERATORS], s[GIBBS_MOST_OPERATORS];
  double mean[GIBBS_MOST_OPERATORS] = {0}, same[GIBBS_MOST_OPERATORS * GIBBS_MOST_OPERATORS] = {0};
  uint8_t spins[16];
  void *scratch = malloc(gibbs_operators_scratch(operators));
  for (size_t state = 0; state < states; state++) {
    for (size_t i = 0; i < sites; i++) spins[i] = state >> i & 1;
    gibbs_operators_measure(operators, spins, scratch, s);
    for (size_t a = 0; a < count; a++) {
      mean[a] += s[a] / (double)states;
      for (size_t b = 0; b < count; b++) same[a * count + b] += s[a] * s[b] / (double)states;
    }
  }
  gibbs_operators_free_covariance(operators, count, found);
  for (size_t a = 0; a < count; a++)
    for (size_t b = 0; b < count; b++)
      cr_expect(fabs(found[a * count + b] - (same[a * count + b] - mean[a] * mean[b])) < 1e-9,
                "%zu axes of %zu, %zu and %zu: %g, by all states %g", axes, extent[0], a, b, found[a * count + b],
                same[a * count + b] - mean[a] * mean[b]);
  free(scratch);
  gibbs_operators_free(operators);
}

Test(operators, covariances_of_free_spins) {
  const size_t squares[][2] = {{1, 1}, {1, 2}, {2, 2}, {3, 3}, {2, 5}, {4, 4}}, line[] = {7}, cube[] = {2, 2, 2};
  for (int odd = 0; odd < 2; odd++) {
    for (size_t e = 0; e < 6; e++) check_free_covariance(2, squares[e], odd);
    check_free_covariance(1, line, odd);
    check_free_covariance(3, cube, odd);
  }
}

/* ---- what is refused ---------------------------------------------------------------------------------------- */

static void expect_message(gibbs_status status, gibbs_status expected, const char *text) {
  cr_expect_eq(status, expected);
  cr_expect(status != GIBBS_OK && strstr(err.message, text) != NULL, "%s: %s", text,
            status == GIBBS_OK ? "(no error)" : err.message);
}

Test(operators, the_same_twice_is_refused) {
  const gibbs_operator list[] = {{"a", 2, {{0, 0}, {1, 2}}}, {"b", 2, {{5, 5}, {3, 4}}}};
  gibbs_operators *operators;
  expect_message(gibbs_operators_new(2, (size_t[]){8, 8}, list, 2, &operators, &err), GIBBS_ERR_ARGUMENT,
                 "operator 'b' is operator 'a' again");
  const gibbs_operator twice = {"c", 2, {{1, 1}, {1, 1}}}, none = {.name = "d", .spins = 0};
  expect_message(gibbs_operators_new(2, (size_t[]){8, 8}, &twice, 1, &operators, &err), GIBBS_ERR_ARGUMENT,
                 "operator 'c' names a site twice");
  expect_message(gibbs_operators_new(2, (size_t[]){8, 8}, &none, 1, &operators, &err), GIBBS_ERR_ARGUMENT,
                 "operator 'd' has 0 spins; it must have 1 to 8");
  expect_message(gibbs_operators_new(2, (size_t[]){8, 8}, list, GIBBS_MOST_OPERATORS + 1, &operators, &err),
                 GIBBS_ERR_ARGUMENT, "25 operators; at most 24");
}

Test(operators, those_that_depend_on_each_other_are_named) {
  size_t count;
  gibbs_operators *operators = usual_on(2, (size_t[]){2, 2}, false, &count);
  FINE(gibbs_operators_independent(operators, 3, &err));
  expect_message(
      gibbs_operators_independent(operators, 4, &err), GIBBS_ERR_NUMERIC,
      "operator 'second' is constant on the lattice of 2 x 2 sites; take only the first 3, or leave it out");
  gibbs_operators_free(operators);
  operators = usual_on(2, (size_t[]){3, 3}, false, &count);
  expect_message(gibbs_operators_independent(operators, 4, &err), GIBBS_ERR_NUMERIC,
                 "operator 'second' is the same as 'nearest' on the lattice of 3 x 3 sites");
  gibbs_operators_free(operators);
  operators = usual_on(2, (size_t[]){4, 4}, false, &count);
  FINE(gibbs_operators_independent(operators, 7, &err));
  cr_expect(gibbs_operators_vary(operators, 3));
  gibbs_operators_free(operators);
  /* On a ring of 5 sites two steps one way are three the other; on 6 of them the sum of two is none of them. */
  const gibbs_operator list[] = {{"one", 2, {{0}, {1}}}, {"two", 2, {{0}, {2}}}, {"three", 2, {{0}, {3}}}};
  FINE(gibbs_operators_new(1, (size_t[]){5}, list, 3, &operators, &err));
  expect_message(gibbs_operators_independent(operators, 3, &err), GIBBS_ERR_NUMERIC,
                 "operator 'three' is the same as 'two' on the lattice of 5 sites");
  gibbs_operators_free(operators);
  FINE(gibbs_operators_new(1, (size_t[]){6}, list, 3, &operators, &err));
  FINE(gibbs_operators_independent(operators, 3, &err));
  gibbs_operators_free(operators);
}

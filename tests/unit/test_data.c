/* test_data.c - parts of data, their ranges, and values of two kinds. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/data.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static gibbs_data *make(size_t count, size_t units, const double *rows, const double *weight) {
  gibbs_data *data = NULL;
  gibbs_error err = {0};
  cr_assert(gibbs_data_new(count, units, rows, weight, &data, &err) == GIBBS_OK, "%s", err.message);
  return data;
}

/* Row i holds i, and nothing else. */
static gibbs_data *numbered(size_t count) {
  double *rows = malloc(count * sizeof *rows);
  cr_assert(rows != NULL);
  for (size_t i = 0; i < count; i++) rows[i] = (double)i;
  gibbs_data *data = make(count, 1, rows, NULL);
  free(rows);
  return data;
}

Test(data, a_tensor_is_kept_with_its_axes) {
  gibbs_shape shape = {.rank = 3, .extent = {2, 1, 3}};
  gibbs_tensor *tensor = NULL;
  gibbs_data *data = NULL;
  cr_assert(gibbs_tensor_new(&shape, &tensor, NULL) == GIBBS_OK);
  for (size_t i = 0; i < 6; i++) gibbs_tensor_data(tensor)[i] = (double)i;
  cr_assert(gibbs_data_of_tensor(tensor, NULL, &data, NULL) == GIBBS_OK);
  cr_expect(gibbs_data_rows(data) == gibbs_tensor_values(tensor), "the numbers were copied");
  gibbs_tensor_release(tensor);
  cr_expect(gibbs_data_count(data) == 2 && gibbs_data_units(data) == 3);
  cr_expect(gibbs_shape_equal(gibbs_data_shape(data), &shape) && gibbs_data_rows(data)[5] == 5);
  gibbs_data *head = NULL;
  cr_assert(gibbs_data_head(data, 1, &head, NULL) == GIBBS_OK);
  shape.extent[0] = 1;
  cr_expect(gibbs_shape_equal(gibbs_data_shape(head), &shape));
  gibbs_data_release(head);
  gibbs_data_release(data);
}

Test(data, a_number_is_no_data) {
  gibbs_shape shape = gibbs_shape_scalar();
  gibbs_tensor *tensor = NULL;
  gibbs_data *data = NULL;
  cr_assert(gibbs_tensor_new(&shape, &tensor, NULL) == GIBBS_OK);
  cr_expect(gibbs_data_of_tensor(tensor, NULL, &data, NULL) == GIBBS_ERR_SHAPE && data == NULL);
  gibbs_tensor_release(tensor);
}

/* 0 and -0 are one value; the weights are 3/8, 3/8 and 2/8. */
Test(data, equal_rows_are_one_configuration) {
  const double rows[] = {0, 1, 1, 0, 0, 1, -0.0, 1, 1, -0.0, 1, 1}, weights[] = {1, 1, 1, 1, 2, 2};
  gibbs_data *data = make(6, 2, rows, weights);
  double expected = -2 * 0.375 * log(0.375) - 0.25 * log(0.25);
  cr_expect(fabs(gibbs_data_entropy(data) - expected) < 1e-15, "%.17g", gibbs_data_entropy(data));
  gibbs_data_release(data);
}

Test(data, the_head_keeps_the_first_rows_and_their_weights) {
  const double rows[] = {1, 2, 3, 4, 5, 6}, weights[] = {1, 3, 4};
  gibbs_data *data = make(3, 2, rows, weights), *head = NULL;
  gibbs_error err;
  cr_assert(gibbs_data_head(data, 2, &head, &err) == GIBBS_OK);
  cr_expect(gibbs_data_count(head) == 2 && memcmp(gibbs_data_rows(head), rows, 4 * sizeof *rows) == 0);
  cr_expect(gibbs_data_weights(head)[0] == 0.25 && gibbs_data_weights(head)[1] == 0.75);
  gibbs_data_release(head);
  cr_expect(gibbs_data_head(data, 4, &head, &err) == GIBBS_ERR_ARGUMENT);
  cr_expect_str_eq(err.message, "4 configurations asked for; there are 1 to 3 to have");
  cr_expect(gibbs_data_head(data, 0, &head, &err) == GIBBS_ERR_ARGUMENT);
  gibbs_data_release(data);
}

Test(data, a_split_has_every_row_once) {
  enum { count = 1797 };
  gibbs_data *data = numbered(count), *train = NULL, *test = NULL;
  cr_assert(gibbs_data_split(data, 0.2, 7, &train, &test, NULL) == GIBBS_OK);
  cr_expect(gibbs_data_count(test) == 359 && gibbs_data_count(train) == count - 359);
  size_t seen[count] = {0}, in_place = 0;
  for (size_t i = 0; i < gibbs_data_count(train); i++) {
    size_t row = (size_t)gibbs_data_rows(train)[i];
    seen[row]++;
    in_place += row == i;
  }
  for (size_t i = 0; i < gibbs_data_count(test); i++) seen[(size_t)gibbs_data_rows(test)[i]]++;
  for (size_t i = 0; i < count; i++) cr_expect(seen[i] == 1, "row %zu is there %zu times", i, seen[i]);
  cr_expect(in_place < 20, "%zu rows are where they were", in_place); /* about 1 is likely, 20 never */
  gibbs_data_release(train);
  gibbs_data_release(test);
  gibbs_data_release(data);
}

/* The order of four rows, 0 to 23. */
static size_t order_of(const gibbs_data *train, const gibbs_data *test) {
  size_t row[4], order = 0;
  for (size_t i = 0; i < 3; i++) row[i] = (size_t)gibbs_data_rows(train)[i];
  row[3] = (size_t)gibbs_data_rows(test)[0];
  for (size_t i = 0; i < 4; i++) {
    size_t smaller = 0;
    for (size_t k = i + 1; k < 4; k++) smaller += row[k] < row[i];
    order = order * (4 - i) + smaller;
  }
  return order;
}

/* chi^2 of 23 degrees of freedom is above 70.5 once in a million times. */
Test(data, every_order_of_a_split_is_as_likely) {
  enum { seeds = 24000 };
  gibbs_data *data = numbered(4);
  double counts[24] = {0}, chi2 = 0;
  for (uint64_t seed = 0; seed < seeds; seed++) {
    gibbs_data *train = NULL, *test = NULL, *again_train = NULL, *again_test = NULL;
    cr_assert(gibbs_data_split(data, 0.25, seed, &train, &test, NULL) == GIBBS_OK);
    size_t order = order_of(train, test);
    cr_assert(order < 24);
    counts[order]++;
    if (seed % 1000 == 0) {
      cr_assert(gibbs_data_split(data, 0.25, seed, &again_train, &again_test, NULL) == GIBBS_OK);
      cr_expect(order_of(again_train, again_test) == order);
      gibbs_data_release(again_train);
      gibbs_data_release(again_test);
    }
    gibbs_data_release(train);
    gibbs_data_release(test);
  }
  for (size_t i = 0; i < 24; i++) chi2 += (counts[i] - seeds / 24.0) * (counts[i] - seeds / 24.0) / (seeds / 24.0);
  cr_expect(chi2 < 70.5, "chi^2 = %g", chi2);
  gibbs_data_release(data);
}

Test(data, a_split_leaves_no_part_empty) {
  gibbs_data *data = numbered(4), *train = NULL, *test = NULL;
  static const double fractions[] = {0, 0.1, 0.9, 1, -1, (double)NAN};
  for (size_t i = 0; i < sizeof fractions / sizeof *fractions; i++)
    cr_expect(gibbs_data_split(data, fractions[i], 1, &train, &test, NULL) == GIBBS_ERR_ARGUMENT);
  cr_expect(train == NULL && test == NULL);
  gibbs_data_release(data);
}

Test(data, scaling_maps_the_range_to_0_and_1) {
  const double rows[] = {-2, 0, 2, 6};
  gibbs_data *data = make(2, 2, rows, NULL), *scaled = NULL;
  gibbs_error err;
  cr_assert(gibbs_data_scale(data, -2, 6, &scaled, &err) == GIBBS_OK);
  const double expected[] = {0, 0.25, 0.5, 1};
  cr_expect(memcmp(gibbs_data_rows(scaled), expected, sizeof expected) == 0);
  gibbs_data_release(scaled);
  cr_expect(gibbs_data_scale(data, 0, 6, &scaled, &err) == GIBBS_ERR_NUMERIC);
  cr_expect_str_eq(err.message, "row 1, column 1 holds -2, which is not in [0, 6]");
  cr_expect(gibbs_data_scale(data, 6, 6, &scaled, &err) == GIBBS_ERR_ARGUMENT);
  cr_expect(gibbs_data_scale(data, -1e308, 1e308, &scaled, &err) == GIBBS_ERR_ARGUMENT);
  gibbs_data_release(data);
}

Test(data, a_threshold_parts_values_in_two) {
  const double rows[] = {0, 0.5, 0.51, 1};
  gibbs_data *data = make(4, 1, rows, NULL), *bits = NULL, *spins = NULL;
  cr_assert(gibbs_data_binarise(data, &(gibbs_binarise){.threshold = 0.5}, &bits, NULL) == GIBBS_OK);
  cr_assert(gibbs_data_binarise(data, &(gibbs_binarise){.threshold = 0.5, .spins = true}, &spins, NULL) == GIBBS_OK);
  const double on[] = {0, 0, 1, 1};
  for (size_t i = 0; i < 4; i++) {
    cr_expect(gibbs_data_rows(bits)[i] == on[i]);
    cr_expect(gibbs_data_rows(spins)[i] == 2 * on[i] - 1);
  }
  gibbs_data_release(bits);
  gibbs_data_release(spins);
  gibbs_data_release(data);
}

Test(data, values_out_of_range_are_refused_unless_a_threshold_is_meant) {
  const double rows[] = {0, 1, 3, 0};
  gibbs_data *data = make(2, 2, rows, NULL), *made = NULL;
  gibbs_error err;
  cr_expect(gibbs_data_binarise(data, &(gibbs_binarise){.threshold = 0.5}, &made, &err) == GIBBS_ERR_NUMERIC);
  cr_expect_str_eq(err.message, "row 2, column 1 holds 3, which is not in [0, 1]; scale the data first, or give a "
                                "threshold");
  cr_expect(gibbs_data_binarise(data, &(gibbs_binarise){.probability = true, .any_range = true}, &made, &err) ==
            GIBBS_ERR_NUMERIC);
  cr_assert(gibbs_data_binarise(data, &(gibbs_binarise){.threshold = 1, .any_range = true}, &made, &err) == GIBBS_OK);
  cr_expect(gibbs_data_rows(made)[1] == 0 && gibbs_data_rows(made)[2] == 1);
  gibbs_data_release(made);
  gibbs_data_release(data);
}

/* 20,000 rows of five probabilities: each mean within 5 standard errors, which a right one leaves twice in a million
 * times. */
Test(data, units_are_on_with_their_value_as_probability) {
  enum { count = 20000, units = 5 };
  static const double p[units] = {0, 0.1, 0.5, 0.9, 1};
  static double rows[count * units];
  for (size_t i = 0; i < count * units; i++) rows[i] = p[i % units];
  gibbs_data *data = make(count, units, rows, NULL), *made = NULL, *head = NULL, *made_of_head = NULL;
  gibbs_binarise how = {.probability = true, .seed = 11};
  cr_assert(gibbs_data_binarise(data, &how, &made, NULL) == GIBBS_OK);
  double on[units] = {0}, together = 0;
  for (size_t i = 0; i < count * units; i++) on[i % units] += gibbs_data_rows(made)[i];
  for (size_t i = 0; i < count; i++)
    together += gibbs_data_rows(made)[i * units + 1] * gibbs_data_rows(made)[i * units + 3];
  for (size_t u = 0; u < units; u++)
    cr_expect(fabs(on[u] - count * p[u]) <= 5 * sqrt(count * p[u] * (1 - p[u])), "%g of %d at %g", on[u], count,
              p[u]);
  cr_expect(fabs(together - count * 0.09) <= 5 * sqrt(count * 0.09 * 0.91), "units are not independent: %g",
            together);
  cr_assert(gibbs_data_head(data, 100, &head, NULL) == GIBBS_OK);
  cr_assert(gibbs_data_binarise(head, &how, &made_of_head, NULL) == GIBBS_OK);
  cr_expect(memcmp(gibbs_data_rows(made), gibbs_data_rows(made_of_head), 100 * units * sizeof(double)) == 0);
  gibbs_data_release(made_of_head);
  how.seed = 12;
  cr_assert(gibbs_data_binarise(head, &how, &made_of_head, NULL) == GIBBS_OK);
  cr_expect(memcmp(gibbs_data_rows(made), gibbs_data_rows(made_of_head), 100 * units * sizeof(double)) != 0);
  gibbs_data_release(made_of_head);
  gibbs_data_release(head);
  gibbs_data_release(made);
  gibbs_data_release(data);
}

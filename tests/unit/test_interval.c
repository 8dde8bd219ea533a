/* Student's interval against known numbers. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

#include "gibbs/interval.h"

/* Student's own: additional hours of sleep under one drug less those under another, ten patients (Biometrika 6,
 * 1908). The interval is the one that R's t.test(extra ~ group, paired) prints. */
Test(interval, of_the_sleep_data_is_the_published_one) {
  static const double differences[] = {1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4};
  gibbs_interval found;
  gibbs_error err;
  cr_assert(eq(int, gibbs_interval_of_mean(differences, 10, 0.95, &found, &err), GIBBS_OK));
  cr_expect(epsilon_eq(dbl, found.mean, 1.58, 1e-14));
  cr_expect(epsilon_eq(dbl, found.mean / found.error, 4.0621, 5e-5));
  cr_expect(epsilon_eq(dbl, found.low, 0.7001142, 5e-8));
  cr_expect(epsilon_eq(dbl, found.high, 2.4598858, 5e-8));
}

/* With one degree of freedom t is Cauchy's: its quantile is a tangent. */
Test(interval, of_two_values_is_a_tangent) {
  static const double values[] = {1, 3};
  gibbs_interval found;
  gibbs_error err;
  cr_assert(eq(int, gibbs_interval_of_mean(values, 2, 0.9, &found, &err), GIBBS_OK));
  cr_expect(epsilon_eq(dbl, found.error, 1, 1e-14));
  cr_expect(epsilon_eq(dbl, found.high - 2, tan(M_PI * 0.45), 1e-9));
}

Test(interval, of_equal_values_has_no_width) {
  static const double values[] = {4, 4, 4};
  gibbs_interval found;
  gibbs_error err;
  cr_assert(eq(int, gibbs_interval_of_mean(values, 3, 0.95, &found, &err), GIBBS_OK));
  cr_expect(eq(dbl, found.low, 4));
  cr_expect(eq(dbl, found.high, 4));
}

/* 4000 intervals of 90 %: 3600 hold the truth, give or take 19; five such deviations are allowed. */
Test(interval, holds_the_truth_as_often_as_it_says) {
  enum { intervals = 4000, values = 5 };
  gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
  int hits = 0;
  for (int i = 0; i < intervals; i++) {
    double x[values];
    for (int k = 0; k < values; k++) x[k] = 3 + gsl_ran_gaussian(random, 2);
    gibbs_interval found;
    gibbs_error err;
    cr_assert(eq(int, gibbs_interval_of_mean(x, values, 0.9, &found, &err), GIBBS_OK));
    hits += found.low <= 3 && 3 <= found.high;
  }
  gsl_rng_free(random);
  cr_expect(le(int, abs(hits - 3600), 95));
}

Test(interval, of_one_value_or_another_level_is_refused) {
  static const double values[] = {1, 2};
  gibbs_interval found;
  gibbs_error err;
  cr_expect(eq(int, gibbs_interval_of_mean(values, 1, 0.95, &found, &err), GIBBS_ERR_ARGUMENT));
  cr_expect(eq(int, gibbs_interval_of_mean(values, 2, 1, &found, &err), GIBBS_ERR_ARGUMENT));
  cr_expect(eq(int, gibbs_interval_of_mean(values, 2, NAN, &found, &err), GIBBS_ERR_ARGUMENT));
}

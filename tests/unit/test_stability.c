/* test_stability.c - eigenvalues of stability matrices, and couplings that samples tell or do not tell. */
#include "stability.h"

#include <criterion/criterion.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "neighbourhoods.h"

static gibbs_error err;

#define FINE(call) cr_assert_eq((call), GIBBS_OK, "%s", err.message)

/* ---- eigenvalues -------------------------------------------------------------------------------------------- */

Test(stability, eigenvalues_fall_in_size) {
  const double real[] = {1, 5, 0, -3}, turn[] = {0, -2, 2, 0};
  eigenvalue list[2];
  FINE(stability_eigenvalues(2, real, list, &err));
  cr_expect(fabs(list[0].real + 3) < 1e-12 && fabs(list[1].real - 1) < 1e-12);
  cr_expect_str_eq(eigenvalue_doubt(list[0]), "the eigenvalue is negative");
  cr_expect_null(eigenvalue_doubt(list[1]));
  FINE(stability_eigenvalues(2, turn, list, &err));
  cr_expect(fabs(eigenvalue_modulus(list[0]) - 2) < 1e-12 && list[0].imaginary > 0 && list[1].imaginary < 0);
  cr_expect_str_eq(eigenvalue_doubt(list[1]), "the eigenvalue is one of a complex pair");
}

/* Two that change places in size are still themselves. */
Test(stability, eigenvalues_are_followed) {
  const eigenvalue from[3] = {{2.01, 0}, {1.99, 0}, {-1, 0}};
  eigenvalue list[3] = {{2.02, 0}, {1.98, 0}, {-1.1, 0}}, swapped[3] = {{-2.0, 0}, {1.98, 0}, {2.02, 0}};
  stability_follow(3, from, list);
  cr_expect(list[0].real == 2.02 && list[1].real == 1.98 && list[2].real == -1.1);
  stability_follow(3, from, swapped);
  cr_expect(swapped[0].real == 2.02 && swapped[1].real == 1.98 && swapped[2].real == -2.0);
}

Test(stability, what_cannot_be_solved_says_why) {
  const gibbs_operator names[2] = {{.name = "one"}, {.name = "two"}};
  double frozen[] = {1, 0, 0, 0}, dependent[] = {1, 2, 2, 4}, fine[] = {4e8, 0, 0, 1e-8}, cross[] = {1, 0, 0, 1},
         out[4];
  gsl_set_error_handler_off();
  cr_expect_eq(stability_solve(names, 2, 2, frozen, cross, out, &err), GIBBS_ERR_NUMERIC);
  cr_expect_str_eq(err.message, "operator 'two' never changes in these samples");
  cr_expect_eq(stability_solve(names, 2, 2, dependent, cross, out, &err), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "the 2 operators depend on each other in these samples") != NULL, "%s", err.message);
  FINE(stability_solve(names, 2, 2, fine, cross, out, &err)); /* sizes do not matter */
  cr_expect(fabs(out[0] * 4e8 - 1) < 1e-12 && fabs(out[3] * 1e-8 - 1) < 1e-12 && out[1] == 0 && out[2] == 0);
}

/* ---- pseudo-likelihood -------------------------------------------------------------------------------------- */

static gibbs_operators *bonds(size_t count) {
  size_t usual;
  gibbs_operators *out;
  const gibbs_operator *list = gibbs_operators_usual(2, false, &usual);
  FINE(gibbs_operators_new(2, (size_t[]){4, 4}, list, count, &out, &err));
  return out;
}

/* All up `ups` times, and once one spin turned. */
static void count_ordered(neighbourhoods *n, const gibbs_operators *operators, unsigned doublings, bool turned) {
  uint8_t spins[16] = {0};
  neighbourhoods up, all = {0};
  FINE(neighbourhoods_new(n, operators, gibbs_operators_count(operators), &err));
  FINE(neighbourhoods_new(&up, operators, gibbs_operators_count(operators), &err));
  FINE(neighbourhoods_add(&up, operators, spins, &err));
  for (unsigned i = 0; i < doublings; i++) {
    FINE(neighbourhoods_new(&all, operators, gibbs_operators_count(operators), &err));
    FINE(neighbourhoods_merge(&all, &up, &err));
    FINE(neighbourhoods_merge(&all, &up, &err));
    neighbourhoods_free(&up);
    up = all;
  }
  FINE(neighbourhoods_merge(n, &up, &err));
  neighbourhoods_free(&up);
  spins[5] = 1;
  if (turned) FINE(neighbourhoods_add(n, operators, spins, &err));
}

/* Where spins are all but ordered there is still a largest likelihood, at the root of
 * (16 N + 11) 8 w(4) + 4 4 w(2) - 8 (1 - w(4)) with w(f) = 1 / (1 + exp(2 K f)). */
Test(neighbourhoods, nearly_ordered_samples_have_couplings) {
  for (unsigned doublings = 0; doublings <= 24; doublings += 6) {
    gibbs_operators *operators = bonds(1);
    neighbourhoods n;
    count_ordered(&n, operators, doublings, true);
    double K = 0, low = -5, high = 5;
    FINE(neighbourhoods_fit(&n, NULL, 1, &K, &err));
    const double N = ldexp(1, (int)doublings);
    for (int i = 0; i < 100; i++) {
      const double middle = (low + high) / 2, four = 1 / (1 + exp(8 * middle)), two = 1 / (1 + exp(4 * middle));
      const double slope = (16 * N + 11) * 8 * four + 16 * two - 8 * (1 - four);
      *(slope > 0 ? &low : &high) = middle;
    }
    cr_expect(fabs(K - low) < 1e-9, "%g of all up: %.12g, exactly %.12g", N, K, low);
    neighbourhoods_free(&n);
    gibbs_operators_free(operators);
  }
}

Test(neighbourhoods, likelihoods_without_end_are_refused) {
  for (size_t count = 1; count <= 3; count++) {
    gibbs_operators *operators = bonds(count);
    neighbourhoods n;
    count_ordered(&n, operators, 4, false);
    double K[3] = {0};
    cr_expect_eq(neighbourhoods_fit(&n, NULL, count, K, &err), GIBBS_ERR_NUMERIC);
    cr_expect(strstr(err.message, "too few or too ordered to tell the couplings of") != NULL, "%s", err.message);
    neighbourhoods_free(&n);
    gibbs_operators_free(operators);
  }
}

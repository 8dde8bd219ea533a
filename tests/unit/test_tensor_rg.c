/* test_tensor_rg.c - tensor renormalization against tori that can be summed, and Onsager's lattice. */
#include "gibbs/tensor_rg.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "gibbs/ising_exact.h"
#include "gibbs/linalg.h"

static double free_energy(gibbs_tensor_rg_options o, double *truncation) {
  double *F = malloc((o.steps + 1) * sizeof *F);
  gibbs_error err = {0};
  cr_assert_eq(gibbs_tensor_rg(&o, F, truncation, &err), GIBBS_OK, "%s", err.message);
  double last = F[o.steps];
  free(F);
  return last;
}

static double torus(size_t L, double K) {
  gibbs_ising_solution exact;
  gibbs_error err;
  cr_assert_eq(gibbs_ising_torus(L, L, K, &exact, &err), GIBBS_OK);
  return exact.free_energy / (double)(L * L);
}

Test(singular_values, make_the_matrix_again) {
  enum { N = 37 };
  static double a[N * N], u[N * N], v[N * N], s[N];
  for (size_t i = 0; i < N * N; i++) a[i] = sin((double)(i * i % 1009)) + (i % N == 3 ? 2 : 0);
  for (size_t i = 0; i < N; i++) a[5 * N + i] = 2 * a[4 * N + i]; /* a singular one */
  gibbs_error err = {0};
  cr_assert_eq(gibbs_singular_values(N, a, u, s, v, &err), GIBBS_OK, "%s", err.message);
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0; j < N; j++) {
      double sum = 0, dot = 0;
      for (size_t k = 0; k < N; k++) {
        sum += u[i * N + k] * s[k] * v[k * N + j];
        dot += u[k * N + i] * u[k * N + j];
      }
      cr_assert(fabs(sum - a[i * N + j]) < 1e-12 && fabs(dot - (i == j)) < 1e-12);
    }
  for (size_t k = 1; k < N; k++) cr_assert(s[k] <= s[k - 1] && s[k] >= 0);
  cr_assert(s[N - 1] < 1e-12);
  a[7] = (double)NAN;
  cr_assert_eq(gibbs_singular_values(N, a, u, s, v, &err), GIBBS_ERR_NUMERIC);
}

/* Nothing is dropped: one site, two, four (the 2x2 torus, each bond twice), in a field, for either sign of K. */
Test(tensor_rg, small_tori_are_exact) {
  for (double K = -0.7; K < 1; K += 0.4)
    for (double h = 0; h < 0.5; h += 0.4) {
      double Z = 0;
      for (int c = 0; c < 16; c++) {
        const int s[4] = {c & 1 ? 1 : -1, c & 2 ? 1 : -1, c & 4 ? 1 : -1, c & 8 ? 1 : -1};
        Z += exp(2 * K * (s[0] * s[1] + s[2] * s[3] + s[0] * s[2] + s[1] * s[3]) + h * (s[0] + s[1] + s[2] + s[3]));
      }
      double lost = 1;
      gibbs_tensor_rg_options o = {.ising = true, .K = K, .h = h, .states = 2, .bond_dimension = 16, .steps = 2};
      const double F = free_energy(o, &lost);
      cr_expect(fabs(F + log(Z) / 4) < 1e-13, "K %g h %g: %.15g, exact %.15g", K, h, F, -log(Z) / 4);
      cr_expect(lost < 1e-25);
    }
}

/* 16 sites: the third and the fourth step need 16 and 256 legs to be exact; 16 do nearly. */
Test(tensor_rg, the_4x4_torus) {
  gibbs_tensor_rg_options o = {.ising = true, .K = 0.3, .states = 2, .bond_dimension = 32, .steps = 4};
  cr_expect(fabs(free_energy(o, NULL) / torus(4, 0.3) - 1) < 1e-6);
}

/* Potts with two states is Ising: -K delta = -K/2 (s s' + 1). */
Test(tensor_rg, two_state_potts_is_ising) {
  gibbs_tensor_rg_options ising = {.ising = true, .K = 0.4, .h = 0.05, .states = 2, .bond_dimension = 8, .steps = 10};
  gibbs_tensor_rg_options potts = {.K = 0.8, .h = 0.1, .states = 2, .bond_dimension = 8, .steps = 10};
  cr_expect(fabs(free_energy(ising, NULL) - (free_energy(potts, NULL) + 0.8 + 0.05)) < 1e-10);
}

/* The relative error at the critical point, which is the worst: 1e-5 at 24 legs. */
Test(tensor_rg, critical_lattice_against_onsager) {
  gibbs_ising_solution exact;
  gibbs_error err;
  const double critical = 0.5 * log(1 + sqrt(2));
  cr_assert_eq(gibbs_ising_infinite(critical, &exact, &err), GIBBS_OK);
  double before = 1;
  for (size_t legs = 8; legs <= 24; legs += 8) {
    gibbs_tensor_rg_options o = {.ising = true, .K = critical, .states = 2, .bond_dimension = legs, .steps = 40};
    const double off = fabs(free_energy(o, NULL) / exact.free_energy - 1);
    cr_expect(off < before, "%zu legs: %g, before %g", legs, off, before);
    before = off;
  }
  cr_expect(before < 1e-5, "relative error %g", before);
}

Test(tensor_rg, what_cannot_be_is_refused) {
  gibbs_error err = {0};
  gibbs_tensor_rg_options o = {.ising = true, .K = 0.4, .states = 3, .bond_dimension = 8, .steps = 2};
  cr_expect_eq(gibbs_tensor_rg(&o, NULL, NULL, &err), GIBBS_ERR_ARGUMENT);
  o.states = 2, o.bond_dimension = 1;
  cr_expect_eq(gibbs_tensor_rg(&o, NULL, NULL, &err), GIBBS_ERR_ARGUMENT);
}

/* test_tensor_rg.c - tensor renormalization against tori that can be summed, and Onsager's lattice. */
#include "gibbs/tensor_rg.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "gibbs/ising_exact.h"
#include "gibbs/linalg.h"

static double free_energy(gibbs_tensor_rg_options o, gibbs_tensor_rg_quality *quality) {
  double *F = malloc((o.steps + 1) * sizeof *F);
  gibbs_error err = {0};
  cr_assert_eq(gibbs_tensor_rg(&o, F, quality, &err), GIBBS_OK, "%s", err.message);
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
      gibbs_tensor_rg_quality quality;
      gibbs_tensor_rg_options o = {.ising = true, .K = K, .h = h, .states = 2, .bond_dimension = 16, .steps = 2};
      const double F = free_energy(o, &quality);
      cr_expect(fabs(F + log(Z) / 4) < 1e-13, "K %g h %g: %.15g, exact %.15g", K, h, F, -log(Z) / 4);
      cr_expect(quality.truncation < 1e-25 && quality.error > 1e-16);
    }
}

/* A site of the torus of eight with the periods (2, 2) and (2, -2). */
static size_t turned_site(int x, int y) {
  return (size_t)((x + y + 8) % 4 * 2 + ((x - y + 8) % 4) / 2);
}

Test(tensor_rg, odd_steps_make_turned_tori) {
  for (double K = -0.5; K < 0.6; K += 0.5) {
    const double h = 0.2;
    double Z = 0;
    for (size_t c = 0; c < 256; c++) {
      double twice = 0; /* every site is met at two places of the 4x4 square */
      for (int x = 0; x < 4; x++)
        for (int y = 0; y < 4; y++) {
          const double s = c >> turned_site(x, y) & 1 ? 1 : -1, right = c >> turned_site(x + 1, y) & 1 ? 1 : -1,
                       above = c >> turned_site(x, y + 1) & 1 ? 1 : -1;
          twice += K * s * (right + above) + h * s;
        }
      Z += exp(twice / 2);
    }
    gibbs_tensor_rg_options o = {.ising = true, .K = K, .h = h, .states = 2, .bond_dimension = 16, .steps = 3};
    cr_expect(fabs(free_energy(o, NULL) + log(Z) / 8) < 1e-13, "K %g", K);
  }
}

/* ln Z a site of Potts spins on the 2x2 torus, or of two sites that are bound four times. */
static double small_potts(const gibbs_tensor_rg_options *o, bool two_sites) {
  const size_t q = o->states, sites = two_sites ? 2 : 4;
  double Z = 0;
  size_t states = 1;
  for (size_t i = 0; i < sites; i++) states *= q;
  for (size_t c = 0; c < states; c++) {
    const size_t s[4] = {c % q, c / q % q, c / (q * q) % q, c / (q * q * q)};
    double energy = 0;
    for (size_t i = 0; i < sites; i++) energy += s[i] == 0 ? o->h : 0;
    energy += two_sites ? 4 * o->K * (s[0] == s[1])
                        : 2 * o->K * ((s[0] == s[1]) + (s[2] == s[3]) + (s[0] == s[2]) + (s[1] == s[3]));
    Z += exp(energy);
  }
  return log(Z) / (double)sites;
}

Test(tensor_rg, small_tori_of_potts_spins_are_exact) {
  for (double K = -2; K < 2.1; K += 0.8)
    for (double h = -1; h < 1.1; h += 1) {
      gibbs_tensor_rg_options o = {.K = K, .h = h, .states = 3, .bond_dimension = 9, .steps = 1};
      cr_expect(fabs(free_energy(o, NULL) + small_potts(&o, true)) < 1e-13, "two sites, K %g h %g", K, h);
      o.steps = 2, o.bond_dimension = 81 / 3;
      cr_expect(fabs(free_energy(o, NULL) + small_potts(&o, false)) < 1e-12, "2x2, K %g h %g", K, h);
    }
}

/* A site that is its own neighbour and shuns itself: Z = 3 e^-2|K|, far below the tensor's entries. */
Test(tensor_rg, a_single_site_keeps_its_digits) {
  gibbs_tensor_rg_options o = {.K = -100, .states = 3, .bond_dimension = 3};
  cr_expect(fabs(free_energy(o, NULL) - (200 - log(3))) < 1e-12);
  o = (gibbs_tensor_rg_options){.ising = true, .K = -40, .h = 2, .states = 2, .bond_dimension = 4};
  cr_expect(fabs(free_energy(o, NULL) - (80 - log(2 * cosh(2)))) < 1e-12);
}

/* Two states at strong coupling, none preferred: ln 2 of the whole torus. */
Test(tensor_rg, both_ordered_states_count) {
  gibbs_tensor_rg_options o = {.ising = true, .K = 100, .states = 2, .bond_dimension = 8, .steps = 8};
  cr_expect(fabs(free_energy(o, NULL) - (-200 - log(2) / 256)) < 1e-12);
  o.K = -100; /* the two checkerboards */
  cr_expect(fabs(free_energy(o, NULL) - (-200 - log(2) / 256)) < 1e-12);
  o.h = 1e-3; /* which a field does not move */
  cr_expect(fabs(free_energy(o, NULL) - (-200 - log(2) / 256)) < 1e-12);
}

/* It is about the size of what is wrong, at every coupling and bond dimension. */
Test(tensor_rg, the_error_is_honest) {
  static const double K[] = {0.2, 0.35, 0.42, 0.44, 0.46, 0.6};
  for (size_t legs = 3; legs <= 13; legs += 5)
    for (size_t i = 0; i < sizeof K / sizeof *K; i++) {
      gibbs_ising_solution exact;
      gibbs_error err;
      cr_assert_eq(gibbs_ising_infinite(K[i], &exact, &err), GIBBS_OK);
      gibbs_tensor_rg_options o = {.ising = true, .K = K[i], .states = 2, .bond_dimension = legs, .steps = 40};
      gibbs_tensor_rg_quality quality;
      const double off = fabs(free_energy(o, &quality) - exact.free_energy);
      cr_expect(off < quality.error, "K %g, %zu legs: off by %.2g, error %.2g", K[i], legs, off, quality.error);
      cr_expect(quality.error < 0.02);
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

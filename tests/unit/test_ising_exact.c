/* test_ising_exact.c - the solved Ising models, against published and enumerated values. */
#include "gibbs/ising_exact.h"

#include <criterion/criterion.h>
#include <math.h>

static gibbs_error err;

static gibbs_ising_solution torus(size_t rows, size_t columns, double K) {
  gibbs_ising_solution s;
  cr_assert_eq(gibbs_ising_torus(rows, columns, K, &s, &err), GIBBS_OK, "%s", err.message);
  return s;
}

static void near(double found, double expected, double tolerance, const char *what) {
  cr_expect(fabs(found - expected) <= tolerance * fmax(1, fabs(expected)), "%s: %.15g, expected %.15g", what, found,
            expected);
}

static const double critical = 0.44068679350977151;

/* Kaufman's formula evaluated elsewhere with 30 digits. */
Test(ising_exact, torus_at_the_critical_point) {
  static const struct {
    size_t n;
    double log_z, u, c;
  } rows[] = {{4, 15.521915458755, NAN, NAN},
              {8, 60.141780789069, -1.49158911, 1.145559},
              {16, 238.642256635133, NAN, NAN},
              {32, 952.648079548542, -1.43365847, 1.846768},
              {64, 3808.672283419808, -1.42393839, NAN}};
  for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
    gibbs_ising_solution s = torus(rows[k].n, rows[k].n, critical);
    double sites = (double)(rows[k].n * rows[k].n);
    near(s.free_energy, -rows[k].log_z, 1e-12, "F");
    if (!isnan(rows[k].u)) near(s.energy / sites / critical, rows[k].u, 1e-8, "u");
    if (!isnan(rows[k].c)) near(s.specific_heat / sites, rows[k].c, 1e-6, "c");
  }
}

Test(ising_exact, torus_above_the_critical_temperature_keeps_the_sign_of_the_first_angle) {
  gibbs_ising_solution s = torus(40, 40, 0.408);
  near(s.free_energy, -1421.4325734701, 1e-12, "F");
  near(s.energy / 1600 / 0.408, -1.15182115, 1e-8, "u");
  near(s.specific_heat / 1600, 0.994670, 1e-6, "c");
}

/* -log of the sum over all configurations, by brute force. */
static double enumerate(size_t rows, size_t columns, double K) {
  size_t sites = rows * columns;
  double total = 0;
  for (unsigned s = 0; s < 1u << sites; s++) {
    int bonds = 0;
    for (size_t i = 0; i < sites; i++) {
      size_t r = i / columns, c = i % columns;
      int a = (s >> i) & 1 ? 1 : -1, down = (s >> ((r + 1) % rows * columns + c)) & 1 ? 1 : -1,
          right = (s >> (r * columns + (c + 1) % columns)) & 1 ? 1 : -1;
      bonds += a * (down + right);
    }
    total += exp(K * bonds);
  }
  return -log(total);
}

Test(ising_exact, small_tori_agree_with_enumeration) {
  static const size_t sizes[][2] = {{2, 2}, {2, 3}, {3, 2}, {3, 4}, {4, 3}, {3, 3}, {1, 5}, {5, 1}};
  static const double couplings[] = {0.05, 0.3, 0.44068679350977151, 0.7, 1.5};
  for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
    for (size_t j = 0; j < 5; j++) {
      size_t n = sizes[k][0], m = sizes[k][1];
      double K = couplings[j], h = 1e-3;
      double f[5];
      for (int d = 0; d < 5; d++) f[d] = enumerate(n, m, K + (d - 2) * h);
      gibbs_ising_solution s = torus(n, m, K);
      near(s.free_energy, f[2], 1e-12, "F");
      near(s.energy, K * (f[0] - 8 * f[1] + 8 * f[3] - f[4]) / (12 * h), 1e-7, "energy");
      near(s.specific_heat, -K * K * (-f[0] + 16 * f[1] - 30 * f[2] + 16 * f[3] - f[4]) / (12 * h * h), 1e-5, "c");
    }
}

Test(ising_exact, infinite_lattice) {
  gibbs_ising_solution s;
  cr_assert_eq(gibbs_ising_infinite(critical, &s, &err), GIBBS_OK);
  near(s.free_energy, -0.9296953983416103, 1e-13, "F at Kc");
  near(s.energy, -critical * sqrt(2), 1e-8, "energy at Kc");
  cr_expect(s.specific_heat > 4, "%g", s.specific_heat);
  cr_assert_eq(gibbs_ising_infinite(0.408, &s, &err), GIBBS_OK);
  near(s.free_energy, -0.888389209640, 1e-12, "F");
  near(s.energy, -0.408 * 1.1508548910, 1e-10, "energy");
  near(s.magnetisation, 0, 0, "m");
  cr_assert_eq(gibbs_ising_infinite(0.2, &s, &err), GIBBS_OK);
  near(s.specific_heat, 0.0976521775884797, 1e-12, "c");
  near(s.energy, -0.08564576664806962, 1e-13, "energy");
  cr_assert_eq(gibbs_ising_infinite(0.6, &s, &err), GIBBS_OK);
  near(s.magnetisation, pow(1 - pow(sinh(1.2), -4), 0.125), 1e-15, "m");
}

Test(ising_exact, a_large_torus_approaches_the_infinite_lattice) {
  gibbs_ising_solution s;
  cr_assert_eq(gibbs_ising_infinite(0.6, &s, &err), GIBBS_OK);
  gibbs_ising_solution large = torus(256, 256, 0.6);
  near(large.free_energy, 65536 * s.free_energy - log(2), 1e-13, "F"); /* two ground states */
  near(large.energy / 65536, s.energy, 1e-12, "energy");
  near(large.specific_heat / 65536, s.specific_heat, 1e-10, "c");
}

Test(ising_exact, bad_input_is_refused) {
  gibbs_ising_solution s;
  cr_expect_eq(gibbs_ising_torus(0, 4, 0.4, &s, &err), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_ising_torus(4, 4, 0, &s, &err), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_ising_infinite(-1, &s, &err), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_ising_infinite(NAN, &s, &err), GIBBS_ERR_ARGUMENT);
}

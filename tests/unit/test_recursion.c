/* test_recursion.c - approximate renormalization against closed forms, independent roots and exact free energies. */
#include "gibbs/recursion.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gibbs/control.h"
#include "gibbs/ising_exact.h"

static gibbs_recursion make(const gibbs_recursion_kind *kind, const double *options) {
  gibbs_recursion r;
  gibbs_error err = {0};
  cr_assert_eq(gibbs_recursion_make(kind, options, &r, &err), GIBBS_OK, "%s", err.message);
  return r;
}

static gibbs_fixed_point fixed_point(const gibbs_recursion *r, const double *start) {
  gibbs_fixed_point point;
  gibbs_error err = {0};
  cr_assert_eq(gibbs_recursion_fixed_point(r, start, &point, &err), GIBBS_OK, "%s", err.message);
  return point;
}

static void step(const gibbs_recursion *r, double *couplings, double *g) {
  gibbs_error err = {0};
  cr_assert_eq(gibbs_recursion_step(r, couplings, couplings, g, &err), GIBBS_OK, "%s", err.message);
}

static double free_energy(const gibbs_recursion *r, const double *couplings) {
  double F = 0;
  gibbs_error err = {0};
  cr_assert_eq(gibbs_recursion_free_energy(r, couplings, &F, &err), GIBBS_OK, "%s", err.message);
  return F;
}

static void near(double found, double expected, double tolerance, const char *what) {
  cr_expect(fabs(found - expected) <= tolerance * fmax(1, fabs(expected)), "%s is %.14g, expected %.14g", what, found,
            expected);
}

/* ---- the chain ---------------------------------------------------------------------------------------------- */

/* From mpmath: K' and g of four steps from K = 1 without a field. */
Test(decimation, flow_of_the_chain) {
  static const double K[] = {0.6625013736789322, 0.35006113894525254, 0.11367206746021144, 0.012811542035819613};
  static const double g[] = {1.3556485542387814, 1.0432083195051978, 0.8068192480201567, 0.705958722595765};
  gibbs_recursion r = make(&gibbs_recursion_kind_chain, NULL);
  double at[2] = {1, 0}, constant;
  for (int n = 0; n < 4; n++) {
    step(&r, at, &constant);
    near(at[0], K[n], 1e-13, "K'");
    if (n > 0) near(constant, g[n], 1e-13, "g");
    cr_expect_eq(at[1], 0);
  }
}

/* K' = ln[cosh(2K+h) cosh(2K-h) / cosh^2 h] / 4, h' = h + ln[cosh(2K+h) / cosh(2K-h)] / 2, g = ln[16 cosh cosh
 * cosh^2] / 4. */
Test(decimation, a_field_by_the_closed_forms) {
  gibbs_recursion r = make(&gibbs_recursion_kind_chain, NULL);
  const double cases[][2] = {{0.7, 0.1}, {-0.4, 0.3}, {2, -1.5}, {0, 0.6}, {0.05, 2}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const double K = cases[i][0], h = cases[i][1], above = log(cosh(2 * K + h)), below = log(cosh(2 * K - h));
    double at[2] = {K, h}, g;
    step(&r, at, &g);
    near(at[0], 0.25 * (above + below - 2 * log(cosh(h))), 1e-13, "K'");
    near(at[1], h + 0.5 * (above - below), 1e-13, "h'");
    near(g, 0.25 * (log(16) + above + below + 2 * log(cosh(h))), 1e-13, "g");
  }
}

/* The constants add up to the free energy of the transfer matrix, for every b. */
Test(decimation, constants_add_up_to_the_free_energy) {
  for (double b = 2; b <= 5; b++) {
    gibbs_recursion r = make(&gibbs_recursion_kind_chain, &b);
    near(free_energy(&r, (double[]){1, 0}), -1.1269280110429724, 1e-14, "F, K = 1");
    near(free_energy(&r, (double[]){0.5, 0.3}), -0.9206184190560288, 1e-14, "F, K = 0.5, h = 0.3");
    near(free_energy(&r, (double[]){-0.5, 0}), -log(2 * cosh(0.5)), 1e-14, "F, K = -0.5");
    near(free_energy(&r, (double[]){30, 0}), -30 - log1p(exp(-60)), 1e-14, "F, K = 30");
  }
}

/* tanh K' = tanh^b K, with all digits of a K' of 1e-11. */
Test(decimation, small_couplings_keep_their_digits) {
  gibbs_recursion r = make(&gibbs_recursion_kind_chain, NULL);
  double at[2] = {0.5, 0}, g;
  for (int n = 0; n < 5; n++) step(&r, at, &g);
  cr_expect(fabs(at[0] / 1.8709706679507312e-11 - 1) < 1e-12, "K is %.17g", at[0]);
}

/* No coupling and no field is too strong: K' = K - ln(b) / 2, F = -K - |h|. */
Test(decimation, strong_couplings_and_fields) {
  static const double strong[][2] = {{200, 0}, {1e5, 0}, {200, 0.1}, {1e5, -3}, {1, 800}, {-300, 0}, {1e-3, 1e4}};
  for (double b = 2; b <= 3; b++) {
    gibbs_recursion r = make(&gibbs_recursion_kind_chain, &b);
    for (size_t i = 0; i < sizeof strong / sizeof *strong; i++)
      near(free_energy(&r, strong[i]), -fabs(strong[i][0]) - fabs(strong[i][1]), 1e-14, "F");
    double at[2] = {1e5, 0}, g;
    step(&r, at, &g);
    near(at[0], 1e5 - log(b) / 2, 1e-15, "K'");
    double bound[2] = {500, 0.25};
    step(&r, bound, &g);
    near(bound[1], b * 0.25, 1e-13, "a field on spins that are bound grows as their number");
  }
}

/* A fixed point whose eigenvalue is 0 has no finite exponent, whatever the rounding; K = 0 is one in every field. */
Test(decimation, the_only_fixed_points_are_free_spins) {
  for (double b = 2; b <= 5; b++) {
    gibbs_recursion r = make(&gibbs_recursion_kind_chain, &b);
    const gibbs_fixed_point own = fixed_point(&r, NULL), other = fixed_point(&r, (double[]){0.5, 0.3});
    cr_expect_eq(own.couplings[0], 0);
    cr_expect(own.y_t == -INFINITY && own.y_h == 0);
    cr_expect(other.y_t == -INFINITY && fabs(other.couplings[0]) < 1e-11);
  }
}

/* ---- Migdal and Kadanoff ------------------------------------------------------------------------------------ */

typedef struct fixed {
  const char *what;
  double options[4]; /* b, d, q, order */
  double K, y;
} fixed;

/* Roots by bisection in mpmath, 30 digits. */
static const fixed migdal_kadanoff[] = {
    {"b = 2, d = 2", {2, 2, 2, 0}, 0.3046889317180031, 0.7472357189289078},
    {"b = 2, d = 2, decimated first", {2, 2, 2, 1}, 0.6093778634360062, 0.7472357189289078},
    {"b = 2, d = 3", {2, 3, 2, 0}, 0.06526629498104737, 0.9391289318939664},
    {"b = 2, d = 3, decimated first", {2, 3, 2, 1}, 0.2610651799241895, 0.9391289318939664},
    {"b -> 1, d = 2", {1, 2, 2, 0}, 0.4406867935097715, 0.753549519719539},
    {"three-state Potts", {2, 2, 3, 0}, 0.6931471805599453, 0.8300749985576876},
    {"percolation", {2, 2, 1, 0}, 0.48121182505960347, 0.6115161727387762}, /* K = ln golden ratio */
};

Test(migdal_kadanoff, fixed_points_and_exponents) {
  for (size_t i = 0; i < sizeof migdal_kadanoff / sizeof migdal_kadanoff[0]; i++) {
    const fixed *f = &migdal_kadanoff[i];
    gibbs_recursion r = make(&gibbs_recursion_kind_migdal_kadanoff, f->options);
    gibbs_fixed_point point = fixed_point(&r, NULL);
    near(point.couplings[0], f->K, 1e-11, f->what);
    near(point.y_t, f->y, 1e-9, f->what);
    cr_expect(isnan(point.y_h));
  }
}

Test(migdal_kadanoff, flow_to_strong_coupling_keeps_its_digits) {
  static const double K[] = {1.2542564989270502, 4.670452406390955, 18.335236035283845, 72.9943705536199,
                             291.63090865149};
  gibbs_recursion r = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){2, 3, 2, 0});
  double at = 0.4, g;
  for (int n = 0; n < 3; n++) {
    step(&r, &at, &g);
    near(at, K[n], 1e-13, "K");
  }
  for (int n = 3; n < 5; n++) { /* two bonds in a row: K' = 4K - ln(2) / 2 */
    const double before = at;
    step(&r, &at, &g);
    near(at, 4 * before - 0.5 * log(2), 1e-14, "K");
  }
}

/* ln Z_N(K) = (N/4) [3 ln 2 + ln cosh 4K] + ln Z_(N/4)(K') */
Test(migdal_kadanoff, constants) {
  gibbs_recursion r = make(&gibbs_recursion_kind_migdal_kadanoff, NULL);
  for (double K = 0.05; K < 3; K += 0.3) {
    double at = K, g;
    step(&r, &at, &g);
    near(g, 3 * log(2) + log(cosh(4 * K)), 1e-13, "g");
    near(at, 0.5 * log(cosh(4 * K)), 1e-13, "K'");
  }
}

/* d = 1 is the chain, which it does exactly: Ising by ln 2cosh K, Potts by ln(e^K + q - 1), for either sign. */
Test(migdal_kadanoff, one_dimension_is_exact) {
  static const double K[] = {-5, -0.8, -0.01, 0, 0.3, 2, 40};
  for (double b = 2; b <= 5; b++)
    for (size_t i = 0; i < sizeof K / sizeof *K; i++) {
      gibbs_recursion ising = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){b, 1, 2, 0});
      near(free_energy(&ising, &K[i]), -log(2 * cosh(K[i])), 1e-14, "F of the chain");
      gibbs_recursion potts = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){b, 1, 3.5, 0});
      near(free_energy(&potts, &K[i]), -log(exp(K[i]) + 2.5), 1e-14, "F of the Potts chain");
      cr_expect(fixed_point(&potts, NULL).y_t == -INFINITY);
    }
}

/* tanh K' = tanh^b(b^(d-1) K), of which all digits are kept where K' is 4e-18. */
Test(migdal_kadanoff, weak_couplings_keep_their_digits) {
  gibbs_recursion r = make(&gibbs_recursion_kind_migdal_kadanoff, NULL);
  double K = 1e-9, g;
  step(&r, &K, &g);
  cr_expect(fabs(K / 4e-18 - 1) < 1e-14, "K' is %.17g", K);
}

/* t = (2 b^(d-1) K / q)^b decides in high dimensions: K* = 1 / (b^(d-1))^2 at b = 2, with the eigenvalue b. */
Test(migdal_kadanoff, high_dimensions_and_large_scales) {
  for (double d = 6; d <= 100; d += 11) {
    gibbs_recursion r = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){2, d, 2, 0});
    const gibbs_fixed_point point = fixed_point(&r, NULL);
    cr_expect(fabs(point.couplings[0] * pow(4, d - 1) - 1) < pow(4, 3 - d) + 1e-12, "d %g: K* %g", d,
              point.couplings[0]);
    cr_expect(fabs(point.y_t - 1) < pow(4, 2 - d) + 1e-12, "d %g: y %.15g", d, point.y_t);
  }
  /* tanh K = t^100, t = tanh 100 K: lambda = 100 * 100 t^99 (1 - t^2) / (1 - t^200), by bisection */
  gibbs_recursion r = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){100, 2, 2, 0});
  double low = 1e-3, high = 1;
  for (int i = 0; i < 200; i++) {
    const double middle = 0.5 * (low + high);
    *(pow(tanh(100 * middle), 100) < tanh(middle) ? &low : &high) = middle;
  }
  const double t = tanh(100 * low), lambda = 1e4 * pow(t, 99) * (1 - t * t) / (1 - pow(t, 200));
  const gibbs_fixed_point point = fixed_point(&r, NULL);
  near(point.couplings[0], low, 1e-13, "K*");
  near(point.y_t, log(lambda) / log(100), 1e-11, "y_t");
}

/* Every second spin turned: -K is K on the hypercubic lattice, and stays so where b is odd. */
Test(migdal_kadanoff, unlike_neighbours) {
  for (double b = 2; b <= 3; b++) {
    gibbs_recursion r = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){b, 2, 2, 0});
    double K = 0.4, minus = -0.4, g, g_minus;
    near(free_energy(&r, &minus), free_energy(&r, &K), 1e-15, "F");
    step(&r, &K, &g);
    step(&r, &minus, &g_minus);
    cr_expect(minus == (b == 3 ? -K : K) && g == g_minus);
  }
}

/* b -> 1: of free spins, of K that vanishes, and of strong bonds, K' = 2K - 1/2, for which dK/dl = K - 1/2. */
Test(migdal_kadanoff, the_limit_is_followed_to_the_ends) {
  gibbs_recursion r = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){1, 2, 2, 0});
  double at = 0, g, strong = 100;
  step(&r, &at, &g);
  cr_expect(at == 0 && isnan(g));
  step(&r, &strong, &g);
  near(strong, 199.5, 1e-13, "K'");
  for (int n = 0, i = (at = 0.4, 0); i < 30; i++, n++) step(&r, &at, &g);
  cr_expect_eq(at, 0);
  /* d = 10: K* = 1.2341e-4, far below any fixed step of a difference */
  r = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){1, 10, 2, 0});
  const gibbs_fixed_point point = fixed_point(&r, NULL);
  near(tanh(point.couplings[0]), exp(-9 * 2 * point.couplings[0] / sinh(2 * point.couplings[0])), 1e-12, "K*");
}

/* Moving bonds cannot lower Z (Jensen): a bound of the free energy from below.  It leaves a quarter of the sites free
 * at each step, so that at low temperatures it is off by ln 2 / 3. */
Test(migdal_kadanoff, free_energy_is_a_lower_bound) {
  gibbs_recursion r = make(&gibbs_recursion_kind_migdal_kadanoff, NULL);
  for (double K = 0.05; K < 2; K += 0.05) {
    gibbs_ising_solution exact;
    gibbs_error err;
    cr_assert_eq(gibbs_ising_infinite(K, &exact, &err), GIBBS_OK);
    const double F = free_energy(&r, &K);
    cr_expect(F <= exact.free_energy + 1e-12 && F > exact.free_energy - log(2) / 3 - 1e-9, "K %g: F %g, exact %g", K,
              F, exact.free_energy);
  }
}

/* ---- the other schemes -------------------------------------------------------------------------------------- */

Test(niemeijer_van_leeuwen, fixed_point_and_exponents) {
  gibbs_recursion r = make(&gibbs_recursion_kind_niemeijer_van_leeuwen, NULL);
  gibbs_fixed_point point = fixed_point(&r, NULL);
  near(point.couplings[0], 0.3356135116133815, 1e-11, "K*");
  near(point.real[0], 2.1213203435596424, 1e-10, "the field's eigenvalue");
  near(point.y_t, 0.8822026459310388, 1e-10, "y_T");
  near(point.y_h, 1.3690702464285425, 1e-10, "y_h");
  double at[2] = {0.3, 0}, g;
  step(&r, at, &g);
  near(at[0], 0.2803444913115432, 1e-13, "K'");
  near(g, log(exp(0.9) + 3 * exp(-0.3)), 1e-13, "g");
}

/* ln Z a site of the triangular lattice (Houtappel): its integrand is periodic, so that the midpoint rule converges
 * exponentially off the critical point. */
static double triangular_free_energy(double K) {
  enum { POINTS = 200 };
  const double C = cosh(2 * K), S = sinh(2 * K), pi = acos(-1);
  double sum = 0;
  for (int i = 0; i < POINTS; i++)
    for (int j = 0; j < POINTS; j++) {
      const double a = 2 * pi * (i + 0.5) / POINTS, b = 2 * pi * (j + 0.5) / POINTS;
      sum += log(C * C * C + S * S * S - S * (cos(a) + cos(b) + cos(a + b)));
    }
  return -log(2) - 0.5 * sum / (POINTS * POINTS);
}

/* The first cumulant bounds Z from below (Jensen): F from above; exact at K = 0 and where all spins agree. */
Test(niemeijer_van_leeuwen, free_energy_is_an_upper_bound) {
  gibbs_recursion r = make(&gibbs_recursion_kind_niemeijer_van_leeuwen, NULL);
  for (double K = -0.6; K < 1.3; K += 0.1) {
    const double F = free_energy(&r, (double[]){K, 0}), exact = triangular_free_energy(K);
    cr_expect(F > exact - 1e-12 && F < exact + 0.35, "K %g: F %g, exact %g", K, F, exact);
  }
  near(free_energy(&r, (double[]){0, 0}), -log(2), 1e-15, "free spins");
  near(free_energy(&r, (double[]){8, 0}), -24, 1e-12, "strong bonds");
  double F = 0;
  gibbs_error err = {0}; /* what the field does to F begins at its square, which the scheme does not know */
  cr_expect_eq(gibbs_recursion_free_energy(&r, (double[]){0.5, 0.1}, &F, &err), GIBBS_ERR_UNSUPPORTED);
  cr_expect_str_eq(err.message,
                   "niemeijer_van_leeuwen: the step from K = 0.5, h = 0.1 has no constant, so there is no "
                   "free energy");
}

/* K* = 1/3, L* = 1/9, lambda = (2 + sqrt 10) / 3 for the quadratic form; tanh for the folded one. */
Test(wilson, fixed_points) {
  gibbs_recursion r = make(&gibbs_recursion_kind_wilson, (double[]){0});
  gibbs_fixed_point point = fixed_point(&r, NULL);
  near(point.couplings[0], 1.0 / 3, 1e-12, "K*");
  near(point.couplings[1], 1.0 / 9, 1e-12, "L*");
  near(point.real[0], (2 + sqrt(10)) / 3, 1e-10, "lambda");
  r = make(&gibbs_recursion_kind_wilson, (double[]){2});
  point = fixed_point(&r, NULL);
  near(0.375 * log(cosh(4 * point.couplings[0])), point.couplings[0], 1e-12, "K*");
  near(point.real[0], 1.5 * tanh(4 * point.couplings[0]), 1e-10, "lambda");
}

/* The first step of the full form is exact but for the coupling of four spins: its constant is. */
Test(wilson, constant_of_the_exact_step) {
  gibbs_recursion r = make(&gibbs_recursion_kind_wilson, (double[]){1});
  double at[2] = {0.408, 0}, g;
  step(&r, at, &g);
  near(at[0], 0.25 * log(cosh(4 * 0.408)), 1e-13, "K'");
  near(at[1], 0.125 * log(cosh(4 * 0.408)), 1e-13, "L'");
  near(g, log(2) + 0.5 * log(cosh(2 * 0.408)) + 0.125 * log(cosh(4 * 0.408)), 1e-13, "g");
}

/* Kadanoff, 1975: alpha = 0.001756 and delta = 15.04; in three dimensions (1976) p = 0.4035 and nu = 0.629. */
Test(kadanoff, exponents_of_the_stationary_parameter) {
  gibbs_recursion r = make(&gibbs_recursion_kind_kadanoff, NULL);
  gibbs_fixed_point point = fixed_point(&r, NULL);
  near(2 - 2 / point.y_t, 0.001756, 1e-6, "alpha");
  near(point.y_h / (2 - point.y_h), 15.04, 5e-3 / 15, "delta");
  near(r.options[1], 0.765983, 1e-6, "p");
  r = make(&gibbs_recursion_kind_kadanoff, (double[]){3, 0});
  point = fixed_point(&r, NULL);
  near(1 / point.y_t, 0.629, 5e-4, "nu in three dimensions");
}

/* From a program of its own for the symmetric couplings of d = 2, with complex steps for the derivatives. */
Test(kadanoff, the_stationary_point_to_twelve_digits) {
  gibbs_recursion r = make(&gibbs_recursion_kind_kadanoff, NULL);
  const gibbs_fixed_point point = fixed_point(&r, NULL);
  near(r.options[1], 0.7659830351999, 1e-12, "p");
  near(point.couplings[1], 0.13971663168929, 1e-12, "pairs");
  near(point.couplings[4], -0.00686500768622, 1e-12, "all four");
  near(point.y_t, 1.0008789338587, 1e-12, "y_t");
  near(point.y_h, 1.8753158112055, 1e-12, "y_h");
}

/* Free spins: p = 0 leaves them alone and is exact; any other p moves its own normalisation, and bounds. */
Test(kadanoff, free_spins_and_a_field) {
  double bound = 0, p = 1;
  gibbs_error err = {0};
  cr_assert_eq(gibbs_kadanoff_bound(2, 0, 0, &bound, &p, &err), GIBBS_OK, "%s", err.message);
  near(bound, -log(2), 1e-14, "the bound at K = 0");
  gibbs_recursion r = make(&gibbs_recursion_kind_kadanoff, (double[]){2, 0.3});
  double couplings[GIBBS_MOST_COUPLINGS];
  gibbs_recursion_embed(&r, 0, 0.4, couplings);
  cr_expect(free_energy(&r, couplings) <= -log(2 * cosh(0.4)), "a bound in a field");
}

Test(kadanoff, bounds_the_free_energy_from_below) {
  for (double K = 0.05; K < 1.2; K += 0.05) {
    double bound = 0, p = 0;
    gibbs_ising_solution exact;
    gibbs_error err = {0};
    cr_assert_eq(gibbs_kadanoff_bound(2, K, 0, &bound, &p, &err), GIBBS_OK, "%s", err.message);
    cr_assert_eq(gibbs_ising_infinite(K, &exact, &err), GIBBS_OK);
    cr_expect(bound <= exact.free_energy && bound > 1.05 * exact.free_energy, "K %g: bound %.8f, exact %.8f", K,
              bound, exact.free_energy);
    gibbs_recursion other = make(&gibbs_recursion_kind_kadanoff, (double[]){2, p + 0.2});
    double couplings[GIBBS_MOST_COUPLINGS];
    gibbs_recursion_embed(&other, K, 0, couplings);
    cr_expect(free_energy(&other, couplings) < bound, "another p is no better");
  }
}

/* In three dimensions, by the high-temperature series, v = tanh K; and for strong bonds of either sign. */
Test(kadanoff, bounds_the_cubic_lattice) {
  static const double loops[] = {3, 22, 187.5, 1980, 24044, 319170}; /* of v^4, v^6, ... */
  for (double K = 0.03; K < 0.13; K += 0.03) {
    const double v = tanh(K);
    double F = -log(2) - 3 * log(cosh(K)), bound = 0, p = 0;
    for (int i = 0; i < 6; i++) F -= loops[i] * pow(v, 4 + 2 * i);
    gibbs_error err = {0};
    cr_assert_eq(gibbs_kadanoff_bound(3, K, 0, &bound, &p, &err), GIBBS_OK, "%s", err.message);
    gibbs_recursion moved = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){2, 3, 2, 0});
    cr_expect(bound < F && bound > free_energy(&moved, &K), "K %g: %.8f, %.8f, moved bonds %.8f", K, bound, F,
              free_energy(&moved, &K));
  }
  for (double K = -2; K < 2.1; K += 4) {
    double bound = 0, p = 0;
    gibbs_error err = {0};
    cr_assert_eq(gibbs_kadanoff_bound(3, K, 0, &bound, &p, &err), GIBBS_OK, "%s", err.message);
    near(bound, -6, 1e-9, "all bonds are content");
    cr_expect(bound < -6 + 1e-14 && p > 1.5);
  }
}

Test(kadanoff, weak_block_spins_have_no_critical_fixed_point) {
  gibbs_recursion r = make(&gibbs_recursion_kind_kadanoff, (double[]){2, 0.5});
  gibbs_fixed_point point;
  gibbs_error err = {0};
  cr_expect_eq(gibbs_recursion_fixed_point(&r, NULL, &point, &err), GIBBS_ERR_UNSUPPORTED);
  r = make(&gibbs_recursion_kind_kadanoff, (double[]){2, 0.68});
  cr_expect(fixed_point(&r, NULL).y_t > 0.5);
}

/* ---- every row ---------------------------------------------------------------------------------------------- */

Test(rows, every_scheme_has_a_fixed_point_or_is_a_chain) {
  for (size_t i = 0; gibbs_recursion_kinds[i] != NULL; i++) {
    gibbs_recursion r = make(gibbs_recursion_kinds[i], NULL);
    cr_expect(r.couplings >= 1 && r.scale > 1 && strlen(gibbs_recursion_kinds[i]->doc) > 10);
    gibbs_fixed_point point = fixed_point(&r, NULL);
    cr_expect(point.residual < 1e-10, "%s: %g", r.name, point.residual);
    double slope[GIBBS_MOST_COUPLINGS * GIBBS_MOST_COUPLINGS];
    gibbs_error err = {0};
    cr_assert_eq(gibbs_recursion_slope(&r, point.couplings, slope, &err), GIBBS_OK);
    double trace = 0, sum = 0;
    for (size_t k = 0; k < r.couplings; k++) {
      trace += slope[k * r.couplings + k];
      sum += point.real[k];
    }
    near(sum, trace, 1e-9, r.name);
  }
}

/* Each formula of a derivative against differences of the step. */
Test(rows, derivatives_are_those_of_the_step) {
  static const double options[][4] = {{3}, {3, 2.5, 3, 0}, {0}, {3, 0.4}, {1}};
  for (size_t i = 0; gibbs_recursion_kinds[i] != NULL; i++)
    for (size_t form = 0; form < 2; form++) {
      gibbs_recursion r = make(gibbs_recursion_kinds[i], form == 0 ? options[i] : NULL), plain = r;
      double at[GIBBS_MOST_COUPLINGS], slope[GIBBS_MOST_COUPLINGS * GIBBS_MOST_COUPLINGS],
          differences[GIBBS_MOST_COUPLINGS * GIBBS_MOST_COUPLINGS];
      gibbs_error err = {0};
      plain.slope = NULL;
      for (size_t k = 0; k < r.couplings; k++) at[k] = 0.3 / (double)(k + 1) / (double)(r.couplings);
      cr_assert_not_null(r.slope);
      cr_assert_eq(gibbs_recursion_slope(&r, at, slope, &err), GIBBS_OK, "%s", err.message);
      cr_assert_eq(gibbs_recursion_slope(&plain, at, differences, &err), GIBBS_OK, "%s", err.message);
      for (size_t k = 0; k < r.couplings * r.couplings; k++) near(slope[k], differences[k], 1e-9, r.name);
    }
}

static gibbs_status grow(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                         gibbs_error *err) {
  (void)r, (void)err;
  next[0] = 4 * couplings[0];
  *constant = 0;
  return GIBBS_OK;
}

/* A field that grows as fast as the lattice shrinks, with no constant to account for it. */
Test(rows, constants_that_do_not_add_up_are_refused) {
  gibbs_recursion r = {.name = "own",
                       .names = {"h"},
                       .couplings = 1,
                       .scale = 2,
                       .dimension = 2,
                       .states = 2,
                       .has_constant = true,
                       .step = grow};
  double F = 0;
  gibbs_error err = {0};
  cr_expect_eq(gibbs_recursion_free_energy(&r, (double[]){0.5}, &F, &err), GIBBS_ERR_NUMERIC);
  near(free_energy(&r, (double[]){0}), 0, 1e-15, "nothing to add");
}

Test(rows, an_interrupt_ends_a_flow) {
  gibbs_recursion r = make(&gibbs_recursion_kind_kadanoff, (double[]){2, 0.7});
  gibbs_fixed_point point;
  gibbs_error err = {0};
  gibbs_interrupt();
  cr_expect_eq(gibbs_recursion_fixed_point(&r, NULL, &point, &err), GIBBS_ERR_INTERRUPT);
  gibbs_interrupt_clear();
  cr_expect_eq(gibbs_recursion_fixed_point(&r, NULL, &point, &err), GIBBS_OK);
}

Test(rows, what_is_not_known_is_refused) {
  gibbs_recursion r = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){1, 2, 2, 0});
  double F = 0, K = 0.4;
  gibbs_error err = {0};
  cr_expect_eq(gibbs_recursion_free_energy(&r, &K, &F, &err), GIBBS_ERR_UNSUPPORTED);
  r = make(&gibbs_recursion_kind_migdal_kadanoff, NULL);
  K = -0.4;
  r = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){1.5, 2, 2, 0});
  cr_expect_eq(gibbs_recursion_free_energy(&r, &K, &F, &err), GIBBS_ERR_ARGUMENT);
  r = make(&gibbs_recursion_kind_migdal_kadanoff, (double[]){2, 2, 1.5, 0});
  cr_expect_eq(gibbs_recursion_free_energy(&r, &K, &F, &err), GIBBS_ERR_ARGUMENT);
}

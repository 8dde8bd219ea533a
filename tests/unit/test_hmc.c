/* Hamiltonian Monte Carlo: means against exact numbers, invariance from exact draws, adaptation that ends, energies
 * that are not finite, and the same bits however many chains and threads. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <string.h>

#include "gibbs/chains.h"
#include "gibbs/random.h"
#include "gibbs/threads.h"
#include "hmc.h"

#include "expressions.h"

TestSuite(hmc, .init = begin_case, .fini = end_case);

static const gibbs_kernel *kernel_of_hmc(void) {
  const gibbs_kernel *kernel = gibbs_kernel_find("hmc");
  cr_assert(kernel);
  return kernel;
}

typedef struct settings {
  double step, length, jitter;
} settings;

static const settings by_itself = {0, 0, 0.1};

/* ---- runs ---------------------------------------------------------------------------------------------------- */

typedef struct run {
  gibbs_target target;
  gibbs_expr *variable;
  settings settings;
  size_t units, chains, first;
  double *values; /* [unit * chains + c] */
  void *instance;
  uint32_t sweeps;
} run;

static run run_begin(gibbs_expr *energy, gibbs_expr *variable, settings s, size_t chains) {
  run r = {.variable = variable, .settings = s, .units = gibbs_expr_size(variable), .chains = chains};
  r.target = (gibbs_target){.energy = energy, .variable_count = 1, .units = r.units};
  r.values = calloc(r.units * chains, sizeof *r.values);
  return r;
}

static void run_make(run *r) {
  char why[300] = "";
  r->target.variables = &r->variable;
  cr_assert(kernel_of_hmc()->can(&r->target, &r->settings.step, why, sizeof why), "%s", why);
  OK(kernel_of_hmc()->make(&r->target, &r->settings.step, r->chains, r->first, &r->instance, &error));
  OK(kernel_of_hmc()->set(r->instance, r->values, r->chains, &error));
}

static void run_sweeps(run *r, uint32_t count) {
  for (uint32_t t = 0; t < count; t++) OK(kernel_of_hmc()->sweep(r->instance, 7, r->sweeps++, &error));
}

static void run_warm_up(run *r, uint32_t count) {
  kernel_of_hmc()->adapt(r->instance, true);
  run_sweeps(r, count);
  kernel_of_hmc()->adapt(r->instance, false);
}

static void run_end(run *r) {
  kernel_of_hmc()->free(r->instance);
  free(r->values);
}

/* Chains are independent: the spread of their means over time is the error, whatever their autocorrelation. */
typedef double (*observable)(const double *x, size_t which);

static void expect_means(run *r, uint32_t sweeps, observable f, const double *exact, size_t count, double sigmas) {
  double *sum = calloc(count * r->chains, sizeof *sum), x[16];
  cr_assert(r->units <= 16);
  for (uint32_t t = 0; t < sweeps; t++) {
    run_sweeps(r, 1);
    kernel_of_hmc()->get(r->instance, r->values, r->chains);
    for (size_t c = 0; c < r->chains; c++) {
      for (size_t u = 0; u < r->units; u++) x[u] = r->values[u * r->chains + c];
      for (size_t k = 0; k < count; k++) sum[k * r->chains + c] += f(x, k) / sweeps;
    }
  }
  for (size_t k = 0; k < count; k++) {
    double mean = 0, square = 0, n = (double)r->chains;
    for (size_t c = 0; c < r->chains; c++) mean += sum[k * r->chains + c] / n;
    for (size_t c = 0; c < r->chains; c++) square += pow(sum[k * r->chains + c] - mean, 2);
    double sigma = sqrt(square / (n * (n - 1)));
    cr_expect(fabs(mean - exact[k]) < sigmas * sigma, "mean %zu: %g +- %g, not %g", k, mean, sigma, exact[k]);
  }
  free(sum);
}

/* ---- energies ------------------------------------------------------------------------------------------------ */

/* x = L z with z standard normal has the energy |L^-1 x|^2 / 2; this is L, and its inverse. */
enum { normal_units = 4 };
static const double mixing[normal_units][normal_units] = {
    {1, 0, 0, 0}, {2, 0.5, 0, 0}, {-1, 0.3, 0.2, 0}, {0.5, 1, 1, 3}};

static void invert_mixing(double inverse[normal_units][normal_units]) {
  for (size_t j = 0; j < normal_units; j++)
    for (size_t i = 0; i < normal_units; i++) {
      double sum_ij = i == j;
      for (size_t k = 0; k < i; k++) sum_ij -= mixing[i][k] * inverse[k][j];
      inverse[i][j] = sum_ij / mixing[i][i];
    }
}

static gibbs_expr *matrix_of(const double *values, size_t n) {
  gibbs_shape shape = gibbs_shape_matrix(n, n);
  gibbs_tensor *tensor = NULL;
  OK(gibbs_tensor_new(&shape, &tensor, &error));
  memcpy(gibbs_tensor_data(tensor), values, n * n * sizeof *values);
  gibbs_expr *node = constant_of(tensor);
  gibbs_tensor_release(tensor);
  return node;
}

static gibbs_expr *normal_energy(gibbs_expr *x) {
  double inverse[normal_units][normal_units];
  invert_mixing(inverse);
  gibbs_expr *z = matmul(matrix_of(inverse[0], normal_units), false, x, false);
  return mul(num(0.5), dot(z, z));
}

static double covariance_of(size_t i, size_t j) {
  double total = 0;
  for (size_t k = 0; k < normal_units; k++) total += mixing[i][k] * mixing[j][k];
  return total;
}

/* Means, then products of two. */
static double moment(const double *x, size_t which) {
  if (which < normal_units) return x[which];
  which -= normal_units;
  return x[which / normal_units] * x[which % normal_units];
}

Test(hmc, a_correlated_normal_distribution_has_its_means_and_covariances) {
  gibbs_expr *x = reals(gibbs_shape_vector(normal_units));
  run r = run_begin(normal_energy(x), x, by_itself, 100);
  double exact[normal_units + normal_units * normal_units] = {0};
  for (size_t i = 0; i < normal_units * normal_units; i++)
    exact[normal_units + i] = covariance_of(i / normal_units, i % normal_units);
  run_make(&r);
  run_warm_up(&r, 150);
  expect_means(&r, 200, moment, exact, normal_units + normal_units * normal_units, 4);
  run_end(&r);
}

/* ---- a double well, and units that are held ------------------------------------------------------------------ */

static double well(double x) {
  return 1.5 * (x * x - 1) * (x * x - 1) + 0.3 * x;
}
static gibbs_expr *well_energy(gibbs_expr *x) {
  gibbs_expr *off = sub(mul(x, x), num(1));
  return sum(add(mul(num(1.5), mul(off, off)), mul(num(0.3), x)));
}
static double well_weight(double x, void *power_of) {
  return pow(x, *(double *)power_of) * exp(-well(x));
}
static double well_moment(double k) {
  gsl_integration_workspace *w = gsl_integration_workspace_alloc(200);
  double total[2], uncertainty, powers[2] = {k, 0};
  for (size_t i = 0; i < 2; i++) {
    gsl_function f = {well_weight, &powers[i]};
    gsl_integration_qagi(&f, 1e-12, 1e-10, 200, w, &total[i], &uncertainty);
  }
  gsl_integration_workspace_free(w);
  return total[0] / total[1];
}
static double well_observable(const double *x, size_t which) {
  return pow(x[0], (double)which + 1);
}

Test(hmc, a_double_well_has_the_moments_of_quadrature) {
  gibbs_expr *x = reals(gibbs_shape_vector(2));
  run r = run_begin(well_energy(x), x, by_itself, 100);
  double exact[4];
  for (size_t k = 0; k < 4; k++) exact[k] = well_moment((double)k + 1);
  run_make(&r);
  run_warm_up(&r, 100);
  expect_means(&r, 400, well_observable, exact, 4, 4);
  run_end(&r);
}

/* E = (x - y)^2 / 2 + y^2 / 2 with y held at 3: x is normal around 3. */
static double held_observable(const double *x, size_t which) {
  return which == 0 ? x[0] : which == 1 ? (x[0] - 3) * (x[0] - 3) : x[1];
}

Test(hmc, held_units_stay_and_the_others_follow_them) {
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *a = element(x, 0), *b = element(x, 1), *off = sub(a, b);
  run r = run_begin(mul(num(0.5), add(mul(off, off), mul(b, b))), x, by_itself, 60);
  const bool held[] = {false, true};
  const double exact[] = {3, 1};
  r.target.held = held;
  for (size_t c = 0; c < r.chains; c++) r.values[r.chains + c] = 3;
  run_make(&r);
  run_warm_up(&r, 60);
  expect_means(&r, 200, held_observable, exact, 2, 4);
  for (size_t c = 0; c < r.chains; c++) cr_assert(r.values[r.chains + c] == 3);
  run_end(&r);
}

/* x > 0 with the density x exp(-x): beyond 0 the energy is not finite, and trajectories that end there are refused.
 */
static double gamma_observable(const double *x, size_t which) {
  return pow(x[0], (double)which + 1);
}

Test(hmc, trajectories_that_leave_the_domain_are_rejected) {
  gibbs_expr *x = reals(gibbs_shape_vector(1)), *first = element(x, 0);
  run r = run_begin(sub(first, un(GIBBS_OP_LOG, first)), x, (settings){0.7, 5, 0.3}, 100);
  const double exact[] = {2, 6, 24};
  for (size_t c = 0; c < r.chains; c++) r.values[c] = 1;
  run_make(&r);
  run_sweeps(&r, 50);
  expect_means(&r, 400, gamma_observable, exact, 3, 4);
  run_end(&r);
}

/* ---- invariance ---------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Kolmogorov's probability of a distance at least as large; `p` are the values' cumulative probabilities. */
static double kolmogorov(double *p, size_t n) {
  double most = 0, total = 0;
  qsort(p, n, sizeof *p, by_size);
  for (size_t i = 0; i < n; i++)
    most = fmax(most, fmax(p[i] - (double)i / (double)n, (double)(i + 1) / (double)n - p[i]));
  double lambda = (sqrt((double)n) + 0.12 + 0.11 / sqrt((double)n)) * most;
  for (int k = 1; k <= 100; k++) total += (k % 2 ? 2 : -2) * exp(-2.0 * k * k * lambda * lambda);
  return lambda < 0.2 ? 1 : total;
}

static void draw_exactly(run *r) {
  for (size_t c = 0; c < r->chains; c++) {
    gibbs_stream stream = gibbs_stream_open(4, GIBBS_PURPOSE_CHECK, (uint32_t)c, 0);
    double z[normal_units];
    for (size_t u = 0; u < normal_units; u++) z[u] = gibbs_stream_normal(&stream);
    for (size_t u = 0; u < normal_units; u++) {
      double x = 0;
      for (size_t k = 0; k < normal_units; k++) x += mixing[u][k] * z[k];
      r->values[u * r->chains + c] = x;
    }
  }
}

/* The p-values of every unit, and of |z|^2. */
static void expect_exact_draws(run *r, unsigned sweeps) {
  double *p = malloc(r->chains * sizeof *p), inverse[normal_units][normal_units];
  invert_mixing(inverse);
  for (size_t u = 0; u <= normal_units; u++) {
    for (size_t c = 0; c < r->chains; c++) {
      double square = 0;
      for (size_t i = 0; i < normal_units; i++) {
        double z = 0;
        for (size_t k = 0; k < normal_units; k++) z += inverse[i][k] * r->values[k * r->chains + c];
        square += z * z;
      }
      p[c] = u < normal_units ? gsl_cdf_gaussian_P(r->values[u * r->chains + c], sqrt(covariance_of(u, u)))
                              : gsl_cdf_chisq_P(square, normal_units);
    }
    double chance = kolmogorov(p, r->chains);
    cr_expect(chance > 1e-6, "after %u sweeps, unit %zu: p = %g", sweeps, u, chance);
  }
  free(p);
}

Test(hmc, exact_normal_draws_stay_exact) {
  gibbs_expr *x = reals(gibbs_shape_vector(normal_units));
  for (unsigned sweeps = 1; sweeps <= 16; sweeps *= 4) {
    double acceptance[20000], mean = 0;
    run r = run_begin(normal_energy(x), x, (settings){0.09, 5, 0.2}, 20000);
    draw_exactly(&r);
    run_make(&r);
    run_sweeps(&r, sweeps);
    kernel_of_hmc()->get(r.instance, r.values, r.chains);
    kernel_of_hmc()->measure(r.instance, 0, acceptance);
    for (size_t c = 0; c < r.chains; c++) mean += acceptance[c] / 20000;
    cr_expect(mean > 0.3 && mean < 0.95, "acceptance %g: nothing is tested", mean);
    expect_exact_draws(&r, sweeps);
    run_end(&r);
  }
}

/* ---- adaptation ---------------------------------------------------------------------------------------------- */

/* Standard deviations from 1e-3 to 1e3. */
static double scaled_observable(const double *x, size_t which) {
  return pow(x[which] * pow(10, 3 - 2 * (double)which), 2);
}

Test(hmc, warm_up_finds_scales_and_acceptance_and_then_keeps_them) {
  gibbs_expr *x = reals(gibbs_shape_vector(4));
  const double precision[16] = {1e6, 0, 0, 0, 0, 1e2, 0, 0, 0, 0, 1e-2, 0, 0, 0, 0, 1e-6};
  const double exact[] = {1, 1, 1, 1};
  run r = run_begin(mul(num(0.5), dot(x, matmul(matrix_of(precision, 4), false, x, false))), x, by_itself, 50);
  double acceptance[50], step[50], later[50], mean = 0;
  run_make(&r);
  run_warm_up(&r, 1000);
  kernel_of_hmc()->measure(r.instance, 1, step);
  for (uint32_t t = 0; t < 50; t++) {
    run_sweeps(&r, 1);
    kernel_of_hmc()->measure(r.instance, 0, acceptance);
    for (size_t c = 0; c < 50; c++) mean += acceptance[c] / 2500;
  }
  cr_expect(mean > 0.6 && mean < 0.95, "acceptance %g", mean);
  expect_means(&r, 400, scaled_observable, exact, 4, 4);
  kernel_of_hmc()->measure(r.instance, 1, later);
  for (size_t c = 0; c < 50; c++) cr_expect(step[c] == later[c] && step[c] > 0.3, "step %g", step[c]);
  run_end(&r);
}

Test(hmc, memory_takes_a_warm_up_across) {
  gibbs_expr *x = reals(gibbs_shape_vector(2));
  run whole = run_begin(well_energy(x), x, by_itself, 21), half = run_begin(well_energy(x), x, by_itself, 21);
  run_make(&whole);
  run_warm_up(&whole, 130);
  run_sweeps(&whole, 10);
  run_make(&half);
  run_warm_up(&half, 60);
  size_t count = kernel_of_hmc()->memory(half.instance, NULL);
  double *memory = malloc(count * sizeof *memory);
  kernel_of_hmc()->memory(half.instance, memory);
  kernel_of_hmc()->get(half.instance, half.values, half.chains);
  kernel_of_hmc()->free(half.instance);
  run_make(&half);
  OK(kernel_of_hmc()->recall(half.instance, memory, count, &error));
  run_warm_up(&half, 70);
  run_sweeps(&half, 10);
  kernel_of_hmc()->get(whole.instance, whole.values, whole.chains);
  kernel_of_hmc()->get(half.instance, half.values, half.chains);
  for (size_t i = 0; i < 42; i++) cr_assert(whole.values[i] == half.values[i], "%zu", i);
  cr_expect(kernel_of_hmc()->recall(half.instance, memory, count + 1, &error) == GIBBS_ERR_ARGUMENT);
  memory[0] = 0.5;
  cr_expect(kernel_of_hmc()->recall(half.instance, memory, count, &error) == GIBBS_ERR_ARGUMENT);
  memory[0] = 60;
  memory[1 + GIBBS_STEP_SIZE_NUMBERS] = -1;
  cr_expect(kernel_of_hmc()->recall(half.instance, memory, count, &error) == GIBBS_ERR_NUMERIC);
  free(memory);
  run_end(&whole);
  run_end(&half);
}

/* ---- the same bits ------------------------------------------------------------------------------------------- */

static void run_part(run *r, size_t threads) {
  for (size_t u = 0; u < r->units; u++)
    for (size_t c = 0; c < r->chains; c++)
      r->values[u * r->chains + c] = 0.1 + sin((double)((r->first + c) * (u + 3)));
  gibbs_set_threads(threads);
  run_make(r);
  run_warm_up(r, 45);
  run_sweeps(r, 5);
  kernel_of_hmc()->get(r->instance, r->values, r->chains);
  gibbs_set_threads(0);
}

Test(hmc, chains_do_not_know_of_threads_and_neighbours) {
  gibbs_expr *x = reals(gibbs_shape_vector(70));
  gibbs_expr *W = constant(gibbs_shape_matrix(70, 50), -0.08, 0.08, 5);
  gibbs_expr *energy = sub(mul(num(0.5), dot(x, x)), sum(un(GIBBS_OP_LOGCOSH, matmul(W, true, x, false))));
  run whole = run_begin(energy, x, by_itself, 37);
  const size_t parts[][3] = {{0, 37, 2}, {0, 1, 1}, {20, 1, 1}, {9, 25, 2}};
  whole.first = 6;
  run_part(&whole, 1);
  for (size_t k = 0; k < 4; k++) {
    run part = run_begin(energy, x, by_itself, parts[k][1]);
    part.first = whole.first + parts[k][0];
    run_part(&part, parts[k][2]);
    for (size_t u = 0; u < 70; u++)
      for (size_t c = 0; c < part.chains; c++)
        cr_assert(part.values[u * part.chains + c] == whole.values[u * 37 + parts[k][0] + c],
                  "unit %zu of chain %zu of part %zu", u, c, k);
    run_end(&part);
  }
  run_end(&whole);
}

/* ---- refusals ------------------------------------------------------------------------------------------------ */

Test(hmc, a_start_without_energy_is_reported_with_chain_and_unit) {
  gibbs_expr *x = reals(gibbs_shape_vector(3));
  run r = run_begin(sum(sub(x, un(GIBBS_OP_LOG, x))), x, by_itself, 20);
  for (size_t i = 0; i < 60; i++) r.values[i] = 1;
  r.values[2 * 20 + 17] = -2;
  run_make(&r);
  gibbs_error err = {.code = GIBBS_OK};
  cr_expect(kernel_of_hmc()->sweep(r.instance, 1, 0, &err) == GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "chain 18") && strstr(err.message, "unit 3") && strstr(err.message, "log of -2"),
            "%s", err.message);
  run_end(&r);
}

static gibbs_status call_nothing(void *payload, const double *values, double *out, gibbs_error *err) {
  (void)payload, (void)err;
  *out = values[0];
  return GIBBS_OK;
}

Test(hmc, mixed_units_and_energies_without_derivative_are_refused) {
  gibbs_expr *r = reals(gibbs_shape_vector(2)), *s = spins(2), *both[] = {r, s};
  gibbs_target target = {.energy = add(sum(s), dot(r, r)), .variables = both, .variable_count = 2, .units = 4};
  char why[300] = "";
  cr_expect(!kernel_of_hmc()->can(&target, &by_itself.step, why, sizeof why));
  cr_expect(strstr(why, "spins") && strstr(why, "real"), "%s", why);
  gibbs_callback callback = {.references = 1, .call = call_nothing};
  gibbs_expr *called = NULL;
  OK(gibbs_expr_callback(graph, &callback, &r, 1, &called, &error));
  target.energy = keep(called), target.variable_count = 1;
  cr_expect(!kernel_of_hmc()->can(&target, &by_itself.step, why, sizeof why));
  cr_expect(strstr(why, "derivative"), "%s", why);
}

/* The whole way, from a distribution of real units. */
Test(hmc, chains_of_real_units_choose_it) {
  gibbs_expr *x = reals(gibbs_shape_vector(normal_units)), *energy = normal_energy(x);
  gibbs_distribution *d = NULL;
  gibbs_chains *chains = NULL;
  double rows[5 * normal_units], again[5 * normal_units], *state = NULL;
  size_t count = 0;
  OK(gibbs_distribution_new("test", energy, &x, 1, NULL, 0, &d, &error));
  gibbs_chains_options options = {.chains = 5, .seed = 3};
  OK(gibbs_chains_new(d, &options, &chains, &error));
  cr_expect(gibbs_chains_kernel(chains) == kernel_of_hmc());
  OK(gibbs_chains_warm_up(chains, 50, &error));
  OK(gibbs_chains_save(chains, &state, &count, &error));
  OK(gibbs_chains_advance(chains, 10, &error));
  OK(gibbs_chains_get(chains, 0, rows, &error));
  OK(gibbs_chains_restore(chains, state, count, &error));
  OK(gibbs_chains_advance(chains, 10, &error));
  OK(gibbs_chains_get(chains, 0, again, &error));
  cr_expect(memcmp(rows, again, sizeof rows) == 0);
  free(state);
  gibbs_chains_free(chains);
  gibbs_distribution_release(d);
}

/* What happens to kernels that accept wrongly: this program has an acceptance of its own, in the place of the
 * library's, that can be broken; the harness has to see it. */
#include "invariance.h"

#include "expressions.h"
#include "hastings.h"
#include "informed.h"

TestSuite(hastings, .init = begin_case, .fini = end_case);

typedef enum fault { right, no_hastings_factor, always, half_of_the_energy } fault;
static fault present_fault;

double gibbs_hastings_acceptance(double from_energy, double to_energy, double log_forth, double log_back) {
  double energy = from_energy - to_energy, proposal = log_back - log_forth;
  if (present_fault == no_hastings_factor) proposal = 0;
  if (present_fault == half_of_the_energy) energy *= 0.5;
  if (present_fault == always) return 1;
  return exp(fmin(0, energy + proposal));
}

static invariance spins_begin(void) {
  gibbs_expr *v = spins(8), *W = constant(gibbs_shape_matrix(8, 8), -0.9, 0.9, 4);
  gibbs_expr *energy = sub(sum(un(GIBBS_OP_SOFTPLUS, matmul(W, false, v, false))), mul(num(0.3), sum(v)));
  gibbs_distribution *d = NULL;
  CHECK(gibbs_distribution_new("test", energy, &v, 1, NULL, 0, &d, err));
  invariance x = invariance_begin(d, false, NULL);
  gibbs_distribution_release(d);
  return x;
}

/* The p-value of invariance after four sweeps of one proposal. */
static double p_value(const invariance *x, double proposal, double flips, fault f) {
  const gibbs_kernel *kernel = gibbs_kernel_find("informed");
  double settings[] = {proposal, 2, flips, 1.2};
  invariance_run run = {kernel, settings, 20000, 0, 4, 31};
  present_fault = f;
  double p = invariance_p_value(x, &run);
  present_fault = right;
  return p;
}

Test(hastings, a_wrong_acceptance_is_caught) {
  invariance x = spins_begin();
  const double kinds[][2] = {{0, 1}, {0, 3}, {1, 1}};
  for (size_t k = 0; k < 3; k++) {
    double p = p_value(&x, kinds[k][0], kinds[k][1], right);
    cr_expect(p > invariance_alarm, "proposal %zu: p = %g", k, p);
    for (fault f = no_hastings_factor; f <= half_of_the_energy; f++) {
      p = p_value(&x, kinds[k][0], kinds[k][1], f);
      cr_expect(p < invariance_alarm, "proposal %zu with fault %d: p = %g", k, (int)f, p);
    }
  }
  invariance_end(&x);
}

/* The variance of one normal unit after a few long steps, in standard errors from 1. */
static double excess_variance(fault f) {
  enum { chains = 20000 };
  const gibbs_kernel *kernel = gibbs_kernel_find("hmc");
  const double settings[] = {1.5, 3, 0.1};
  gibbs_expr *x = reals(gibbs_shape_vector(1));
  gibbs_target target = {.energy = mul(num(0.5), dot(x, x)), .variables = &x, .variable_count = 1, .units = 1};
  double *values = malloc(chains * sizeof *values), square = 0;
  void *instance = NULL;
  for (uint32_t c = 0; c < chains; c++) {
    gibbs_stream stream = gibbs_stream_open(4, GIBBS_PURPOSE_CHECK, c, 0);
    values[c] = gibbs_stream_normal(&stream);
  }
  present_fault = f;
  CHECK(kernel->make(&target, settings, chains, 0, &instance, err));
  CHECK(kernel->set(instance, values, chains, err));
  for (uint32_t t = 0; t < 4; t++) CHECK(kernel->sweep(instance, 2, t, err));
  kernel->get(instance, values, chains);
  kernel->free(instance);
  present_fault = right;
  for (size_t c = 0; c < chains; c++) square += values[c] * values[c] / chains;
  free(values);
  return fabs(square - 1) / sqrt(2.0 / chains);
}

Test(hastings, trajectories_that_are_accepted_wrongly_are_caught) {
  cr_expect(excess_variance(right) < 5, "%g", excess_variance(right));
  cr_expect(excess_variance(no_hastings_factor) > 5, "%g", excess_variance(no_hastings_factor));
  cr_expect(excess_variance(always) > 5, "%g", excess_variance(always));
}

/* test_single_site.c - metropolis and heat_bath on small models of every structure: the exact distribution is kept
 * and reached, bits depend on nothing but the address, transition matrices balance, broken rules are caught. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "invariance.h"
#include "kernel.h"
#include "single_site.h"
#include "site_models.h"

static const gibbs_kernel *single_site_kernel(int k) {
  const gibbs_kernel *kernel = gibbs_kernel_find(k % 2 == 0 ? "metropolis" : "heat_bath");
  cr_assert_not_null(kernel);
  return kernel;
}

/* Every model with both kernels and both orders. */
ParameterizedTestParameters(single_site, keeps_and_reaches_the_exact_distribution) {
  static int cases[SITE_MODEL_COUNT * 4];
  for (int i = 0; i < SITE_MODEL_COUNT * 4; i++) cases[i] = i;
  return cr_make_param_array(int, cases, SITE_MODEL_COUNT * 4);
}

ParameterizedTest(int *which, single_site, keeps_and_reaches_the_exact_distribution) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_distribution *d = make_site_model(graph, (site_model)(*which / 4));
  invariance x = invariance_begin(d, false, NULL);
  const gibbs_kernel *kernel = single_site_kernel(*which);
  double order = *which / 2 % 2;
  char text[300];
  expect_invariant(&x, kernel, &order, 10000, (uint64_t)*which);
  expect_convergence(&x, kernel, &order, 5000, (uint64_t)*which, 100, x.states - 1);
  expect_same_bits(&x, kernel, &order, (uint64_t)*which);
  cr_log_info("%s: %s", site_model_names[*which / 4], gibbs_normal_form_print(x.target.form, text, sizeof text));
  invariance_end(&x);
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
}

/* Informed proposals: detailed balance of the very probabilities that they use, invariance, the same bits however
 * many chains and threads, adaptation, and what they refuse. */
#include "invariance.h"

#include "expressions.h"
#include "informed.h"

TestSuite(informed, .init = begin_case, .fini = end_case);

static const gibbs_kernel *kernel_of_informed(void) {
  const gibbs_kernel *kernel = gibbs_kernel_find("informed");
  cr_assert(kernel);
  return kernel;
}

enum { gradient_of = 0, langevin_of = 1 };

typedef struct settings {
  double proposal, steps, flips, step;
} settings;

static const settings by_gradient = {gradient_of, 0, 1, 0}, by_paths = {gradient_of, 0, 3, 0},
                      by_langevin = {langevin_of, 3, 1, 0.8};

/* ---- energies ------------------------------------------------------------------------------------------------ */

/* Parameters are kept by the case. */
static gibbs_expr *matrix_of(const char *name, size_t rows, size_t columns, double size, uint32_t chain) {
  return keep(make_parameter(graph, name, gibbs_shape_matrix(rows, columns), size, chain));
}

/* Pairs (with entries on the diagonal, which the gradient sees and the energy does not), products of three, and a
 * function that is no polynomial. */
static gibbs_expr *rough_energy(gibbs_expr *x) {
  size_t n = gibbs_expr_size(x);
  const long next[] = {1}, second[] = {2};
  gibbs_expr *J = matrix_of("J", n, n, 0.25, 11);
  gibbs_expr *triples = mul(mul(x, shift(x, next, 1)), shift(x, second, 1));
  gibbs_expr *rest = un(GIBBS_OP_TANH, mul(num(0.6), add(num(0.3), sum(x))));
  return add(add(dot(x, matmul(J, false, x, false)), mul(num(0.3), sum(triples))), mul(num(1.2), rest));
}

static gibbs_distribution *distribution_of(gibbs_expr *energy, gibbs_expr *const variables[], size_t count) {
  gibbs_distribution *d = NULL;
  CHECK(gibbs_distribution_new("test", energy, variables, count, NULL, 0, &d, err));
  return d;
}

static gibbs_expr *flat(gibbs_expr *x) {
  return reshape(x, gibbs_shape_vector(gibbs_expr_size(x)));
}

/* Two spins, two bits, two Potts units of three states, and a variable that the energy does not know. */
static invariance mixed_begin(const bool *held) {
  gibbs_expr *s = spins(2), *b = bits(2), *p = variable_of(GIBBS_POTTS, 3, gibbs_shape_vector(2)), *idle = spins(1);
  gibbs_expr *variables[] = {s, b, p, idle};
  gibbs_expr *a = matmul(matrix_of("A", 4, 2, 0.7, 1), false, s, false);
  a = add(a, matmul(matrix_of("B", 4, 2, 0.9, 2), false, b, false));
  a = add(a, matmul(matrix_of("C", 4, 6, 0.8, 3), false, flat(p), false));
  gibbs_expr *energy = sub(sum(un(GIBBS_OP_SOFTPLUS, a)), mul(num(1.5), un(GIBBS_OP_EXP, un(GIBBS_OP_TANH, sum(a)))));
  gibbs_distribution *d = distribution_of(energy, variables, 4);
  invariance x = invariance_begin(d, false, held);
  gibbs_distribution_release(d);
  return x;
}

static invariance rough_begin(gibbs_expr *variable, const bool *held) {
  gibbs_distribution *d = distribution_of(rough_energy(variable), &variable, 1);
  invariance x = invariance_begin(d, false, held);
  gibbs_distribution_release(d);
  return x;
}

/* ---- detailed balance ---------------------------------------------------------------------------------------- */

static gibbs_informed *instance_of(const invariance *x, const settings *s, size_t chains) {
  void *instance = NULL;
  CHECK(kernel_of_informed()->make(&x->target, &s->proposal, chains, 0, &instance, err));
  return instance;
}

static void values_of_state(const invariance *x, size_t state, double *values) {
  for (size_t u = 0; u < x->units; u++) values[u] = invariance_value(x, state, u);
}

/* values[state * units + unit] of all states. */
static double *values_of_states(const invariance *x) {
  double *values = malloc(x->states * x->units * sizeof *values);
  for (size_t s = 0; s < x->states; s++) values_of_state(x, s, values + s * x->units);
  return values;
}

/* The units that differ, as far as there is room; returns how many do. */
static size_t changed_units(size_t units, const double *from, const double *to, size_t changed[2]) {
  size_t count = 0;
  for (size_t u = 0; u < units; u++)
    if (from[u] != to[u] && count++ < 2) changed[count - 1] = u;
  return count;
}

/* The probability of going from one state to another, by any path of `flips` different units. */
static double path_probability(gibbs_informed *in, const double *from, const double *to) {
  double total = 0, one;
  size_t changed[2], count = changed_units(in->groups.units, from, to, changed);
  if (in->proposal == GIBBS_INFORMED_LANGEVIN) {
    CHECK(gibbs_informed_transition(in, from, to, NULL, &total, err));
    return total;
  }
  cr_assert(in->flips <= 2);
  for (size_t turn = 0; count == in->flips && turn < count; turn++) {
    size_t order[2] = {changed[turn], changed[count - 1 - turn]};
    CHECK(gibbs_informed_transition(in, from, to, order, &one, err));
    total += one;
  }
  return total;
}

/* Row a of the transition matrix. */
static void fill_row(const invariance *x, const double *values, gibbs_informed *in, size_t a, double *row) {
  double away = 0;
  for (size_t b = 0; b < x->states; b++) {
    row[b] = a == b ? 0 : path_probability(in, values + a * x->units, values + b * x->units);
    away += row[b];
  }
  cr_assert(away <= 1 + 1e-12, "the moves from state %zu have probability %.15g", a, away);
  row[a] = 1 - away;
}

static double largest_residual(const invariance *x, const settings *s) {
  gibbs_informed *in = instance_of(x, s, 1);
  double *row = malloc(x->states * sizeof *row), *after = calloc(x->states, sizeof *after), most = 0;
  double *values = values_of_states(x);
  for (size_t a = 0; a < x->states; a++) {
    fill_row(x, values, in, a, row);
    for (size_t b = 0; b < x->states; b++) after[b] += x->probability[a] * row[b];
  }
  for (size_t b = 0; b < x->states; b++) most = fmax(most, fabs(after[b] - x->probability[b]));
  kernel_of_informed()->free(in);
  free(values);
  free(row);
  free(after);
  return most;
}

Test(informed, twelve_spins_are_in_detailed_balance) {
  invariance x = rough_begin(spins(12), NULL);
  settings s = {gradient_of, 1, 1, 0};
  double residual = largest_residual(&x, &s);
  cr_expect(residual < 1e-12, "|pi T - pi| = %g", residual);
  invariance_end(&x);
}

Test(informed, paths_of_two_changes_are_in_detailed_balance) {
  invariance x = mixed_begin(NULL);
  settings s = {gradient_of, 1, 2, 0};
  double residual = largest_residual(&x, &s);
  cr_expect(residual < 1e-12, "|pi T - pi| = %g", residual);
  invariance_end(&x);
}

Test(informed, langevin_moves_of_all_units_are_in_detailed_balance) {
  invariance x = mixed_begin(NULL), y = rough_begin(spins(7), NULL);
  settings s = {langevin_of, 1, 1, 1.3};
  double residual = fmax(largest_residual(&x, &s), largest_residual(&y, &s));
  cr_expect(residual < 1e-12, "|pi T - pi| = %g", residual);
  invariance_end(&x);
  invariance_end(&y);
}

/* One step of many chains from one state lands where the matrix says. */
static void expect_row(invariance *x, const settings *s, size_t state, uint64_t seed) {
  enum { chains = 60000 };
  gibbs_informed *in = instance_of(x, s, 1);
  double *exact = x->probability, *row = malloc(x->states * sizeof *row), *values = values_of_states(x);
  fill_row(x, values, in, state, row);
  free(values);
  if (s->proposal == gradient_of) /* a sweep's last proposal is made half of the time */
    for (size_t b = 0; b < x->states; b++) row[b] = 0.5 * row[b] + 0.5 * (b == state);
  kernel_of_informed()->free(in);
  invariance_run run = {kernel_of_informed(), &s->proposal, chains, 0, 1, seed};
  x->probability = row;
  double p = invariance_cold_p_value(x, &run, state);
  cr_expect(p > invariance_alarm, "one step from state %zu: p = %g", state, p);
  x->probability = exact;
  free(row);
}

Test(informed, proposals_are_drawn_with_the_probabilities_that_are_weighed) {
  invariance x = mixed_begin(NULL);
  const settings all[] = {{gradient_of, 1, 1, 0}, {gradient_of, 1, 2, 0}, {langevin_of, 1, 1, 1.7}};
  for (size_t k = 0; k < 3; k++)
    for (size_t state = 5; state < x.states; state += 100) expect_row(&x, &all[k], state, 40 + state);
  invariance_end(&x);
}

/* ---- invariance ---------------------------------------------------------------------------------------------- */

static void expect_all_invariant(const invariance *x, uint64_t seed) {
  const settings *all[] = {&by_gradient, &by_paths, &by_langevin};
  for (size_t k = 0; k < 3; k++) expect_invariant(x, kernel_of_informed(), &all[k]->proposal, 12000, seed + 100 * k);
}

Test(informed, spins_are_kept) {
  invariance x = rough_begin(spins(8), NULL);
  expect_all_invariant(&x, 1);
  invariance_end(&x);
}

Test(informed, bits_are_kept) {
  invariance x = rough_begin(bits(7), NULL);
  expect_all_invariant(&x, 2);
  invariance_end(&x);
}

Test(informed, mixed_units_are_kept) {
  invariance x = mixed_begin(NULL);
  expect_all_invariant(&x, 3);
  invariance_end(&x);
}

Test(informed, held_units_stay_and_the_others_are_kept) {
  const bool held[] = {false, true, false, false, true, false, false};
  invariance x = mixed_begin(held);
  expect_all_invariant(&x, 4);
  invariance_end(&x);
}

Test(informed, nothing_moves_where_everything_is_held) {
  const bool held[] = {true, true, true, true, true, true, true};
  invariance x = mixed_begin(held);
  const settings *all[] = {&by_gradient, &by_paths, &by_langevin};
  double values[7];
  for (size_t k = 0; k < 3; k++) {
    invariance_run run = {kernel_of_informed(), &all[k]->proposal, 1, 0, 2, 1};
    values_of_state(&x, 77, values);
    invariance_advance(&x, &run, values); /* compares held units */
  }
  invariance_end(&x);
}

Test(informed, machines_and_energies_at_any_scale_are_kept) {
  machine m = make_machine_in(graph, GIBBS_SPINS, 7, GIBBS_BITS, 4, 0.8, 5);
  invariance x = invariance_begin(m.q, false, NULL);
  expect_all_invariant(&x, 5);
  double total = 0;
  gibbs_normal_form_set_scale(x.target.form, 0.4);
  CHECK(gibbs_normal_form_refresh(x.target.form, err));
  for (size_t s = 0; s < x.states; s++) total += x.probability[s] = pow(x.probability[s], 0.4);
  for (size_t s = 0; s < x.states; s++) x.probability[s] /= total;
  const settings *all[] = {&by_gradient, &by_paths, &by_langevin};
  for (size_t k = 0; k < 3; k++)
    expect_convergence(&x, kernel_of_informed(), &all[k]->proposal, 12000, 60 + k, 20, 0);
  invariance_end(&x);
  free_machine(&m);
}

Test(informed, cold_chains_arrive) {
  invariance x = rough_begin(spins(8), NULL), y = mixed_begin(NULL);
  const settings *all[] = {&by_gradient, &by_paths, &by_langevin};
  for (size_t k = 0; k < 3; k++) {
    expect_convergence(&x, kernel_of_informed(), &all[k]->proposal, 8000, 70 + k, 40, 0);
    expect_convergence(&y, kernel_of_informed(), &all[k]->proposal, 8000, 80 + k, 40, y.states - 1);
  }
  invariance_end(&x);
  invariance_end(&y);
}

/* Nothing is preferred, and every proposal of a single change is accepted: their number must not tell where a chain
 * is. */
Test(informed, chains_of_no_energy_arrive_too) {
  gibbs_expr *v = spins(4), *zero = keep(make_parameter(graph, "zero", gibbs_shape_vector(4), 0, 1));
  gibbs_distribution *d = distribution_of(dot(zero, v), &v, 1);
  invariance x = invariance_begin(d, false, NULL);
  const settings *all[] = {&by_gradient, &by_paths, &by_langevin};
  for (size_t k = 0; k < 3; k++)
    expect_convergence(&x, kernel_of_informed(), &all[k]->proposal, 10000, 95 + k, 40, 3);
  invariance_end(&x);
  gibbs_distribution_release(d);
}

/* The square root of no bits at all has an infinite slope; its energy is 0. */
Test(informed, a_slope_that_is_not_finite_does_not_stop_chains) {
  gibbs_expr *b = bits(5);
  gibbs_expr *energy =
      add(mul(num(0.8), un(GIBBS_OP_SQRT, sum(b))), dot(b, constant(gibbs_shape_vector(5), -0.5, 0.5, 3)));
  gibbs_distribution *d = distribution_of(energy, &b, 1);
  invariance x = invariance_begin(d, false, NULL);
  const settings *all[] = {&by_gradient, &by_paths, &by_langevin};
  for (size_t k = 0; k < 3; k++) expect_invariant(&x, kernel_of_informed(), &all[k]->proposal, 4000, 90 + 100 * k);
  invariance_end(&x);
  gibbs_distribution_release(d);
}

/* ---- the same bits ------------------------------------------------------------------------------------------- */

Test(informed, chains_do_not_know_of_threads_and_neighbours) {
  invariance x = mixed_begin(NULL);
  const settings *all[] = {&by_gradient, &by_paths, &by_langevin};
  for (size_t k = 0; k < 3; k++) expect_same_bits(&x, kernel_of_informed(), &all[k]->proposal, 6 + k);
  invariance_end(&x);
}

typedef struct big_run {
  gibbs_target target;
  gibbs_normal_form *form;
  size_t chains, first;
  bool adapt;
} big_run;

/* Chains first..first+chains-1 after three sweeps: values[u * chains + c]. */
static double *run_big(const big_run *r, const settings *s, size_t threads) {
  const gibbs_kernel *kernel = kernel_of_informed();
  double *values = malloc(r->target.units * r->chains * sizeof *values);
  void *instance = NULL;
  for (size_t c = 0; c < r->chains; c++) {
    gibbs_stream stream = gibbs_stream_open(5, GIBBS_PURPOSE_CHAIN, (uint32_t)(r->first + c), 0);
    for (size_t u = 0; u < r->target.units; u++) values[u * r->chains + c] = gibbs_stream_word(&stream) % 2 ? 1 : -1;
  }
  gibbs_set_threads(threads);
  CHECK(kernel->make(&r->target, &s->proposal, r->chains, r->first, &instance, err));
  CHECK(kernel->set(instance, values, r->chains, err));
  kernel->adapt(instance, r->adapt);
  for (uint32_t t = 0; t < 6; t++) CHECK(kernel->sweep(instance, 3, t, err));
  kernel->get(instance, values, r->chains);
  kernel->free(instance);
  gibbs_set_threads(0);
  return values;
}

static void expect_part(const big_run *whole, const settings *s, const double *expected, size_t first, size_t chains,
                        size_t threads) {
  big_run part = *whole;
  part.first = whole->first + first;
  part.chains = chains;
  double *values = run_big(&part, s, threads);
  for (size_t u = 0; u < part.target.units; u++)
    for (size_t c = 0; c < chains; c++)
      cr_assert(values[u * chains + c] == expected[u * whole->chains + first + c], "unit %zu, chain %zu of %zu..%zu",
                u, first + c, first, first + chains);
  free(values);
}

/* Dense products by BLAS, whose sums must not depend on what else is in a batch; steps that adapt chain by chain. */
Test(informed, big_machines_have_the_same_bits_too) {
  machine m = make_machine_in(graph, GIBBS_SPINS, 150, GIBBS_SPINS, 90, 0.15, 8);
  gibbs_expr *energy = gibbs_distribution_hamiltonian(m.q);
  big_run whole = {.target = {.distribution = m.q, .energy = energy, .variables = &m.v, .variable_count = 1},
                   .chains = 41,
                   .first = 5};
  const settings all[] = {{gradient_of, 40, 1, 0}, {gradient_of, 10, 9, 0}, {langevin_of, 8, 1, 0}};
  whole.target.units = 150;
  CHECK(gibbs_normal_form_new(energy, &m.v, 1, &whole.target.form, err));
  for (size_t k = 0; k < 3; k++) {
    whole.adapt = k == 2;
    double *expected = run_big(&whole, &all[k], 1);
    expect_part(&whole, &all[k], expected, 0, 41, 2);
    expect_part(&whole, &all[k], expected, 0, 1, 1);
    expect_part(&whole, &all[k], expected, 17, 1, 1);
    expect_part(&whole, &all[k], expected, 9, 30, 2);
    free(expected);
  }
  gibbs_normal_form_free(whole.target.form);
  free_machine(&m);
}

/* ---- adaptation and memory ----------------------------------------------------------------------------------- */

typedef struct adapted {
  machine m;
  gibbs_target target;
  gibbs_informed *in;
  double *values;
} adapted;

enum { adapted_chains = 20, adapted_units = 60 };

static adapted adapted_begin(void) {
  adapted a = {.m = make_machine_in(graph, GIBBS_SPINS, adapted_units, GIBBS_SPINS, 30, 0.2, 9)};
  a.target = (gibbs_target){.distribution = a.m.q,
                            .energy = gibbs_distribution_hamiltonian(a.m.q),
                            .units = adapted_units,
                            .variable_count = 1};
  a.values = malloc(adapted_units * adapted_chains * sizeof *a.values);
  for (size_t i = 0; i < adapted_units * adapted_chains; i++) a.values[i] = i % 3 ? 1 : -1;
  return a;
}

static void adapted_make(adapted *a, const settings *s) {
  const gibbs_kernel *kernel = kernel_of_informed();
  void *instance = NULL;
  a->target.variables = &a->m.v;
  if (!a->target.form) CHECK(gibbs_normal_form_new(a->target.energy, &a->m.v, 1, &a->target.form, err));
  CHECK(kernel->make(&a->target, &s->proposal, adapted_chains, 0, &instance, err));
  CHECK(kernel->set(instance, a->values, adapted_chains, err));
  a->in = instance;
}

static void adapted_sweeps(gibbs_informed *in, uint32_t first, uint32_t count) {
  for (uint32_t t = first; t < first + count; t++) CHECK(kernel_of_informed()->sweep(in, 12, t, err));
}

static void adapted_end(adapted *a) {
  kernel_of_informed()->free(a->in);
  gibbs_normal_form_free(a->target.form);
  free(a->values);
  free_machine(&a->m);
}

Test(informed, warm_up_finds_the_wanted_acceptance_and_then_keeps_its_step) {
  const gibbs_kernel *kernel = kernel_of_informed();
  settings s = {langevin_of, 1, 1, 0};
  adapted a = adapted_begin();
  double step[adapted_chains], later[adapted_chains], acceptance[adapted_chains], mean = 0;
  adapted_make(&a, &s);
  kernel->adapt(a.in, true);
  adapted_sweeps(a.in, 0, 600);
  kernel->adapt(a.in, false);
  kernel->measure(a.in, 1, step);
  for (uint32_t t = 0; t < 200; t++) {
    adapted_sweeps(a.in, 600 + t, 1);
    kernel->measure(a.in, 0, acceptance);
    for (size_t c = 0; c < adapted_chains; c++) mean += acceptance[c] / (200 * adapted_chains);
  }
  kernel->measure(a.in, 1, later);
  cr_expect(mean > 0.5 && mean < 0.65, "acceptance %g", mean);
  for (size_t c = 0; c < adapted_chains; c++) cr_expect(step[c] == later[c]);
  adapted_end(&a);
}

/* A warm-up in two halves, the second in another instance, is the warm-up in one. */
Test(informed, memory_takes_a_warm_up_across) {
  const gibbs_kernel *kernel = kernel_of_informed();
  settings s = {langevin_of, 2, 1, 0};
  adapted a = adapted_begin();
  double *expected = malloc(adapted_units * adapted_chains * sizeof *expected), *memory;
  adapted_make(&a, &s);
  kernel->adapt(a.in, true);
  adapted_sweeps(a.in, 0, 60);
  kernel->get(a.in, expected, adapted_chains);
  kernel->free(a.in);
  adapted_make(&a, &s);
  kernel->adapt(a.in, true);
  adapted_sweeps(a.in, 0, 30);
  kernel->adapt(a.in, false);
  size_t count = kernel->memory(a.in, NULL);
  memory = malloc(count * sizeof *memory);
  cr_assert(kernel->memory(a.in, memory) == count);
  kernel->get(a.in, a.values, adapted_chains);
  kernel->free(a.in);
  adapted_make(&a, &s);
  CHECK(kernel->recall(a.in, memory, count, err));
  kernel->adapt(a.in, true);
  adapted_sweeps(a.in, 30, 30);
  kernel->get(a.in, a.values, adapted_chains);
  for (size_t i = 0; i < adapted_units * adapted_chains; i++) cr_assert(a.values[i] == expected[i]);
  gibbs_error err = {.code = GIBBS_OK};
  cr_expect(kernel->recall(a.in, memory, count - 1, &err) == GIBBS_ERR_ARGUMENT);
  memory[6] = NAN;
  cr_expect(kernel->recall(a.in, memory, count, &err) == GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "chain 2"), "%s", err.message);
  adapted_end(&a);
  free(expected);
  free(memory);
}

/* New values of the parameters are seen. */
Test(informed, refreshed_energies_are_kept) {
  gibbs_expr *v = spins(6);
  gibbs_distribution *d = distribution_of(rough_energy(v), &v, 1);
  invariance x = invariance_begin(d, false, NULL);
  const gibbs_kernel *kernel = kernel_of_informed();
  enum { chains = 20000 };
  double *values = malloc(6 * chains * sizeof *values), settled[invariance_most_options];
  void *instance = NULL;
  invariance_exact(&x, chains, 1, values);
  CHECK(kernel->make(&x.target, invariance_settings(kernel, settled), chains, 0, &instance, err));
  CHECK(kernel->set(instance, values, chains, err));
  CHECK(kernel->sweep(instance, 1, 0, err));
  gibbs_parameter *J = gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[0]);
  for (size_t i = 0; i < gibbs_parameter_size(J); i++) gibbs_parameter_values(J)[i] *= -1.5;
  gibbs_parameter_touch(J);
  invariance_refresh(&x);
  CHECK(kernel->refresh(instance, err));
  for (uint32_t t = 1; t < 30; t++) CHECK(kernel->sweep(instance, 1, t, err));
  kernel->get(instance, values, chains);
  double p = invariance_compare(&x, values, chains);
  cr_expect(p > invariance_alarm, "p = %g", p);
  kernel->free(instance);
  free(values);
  invariance_end(&x);
  gibbs_distribution_release(d);
}

/* ---- refusals ------------------------------------------------------------------------------------------------ */

static void expect_refused(gibbs_expr *energy, gibbs_expr *const *variables, size_t count, const char *reason) {
  gibbs_target target = {.energy = energy, .variables = variables, .variable_count = count, .units = 4};
  char why[400] = "";
  cr_expect(!kernel_of_informed()->can(&target, &by_gradient.proposal, why, sizeof why));
  cr_expect(strstr(why, reason), "%s", why);
}

static gibbs_status call_nothing(void *payload, const double *values, double *out, gibbs_error *err) {
  (void)payload, (void)err;
  *out = values[0];
  return GIBBS_OK;
}

Test(informed, real_units_and_energies_without_derivative_are_refused) {
  gibbs_expr *r = reals(gibbs_shape_vector(2)), *s = spins(2), *both[] = {s, r}, *called = NULL;
  gibbs_callback callback = {.references = 1, .call = call_nothing};
  OK(gibbs_expr_callback(graph, &callback, &s, 1, &called, &error));
  keep(called);
  expect_refused(add(sum(s), dot(r, r)), both, 2, "hmc");
  expect_refused(called, &s, 1, "metropolis");
}

/* log of the number of bits that are set: minus infinity where none is. */
Test(informed, energies_that_are_not_finite_stop_with_chain_and_unit) {
  const gibbs_kernel *kernel = kernel_of_informed();
  gibbs_expr *b = bits(3), *energy = un(GIBBS_OP_LOG, sum(b));
  gibbs_target target = {.energy = energy, .variables = &b, .variable_count = 1, .units = 3};
  gibbs_error err = {.code = GIBBS_OK};
  void *instance = NULL;
  double values[3][2] = {{1, 0}, {1, 0}, {1, 0}};
  cr_assert(kernel->make(&target, &by_gradient.proposal, 2, 0, &instance, &err) == GIBBS_OK, "%s", err.message);
  cr_assert(kernel->set(instance, values[0], 2, &err) == GIBBS_OK);
  cr_expect(kernel->sweep(instance, 1, 0, &err) == GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "chain 2") && strstr(err.message, "log of 0"), "%s", err.message);
  values[2][1] = 1;
  cr_assert(kernel->set(instance, values[0], 2, &err) == GIBBS_OK);
  gibbs_status status = GIBBS_OK;
  for (uint32_t t = 0; status == GIBBS_OK && t < 1000; t++) status = kernel->sweep(instance, 1, t, &err);
  cr_expect(status == GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "when unit") && strstr(err.message, "chain "), "%s", err.message);
  kernel->free(instance);
}

/* ---- the whole way ------------------------------------------------------------------------------------------- */

/* An energy without a structure of its own is given to this kernel unless another is asked for. */
Test(informed, chains_of_an_energy_without_structure_choose_it) {
  gibbs_expr *s = spins(10), *b = bits(30);
  gibbs_expr *both[] = {s, b};
  gibbs_expr *inner = un(GIBBS_OP_TANH, matmul(constant(gibbs_shape_matrix(6, 10), -1, 1, 1), false, s, false));
  inner = add(inner, matmul(constant(gibbs_shape_matrix(6, 30), -1, 1, 2), false, b, false));
  gibbs_distribution *d = distribution_of(sum(un(GIBBS_OP_SOFTPLUS, inner)), both, 2);
  gibbs_chains *chains = NULL;
  double rows[4 * 30], again[4 * 30], *state = NULL;
  size_t count = 0;
  gibbs_chains_options options = {.chains = 4, .seed = 3};
  OK(gibbs_chains_new(d, &options, &chains, &error));
  cr_expect(gibbs_chains_kernel(chains) == kernel_of_informed(), "%s",
            gibbs_kernel_name(gibbs_chains_kernel(chains)));
  OK(gibbs_chains_advance(chains, 5, &error));
  OK(gibbs_chains_save(chains, &state, &count, &error));
  OK(gibbs_chains_advance(chains, 5, &error));
  OK(gibbs_chains_get(chains, 1, rows, &error));
  OK(gibbs_chains_restore(chains, state, count, &error));
  OK(gibbs_chains_advance(chains, 5, &error));
  OK(gibbs_chains_get(chains, 1, again, &error));
  cr_expect(memcmp(rows, again, sizeof rows) == 0);
  free(state);
  gibbs_chains_free(chains);
  gibbs_distribution_release(d);
}

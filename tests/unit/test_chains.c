/* test_chains.c - what every kernel owes to chains: repeating, splitting, saving, holding and refusing; and
 * tempering. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gibbs/control.h"
#include "gibbs/private/builder.h"
#include "gibbs/threads.h"
#include "invariance.h"

/* ---- targets, one of every structure ---------------------------------------------------------------------- */

typedef gibbs_distribution *(*maker)(gibbs_graph *graph);

static gibbs_distribution *ising_on(gibbs_graph *graph, gibbs_lattice_kind kind, size_t axes, const size_t extent[],
                                    double J, double field) {
  gibbs_lattice *lattice = NULL;
  gibbs_expr *coupling = NULL, *h = NULL;
  gibbs_distribution *d = NULL;
  CHECK(gibbs_lattice_new(kind, axes, extent, true, &lattice, err));
  CHECK(gibbs_expr_number(graph, J, &coupling, err));
  CHECK(gibbs_expr_number(graph, field, &h, err));
  CHECK(gibbs_ising_new(graph, lattice, coupling, field == 0 ? NULL : h, NULL, &d, err));
  gibbs_expr_release(coupling);
  gibbs_expr_release(h);
  gibbs_lattice_release(lattice);
  return d;
}

static gibbs_distribution *square(gibbs_graph *graph) {
  return ising_on(graph, GIBBS_LATTICE_SQUARE, 2, (size_t[]){4, 4}, 0.4, 0);
}
static gibbs_distribution *odd_square_in_a_field(gibbs_graph *graph) {
  return ising_on(graph, GIBBS_LATTICE_SQUARE, 2, (size_t[]){3, 5}, -0.3, 0.2);
}
static gibbs_distribution *one_spin(gibbs_graph *graph) {
  return ising_on(graph, GIBBS_LATTICE_CHAIN, 1, (size_t[]){1}, 1, 0.3);
}

static gibbs_distribution *boltzmann(gibbs_expr *energy, gibbs_expr *v) {
  gibbs_distribution *d = NULL;
  CHECK(gibbs_distribution_new("boltzmann", energy, &v, 1, NULL, 0, &d, err));
  return d;
}

static gibbs_distribution *machine_of_spins(gibbs_graph *graph) {
  machine m = make_machine_in(graph, GIBBS_SPINS, 6, GIBBS_BITS, 4, 0.6, 1);
  gibbs_distribution *d = gibbs_distribution_retain(m.q);
  free_machine(&m);
  return d;
}

/* -sum_mu (xi_mu . v)^3 / 20 */
static gibbs_distribution *associative_memory(gibbs_graph *graph) {
  gibbs_error failure;
  gibbs_builder room = gibbs_build_begin(graph, &failure), *b = &room;
  gibbs_expr *v = gibbs_build_keep(b, make_variable(graph, "v", GIBBS_SPINS, 2, 8));
  gibbs_expr *xi = gibbs_build_keep(b, make_parameter(graph, "xi", gibbs_shape_matrix(3, 8), 0.5, 4));
  gibbs_expr *cube = gibbs_build_binary(b, GIBBS_OP_POW, gibbs_build_matmul(b, xi, v), gibbs_build_number(b, 3));
  gibbs_expr *energy = gibbs_build_binary(b, GIBBS_OP_MUL, gibbs_build_number(b, -0.1), gibbs_build_sum(b, cube));
  gibbs_distribution *d = boltzmann(energy, v);
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  return d;
}

/* Potts units in a ring with random couplings of all states. */
static gibbs_distribution *potts_ring(gibbs_graph *graph) {
  gibbs_error failure;
  gibbs_builder room = gibbs_build_begin(graph, &failure), *b = &room;
  gibbs_expr *v = gibbs_build_keep(b, make_variable(graph, "v", GIBBS_POTTS, 3, 5)), *next = NULL;
  gibbs_expr *a = gibbs_build_keep(b, make_parameter(graph, "a", gibbs_shape_matrix(5, 3), 0.4, 5));
  CHECK(gibbs_expr_shift(v, (long[]){1}, 1, &next, err));
  gibbs_build_keep(b, next);
  gibbs_expr *energy = gibbs_build_binary(
      b, GIBBS_OP_SUB, gibbs_build_dot(b, a, v),
      gibbs_build_binary(b, GIBBS_OP_MUL, gibbs_build_number(b, 0.7), gibbs_build_dot(b, v, next)));
  gibbs_distribution *d = boltzmann(energy, v);
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  return d;
}

/* exp of the magnetisation: no polynomial. */
static gibbs_distribution *general(gibbs_graph *graph) {
  gibbs_error failure;
  gibbs_builder room = gibbs_build_begin(graph, &failure), *b = &room;
  gibbs_expr *v = gibbs_build_keep(b, make_variable(graph, "v", GIBBS_BITS, 2, 7));
  gibbs_expr *a = gibbs_build_keep(b, make_parameter(graph, "a", gibbs_shape_vector(7), 0.5, 6));
  gibbs_expr *x = gibbs_build_dot(b, a, v);
  gibbs_expr *energy = gibbs_build_binary(b, GIBBS_OP_MUL, gibbs_build_unary(b, GIBBS_OP_EXP, x),
                                          gibbs_build_unary(b, GIBBS_OP_COSH, gibbs_build_sum(b, v)));
  energy = gibbs_build_binary(b, GIBBS_OP_MUL, energy, gibbs_build_number(b, 0.01));
  gibbs_distribution *d = boltzmann(energy, v);
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  return d;
}

static gibbs_distribution *oscillators(gibbs_graph *graph) {
  gibbs_error failure;
  gibbs_builder room = gibbs_build_begin(graph, &failure), *b = &room;
  gibbs_expr *v = gibbs_build_keep(b, make_variable(graph, "x", GIBBS_REALS, 0, 4)), *next = NULL;
  CHECK(gibbs_expr_shift(v, (long[]){1}, 1, &next, err));
  gibbs_build_keep(b, next);
  gibbs_expr *energy = gibbs_build_binary(
      b, GIBBS_OP_SUB, gibbs_build_dot(b, v, v),
      gibbs_build_binary(b, GIBBS_OP_MUL, gibbs_build_number(b, 0.5), gibbs_build_dot(b, v, next)));
  gibbs_distribution *d = boltzmann(energy, v);
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  return d;
}

static const struct {
  const char *name;
  maker make;
} targets[] = {{"square", square},
               {"odd square in a field", odd_square_in_a_field},
               {"one spin", one_spin},
               {"machine", machine_of_spins},
               {"associative memory", associative_memory},
               {"Potts ring", potts_ring},
               {"general", general},
               {"oscillators", oscillators}};
enum { target_count = sizeof targets / sizeof targets[0] };

/* ---- chains ------------------------------------------------------------------------------------------------ */

/* NULL where the kernel cannot; then the message says who and why. */
static gibbs_chains *chains_of(gibbs_distribution *d, const gibbs_kernel *kernel, size_t count, uint64_t seed) {
  gibbs_chains_options options = {.chains = count, .seed = seed, .kernel = kernel};
  gibbs_chains *chains = NULL;
  gibbs_error err = {.message = ""};
  gibbs_status status = gibbs_chains_new(d, &options, &chains, &err);
  if (status == GIBBS_OK) return chains;
  cr_assert_eq(status, GIBBS_ERR_UNSUPPORTED, "%s", err.message);
  cr_assert(strstr(err.message, gibbs_kernel_name(kernel)) && strstr(err.message, "cannot sample this energy: "),
            "%s", err.message);
  return NULL;
}

static double *values_of_chains(const gibbs_chains *chains, size_t *count) {
  size_t units = 0, at = 0;
  for (size_t k = 0; k < gibbs_chains_variable_count(chains); k++)
    units += gibbs_variables_units(&gibbs_chains_variables(chains)[k], 1);
  double *out = malloc(units * gibbs_chains_count(chains) * sizeof *out);
  for (size_t k = 0; k < gibbs_chains_variable_count(chains); k++) {
    CHECK(gibbs_chains_get(chains, k, out + at, err));
    at += gibbs_variables_units(&gibbs_chains_variables(chains)[k], 1) * gibbs_chains_count(chains);
  }
  *count = at;
  return out;
}

static void expect_same_values(const gibbs_chains *a, const gibbs_chains *b, const char *what, const char *target) {
  size_t n, m;
  double *x = values_of_chains(a, &n), *y = values_of_chains(b, &m);
  cr_expect(n == m && memcmp(x, y, n * sizeof *x) == 0, "%s on %s: %s", gibbs_kernel_name(gibbs_chains_kernel(a)),
            target, what);
  free(x);
  free(y);
}

/* For every kernel and every target that it can do. */
#define FOR_EACH_PAIR(kernel, target, d)                                                                             \
  for (size_t t_ = 0; t_ < target_count; t_++)                                                                       \
    for (gibbs_graph *g_ = new_graph(), *once_ = g_; once_; once_ = NULL, gibbs_graph_release(g_))                   \
      for (gibbs_distribution *d = targets[t_].make(g_), *d_ = d; d_; d_ = NULL, gibbs_distribution_release(d))      \
        for (size_t k_ = 0; k_ < gibbs_kernel_count(); k_++)                                                         \
          for (const gibbs_kernel *kernel = gibbs_kernel_at(k_), *kk_ = kernel; kk_; kk_ = NULL)                     \
            for (const char *target = targets[t_].name, *tt_ = target; tt_; tt_ = NULL)

static gibbs_graph *new_graph(void) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  return graph;
}

Test(chains, every_target_has_a_kernel_and_every_kernel_a_target) {
  bool used[64] = {false};
  FOR_EACH_PAIR(kernel, target, d) {
    gibbs_chains *chains = chains_of(d, kernel, 2, 1);
    used[k_] |= chains != NULL;
    gibbs_chains_free(chains);
  }
  for (size_t k = 0; k < gibbs_kernel_count(); k++)
    cr_expect(used[k], "no target for kernel %s", gibbs_kernel_name(gibbs_kernel_at(k)));
  gibbs_graph *graph = new_graph();
  for (size_t t = 0; t < target_count; t++) {
    gibbs_distribution *d = targets[t].make(graph);
    gibbs_chains *chains = chains_of(d, NULL, 2, 1);
    cr_expect(chains != NULL, "no kernel for %s", targets[t].name);
    gibbs_chains_free(chains);
    gibbs_distribution_release(d);
  }
  gibbs_graph_release(graph);
}

/* Kernels that compute in single precision refresh what they keep now and then: the runs are longer than that. */
Test(chains, runs_are_the_same_whole_split_or_resumed) {
  FOR_EACH_PAIR(kernel, target, d) {
    gibbs_chains *whole = chains_of(d, kernel, 5, 3), *split = chains_of(d, kernel, 5, 3);
    if (!whole) continue;
    CHECK(gibbs_chains_warm_up(whole, 8, err));
    CHECK(gibbs_chains_warm_up(split, 8, err));
    CHECK(gibbs_chains_advance(whole, 150, err));
    CHECK(gibbs_chains_advance(split, 37, err));
    double *state = NULL;
    size_t count = 0;
    CHECK(gibbs_chains_save(split, &state, &count, err));
    gibbs_chains *resumed = chains_of(d, kernel, 5, 3);
    CHECK(gibbs_chains_restore(resumed, state, count, err));
    expect_same_values(split, resumed, "another configuration was restored", target);
    CHECK(gibbs_chains_advance(split, 113, err));
    CHECK(gibbs_chains_advance(resumed, 113, err));
    expect_same_values(whole, split, "splitting a run changes it", target);
    expect_same_values(whole, resumed, "resuming a run changes it", target);
    cr_expect_eq(gibbs_chains_sweeps(resumed), 158);
    free(state);
    gibbs_chains_free(whole);
    gibbs_chains_free(split);
    gibbs_chains_free(resumed);
  }
}

Test(chains, numbers_of_threads_change_nothing) {
  FOR_EACH_PAIR(kernel, target, d) {
    gibbs_chains *one = chains_of(d, kernel, 67, 5), *two = chains_of(d, kernel, 67, 5);
    if (!one) continue;
    gibbs_set_threads(1);
    CHECK(gibbs_chains_advance(one, 5, err));
    gibbs_set_threads(2);
    CHECK(gibbs_chains_advance(two, 5, err));
    gibbs_set_threads(0);
    expect_same_values(one, two, "two threads change it", target);
    gibbs_chains_free(one);
    gibbs_chains_free(two);
  }
}

Test(chains, different_chains_and_seeds_go_different_ways) {
  FOR_EACH_PAIR(kernel, target, d) {
    if (strcmp(target, "one spin") == 0) continue;
    gibbs_chains *chains = chains_of(d, kernel, 8, 7), *other = chains_of(d, kernel, 8, 8);
    if (!chains) continue;
    CHECK(gibbs_chains_advance(chains, 3, err));
    CHECK(gibbs_chains_advance(other, 3, err));
    size_t n, m;
    double *x = values_of_chains(chains, &n), *y = values_of_chains(other, &m);
    size_t units = n / 8, same = 0;
    for (size_t c = 1; c < 8; c++) same += memcmp(x, x + c * units, units * sizeof *x) == 0;
    cr_expect(same < 7, "%s on %s: all chains are one", gibbs_kernel_name(kernel), target);
    cr_expect(memcmp(x, y, n * sizeof *x) != 0, "%s on %s: the seed is ignored", gibbs_kernel_name(kernel), target);
    free(x);
    free(y);
    gibbs_chains_free(chains);
    gibbs_chains_free(other);
  }
}

Test(chains, changed_parameters_are_seen_at_the_next_sweep) {
  FOR_EACH_PAIR(kernel, target, d) {
    if (gibbs_distribution_parameter_count(d) == 0) continue;
    gibbs_chains *chains = chains_of(d, kernel, 5, 3);
    if (!chains) continue;
    gibbs_parameter *parameter = gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[0]);
    CHECK(gibbs_chains_advance(chains, 4, err));
    double *state = NULL;
    size_t count = 0;
    CHECK(gibbs_chains_save(chains, &state, &count, err));
    gibbs_parameter_values(parameter)[0] += 0.3;
    gibbs_parameter_touch(parameter);
    gibbs_chains *fresh = chains_of(d, kernel, 5, 3);
    CHECK(gibbs_chains_restore(fresh, state, count, err));
    CHECK(gibbs_chains_advance(chains, 6, err));
    CHECK(gibbs_chains_advance(fresh, 6, err));
    expect_same_values(chains, fresh, "new parameters are not those of a new kernel", target);
    free(state);
    gibbs_chains_free(chains);
    gibbs_chains_free(fresh);
  }
}

/* Units that nothing ties: moves that cost nothing must not be made so regularly that half of the states are never
 * seen at the end of a sweep. */
Test(chains, free_units_reach_all_states_from_a_cold_start) {
  enum { chain_count = 4096, unit_count = 4 };
  gibbs_graph *graph = new_graph();
  for (int kind = 0; kind < 2; kind++) { /* no coupling at all, and couplings that happen to be 0 */
    gibbs_expr *J = kind ? make_parameter(graph, "J", gibbs_shape_scalar(), 0, 1) : NULL;
    gibbs_lattice *lattice = NULL;
    gibbs_distribution *d = NULL;
    if (!J) CHECK(gibbs_expr_number(graph, 0, &J, err));
    CHECK(gibbs_lattice_new(GIBBS_LATTICE_CHAIN, 1, (size_t[]){unit_count}, true, &lattice, err));
    CHECK(gibbs_ising_new(graph, lattice, J, NULL, NULL, &d, err));
    for (size_t k = 0; k < gibbs_kernel_count(); k++) {
      gibbs_chains *chains = chains_of(d, gibbs_kernel_at(k), chain_count, 11);
      if (!chains) continue;
      double rows[chain_count * unit_count], chi2 = 0;
      size_t counts[1 << unit_count] = {0};
      for (size_t i = 0; i < chain_count * unit_count; i++) rows[i] = 1;
      CHECK(gibbs_chains_set(chains, 0, rows, err));
      CHECK(gibbs_chains_advance(chains, 100, err));
      CHECK(gibbs_chains_get(chains, 0, rows, err));
      for (size_t c = 0; c < chain_count; c++) {
        size_t state = 0;
        for (size_t u = 0; u < unit_count; u++) state |= (size_t)(rows[c * unit_count + u] > 0) << u;
        counts[state]++;
      }
      for (size_t s = 0; s < 1 << unit_count; s++)
        chi2 += pow((double)counts[s] - chain_count / 16.0, 2) / (chain_count / 16.0);
      cr_expect(gsl_cdf_chisq_Q(chi2, 15) > invariance_alarm, "%s: chi2 = %g of 15",
                gibbs_kernel_name(gibbs_kernel_at(k)), chi2);
      gibbs_chains_free(chains);
    }
    gibbs_distribution_release(d);
    gibbs_lattice_release(lattice);
    gibbs_expr_release(J);
  }
  gibbs_graph_release(graph);
}

Test(chains, held_units_stay_and_the_others_move) {
  FOR_EACH_PAIR(kernel, target, d) {
    gibbs_domain domain = gibbs_variable_domain(gibbs_expr_as_variable(gibbs_distribution_visible(d)[0]));
    size_t units = gibbs_variables_units(gibbs_distribution_visible(d), 1);
    if (units < 2) continue;
    double *rows = malloc(units * sizeof *rows);
    for (size_t u = 0; u < units; u++) rows[u] = u % 2 ? NAN : domain == GIBBS_REALS ? 0.5 : 1;
    const double *held[2] = {rows, NULL};
    const size_t held_rows[2] = {1, 0};
    gibbs_chains_options options = {.chains = 6, .seed = 2, .kernel = kernel, .held = held, .held_rows = held_rows};
    gibbs_chains *chains = NULL;
    gibbs_error refusal;
    gibbs_status status = gibbs_chains_new(d, &options, &chains, &refusal);
    if (status == GIBBS_OK) {
      size_t n, moved = 0;
      double *before = values_of_chains(chains, &n), *after;
      CHECK(gibbs_chains_advance(chains, 20, err));
      after = values_of_chains(chains, &n);
      for (size_t i = 0; i < 6 * units; i++) {
        cr_expect(i % units % 2 == 1 || after[i] == rows[0], "%s on %s: unit %zu moved", gibbs_kernel_name(kernel),
                  target, i % units + 1);
        moved += before[i] != after[i];
      }
      cr_expect(moved > 0, "%s on %s: nothing moved", gibbs_kernel_name(kernel), target);
      free(before);
      free(after);
    } else {
      cr_expect(strstr(refusal.message, "cannot sample this energy"), "%s", refusal.message);
    }
    gibbs_chains_free(chains);
    free(rows);
  }
}

/* ---- refusals ------------------------------------------------------------------------------------------------ */

static gibbs_graph *graph;
static gibbs_distribution *ising;

static void begin(void) {
  graph = new_graph();
  ising = square(graph);
}
static void end(void) {
  gibbs_distribution_release(ising);
  gibbs_graph_release(graph);
}
TestSuite(refusals, .init = begin, .fini = end);

static void expect_refused(const gibbs_chains_options *options, gibbs_status code, const char *text) {
  gibbs_chains *chains = NULL;
  gibbs_error err = {.message = ""};
  cr_expect_eq(gibbs_chains_new(ising, options, &chains, &err), code, "%s", err.message);
  cr_expect(strstr(err.message, text), "%s", err.message);
  gibbs_chains_free(chains);
}

Test(refusals, of_no_chains) {
  expect_refused(&(gibbs_chains_options){.chains = 0}, GIBBS_ERR_ARGUMENT, "0 chains asked for");
}

Test(refusals, of_values_that_cannot_be_held) {
  double row[16] = {0.5};
  const double *held[1] = {row};
  const size_t rows[1] = {1};
  expect_refused(&(gibbs_chains_options){.chains = 2, .held = held, .held_rows = rows}, GIBBS_ERR_ARGUMENT,
                 "chain 1, unit 1 holds 0.5; spins are -1 or +1");
}

Test(refusals, of_units_held_in_some_chains_only) {
  double row[32];
  for (size_t i = 0; i < 32; i++) row[i] = i < 16 ? 1 : NAN;
  const double *held[1] = {row};
  const size_t rows[1] = {2};
  expect_refused(&(gibbs_chains_options){.chains = 2, .held = held, .held_rows = rows}, GIBBS_ERR_ARGUMENT,
                 "a unit is held in all chains or in none");
}

Test(refusals, of_a_ladder_by_kernels_without_rungs) {
  const double scale[2] = {1, 0.5};
  const gibbs_ladder ladder = {.rungs = 2, .scale = scale};
  gibbs_chains_options options = {.chains = 1, .kernel = gibbs_kernel_find("exact"), .ladder = &ladder};
  expect_refused(&options, GIBBS_ERR_ARGUMENT, "takes no ladder");
}

Test(refusals, of_a_saved_state_of_others) {
  gibbs_chains *chains = chains_of(ising, NULL, 3, 1), *others = chains_of(ising, NULL, 4, 1);
  double *state = NULL;
  size_t count = 0;
  gibbs_error err;
  cr_assert_eq(gibbs_chains_save(others, &state, &count, &err), GIBBS_OK);
  cr_expect_eq(gibbs_chains_restore(chains, state, count, &err), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_chains_restore(others, state, count - 1, &err), GIBBS_ERR_ARGUMENT);
  state[5] = 0.5;
  cr_expect_eq(gibbs_chains_restore(others, state, count, &err), GIBBS_ERR_ARGUMENT);
  cr_expect(strstr(err.message, "spins are -1 or +1"), "%s", err.message);
  free(state);
  gibbs_chains_free(chains);
  gibbs_chains_free(others);
}

Test(refusals, interrupts_come_between_sweeps) {
  gibbs_chains *chains = chains_of(ising, NULL, 3, 1), *same = chains_of(ising, NULL, 3, 1);
  gibbs_error err;
  gibbs_interrupt();
  cr_expect_eq(gibbs_chains_advance(chains, 5, &err), GIBBS_ERR_INTERRUPT);
  gibbs_interrupt_clear();
  cr_expect_eq(gibbs_chains_sweeps(chains), 0);
  cr_assert_eq(gibbs_chains_advance(chains, 5, &err), GIBBS_OK);
  cr_assert_eq(gibbs_chains_advance(same, 5, &err), GIBBS_OK);
  expect_same_values(chains, same, "an interrupt changes it", "square");
  gibbs_chains_free(chains);
  gibbs_chains_free(same);
}

/* ---- meters -------------------------------------------------------------------------------------------------- */

Test(refusals, meters_read_energies_and_conditional_means) {
  gibbs_distribution *rbm = machine_of_spins(graph);
  gibbs_chains *chains = chains_of(rbm, NULL, 70, 9);
  gibbs_meter *meter = NULL;
  gibbs_expr *exprs[2] = {gibbs_distribution_hamiltonian(rbm), gibbs_distribution_hidden(rbm)[0]};
  CHECK(gibbs_meter_new(chains, exprs, 2, &meter, err));
  cr_assert_eq(gibbs_meter_size(meter), 5);
  double *out = malloc(5 * 70 * sizeof *out), *v = malloc(6 * 70 * sizeof *v);
  CHECK(gibbs_chains_advance(chains, 3, err));
  CHECK(gibbs_meter_read(meter, out, err));
  CHECK(gibbs_chains_get(chains, 0, v, err));
  const double *W = NULL, *a = NULL, *b = NULL;
  for (size_t k = 0; k < 3; k++) {
    gibbs_expr *p = gibbs_distribution_parameters(rbm)[k];
    const char *name = gibbs_parameter_name(gibbs_expr_as_parameter(p));
    *(name[0] == 'W' ? &W : name[0] == 'a' ? &a : &b) = values_of(p);
  }
  for (size_t c = 0; c < 70; c++) {
    double H = 0;
    for (size_t i = 0; i < 6; i++) H -= a[i] * v[c * 6 + i];
    for (size_t j = 0; j < 4; j++) {
      double theta = b[j];
      for (size_t i = 0; i < 6; i++) theta += W[i * 4 + j] * v[c * 6 + i];
      H -= log1p(exp(theta));
      cr_expect_float_eq(out[(1 + j) * 70 + c], 1 / (1 + exp(-theta)), 1e-12);
    }
    cr_expect_float_eq(out[c], H, 1e-12);
  }
  free(out);
  free(v);
  gibbs_meter_free(meter);
  gibbs_chains_free(chains);
  gibbs_distribution_release(rbm);
}

/* test_multispin.c - packed spins on lattices of every kind: the exact distribution is kept and reached, on any
 * processor and number of threads alike; large lattices have the exact energy. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "gibbs/ising_exact.h"
#include "gibbs/private/builder.h"
#include "invariance.h"
#include "multispin.h"
#include "packed_models.h"

static const gibbs_kernel *kernel(void) {
  const gibbs_kernel *found = gibbs_kernel_find("multispin");
  cr_assert_not_null(found);
  return found;
}

/* Random starts, the same for every caller. */
static gibbs_multispin *make_chains(const gibbs_target *target, double rule, size_t chains) {
  void *instance = NULL;
  char why[300] = "";
  cr_assert(kernel()->can(target, &rule, why, sizeof why), "cannot: %s", why);
  CHECK(kernel()->make(target, &rule, chains, 0, &instance, err));
  CHECK(kernel()->start(instance, 5, err));
  return instance;
}

static void advance(gibbs_multispin *m, unsigned from, unsigned to) {
  for (unsigned t = from; t < to; t++) CHECK(kernel()->sweep(m, 11, t, err));
}

static double *get_values(const gibbs_multispin *m) {
  double *values = malloc(m->target->units * m->chains * sizeof *values);
  cr_assert_not_null(values);
  kernel()->get(m, values, m->chains);
  return values;
}

/* ---- small lattices ------------------------------------------------------------------------------------- */

ParameterizedTestParameters(multispin, keeps_and_reaches_the_exact_distribution) {
  static int cases[2 * PACKED_MODELS];
  for (int i = 0; i < 2 * PACKED_MODELS; i++) cases[i] = i;
  return cr_make_param_array(int, cases, 2 * PACKED_MODELS);
}

ParameterizedTest(int *which, multispin, keeps_and_reaches_the_exact_distribution) {
  gibbs_distribution *d = make_packed_model(&packed_models[*which / 2]);
  invariance x = invariance_begin(d, false, NULL);
  double rule = *which % 2;
  expect_invariant(&x, kernel(), &rule, 6000, (uint64_t)*which);
  expect_convergence(&x, kernel(), &rule, 2500, (uint64_t)*which, 80, x.states - 1);
  expect_same_bits(&x, kernel(), &rule, (uint64_t)*which);
  invariance_end(&x);
  gibbs_distribution_release(d);
}

/* The probability of a chi-square as large after some sweeps with one digit of one threshold turned over; class < 0:
 * without. */
static double spoil(const packed_model *model, double rule, int class, size_t digit) {
  enum { chains = 10000 };
  gibbs_distribution *d = make_packed_model(model);
  invariance x = invariance_begin(d, false, NULL);
  double *values = malloc(x.units * chains * sizeof *values);
  invariance_exact(&x, chains, 3, values);
  gibbs_multispin *m = make_chains(&x.target, rule, chains);
  CHECK(kernel()->set(m, values, chains, err));
  if (class >= 0) {
    cr_assert_lt((size_t) class, m->table->classes);
    m->table->code[digit][class / GIBBS_MULTISPIN_BUNDLE] ^= (uint8_t)(1 << class % GIBBS_MULTISPIN_BUNDLE);
  }
  advance(m, 0, 4);
  kernel()->get(m, values, chains);
  double p = invariance_compare(&x, values, chains);
  kernel()->free(m);
  free(values);
  invariance_end(&x);
  gibbs_distribution_release(d);
  return p;
}

Test(multispin, a_broken_digit_of_a_threshold_is_caught) {
  for (int class = 0; class < 2; class ++)
    for (size_t digit = 1; digit < 4; digit++) {
      double p = spoil(&packed_models[4], 0, class, digit);
      cr_expect(p < invariance_alarm, "metropolis, digit %zu of threshold %d: p = %g", digit, class, p);
      p = spoil(&packed_models[4], 1, class, digit);
      cr_expect(p < invariance_alarm, "heat bath, digit %zu of threshold %d: p = %g", digit, class, p);
    }
  cr_expect(spoil(&packed_models[4], 0, -1, 0) > invariance_alarm);
  cr_expect(spoil(&packed_models[4], 1, -1, 0) > invariance_alarm);
}

/* ---- detailed balance ------------------------------------------------------------------------------------- */

/* Of spin u in a state: the probability that it is flipped when its turn comes. */
static double flip_probability(gibbs_normal_form *form, bool heat_bath, size_t state, size_t u, double field) {
  const gibbs_sparse *pairs = NULL;
  double sum = 0;
  CHECK(gibbs_normal_form_sparse(form, &pairs, err));
  for (size_t k = pairs->first[u]; k < pairs->first[u + 1]; k++)
    sum += pairs->value[k] * (state >> pairs->column[k] & 1 ? 1 : -1);
  return gibbs_multispin_flip(heat_bath, state >> u & 1 ? 1 : -1, sum, field);
}

/* One update of spin u applied to probabilities of states. */
static void apply_update(invariance *x, bool heat_bath, size_t u, const double *before, double *after) {
  double field;
  cr_assert(gibbs_normal_form_uniform_field(x->target.form, &field));
  for (size_t s = 0; s < x->states; s++) {
    size_t other = s ^ (size_t)1 << u;
    after[s] = before[s] * (1 - flip_probability(x->target.form, heat_bath, s, u, field)) +
               before[other] * flip_probability(x->target.form, heat_bath, other, u, field);
  }
}

/* 12 spins: random and sequential order, and each pair of states for itself. */
Test(multispin, flips_balance) {
  static const packed_model lattices[] = {
      {"square", GIBBS_LATTICE_SQUARE, 2, {3, 4}, {0.44, -0.3}, 0.2, false},
      {"triangular", GIBBS_LATTICE_TRIANGULAR, 2, {3, 4}, {-0.4, -0.4, -0.4}, 0, false}};
  for (size_t which = 0; which < 4; which++) {
    gibbs_distribution *d = make_packed_model(&lattices[which / 2]);
    invariance x = invariance_begin(d, false, NULL);
    double *now = malloc(x.states * sizeof *now), *next = malloc(x.states * sizeof *next);
    double *mean = calloc(x.states, sizeof *mean);
    memcpy(now, x.probability, x.states * sizeof *now);
    for (size_t u = 0; u < x.units; u++) {
      apply_update(&x, which % 2, u, x.probability, next);
      for (size_t s = 0; s < x.states; s++) mean[s] += next[s] / (double)x.units;
      apply_update(&x, which % 2, u, now, next);
      memcpy(now, next, x.states * sizeof *now);
    }
    double random = 0, sequential = 0;
    for (size_t s = 0; s < x.states; s++) {
      random = fmax(random, fabs(mean[s] - x.probability[s]));
      sequential = fmax(sequential, fabs(now[s] - x.probability[s]));
    }
    cr_expect(random < 1e-12 && sequential < 1e-12, "%s: |pi T - pi| = %g, %g", lattices[which / 2].name, random,
              sequential);
    free(now);
    free(next);
    free(mean);
    invariance_end(&x);
    gibbs_distribution_release(d);
  }
}

/* From all spins up, the first class of a large lattice: every site is flipped with one probability. */
Test(multispin, flips_have_their_probability) {
  static const packed_model lattice = {"square", GIBBS_LATTICE_SQUARE, 2, {512, 512}, {0.1, 0.15}, -0.2, false};
  for (int rule = 0; rule < 2; rule++) {
    packed_target x = make_packed_target(&lattice);
    gibbs_multispin *m = make_chains(&x.target, rule, 4);
    double *values = malloc(x.target.units * 4 * sizeof *values), flips = 0, sites = 4 * 256 * 256;
    for (size_t k = 0; k < 4 * x.target.units; k++) values[k] = 1;
    CHECK(kernel()->set(m, values, 4, err));
    advance(m, 0, 1);
    kernel()->get(m, values, 4);
    for (size_t u = 0; u < x.target.units; u++)
      for (size_t c = 0; c < 4; c++)
        flips += u / 512 % 2 == 0 && u % 2 == 0 && values[u * 4 + c] < 0; /* the class that comes first */
    double p = gibbs_multispin_flip(rule, 1, -2 * (0.1 + 0.15), 0.2);
    cr_expect(fabs(flips / sites - p) < 5 * sqrt(p * (1 - p) / sites), "rule %d: %g, expected %g", rule,
              flips / sites, p);
    free(values);
    kernel()->free(m);
    free_packed_target(&x);
  }
}

/* ---- bits ------------------------------------------------------------------------------------------------- */

static const packed_model odd_models[] = {
    {"square, odd", GIBBS_LATTICE_SQUARE, 2, {7, 133}, {0.4, 0.4}, 0, false},
    {"square, even", GIBBS_LATTICE_SQUARE, 2, {36, 70}, {0.4, -0.3}, 0.1, false},
    {"square, one row", GIBBS_LATTICE_SQUARE, 2, {1, 1031}, {0.4, 0.4}, 0, false},
    {"square, two columns", GIBBS_LATTICE_SQUARE, 2, {700, 2}, {0.4, 0.4}, 0, false},
    {"open square", GIBBS_LATTICE_SQUARE, 2, {33, 65}, {0.4, 0.4}, 0, true},
    {"triangular", GIBBS_LATTICE_TRIANGULAR, 2, {35, 64}, {-0.4, 0.3, 0.1}, 0.2, false},
    {"open triangular", GIBBS_LATTICE_TRIANGULAR, 2, {18, 67}, {-0.4, -0.4, -0.4}, 0, true},
    {"honeycomb", GIBBS_LATTICE_HONEYCOMB, 2, {19, 31}, {0.5, 0.5, 0.5}, 0, false},
    {"cubic", GIBBS_LATTICE_CUBIC, 3, {5, 12, 9}, {0.2, 0.2, 0.2}, 0.1, false},
    {"open cubic", GIBBS_LATTICE_CUBIC, 3, {8, 7, 6}, {0.2, 0.2, 0.2}, 0, true}};
enum { ODD_MODELS = sizeof odd_models / sizeof odd_models[0] };

/* What the kernel counts in packed words is what the form says of the numbers; and numbers come back. */
Test(multispin, energies_are_those_of_the_form) {
  enum { chains = 3 };
  for (size_t k = 0; k < ODD_MODELS; k++) {
    packed_target x = make_packed_target(&odd_models[k]);
    gibbs_multispin *m = make_chains(&x.target, 0, chains);
    advance(m, 0, 3);
    double *values = get_values(m), energy[chains], measured[chains], magnetisation[chains], expected[chains] = {0};
    CHECK(gibbs_normal_form_energy(x.target.form, chains, chains, values, energy, err));
    kernel()->measure(m, 1, measured);
    kernel()->measure(m, 2, magnetisation);
    for (size_t u = 0; u < x.target.units; u++)
      for (size_t c = 0; c < chains; c++) expected[c] += values[u * chains + c] / (double)x.target.units;
    for (size_t c = 0; c < chains; c++) {
      cr_expect(fabs(measured[c] - energy[c]) < 1e-9 * (1 + fabs(energy[c])), "%s: %.15g, expected %.15g",
                odd_models[k].name, measured[c], energy[c]);
      cr_expect(fabs(magnetisation[c] - expected[c]) < 1e-12, "%s: magnetisation", odd_models[k].name);
    }
    CHECK(kernel()->set(m, values, chains, err));
    double *again = get_values(m);
    cr_expect_eq(memcmp(values, again, x.target.units * chains * sizeof *values), 0, "%s: set and get",
                 odd_models[k].name);
    free(values);
    free(again);
    kernel()->free(m);
    free_packed_target(&x);
  }
}

/* The loops for each kind of processor draw and do the same; those that this one cannot run are left out. */
Test(multispin, processors_agree) {
  for (size_t k = 0; k < ODD_MODELS; k++) {
    packed_target x = make_packed_target(&odd_models[k]);
    gibbs_multispin *best = make_chains(&x.target, 0, 2), *plain = make_chains(&x.target, 0, 2);
    plain->update = gibbs_multispin_update_plain;
    advance(best, 0, 5);
    advance(plain, 0, 5);
    cr_expect_eq(memcmp(best->bits, plain->bits, 2 * best->chain_words * sizeof *best->bits), 0, "%s",
                 odd_models[k].name);
#if defined(__x86_64__)
    if (best->update == gibbs_multispin_update_avx512) {
      gibbs_multispin *middle = make_chains(&x.target, 0, 2);
      middle->update = gibbs_multispin_update_avx2;
      advance(middle, 0, 5);
      cr_expect_eq(memcmp(best->bits, middle->bits, 2 * best->chain_words * sizeof *best->bits), 0, "%s",
                   odd_models[k].name);
      kernel()->free(middle);
    }
#endif
    kernel()->free(best);
    kernel()->free(plain);
    free_packed_target(&x);
  }
}

/* Lattices of several segments: one chain, whose segments are spread over threads, and the same one among many. */
Test(multispin, threads_agree) {
  static const packed_model large[] = {{"even", GIBBS_LATTICE_SQUARE, 2, {1024, 1030}, {0.44, 0.44}, 0, false},
                                       {"odd", GIBBS_LATTICE_SQUARE, 2, {801, 1003}, {0.44, 0.44}, 0, false}};
  for (size_t k = 0; k < 2; k++) {
    packed_target x = make_packed_target(&large[k]);
    gibbs_multispin *one = make_chains(&x.target, 0, 1), *two = make_chains(&x.target, 0, 1),
                    *many = make_chains(&x.target, 0, 4);
    cr_assert_gt(one->segments, 1);
    gibbs_set_threads(1);
    advance(one, 0, 3);
    gibbs_set_threads(2);
    advance(two, 0, 3);
    advance(many, 0, 3);
    gibbs_set_threads(0);
    size_t bytes = one->chain_words * sizeof *one->bits;
    cr_expect_eq(memcmp(one->bits, two->bits, bytes), 0, "%s: two threads", large[k].name);
    cr_expect_eq(memcmp(one->bits, many->bits, bytes), 0, "%s: among others", large[k].name);
    kernel()->free(one);
    kernel()->free(two);
    kernel()->free(many);
    free_packed_target(&x);
  }
}

/* Chains that shared random numbers would become one another within some sweeps at this coupling. */
Test(multispin, chains_stay_independent) {
  enum { chains = 32 };
  static const packed_model lattice = {"square", GIBBS_LATTICE_SQUARE, 2, {64, 64}, {0.3, 0.3}, 0, false};
  packed_target x = make_packed_target(&lattice);
  gibbs_multispin *m = make_chains(&x.target, 1, chains);
  advance(m, 0, 150);
  double *values = get_values(m);
  for (size_t a = 0; a < chains; a++)
    for (size_t b = 0; b < a; b++) {
      double overlap = 0;
      for (size_t u = 0; u < x.target.units; u++) overlap += values[u * chains + a] * values[u * chains + b];
      overlap /= (double)x.target.units; /* of independent chains: about 0.03 in size */
      cr_expect(fabs(overlap) < 0.25, "chains %zu and %zu overlap by %g", a, b, overlap);
    }
  free(values);
  kernel()->free(m);
  free_packed_target(&x);
}

/* ---- large lattices --------------------------------------------------------------------------------------- */

typedef struct average {
  double mean, error;
} average;

/* The mean over chains of time averages, with the error of independent chains. */
static average average_chains(const double *total, size_t chains, double count) {
  double sum = 0, squares = 0;
  for (size_t c = 0; c < chains; c++) sum += total[c] / count;
  for (size_t c = 0; c < chains; c++) {
    double off = total[c] / count - sum / (double)chains;
    squares += off * off;
  }
  return (average){sum / (double)chains, sqrt(squares / (double)chains / (double)(chains - 1))};
}

/* The sanitizers look at memory, not at statistics: a sixteenth of the sweeps do for them, and errors four times as
 * large. */
#ifdef GIBBS_SANITIZED
enum { share_of_sweeps = 16 };
static const double largest_error = 4e-3;
#else
enum { share_of_sweeps = 1 };
static const double largest_error = 1e-3;
#endif

/* Energies, |m| and m^2 a site. */
static void average_lattice(const packed_model *lattice, double rule, unsigned burn, unsigned sweeps,
                            average out[3]) {
  sweeps /= share_of_sweeps;
  enum { chains = 64 };
  double energy[chains] = {0}, absolute[chains] = {0}, square[chains] = {0}, e[chains], s[chains];
  packed_target x = make_packed_target(lattice);
  gibbs_multispin *m = make_chains(&x.target, rule, chains);
  gibbs_set_threads(1);
  advance(m, 0, burn);
  for (unsigned t = burn; t < burn + sweeps; t++) { /* every second sweep is measured */
    advance(m, 2 * t, 2 * t + 2);
    kernel()->measure(m, 1, e);
    kernel()->measure(m, 2, s);
    for (size_t c = 0; c < chains; c++) {
      energy[c] += e[c] / (double)x.target.units;
      absolute[c] += fabs(s[c]);
      square[c] += s[c] * s[c];
    }
  }
  out[0] = average_chains(energy, chains, sweeps);
  out[1] = average_chains(absolute, chains, sweeps);
  out[2] = average_chains(square, chains, sweeps);
  kernel()->free(m);
  free_packed_target(&x);
}

static void expect_average(average a, double expected, const char *what) {
  cr_expect(fabs(a.mean - expected) < 4 * a.error && a.error < largest_error, "%s: %.6f(%.6f), expected %.6f", what,
            a.mean, a.error, expected);
}

Test(multispin, tori_have_the_exact_energy) {
  static const struct {
    packed_model lattice;
    unsigned burn, sweeps;
  } rows[] = {{{"10x10", GIBBS_LATTICE_SQUARE, 2, {10, 10}, {0.44068679350977147, 0}, 0, false}, 500, 6000},
              {{"12x70", GIBBS_LATTICE_SQUARE, 2, {12, 70}, {0.4, 0}, 0, false}, 500, 1500},
              {{"17x129", GIBBS_LATTICE_SQUARE, 2, {17, 129}, {0.4, 0}, 0, false}, 500, 1500},
              {{"129x70", GIBBS_LATTICE_SQUARE, 2, {129, 70}, {0.35, 0}, 0, false}, 300, 500}};
  for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
    for (int rule = 0; rule < 2; rule++) {
      packed_model lattice = rows[k].lattice;
      double K = lattice.coupling[1] = lattice.coupling[0], sites = (double)(lattice.extent[0] * lattice.extent[1]);
      gibbs_ising_solution exact;
      average out[3];
      CHECK(gibbs_ising_torus(lattice.extent[0], lattice.extent[1], K, &exact, err));
      average_lattice(&lattice, rule, rows[k].burn, rows[k].sweeps, out);
      expect_average(out[0], exact.energy / sites, lattice.name);
    }
}

/* Means of |m| and m^2 of the 8x8 torus at the critical point, from the sum over its states. */
Test(multispin, a_torus_has_the_exact_magnetisation) {
  static const packed_model lattice = {
      "8x8", GIBBS_LATTICE_SQUARE, 2, {8, 8}, {0.44068679350977147, 0.44068679350977147}, 0, false};
  average out[3];
  average_lattice(&lattice, 0, 500, 10000, out);
  expect_average(out[0], -0.6573236209917062, "energy");
  expect_average(out[1], 0.7773310927868556, "|m|");
  expect_average(out[2], 0.646911574994238, "m^2");
}

/* ---- refusals ------------------------------------------------------------------------------------------- */

static void expect_refusal(const gibbs_target *target, const char *text) {
  char why[300] = "";
  double rule = 0;
  cr_expect_not(kernel()->can(target, &rule, why, sizeof why));
  cr_expect(strstr(why, text), "says '%s', expected '%s'", why, text);
}

static void expect_no_lattice(gibbs_domain domain, gibbs_expr *(*make_energy)(gibbs_expr *v), const char *text) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_expr *v = make_variable(graph, "v", domain, 2, 8), *energy = make_energy(v);
  gibbs_target target = {.energy = energy, .variables = &v, .variable_count = 1, .units = 8};
  CHECK(gibbs_normal_form_new(energy, &v, 1, &target.form, err));
  expect_refusal(&target, text);
  gibbs_normal_form_free(target.form);
  gibbs_expr_release(energy);
  gibbs_expr_release(v);
  gibbs_graph_release(graph);
}

static gibbs_expr *take(gibbs_builder *b, gibbs_expr *node) {
  gibbs_expr *out = gibbs_build_take(b, node);
  CHECK(gibbs_build_end(b));
  return out;
}

static gibbs_expr *shift_by(gibbs_builder *b, gibbs_expr *v, long by) {
  gibbs_expr *out = NULL;
  CHECK(gibbs_expr_shift(v, &by, 1, &out, err));
  return gibbs_build_keep(b, out);
}

static gibbs_expr *ring_energy(gibbs_expr *v) {
  gibbs_builder b = gibbs_build_begin(gibbs_expr_graph(v), NULL);
  return take(&b, gibbs_build_dot(&b, v, shift_by(&b, v, 1)));
}

static gibbs_expr *three_body_energy(gibbs_expr *v) {
  gibbs_builder b = gibbs_build_begin(gibbs_expr_graph(v), NULL);
  gibbs_expr *pair = gibbs_build_binary(&b, GIBBS_OP_MUL, shift_by(&b, v, 1), shift_by(&b, v, 2));
  return take(&b, gibbs_build_dot(&b, v, pair));
}

static gibbs_expr *random_energy(gibbs_expr *v) {
  gibbs_builder b = gibbs_build_begin(gibbs_expr_graph(v), NULL);
  gibbs_expr *J = gibbs_build_keep(&b, make_parameter(b.graph, "J", gibbs_shape_vector(8), 1, 1));
  return take(&b, gibbs_build_dot(&b, J, gibbs_build_binary(&b, GIBBS_OP_MUL, v, shift_by(&b, v, 1))));
}

static gibbs_expr *random_field_energy(gibbs_expr *v) {
  gibbs_builder b = gibbs_build_begin(gibbs_expr_graph(v), NULL);
  gibbs_expr *field = gibbs_build_keep(&b, make_parameter(b.graph, "field", gibbs_shape_vector(8), 1, 1));
  gibbs_expr *ring = gibbs_build_dot(&b, v, shift_by(&b, v, 1));
  return take(&b, gibbs_build_binary(&b, GIBBS_OP_ADD, ring, gibbs_build_dot(&b, field, v)));
}

Test(multispin, says_what_stands_in_the_way) {
  expect_no_lattice(GIBBS_BITS, ring_energy, "not one lattice of spins");
  expect_no_lattice(GIBBS_SPINS, three_body_energy, "more than fields and pairs");
  expect_no_lattice(GIBBS_SPINS, random_energy, "regular lattice");
  expect_no_lattice(GIBBS_SPINS, random_field_energy, "the field is not the same everywhere");
  packed_target x = make_packed_target(&packed_models[4]);
  bool held[16] = {true};
  x.target.held = held;
  expect_refusal(&x.target, "units are held; metropolis, heat_bath and block_gibbs can hold them");
  free_packed_target(&x);
}

/* New couplings are used from the next sweep on: they may change their signs, and be 0. */
Test(multispin, refresh_reads_new_couplings) {
  enum { chains = 10000 };
  gibbs_distribution *d = make_packed_model(&packed_models[11]);
  invariance x = invariance_begin(d, false, NULL);
  gibbs_multispin *m = make_chains(&x.target, 0, chains);
  advance(m, 0, 3);
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++) {
    gibbs_expr *p = gibbs_distribution_parameters(d)[k];
    for (size_t i = 0; i < gibbs_expr_size(p); i++)
      values_of(p)[i] = gibbs_expr_size(p) == 1 ? -0.3 : i == 0 ? -0.4 : 0;
    gibbs_parameter_touch(gibbs_expr_as_parameter(p));
  }
  invariance_refresh(&x);
  CHECK(kernel()->refresh(m, err));
  advance(m, 3, 100);
  double *values = get_values(m), p = invariance_compare(&x, values, chains);
  cr_expect(p > invariance_alarm, "p = %g", p);
  free(values);
  kernel()->free(m);
  invariance_end(&x);
  gibbs_distribution_release(d);
}

/* A field of one value a site may be uniform for a while. */
Test(multispin, refresh_refuses_a_field_that_varies) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_expr *v = make_variable(graph, "v", GIBBS_SPINS, 2, 8), *energy = random_field_energy(v);
  gibbs_distribution *d = NULL;
  CHECK(gibbs_distribution_new("ring", energy, &v, 1, NULL, 0, &d, err));
  gibbs_expr *field = gibbs_distribution_parameters(d)[0];
  gibbs_target target = {.distribution = d, .energy = energy, .variables = &v, .variable_count = 1, .units = 8};
  for (size_t u = 0; u < 8; u++) values_of(field)[u] = 0.3;
  gibbs_parameter_touch(gibbs_expr_as_parameter(field));
  CHECK(gibbs_normal_form_new(energy, &v, 1, &target.form, err));
  gibbs_multispin *m = make_chains(&target, 0, 2);
  values_of(field)[5] = 0.2;
  gibbs_parameter_touch(gibbs_expr_as_parameter(field));
  CHECK(gibbs_normal_form_refresh(target.form, err));
  gibbs_error error;
  cr_expect_eq(kernel()->refresh(m, &error), GIBBS_ERR_UNSUPPORTED);
  cr_expect_str_eq(error.message, "the field is not the same everywhere");
  advance(m, 0, 1); /* with the old couplings */
  kernel()->free(m);
  gibbs_normal_form_free(target.form);
  gibbs_distribution_release(d);
  gibbs_expr_release(energy);
  gibbs_expr_release(v);
  gibbs_graph_release(graph);
}

Test(multispin, suits_large_lattices_that_clusters_do_not) {
  static const packed_model lattices[] = {{"ferromagnet", GIBBS_LATTICE_SQUARE, 2, {64, 64}, {0.4, 0.4}, 0, false},
                                          {"small", GIBBS_LATTICE_SQUARE, 2, {32, 32}, {-0.4, -0.4}, 0, false},
                                          {"antiferromagnet", GIBBS_LATTICE_SQUARE, 2, {64, 64}, {-1, -1}, 0, false},
                                          {"field", GIBBS_LATTICE_SQUARE, 2, {64, 64}, {0.4, 0.4}, 0.1, false}};
  for (size_t k = 0; k < 4; k++) {
    packed_target x = make_packed_target(&lattices[k]);
    cr_expect_eq(kernel()->suits(&x.target), k >= 2, "%s", lattices[k].name);
    free_packed_target(&x);
  }
}

/* test_block_gibbs.c - the kernel block_gibbs keeps and reaches exact distributions, whatever the structure, the
 * units held, the threads, and the other chains. */
#include "block_gibbs.h"

#include "gibbs/private/builder.h"
#include "invariance.h"

extern const gibbs_kernel gibbs_kernel_block_gibbs;
static const gibbs_kernel *const kernel = &gibbs_kernel_block_gibbs;
enum { chains = 40000 };

/* Threads would wait for each other more than they work; that they change nothing is tested by itself. */
static void use_one_thread(void) {
  gibbs_set_threads(1);
}
TestSuite(block_gibbs, .init = use_one_thread);

static gibbs_graph *new_graph(void) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  return graph;
}

/* ---- energies --------------------------------------------------------------------------------------------- */

typedef struct formula {
  gibbs_graph *graph;
  gibbs_error failure;
  gibbs_builder b;
  gibbs_expr *variable[4], *energy;
  size_t variables;
} formula;

static void begin(formula *f, gibbs_graph *graph) {
  *f = (formula){.graph = graph};
  f->b = gibbs_build_begin(graph, &f->failure);
  f->energy = gibbs_build_number(&f->b, 0);
}

static gibbs_expr *add_variable(formula *f, gibbs_domain domain, size_t states, size_t units) {
  gibbs_expr *x = gibbs_build_keep(&f->b, make_variable(f->graph, "x", domain, states, units));
  return f->variable[f->variables++] = x;
}

static gibbs_expr *random_parameter(formula *f, gibbs_shape shape, double size, uint32_t number) {
  return gibbs_build_keep(&f->b, make_parameter(f->graph, "p", shape, size, number));
}

static void add_term(formula *f, gibbs_expr *term) {
  f->energy = gibbs_build_binary(&f->b, GIBBS_OP_ADD, f->energy, term);
}

static gibbs_expr *flat(formula *f, gibbs_expr *x) {
  gibbs_shape shape = gibbs_shape_vector(gibbs_expr_size(x));
  return gibbs_build_reshape(&f->b, x, &shape);
}

static void add_fields(formula *f, gibbs_expr *x, double size, uint32_t number) {
  gibbs_shape shape = gibbs_shape_vector(gibbs_expr_size(x));
  add_term(f, gibbs_build_dot(&f->b, flat(f, x), random_parameter(f, shape, size, number)));
}

/* x . W y, with a random W. */
static void add_layer(formula *f, gibbs_expr *x, gibbs_expr *y, double size, uint32_t number) {
  gibbs_shape shape = gibbs_shape_matrix(gibbs_expr_size(x), gibbs_expr_size(y));
  gibbs_expr *w = random_parameter(f, shape, size, number);
  add_term(f, gibbs_build_dot(&f->b, flat(f, x), gibbs_build_matmul(&f->b, w, flat(f, y))));
}

static gibbs_expr *shifted(formula *f, gibbs_expr *x, long by) {
  gibbs_expr *out = NULL;
  CHECK(gibbs_expr_shift(x, &by, 1, &out, err));
  return gibbs_build_keep(&f->b, out);
}

static gibbs_expr *times(formula *f, double factor, gibbs_expr *x) {
  return gibbs_build_binary(&f->b, GIBBS_OP_MUL, gibbs_build_number(&f->b, factor), x);
}

/* The first `visible` variables are visible. */
static gibbs_distribution *end(formula *f, size_t visible) {
  gibbs_distribution *d = NULL;
  CHECK(gibbs_distribution_new("test", f->energy, f->variable, visible, f->variable + visible, f->variables - visible,
                               &d, err));
  cr_assert_eq(gibbs_build_end(&f->b), GIBBS_OK);
  return d;
}

static gibbs_distribution *machine_of(gibbs_graph *graph, gibbs_domain visible, size_t q, size_t n,
                                      gibbs_domain hidden, size_t states, size_t m, double size) {
  formula f;
  begin(&f, graph);
  gibbs_expr *x = add_variable(&f, visible, q, n), *y = add_variable(&f, hidden, states, m);
  add_fields(&f, x, size, 1);
  add_fields(&f, y, size, 2);
  add_layer(&f, x, y, size, 3);
  return end(&f, 1);
}

static gibbs_distribution *spins_and_bits(gibbs_graph *graph) {
  return machine_of(graph, GIBBS_SPINS, 2, 6, GIBBS_BITS, 2, 4, 0.6);
}
static gibbs_distribution *bits_and_spins(gibbs_graph *graph) {
  return machine_of(graph, GIBBS_BITS, 2, 5, GIBBS_SPINS, 2, 4, 0.8);
}
static gibbs_distribution *spins_and_spins(gibbs_graph *graph) {
  return machine_of(graph, GIBBS_SPINS, 2, 5, GIBBS_SPINS, 2, 5, 0.4);
}
static gibbs_distribution *potts_and_bits(gibbs_graph *graph) {
  return machine_of(graph, GIBBS_POTTS, 3, 4, GIBBS_BITS, 2, 3, 0.8);
}
/* Wide enough for table products on both sides, which are Potts units of 17 states. */
static gibbs_distribution *large_potts(gibbs_graph *graph) {
  return machine_of(graph, GIBBS_POTTS, 17, 1, GIBBS_POTTS, 33, 1, 0.9);
}

/* Two hidden layers: not both can be summed in closed form. */
static gibbs_distribution *deep(gibbs_graph *graph) {
  formula f;
  begin(&f, graph);
  gibbs_expr *v = add_variable(&f, GIBBS_SPINS, 2, 4), *h = add_variable(&f, GIBBS_BITS, 2, 4);
  gibbs_expr *g = add_variable(&f, GIBBS_SPINS, 2, 3);
  add_fields(&f, v, 0.3, 1);
  add_fields(&f, h, 0.3, 2);
  add_layer(&f, v, h, 0.7, 3);
  add_layer(&f, h, g, 0.7, 4);
  return end(&f, 1);
}

/* A machine whose visible units have couplings of their own on a ring: dense and sparse pairs meet. */
static gibbs_distribution *machine_on_a_ring(gibbs_graph *graph) {
  formula f;
  begin(&f, graph);
  gibbs_expr *v = add_variable(&f, GIBBS_SPINS, 2, 6), *h = add_variable(&f, GIBBS_BITS, 2, 3);
  add_fields(&f, v, 0.3, 1);
  add_layer(&f, v, h, 0.6, 2);
  add_term(&f, times(&f, -0.4, gibbs_build_dot(&f.b, v, shifted(&f, v, 1))));
  return end(&f, 1);
}

static gibbs_distribution *clique(gibbs_graph *graph) {
  formula f;
  begin(&f, graph);
  gibbs_expr *v = add_variable(&f, GIBBS_SPINS, 2, 9);
  add_fields(&f, v, 0.3, 1);
  add_layer(&f, v, v, 0.25, 2);
  return end(&f, 1);
}

/* Three Potts units of 16 states in a clique: products with a matrix that holds their own elements too. */
static gibbs_distribution *potts_clique(gibbs_graph *graph) {
  formula f;
  begin(&f, graph);
  gibbs_expr *v = add_variable(&f, GIBBS_POTTS, 16, 2);
  add_fields(&f, v, 0.5, 1);
  add_layer(&f, v, v, 0.5, 2);
  return end(&f, 1);
}

/* Three-body terms on a ring, of spins and of bits, and one that mixes both. */
static gibbs_distribution *three_body(gibbs_graph *graph) {
  formula f;
  begin(&f, graph);
  gibbs_expr *v = add_variable(&f, GIBBS_SPINS, 2, 6), *w = add_variable(&f, GIBBS_BITS, 2, 6);
  for (size_t k = 0; k < 2; k++) {
    gibbs_expr *x = f.variable[k];
    gibbs_expr *pair = gibbs_build_binary(&f.b, GIBBS_OP_MUL, shifted(&f, x, 1), shifted(&f, x, 2));
    add_term(&f, times(&f, k == 0 ? -0.5 : 0.9, gibbs_build_dot(&f.b, x, pair)));
  }
  gibbs_expr *mixed = gibbs_build_binary(&f.b, GIBBS_OP_MUL, v, shifted(&f, v, 1));
  add_term(&f, times(&f, 0.7, gibbs_build_dot(&f.b, mixed, w)));
  add_fields(&f, v, 0.2, 1);
  return end(&f, 2);
}

static gibbs_distribution *potts_ring(gibbs_graph *graph) {
  formula f;
  begin(&f, graph);
  gibbs_expr *v = add_variable(&f, GIBBS_POTTS, 3, 7);
  add_fields(&f, v, 0.4, 1);
  add_term(&f, times(&f, -0.7, gibbs_build_dot(&f.b, v, shifted(&f, v, 1))));
  return end(&f, 1);
}

static gibbs_distribution *no_couplings(gibbs_graph *graph) {
  formula f;
  begin(&f, graph);
  add_fields(&f, add_variable(&f, GIBBS_BITS, 2, 7), 1, 1);
  return end(&f, 1);
}

static gibbs_distribution *no_energy(gibbs_graph *graph) {
  formula f;
  begin(&f, graph);
  add_variable(&f, GIBBS_SPINS, 2, 4);
  return end(&f, 1);
}

/* Couplings of every bond on their own. */
static gibbs_distribution *ising_on(gibbs_graph *graph, gibbs_lattice *lattice, double size) {
  gibbs_expr *coupling = make_parameter(graph, "J", gibbs_shape_vector(gibbs_lattice_bond_count(lattice)), size, 1);
  gibbs_expr *field = make_parameter(graph, "field", gibbs_shape_vector(gibbs_lattice_sites(lattice)), 0.2, 2);
  gibbs_distribution *d = NULL;
  CHECK(gibbs_ising_new(graph, lattice, coupling, field, NULL, &d, err));
  gibbs_expr_release(coupling);
  gibbs_expr_release(field);
  gibbs_lattice_release(lattice);
  return d;
}

static gibbs_distribution *lattice_of(gibbs_graph *graph, gibbs_lattice_kind kind, size_t a, size_t b) {
  gibbs_lattice *lattice = NULL;
  CHECK(gibbs_lattice_new(kind, 2, (size_t[]){a, b}, true, &lattice, err));
  return ising_on(graph, lattice, 0.5);
}

static gibbs_distribution *square(gibbs_graph *graph) {
  return lattice_of(graph, GIBBS_LATTICE_SQUARE, 4, 3);
}
static gibbs_distribution *odd_square(gibbs_graph *graph) {
  return lattice_of(graph, GIBBS_LATTICE_SQUARE, 3, 3);
}
static gibbs_distribution *triangular(gibbs_graph *graph) {
  return lattice_of(graph, GIBBS_LATTICE_TRIANGULAR, 3, 4);
}
static gibbs_distribution *honeycomb(gibbs_graph *graph) {
  return lattice_of(graph, GIBBS_LATTICE_HONEYCOMB, 2, 3);
}
static gibbs_distribution *uniform_square(gibbs_graph *graph) {
  gibbs_lattice *lattice = NULL;
  gibbs_expr *coupling = NULL;
  gibbs_distribution *d = NULL;
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (size_t[]){4, 3}, true, &lattice, err));
  CHECK(gibbs_expr_number(graph, 0.4, &coupling, err));
  CHECK(gibbs_ising_new(graph, lattice, coupling, coupling, NULL, &d, err));
  gibbs_expr_release(coupling);
  gibbs_lattice_release(lattice);
  return d;
}

static gibbs_distribution *two_parts(gibbs_graph *graph) {
  const gibbs_bond bonds[] = {{0, 1, 0}, {1, 2, 0}, {2, 0, 0}, {4, 5, 0}, {5, 6, 0}};
  gibbs_lattice *lattice = NULL;
  CHECK(gibbs_lattice_new_graph(8, 5, bonds, &lattice, err));
  return ising_on(graph, lattice, 0.8);
}

typedef gibbs_distribution *maker(gibbs_graph *graph);
static const struct {
  const char *name;
  maker *make;
} targets[] = {{"spins and bits", spins_and_bits},
               {"bits and spins", bits_and_spins},
               {"spins and spins", spins_and_spins},
               {"Potts and bits", potts_and_bits},
               {"large Potts", large_potts},
               {"deep", deep},
               {"machine on a ring", machine_on_a_ring},
               {"clique", clique},
               {"Potts clique", potts_clique},
               {"three-body", three_body},
               {"Potts ring", potts_ring},
               {"no couplings", no_couplings},
               {"no energy", no_energy},
               {"square", square},
               {"odd square", odd_square},
               {"uniform square", uniform_square},
               {"triangular", triangular},
               {"honeycomb", honeycomb},
               {"two parts", two_parts}};

#define FOR_EACH_TARGET(x)                                                                                           \
  for (size_t t_ = 0; t_ < sizeof targets / sizeof targets[0]; t_++)                                                 \
    for (gibbs_graph *g_ = new_graph(); g_ != NULL; gibbs_graph_release(g_), g_ = NULL)                              \
      for (gibbs_distribution *d_ = targets[t_].make(g_); d_ != NULL; gibbs_distribution_release(d_), d_ = NULL)     \
        for (invariance x = invariance_begin(d_, true, NULL); x.probability != NULL;                                 \
             invariance_end(&x), x.probability = NULL)

/* ---- exactness -------------------------------------------------------------------------------------------- */

Test(block_gibbs, keeps_the_exact_distribution) {
  FOR_EACH_TARGET(x) {
    expect_invariant(&x, kernel, NULL, chains, 100 * t_);
    char why[100];
    cr_assert(kernel->can(&x.target, NULL, why, sizeof why), "%s: %s", targets[t_].name, why);
  }
}

Test(block_gibbs, reaches_the_exact_distribution) {
  FOR_EACH_TARGET(x) expect_convergence(&x, kernel, NULL, chains, 7 + t_, 100, x.states - 1);
}

Test(block_gibbs, keeps_its_chains_apart) {
  FOR_EACH_TARGET(x) expect_same_bits(&x, kernel, NULL, 5 + t_);
}

/* Couplings that are 5 % too strong are seen. */
Test(block_gibbs, a_wrong_energy_is_caught) {
  gibbs_graph *graph = new_graph();
  gibbs_distribution *d = square(graph);
  invariance x = invariance_begin(d, true, NULL);
  invariance_run run = {.kernel = kernel, .chains = 200000, .sweeps = 16, .seed = 3};
  cr_expect(invariance_p_value(&x, &run) > invariance_alarm);
  gibbs_normal_form_set_scale(x.target.form, 1.05);
  CHECK(gibbs_normal_form_refresh(x.target.form, err));
  cr_expect(invariance_p_value(&x, &run) < invariance_alarm);
  invariance_end(&x);
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
}

/* ---- units that are held ------------------------------------------------------------------------------------ */

/* What is left of the probabilities where the held units are as in state `fixed`. */
static void condition(invariance *x, const bool *held, size_t fixed) {
  double total = 0;
  for (size_t s = 0; s < x->states; s++) {
    for (size_t u = 0; u < x->units; u++)
      if (held[u] && invariance_value(x, s, u) != invariance_value(x, fixed, u)) x->probability[s] = 0;
    total += x->probability[s];
  }
  for (size_t s = 0; s < x->states; s++) x->probability[s] /= total;
}

/* Every third unit, and then all visible units of a machine. */
Test(block_gibbs, given_some_units_the_others_have_their_conditional_distribution) {
  for (size_t t = 0; t < sizeof targets / sizeof targets[0]; t++) {
    gibbs_graph *graph = new_graph();
    gibbs_distribution *d = targets[t].make(graph);
    size_t visible = gibbs_variables_units(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
    for (int all = 0; all < (gibbs_distribution_hidden_count(d) > 0 ? 2 : 1); all++) {
      bool held[invariance_most_units];
      for (size_t u = 0; u < invariance_most_units; u++) held[u] = all ? u < visible : u % 3 == 1;
      invariance x = invariance_begin(d, true, held);
      if (x.units > 1) {
        expect_invariant(&x, kernel, NULL, chains, 9 * t);
        condition(&x, held, x.states / 3);
        expect_convergence(&x, kernel, NULL, chains, 8 * t, 60, x.states / 3);
      }
      invariance_end(&x);
    }
    gibbs_distribution_release(d);
    gibbs_graph_release(graph);
  }
}

Test(block_gibbs, all_units_may_be_held) {
  gibbs_graph *graph = new_graph();
  gibbs_distribution *d = spins_and_bits(graph);
  bool held[10];
  memset(held, true, sizeof held);
  invariance x = invariance_begin(d, true, held);
  expect_invariant(&x, kernel, NULL, 2000, 1); /* which asserts that nothing moves */
  invariance_end(&x);
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
}

/* ---- wide machines ------------------------------------------------------------------------------------------ */

typedef struct layer {
  gibbs_domain domain;
  size_t states, units, each; /* each: elements of a unit */
} layer;

static layer layer_of(gibbs_domain domain, size_t states, size_t units) {
  return (layer){domain, states, units, domain == GIBBS_POTTS ? states : 1};
}

static double state_value(layer l, size_t state) {
  return l.domain == GIBBS_POTTS ? (double)(state + 1) : state == 1 ? 1 : l.domain == GIBBS_SPINS ? -1 : 0;
}

/* x[u] of the elements of one configuration: unit values as expressions see them. */
static double element_of(layer l, const double *values, size_t element) {
  double value = values[element / l.each];
  return l.domain == GIBBS_POTTS ? value == (double)(element % l.each + 1) : value;
}

/* Of unit u: the probability of each of its states, given minus the fields on its elements. */
static void probabilities_of(layer l, const double *minus_field, size_t u, double *out) {
  double total = 0;
  for (size_t k = 0; k < l.states; k++) {
    out[k] = exp(l.domain == GIBBS_POTTS ? minus_field[u * l.each + k] : state_value(l, k) * minus_field[u]);
    total += out[k];
  }
  for (size_t k = 0; k < l.states; k++) out[k] /= total;
}

/* The second layer, sampled in one sweep with the first one held, against its probabilities by hand: the p-value of
 * chi-square over all states of all units.  W[i * row_step + j * column_step] couples their elements. */
static double conditional_p_value(const gibbs_target *target, layer near, layer far, size_t near_at, size_t far_at,
                                  const double *W, size_t row_step, size_t column_step, const double *b) {
  enum { samples = 3000 };
  size_t units = near.units + far.units, elements = far.units * far.each, freedom = 0;
  double *values = malloc(units * samples * sizeof *values), *row = malloc(near.units * sizeof *row), chi2 = 0;
  double *minus_field = malloc(elements * sizeof *minus_field), *p = malloc((far.each + 2) * sizeof *p);
  gibbs_stream stream = gibbs_stream_open(5, GIBBS_PURPOSE_CHECK, 0, 0);
  for (size_t u = 0; u < units * samples; u++) values[u] = 1;
  for (size_t u = 0; u < near.units; u++) {
    row[u] = state_value(near, gibbs_stream_word(&stream) % near.states);
    for (size_t c = 0; c < samples; c++) values[(near_at + u) * samples + c] = row[u];
  }
  for (size_t e = 0; e < elements; e++) {
    minus_field[e] = b[e];
    for (size_t i = 0; i < near.units * near.each; i++)
      minus_field[e] += W[i * row_step + e * column_step] * element_of(near, row, i);
  }
  void *instance = NULL;
  CHECK(kernel->make(target, NULL, samples, 0, &instance, err));
  CHECK(kernel->set(instance, values, samples, err));
  CHECK(kernel->sweep(instance, 17, 0, err));
  kernel->get(instance, values, samples);
  kernel->free(instance);
  for (size_t u = 0; u < far.units; u++) {
    probabilities_of(far, minus_field, u, p);
    for (size_t k = 0; k < far.states; k++) {
      double expected = p[k] * samples, count = 0;
      double value = state_value(far, k);
      for (size_t c = 0; c < samples; c++) count += values[(far_at + u) * samples + c] == value;
      chi2 += (count - expected) * (count - expected) / expected;
    }
    freedom += far.states - 1;
  }
  free(p);
  free(minus_field);
  free(row);
  free(values);
  return gsl_cdf_chisq_Q(chi2, (double)freedom);
}

static void expect_conditionals(layer a, layer b) {
  gibbs_graph *graph = new_graph();
  gibbs_expr *x = make_variable(graph, "x", a.domain, a.states, a.units);
  gibbs_expr *y = make_variable(graph, "y", b.domain, b.states, b.units), *both[2] = {x, y};
  size_t n = a.units * a.each, m = b.units * b.each;
  gibbs_expr *W = make_parameter(graph, "W", gibbs_shape_matrix(n, m), 1.0 / sqrt((double)a.units), 1);
  gibbs_expr *c = make_parameter(graph, "a", gibbs_shape_vector(n), 0.5, 2);
  gibbs_expr *h = make_parameter(graph, "b", gibbs_shape_vector(m), 0.5, 3);
  gibbs_distribution *d = NULL;
  CHECK(gibbs_rbm_new(x, y, W, c, h, false, &d, err));
  bool *held = calloc(a.units + b.units, sizeof *held);
  gibbs_target target = {.distribution = d,
                         .energy = gibbs_distribution_energy(d),
                         .variables = both,
                         .variable_count = 2,
                         .units = a.units + b.units,
                         .held = held};
  CHECK(gibbs_normal_form_new(target.energy, both, 2, &target.form, err));
  for (size_t u = 0; u < a.units; u++) held[u] = true;
  double forward = conditional_p_value(&target, a, b, 0, a.units, values_of(W), m, 1, values_of(h));
  for (size_t u = 0; u < a.units + b.units; u++) held[u] = u >= a.units;
  double backward = conditional_p_value(&target, b, a, a.units, 0, values_of(W), 1, m, values_of(c));
  cr_expect(forward > invariance_alarm && forward < 1 - invariance_alarm, "%g", forward);
  cr_expect(backward > invariance_alarm && backward < 1 - invariance_alarm, "%g", backward);
  gibbs_normal_form_free(target.form);
  free(held);
  gibbs_distribution_release(d);
  gibbs_expr *nodes[] = {x, y, W, c, h};
  for (size_t k = 0; k < 5; k++) gibbs_expr_release(nodes[k]);
  gibbs_graph_release(graph);
}

/* Sizes that fill panels and words of bits, or do not, with units of all kinds. */
Test(block_gibbs, wide_layers_have_the_probabilities_of_their_fields) {
  expect_conditionals(layer_of(GIBBS_BITS, 2, 100), layer_of(GIBBS_BITS, 2, 70));
  expect_conditionals(layer_of(GIBBS_SPINS, 2, 64), layer_of(GIBBS_BITS, 2, 33));
  expect_conditionals(layer_of(GIBBS_BITS, 2, 17), layer_of(GIBBS_SPINS, 2, 96));
  expect_conditionals(layer_of(GIBBS_SPINS, 2, 31), layer_of(GIBBS_SPINS, 2, 16));
  expect_conditionals(layer_of(GIBBS_POTTS, 5, 13), layer_of(GIBBS_SPINS, 2, 40));
  expect_conditionals(layer_of(GIBBS_POTTS, 21, 9), layer_of(GIBBS_BITS, 2, 15));
  expect_conditionals(layer_of(GIBBS_POTTS, 40, 3), layer_of(GIBBS_POTTS, 3, 12));
}

/* ---- values that change -------------------------------------------------------------------------------------- */

static void scale_parameters(gibbs_distribution *d, double factor) {
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[k]);
    for (size_t i = 0; i < gibbs_parameter_size(parameter); i++) gibbs_parameter_values(parameter)[i] *= factor;
    gibbs_parameter_touch(parameter);
  }
}

/* An instance that has seen other values before goes on as a new one does. */
Test(block_gibbs, values_are_read_again) {
  FOR_EACH_TARGET(x) {
    enum { few = 20 };
    void *instance = NULL;
    double *start = malloc(x.units * few * sizeof *start), *old = malloc(x.units * few * sizeof *old);
    invariance_exact(&x, few, 3, start);
    CHECK(kernel->make(&x.target, NULL, few, 0, &instance, err));
    scale_parameters(x.distribution, -1.5);
    CHECK(gibbs_normal_form_refresh(x.target.form, err));
    CHECK(kernel->refresh(instance, err));
    CHECK(kernel->set(instance, start, few, err));
    for (uint32_t t = 0; t < 3; t++) CHECK(kernel->sweep(instance, 4, t, err));
    kernel->get(instance, old, few);
    kernel->free(instance);
    invariance_run run = {.kernel = kernel, .chains = few, .sweeps = 3, .seed = 4};
    invariance_advance(&x, &run, start);
    cr_expect(memcmp(start, old, x.units * few * sizeof *old) == 0, "%s", targets[t_].name);
    free(start);
    free(old);
  }
}

Test(block_gibbs, values_are_given_back_as_they_were_set) {
  FOR_EACH_TARGET(x) {
    enum { some = 150 };
    void *instance = NULL;
    double *start = malloc(x.units * some * sizeof *start), *back = calloc(x.units * some, sizeof *back);
    invariance_exact(&x, some, 3, start);
    CHECK(kernel->make(&x.target, NULL, some, 0, &instance, err));
    CHECK(kernel->set(instance, start, some, err));
    kernel->get(instance, back, some);
    cr_expect(memcmp(start, back, x.units * some * sizeof *back) == 0, "%s", targets[t_].name);
    kernel->free(instance);
    free(start);
    free(back);
  }
}

/* What chains do for kernels that have no start of their own. */
static double drawn(const gibbs_segment *segment, gibbs_stream *stream) {
  if (segment->domain == GIBBS_POTTS) return 1 + floor(gibbs_stream_uniform(stream) * (double)segment->states);
  return gibbs_stream_word(stream) >> 31 ? 1 : segment->domain == GIBBS_SPINS ? -1 : 0;
}

Test(block_gibbs, starts_where_all_chains_start) {
  FOR_EACH_TARGET(x) {
    enum { some = 150, first = 3 };
    void *instance = NULL;
    double *values = malloc(x.units * some * sizeof *values);
    for (size_t i = 0; i < x.units * some; i++) values[i] = x.lowest[i / some];
    CHECK(kernel->make(&x.target, NULL, some, first, &instance, err));
    CHECK(kernel->set(instance, values, some, err));
    CHECK(kernel->start(instance, 9, err));
    kernel->get(instance, values, some);
    kernel->free(instance);
    const gibbs_segment *segments = gibbs_normal_form_segments(x.target.form);
    for (size_t c = 0; c < some; c++) {
      gibbs_stream stream = gibbs_stream_open(9, GIBBS_PURPOSE_CHAIN, (uint32_t)(first + c), 0);
      for (size_t k = 0; k < gibbs_normal_form_segment_count(x.target.form); k++)
        for (size_t u = 0; u < segments[k].units; u++)
          cr_assert_eq(values[(segments[k].first_unit + u) * some + c], drawn(&segments[k], &stream), "%s, chain %zu",
                       targets[t_].name, c);
    }
    free(values);
  }
}

Test(block_gibbs, changes_are_counted) {
  FOR_EACH_TARGET(x) {
    enum { some = 40 };
    void *instance = NULL;
    double *start = malloc(x.units * some * sizeof *start), *after = malloc(x.units * some * sizeof *after);
    double changed[some];
    invariance_exact(&x, some, 3, start);
    CHECK(kernel->make(&x.target, NULL, some, 0, &instance, err));
    CHECK(kernel->set(instance, start, some, err));
    CHECK(kernel->sweep(instance, 4, 0, err));
    kernel->get(instance, after, some);
    kernel->measure(instance, 0, changed);
    for (size_t c = 0; c < some; c++) {
      double count = 0;
      for (size_t u = 0; u < x.units; u++) count += start[u * some + c] != after[u * some + c];
      cr_assert_eq(changed[c], count / (double)x.units, "%s: chain %zu", targets[t_].name, c);
    }
    kernel->free(instance);
    free(start);
    free(after);
  }
}

/* Threads may come and go while an instance lives. */
Test(block_gibbs, the_number_of_threads_may_change) {
  FOR_EACH_TARGET(x) {
    enum { some = 300 };
    invariance_run run = {.kernel = kernel, .chains = some, .sweeps = 4, .seed = 6};
    void *instance = NULL;
    double *start = malloc(x.units * some * sizeof *start), *after = malloc(x.units * some * sizeof *after);
    invariance_exact(&x, some, 3, start);
    CHECK(kernel->make(&x.target, NULL, some, 0, &instance, err));
    CHECK(kernel->set(instance, start, some, err));
    for (uint32_t t = 0; t < 4; t++) {
      gibbs_set_threads((size_t[]){1, 5, 2, 3}[t]);
      CHECK(kernel->sweep(instance, 6, t, err));
    }
    gibbs_set_threads(1);
    kernel->get(instance, after, some);
    kernel->free(instance);
    invariance_advance(&x, &run, start);
    cr_expect(memcmp(start, after, x.units * some * sizeof *start) == 0, "%s", targets[t_].name);
    free(start);
    free(after);
  }
}

/* ---- what is refused, and what is not chosen ---------------------------------------------------------------------
 */

static void expect_refusal(gibbs_expr *energy, gibbs_expr *v, const char *reason) {
  gibbs_target target = {
      .energy = energy, .variables = &v, .variable_count = 1, .units = gibbs_variables_units(&v, 1)};
  char why[200] = "";
  CHECK(gibbs_normal_form_new(energy, &v, 1, &target.form, err));
  cr_expect(!kernel->can(&target, NULL, why, sizeof why));
  cr_expect(strstr(why, reason) != NULL, "%s", why);
  gibbs_normal_form_free(target.form);
}

Test(block_gibbs, what_it_cannot_sample_is_said) {
  formula f;
  begin(&f, new_graph());
  gibbs_expr *x = add_variable(&f, GIBBS_REALS, 0, 3), *v = add_variable(&f, GIBBS_SPINS, 2, 6);
  gibbs_expr *w = random_parameter(&f, gibbs_shape_matrix(2, 6), 1, 1);
  gibbs_expr *sums = gibbs_build_matmul(&f.b, w, v);
  gibbs_expr *functions = gibbs_build_sum(&f.b, gibbs_build_unary(&f.b, GIBBS_OP_LOGCOSH, sums));
  gibbs_expr *product = gibbs_build_binary(&f.b, GIBBS_OP_MUL, functions,
                                           gibbs_build_unary(&f.b, GIBBS_OP_EXP, gibbs_build_sum(&f.b, v)));
  expect_refusal(gibbs_build_dot(&f.b, x, x), x, "units take real values");
  expect_refusal(functions, v, "functions of sums of units");
  expect_refusal(product, v, "no sum of products of units");
  cr_assert_eq(gibbs_build_end(&f.b), GIBBS_OK);
  gibbs_graph_release(f.graph);
}

/* Values that single precision does not hold. */
Test(block_gibbs, fields_beyond_single_precision_are_refused) {
  gibbs_graph *graph = new_graph();
  gibbs_distribution *d = spins_and_bits(graph);
  invariance x = invariance_begin(d, true, NULL);
  void *instance = NULL;
  gibbs_error err;
  scale_parameters(d, 1e37);
  cr_assert_eq(gibbs_normal_form_refresh(x.target.form, &err), GIBBS_OK);
  cr_expect_eq(kernel->make(&x.target, NULL, 4, 0, &instance, &err), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "the field on unit ") && strstr(err.message, "of x may reach "), "%s", err.message);
  invariance_end(&x);
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
}

/* Fields far beyond where exponentials of single precision end make units certain, not wrong. */
Test(block_gibbs, large_fields_make_units_certain) {
  gibbs_graph *graph = new_graph();
  gibbs_distribution *d = no_couplings(graph);
  enum { some = 100 };
  invariance x = invariance_begin(d, true, NULL);
  double values[7 * some] = {0};
  scale_parameters(d, 1e20);
  CHECK(gibbs_normal_form_refresh(x.target.form, err));
  invariance_run run = {.kernel = kernel, .chains = some, .sweeps = 1};
  invariance_advance(&x, &run, values);
  const double *field = gibbs_parameter_values(gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[0]));
  for (size_t u = 0; u < 7; u++)
    for (size_t c = 0; c < some; c++) cr_expect_eq(values[u * some + c], field[u] < 0);
  invariance_end(&x);
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
}

static bool suits(maker *make) {
  gibbs_graph *graph = new_graph();
  gibbs_distribution *d = make(graph);
  invariance x = {0};
  x.distribution = d;
  invariance_choose(&x, true);
  bool out = kernel->suits(&x.target);
  gibbs_normal_form_free(x.target.form);
  gibbs_distribution_release(x.sampled);
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
  return out;
}

static gibbs_distribution *large_clique(gibbs_graph *graph) {
  formula f;
  begin(&f, graph);
  gibbs_expr *v = add_variable(&f, GIBBS_SPINS, 2, 65);
  add_layer(&f, v, v, 0.1, 2);
  return end(&f, 1);
}

static gibbs_distribution *complete_graph(gibbs_graph *graph) {
  gibbs_lattice *lattice = NULL;
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_COMPLETE, 1, (size_t[]){65}, true, &lattice, err));
  return ising_on(graph, lattice, 0.1);
}

Test(block_gibbs, many_blocks_do_not_suit) {
  cr_expect(suits(clique) && suits(spins_and_bits) && suits(deep) && suits(uniform_square) && suits(three_body));
  cr_expect(!suits(large_clique) && !suits(complete_graph));
}

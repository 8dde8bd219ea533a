/* machines.h - small machines for tests, with fixed pseudo-random weights, and their sums written out by hand. */
#ifndef TESTS_MACHINES_H
#define TESTS_MACHINES_H

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/distribution.h"
#include "gibbs/random.h"

#define CHECK(call)                                                                                                  \
  do {                                                                                                               \
    gibbs_error check_err = {.code = GIBBS_OK};                                                                      \
    gibbs_error *err = &check_err;                                                                                   \
    cr_assert_eq((call), GIBBS_OK, "%s", check_err.message);                                                         \
  } while (0)

static inline gibbs_expr *make_variable(gibbs_graph *graph, const char *name, gibbs_domain domain, size_t states,
                                        size_t units) {
  gibbs_shape shape = gibbs_shape_vector(units);
  gibbs_variable *variable = NULL;
  gibbs_expr *node = NULL;
  CHECK(gibbs_variable_new(name, domain, states, &shape, &variable, err));
  CHECK(gibbs_expr_variable(graph, variable, &node, err));
  gibbs_variable_release(variable);
  return node;
}

/* A parameter with normal values of the given size from stream `chain`. */
static inline gibbs_expr *make_parameter(gibbs_graph *graph, const char *name, gibbs_shape shape, double size,
                                         uint32_t chain) {
  gibbs_parameter *parameter = NULL;
  gibbs_expr *node = NULL;
  CHECK(gibbs_parameter_new(name, &shape, &parameter, err));
  gibbs_stream stream = gibbs_stream_open(7, GIBBS_PURPOSE_CHECK, chain, 0);
  for (size_t i = 0; i < gibbs_parameter_size(parameter); i++)
    gibbs_parameter_values(parameter)[i] = size * gibbs_stream_normal(&stream);
  gibbs_parameter_touch(parameter);
  CHECK(gibbs_expr_parameter(graph, parameter, &node, err));
  gibbs_parameter_release(parameter);
  return node;
}

typedef struct machine {
  gibbs_graph *graph;
  gibbs_expr *v, *h, *W, *a, *b;
  gibbs_distribution *q;
  size_t n, m;
} machine;

static inline machine make_machine_in(gibbs_graph *graph, gibbs_domain visible, size_t n, gibbs_domain hidden,
                                      size_t m, double size, uint32_t chain) {
  machine x = {.graph = graph, .n = n, .m = m};
  x.v = make_variable(x.graph, "v", visible, 2, n);
  x.h = make_variable(x.graph, "h", hidden, 2, m);
  x.W = make_parameter(x.graph, "W", gibbs_shape_matrix(n, m), size, 3 * chain);
  x.a = make_parameter(x.graph, "a", gibbs_shape_vector(n), size, 3 * chain + 1);
  x.b = make_parameter(x.graph, "b", gibbs_shape_vector(m), size, 3 * chain + 2);
  CHECK(gibbs_rbm_new(x.v, x.h, x.W, x.a, x.b, false, &x.q, err));
  return x;
}

static inline void free_machine(machine *x) {
  gibbs_distribution_release(x->q);
  gibbs_expr *nodes[] = {x->v, x->h, x->W, x->a, x->b};
  for (size_t i = 0; i < 5; i++) gibbs_expr_release(nodes[i]);
}

static inline double *values_of(gibbs_expr *parameter) {
  return gibbs_parameter_values(gibbs_expr_as_parameter(parameter));
}

/* Unit i of state s. */
static inline double unit_value(gibbs_domain domain, size_t s, size_t i) {
  double bit = (double)(s >> i & 1);
  return domain == GIBBS_SPINS ? 2 * bit - 1 : bit;
}

/* H(v) of a machine by the sum over hidden states as the definition has it. */
static inline long double hand_hamiltonian(const machine *x, gibbs_domain visible, gibbs_domain hidden, size_t s) {
  const double *W = values_of(x->W), *a = values_of(x->a), *b = values_of(x->b);
  long double total = 0;
  for (size_t t = 0; t < (size_t)1 << x->m; t++) {
    long double minus_energy = 0;
    for (size_t i = 0; i < x->n; i++) minus_energy += (long double)a[i] * unit_value(visible, s, i);
    for (size_t j = 0; j < x->m; j++) {
      long double field = b[j];
      for (size_t i = 0; i < x->n; i++) field += (long double)W[i * x->m + j] * unit_value(visible, s, i);
      minus_energy += field * unit_value(hidden, t, j);
    }
    total += expl(minus_energy);
  }
  return -logl(total);
}

static inline long double hand_log_z(const machine *x, gibbs_domain visible, gibbs_domain hidden) {
  long double total = 0;
  for (size_t s = 0; s < (size_t)1 << x->n; s++) total += expl(-hand_hamiltonian(x, visible, hidden, s));
  return logl(total);
}

static inline bool near_to(double a, double b, double tolerance) {
  return fabs(a - b) <= tolerance * (1 + fabs(b));
}

#endif

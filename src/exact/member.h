/* member.h - one distribution of an ensemble: how its log-weights are computed over a run of states, and its gradient
 * from weights.
 *
 * A Hamiltonian with a form goes through the product kernel: its coefficients are read off by probing it at the
 * states of at most two raised bits, and a weighted sum of its gradient over all states is the gradient at the
 * probes, with weights made from moments. Any other goes through its compiled expression, state by state. */
#ifndef GIBBS_EXACT_MEMBER_H
#define GIBBS_EXACT_MEMBER_H

#include "gibbs/distribution.h"
#include "gibbs/program.h"
#include "products.h"
#include "space.h"

/* The states of at most one or two raised bits, as a batch. */
typedef struct gibbs_probe {
  size_t units, points;
  unsigned degree;
  double **values; /* [variable][row * points + point] */
  size_t variable_count;
} gibbs_probe;

/* Numbers behind a gibbs_bit_form. */
typedef struct gibbs_coefficients {
  double constant, *field, *coupling, *bias, *weight;
} gibbs_coefficients;

typedef struct gibbs_member {
  gibbs_distribution *distribution;
  const gibbs_form *form; /* NULL: the general way */
  gibbs_probe probe;
  gibbs_program *values;                /* form: polynomial and arguments; general: H */
  double *polynomial_at, *arguments_at; /* at the probes */
  gibbs_coefficients coefficients;
  gibbs_products *kernel;
  gibbs_program *backward; /* for the parameters below */
  gibbs_expr **wanted;
  size_t wanted_count;
  uint64_t *versions; /* of the distribution's parameters, when last refreshed */
  bool fresh;
  bool calls_back;
} gibbs_member;

gibbs_status gibbs_member_new(gibbs_distribution *d, const gibbs_space *space, gibbs_member *out,
                              gibbs_error *err) GIBBS_CHECKED;
void gibbs_member_clear(gibbs_member *member);
/* Take up the present values of the parameters; *changed tells whether anything had to be done. */
gibbs_status gibbs_member_refresh(gibbs_member *member, unsigned chunk_bits, bool *changed,
                                  gibbs_error *err) GIBBS_CHECKED;

/* Compile the gradient for these parameters (kept until other ones are asked for) and take up their values. */
gibbs_status gibbs_member_aim(gibbs_member *member, gibbs_expr *const parameters[], size_t count,
                              gibbs_error *err) GIBBS_CHECKED;
/* gradients += what the moments of a kernel member make. */
gibbs_status gibbs_member_finish(const gibbs_member *member, const gibbs_moments *moments, double *const gradients[],
                                 gibbs_error *err) GIBBS_CHECKED;

gibbs_status gibbs_probe_new(const gibbs_space *space, unsigned degree, gibbs_probe *out,
                             gibbs_error *err) GIBBS_CHECKED;
void gibbs_probe_clear(gibbs_probe *probe);
/* The point with bits i < j raised. */
size_t gibbs_probe_pair(const gibbs_probe *probe, size_t i, size_t j);

#endif

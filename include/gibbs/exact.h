/* gibbs/exact.h - exact sums over all visible states: free energies, means, probabilities, samples, gradients.
 *
 * An ensemble is a set of distributions over one enumerable space, visited together chunk by chunk, never stored
 * whole unless small. Promises: every sum runs over fixed chunks in a fixed order (the same bits for any number of
 * threads), in log space. Limits: 2^30 states where every member's Hamiltonian has a form (gibbs_distribution_form),
 * else 2^22. Knows nothing of objectives. */
#ifndef GIBBS_EXACT_H
#define GIBBS_EXACT_H

#include "gibbs/distribution.h"

typedef struct gibbs_ensemble gibbs_ensemble;

/* A function of the visible variables of member `owner`, averaged over the members. */
typedef struct gibbs_observable {
  gibbs_expr *expr;
  size_t owner;
} gibbs_observable;

/* What an ensemble is for: log Z alone, or means, probabilities and gradients as well. */
typedef enum gibbs_demand { GIBBS_DEMAND_TOTALS, GIBBS_DEMAND_STATES } gibbs_demand;

/* Members' visible variables agree in number, order, domain and units (they need not be the same variables).
 * ERR_SHAPE: they do not.  ERR_SIZE: too many states; the message says how many and what is possible. */
gibbs_status gibbs_ensemble_new(gibbs_distribution *const members[], size_t count,
                                const gibbs_observable observables[], size_t observable_count, gibbs_demand demand,
                                gibbs_ensemble **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_ensemble_free(gibbs_ensemble *ensemble);

double gibbs_ensemble_log2_states(const gibbs_ensemble *ensemble);

/* log Z of every member with the present values of its parameters (members whose parameters have not changed are not
 * summed again).  O(states) for each. */
gibbs_status gibbs_ensemble_prepare(gibbs_ensemble *ensemble, gibbs_error *err) GIBBS_CHECKED;
double gibbs_ensemble_log_z(const gibbs_ensemble *ensemble, size_t member);

/* After prepare: the means <H_l>_k of every member's Hamiltonian and <O>_k of every observable under every member. */
gibbs_status gibbs_ensemble_average(gibbs_ensemble *ensemble, gibbs_error *err) GIBBS_CHECKED;
double gibbs_ensemble_mean_energy(const gibbs_ensemble *ensemble, size_t under, size_t of);
const double *gibbs_ensemble_mean(const gibbs_ensemble *ensemble, size_t under, size_t observable);

/* A run of consecutive states.  State number s has unit 0 as its fastest digit (for spins: bit i of s is 1 where unit
 * i is +1). */
typedef struct gibbs_view {
  uint64_t first;
  size_t count;
  const double *const *log_weight;  /* [member][state]: -H */
  const double *const *probability; /* [member][state]: exp(F - H) */
  const double *const *observable;  /* [observable][element * count + state] */
} gibbs_view;

/* Fill weight[member][state] (NULL where not asked for) and observable_weight[observable][state] (scalar
 * observables). */
typedef gibbs_status (*gibbs_weigh)(void *context, const gibbs_view *view, double *const weight[],
                                    double *const observable_weight[], gibbs_error *err);

/* After prepare: for each parameter node p, gradient of p += sum_v sum_k w_k(v) dH_k(v)/dp + sum_v sum_o u_o(v)
 * dO_o(v)/dp, by one weighted reverse pass.  gradients[i] has size(parameters[i]) entries.  `weigh` is called from
 * many threads unless a member calls back into a script. */
gibbs_status gibbs_ensemble_backward(gibbs_ensemble *ensemble, gibbs_weigh weigh, void *context,
                                     gibbs_expr *const parameters[], size_t parameter_count,
                                     double *const gradients[], gibbs_error *err) GIBBS_CHECKED;

/* Visit all states in order, on the calling thread. */
typedef gibbs_status (*gibbs_visit)(void *context, const gibbs_view *view, gibbs_error *err);
gibbs_status gibbs_ensemble_visit(gibbs_ensemble *ensemble, gibbs_visit visit, void *context,
                                  gibbs_error *err) GIBBS_CHECKED;

/* `count` independent samples of a member by inversion, after prepare: rows[i * units + u] holds the value of unit u
 * (state numbers 1..q for Potts), all visible variables one after the other.  Philox addressed by (seed, sample, 0,
 * i).  O(states). */
gibbs_status gibbs_ensemble_sample(gibbs_ensemble *ensemble, size_t member, uint64_t seed, size_t count, double *rows,
                                   gibbs_error *err) GIBBS_CHECKED;

/* The same for `count` given numbers in [0, 1): row i is the state where the cumulative distribution passes
 * heights[i]. */
gibbs_status gibbs_ensemble_invert(gibbs_ensemble *ensemble, size_t member, const double *heights, size_t count,
                                   double *rows, gibbs_error *err) GIBBS_CHECKED;

/* F = -log Z of one distribution, over the side that is cheaper: visible states, or hidden states with the visible
 * units summed in closed form.  *side, if not NULL, receives the distribution that was summed (d itself or its
 * swapped one; borrowed). */
gibbs_status gibbs_exact_side(gibbs_distribution *d, gibbs_distribution **side, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_exact_free_energy(gibbs_distribution *d, double *out, gibbs_error *err) GIBBS_CHECKED;

/* The side over which the mean of f(v, h) is taken, and f averaged over the other side's units given that one (a new
 * reference). */
gibbs_status gibbs_exact_mean_side(gibbs_distribution *d, gibbs_expr *f, gibbs_distribution **side,
                                   gibbs_expr **given, gibbs_error *err) GIBBS_CHECKED;
/* The mean of an expression of d's variables, of any shape: out receives size(f) values. */
gibbs_status gibbs_exact_mean(gibbs_distribution *d, gibbs_expr *f, double *out, gibbs_error *err) GIBBS_CHECKED;
/* The entropy of P(v) in nats: <H> - F.  The visible states have to be enumerable. */
gibbs_status gibbs_exact_entropy(gibbs_distribution *d, double *out, gibbs_error *err) GIBBS_CHECKED;

#endif

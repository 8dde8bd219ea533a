/* gibbs/objective.h - scalars of distributions: their values, their functional derivatives, and gradients of anything
 * made of them.
 *
 * The principle: an objective is a functional of H_l(.), so it supplies its value and its functional derivative w(v)
 * = dL/dH_l(v); then grad L = sum_v w(v) grad H_l(v), plus what it depends on explicitly. A functional is a leaf of
 * the expression graph, so objectives are expressions: sums, products, squares, |x| and regularisers of parameters
 * follow by the chain rule of gibbs/expr.h. Promises: values and gradients are exact sums in double. */
#ifndef GIBBS_OBJECTIVE_H
#define GIBBS_OBJECTIVE_H

#include "gibbs/data.h"
#include "gibbs/distribution.h"
#include "gibbs/minimize.h"

/* id, name, doc */
#define GIBBS_FUNCTIONAL_LIST(X)                                                                                     \
  X(FREE_ENERGY, "free_energy", "F(Q) = -log Z")                                                                     \
  X(KL, "kl", "Kullback-Leibler divergence KL(P||Q) = sum_v P log(P/Q), nats")                                       \
  X(ENTROPY, "entropy", "S(Q) = -sum_v Q log Q, nats")                                                               \
  X(MEAN, "mean", "the mean of a scalar f(v, h) in Q")                                                               \
  X(LOG_LIKELIHOOD, "log_likelihood", "the mean of log Q(v) over data, nats a configuration")                        \
  X(DATA_KL, "kl", "Kullback-Leibler divergence of an empirical distribution from Q, nats")                          \
  X(PSEUDO_LIKELIHOOD, "pseudo_likelihood",                                                                          \
    "the mean over data of sum_i log Q(v_i | the others), nats a configuration (Besag 1975)")                        \
  X(CUSTOM, "objective", "a value and a functional derivative supplied by the caller")

typedef enum gibbs_functional_kind {
#define X(id, name, doc) GIBBS_FUNCTIONAL_##id,
  GIBBS_FUNCTIONAL_LIST(X)
#undef X
      GIBBS_FUNCTIONAL_COUNT
} gibbs_functional_kind;

/* All states of the model (and of the target, NULL when there is none): what a custom functional sees. */
typedef struct gibbs_states {
  size_t count;
  const double *hamiltonian;        /* H_l(v) */
  const double *target_hamiltonian; /* H(v) */
  double free_energy, target_free_energy;
} gibbs_states;

typedef struct gibbs_custom {
  void *payload;
  gibbs_status (*value)(void *payload, const gibbs_states *states, double *out, gibbs_error *err);
  /* out[v] = dL/dH_l(v), count values. */
  gibbs_status (*weight)(void *payload, const gibbs_states *states, double *out, gibbs_error *err);
  void (*release)(void *payload);
} gibbs_custom;

/* Leaves: scalar expressions. */
gibbs_status gibbs_free_energy(gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_kl(gibbs_distribution *p, gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_entropy(gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
/* f: a scalar expression of q's variables and of parameters. */
gibbs_status gibbs_mean(gibbs_distribution *q, gibbs_expr *f, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
/* ERR_ARGUMENT where data do not fit q's visible units. */
gibbs_status gibbs_log_likelihood(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out,
                                  gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_data_kl(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_pseudo_likelihood(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out,
                                     gibbs_error *err) GIBBS_CHECKED;
/* target may be NULL.  Owns the payload of `custom` in any case.  At most 2^22 states. */
gibbs_status gibbs_custom_functional(gibbs_distribution *target, gibbs_distribution *model, gibbs_custom custom,
                                     gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;

/* True when the expression is gibbs_mean(q, f) and nothing else; both are borrowed. */
bool gibbs_objective_is_mean(const gibbs_expr *expr, gibbs_distribution **q, gibbs_expr **f);

/* The value of a scalar made of free energies, entropies, means and divergences of distributions, each by elimination
 * (gibbs/transfer.h).  ERR_UNSUPPORTED: there are other functionals in it. */
gibbs_status gibbs_objective_transfer_value(gibbs_expr *expr, double *out, gibbs_error *err) GIBBS_CHECKED;

/* An objective ready to be evaluated: what it needs is planned once and shared by its functionals. */
typedef struct gibbs_objective gibbs_objective;

/* `expr`: a scalar made of functionals, parameters and constants.  ERR_SIZE where a sum is too large (the message
 * says what to do). */
gibbs_status gibbs_objective_new(gibbs_expr *expr, gibbs_objective **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_objective_free(gibbs_objective *objective);
/* Every parameter it depends on, through distributions or explicitly: borrowed nodes. */
size_t gibbs_objective_parameter_count(const gibbs_objective *objective);
gibbs_expr *const *gibbs_objective_parameters(const gibbs_objective *objective);

gibbs_status gibbs_objective_value(gibbs_objective *objective, double *out, gibbs_error *err) GIBBS_CHECKED;
/* gradients[k] receives size(parameters[k]) values. */
gibbs_status gibbs_objective_gradient(gibbs_objective *objective, gibbs_expr *const parameters[], size_t count,
                                      double *value, double *const gradients[], gibbs_error *err) GIBBS_CHECKED;
/* The Hessian over the parameters laid end to end, by central differences of the exact gradient: size x size,
 * symmetrised. */
gibbs_status gibbs_objective_hessian(gibbs_objective *objective, gibbs_expr *const parameters[], size_t count,
                                     double *out, gibbs_error *err) GIBBS_CHECKED;

/* The gradient against central differences of the value, component by component. */
typedef struct gibbs_gradient_check {
  double largest_error; /* |gradient - difference| */
  double allowed;       /* what rounding and truncation of the differences explain */
  size_t parameter, element;
  double gradient, difference; /* at the worst component */
  size_t components;
} gibbs_gradient_check;
gibbs_status gibbs_objective_check(gibbs_objective *objective, gibbs_expr *const parameters[], size_t count,
                                   gibbs_gradient_check *out, gibbs_error *err) GIBBS_CHECKED;

/* Minimise over the parameters, which are left at the best point found.  `constraint` (NULL: none) is kept equal to
 * `level`. `watch` (may be NULL) sees every step. */
gibbs_status gibbs_objective_minimize(gibbs_objective *objective, gibbs_objective *constraint, double level,
                                      gibbs_expr *const parameters[], size_t count,
                                      const gibbs_minimize_options *options,
                                      gibbs_status (*watch)(void *context, const gibbs_step *step, gibbs_error *err),
                                      void *watch_context, gibbs_minimum *out, gibbs_error *err) GIBBS_CHECKED;

#endif

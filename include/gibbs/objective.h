/* gibbs/objective.h - scalars of distributions: their values, their functional derivatives, and gradients of anything
 * made of them.
 *
 * The principle: an objective is a functional of H_l(.), so it supplies its value and its functional derivative w(v)
 * = dL/dH_l(v); then grad L = sum_v w(v) grad H_l(v), plus what it depends on explicitly. A functional is a leaf of
 * the expression graph, so objectives are expressions: sums, products, squares, |x| and regularisers of parameters
 * follow by the chain rule of gibbs/expr.h. Promises: values and gradients are exact sums in
 * double, or estimates from samples that say how good they are. */
#ifndef GIBBS_OBJECTIVE_H
#define GIBBS_OBJECTIVE_H

#include "gibbs/chains.h"
#include "gibbs/data.h"
#include "gibbs/distribution.h"
#include "gibbs/free_energy.h"
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
  X(RATIO_MATCHING, "ratio_matching",                                                                                \
    "the mean over data of sum_i (1 - Q(v_i | the others))^2, units of two states (Hyvarinen 2007)")                 \
  X(MINIMUM_PROBABILITY_FLOW, "minimum_probability_flow",                                                            \
    "the mean over data of sum_v' exp((H(v) - H(v'))/2), v' one unit away (Sohl-Dickstein and others 2011)")         \
  X(DATA_MEAN, "mean", "the mean of a scalar f(v) over data")                                                        \
  X(CUSTOM, "objective", "a value and a functional derivative supplied by the caller")

typedef enum gibbs_functional_kind {
#define X(id, name, doc) GIBBS_FUNCTIONAL_##id,
  GIBBS_FUNCTIONAL_LIST(X)
#undef X
      GIBBS_FUNCTIONAL_COUNT
} gibbs_functional_kind;

/* name, doc: objectives that are formulas of functionals and of parameters. */
#define GIBBS_FORMULA_LIST(X)                                                                                        \
  X("score_matching",                                                                                                \
    "the mean over data of sum_i ((dH/dv_i)^2 / 2 - d2H/dv_i2), real visible units (Hyvarinen 2005)")                \
  X("moment_matching", "sum of the squared differences of means of functions between a target and Q")                \
  X("l1", "sum of the absolute values of parameters; its derivative at 0 is 0")                                      \
  X("l2", "sum of the squares of parameters")

/* All states of the model (and of the target, NULL when there is none), or samples that stand for them: what a custom
 * functional sees.  Probabilities sum to 1 over what there is; over all states they are exp(F - H).  A mean over
 * samples, sum_s P_s f(s), is right whatever f is; other sums over states have no counterpart. */
typedef struct gibbs_states {
  size_t count;
  const double *hamiltonian;        /* H_l(v) */
  const double *probability;        /* P_l(v) */
  const double *target_hamiltonian; /* H(v) */
  const double *target_probability; /* P(v) */
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
/* ERR_UNSUPPORTED where a visible unit has more than two states, or takes real values (flow: real values only).  The
 * flow counts neighbours that are data themselves too: what flows between data cancels where Q is right, so that the
 * minimum stays where it belongs when data fill the space. */
gibbs_status gibbs_ratio_matching(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out,
                                  gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_minimum_probability_flow(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out,
                                            gibbs_error *err) GIBBS_CHECKED;
/* f: a scalar expression of parameters and of `variables`, which hold the columns of the data one after the other
 * (NULL: those that f depends on, in the order in which they were made).  A function of no variable is its own mean.
 */
gibbs_status gibbs_data_mean(gibbs_data *data, gibbs_expr *const variables[], size_t variable_count, gibbs_expr *f,
                             gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
/* ERR_UNSUPPORTED unless all visible units take real values; ERR_SIZE: more than 1024 of them. */
gibbs_status gibbs_score_matching(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out,
                                  gibbs_error *err) GIBBS_CHECKED;
/* sum over the elements f of all functions of (<f>_target - <f>_q)^2; the target is p, or data where p is NULL.  The
 * functions are of q's variables, hidden ones too where p has the same; visible variables of p that are others than
 * q's stand for them, one by one.  ERR_ARGUMENT: no function.  ERR_SIZE: more than 4096 elements. */
gibbs_status gibbs_moment_matching(gibbs_distribution *p, gibbs_data *data, gibbs_distribution *q,
                                   gibbs_expr *const functions[], size_t count, gibbs_expr **out,
                                   gibbs_error *err) GIBBS_CHECKED;
/* Sums of |x| (the derivative at 0 is 0) and of x^2 over all elements. */
gibbs_status gibbs_l1(gibbs_expr *const exprs[], size_t count, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_l2(gibbs_expr *const exprs[], size_t count, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
/* target may be NULL.  Owns the payload of `custom` in any case.  At most 2^22 states. */
gibbs_status gibbs_custom_functional(gibbs_distribution *target, gibbs_distribution *model, gibbs_custom custom,
                                     gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;

/* True when the expression is gibbs_mean(q, f) and nothing else; both are borrowed. */
bool gibbs_objective_is_mean(const gibbs_expr *expr, gibbs_distribution **q, gibbs_expr **f);

/* The value of a scalar made of free energies, entropies, means and divergences of distributions, each by elimination
 * (gibbs/transfer.h).  ERR_UNSUPPORTED: there are other functionals in it. */
gibbs_status gibbs_objective_transfer_value(gibbs_expr *expr, double *out, gibbs_error *err) GIBBS_CHECKED;

/* The value of a scalar made of free energies that are known by structure (gibbs/known.h); *how: by what.
 * ERR_UNSUPPORTED: one of them is not, or there are other functionals in it. */
gibbs_status gibbs_objective_known_value(gibbs_expr *expr, double *out, const char **how,
                                         gibbs_error *err) GIBBS_CHECKED;

/* An objective ready to be evaluated: what it needs is planned once and shared by its functionals. */
typedef struct gibbs_objective gibbs_objective;

/* `expr`: a scalar made of functionals, parameters and constants.  ERR_SIZE where a sum is too large (the message
 * says what to do). */
gibbs_status gibbs_objective_new(gibbs_expr *expr, gibbs_objective **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_objective_free(gibbs_objective *objective);
/* The same by elimination (gibbs/transfer.h): values of free energies, entropies, means and divergences, gradients of
 * free energies, and of KL(P||Q) by what Q alone depends on (ERR_UNSUPPORTED for the others, when they are asked
 * for). Without a limit of states, but on the tables that they need. */
gibbs_status gibbs_objective_new_by_transfer(gibbs_expr *expr, gibbs_objective **out, gibbs_error *err) GIBBS_CHECKED;
/* Every parameter it depends on, through distributions or explicitly: borrowed nodes. */
size_t gibbs_objective_parameter_count(const gibbs_objective *objective);
gibbs_expr *const *gibbs_objective_parameters(const gibbs_objective *objective);
/* What it is, as numbers that are the same for equal objectives in every process: its formula, with the energies of
 * the distributions, all constants, and the values of parameters that are not among `varied`; and the data that it
 * looks at.  Functions of a script count by their variables alone. */
gibbs_status gibbs_objective_digest(const gibbs_objective *objective, gibbs_expr *const varied[], size_t count,
                                    uint64_t *formula, uint64_t *data, gibbs_error *err) GIBBS_CHECKED;

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

/* ---- on samples -------------------------------------------------------------------------------------------------
 *
 * The same functionals where states cannot be summed: the sum over states is one over samples of all distributions
 * that meet in an objective.  Each sample v gets the probability under each of them that the multistate acceptance
 * ratio gives it (gibbs/reweight.h; Bennett's for two): P(v) and Q(v) that sum to 1 over the samples, and F_Q - F_P.
 * With them values and functional derivatives are what they are on all states.  Data are samples that have no
 * Hamiltonian.
 *
 * Differences of free energies are known from the samples; the free energies themselves where one of the
 * distributions is known exactly (sums, elimination, Kaufman's torus), where weights are carried from a known start,
 * or by a method of gibbs/free_energy.h.  An objective that needs what is not known has no value (value_known), but
 * may have a gradient.
 *
 * Products of noisy estimates, such as the derivative 2 x dx of x^2, take their factors from two independent halves
 * of the chains (and of a mini-batch), which leaves no bias; values, and the weights that samples get, are corrected
 * by the jackknife over 16 groups of chains, which gives the errors of values too.  Of functions that are not smooth,
 * such as |x|, a bias stays: sign(x) is that of half of the samples, and its mean is not the sign of the mean where x
 * is no larger than its error.  Errors know of chains that are correlated in time, since chains are not with each
 * other; once carried weights have made copies of chains, that is so only when the copies have parted.
 *
 * Mini-batches: an epoch of n rows holds row i of weight w_i floor(n w_i) or ceil(n w_i) times (once where weights
 * are equal), in an order that depends on seed and epoch alone; rows of a batch count alike.  All rows at once come
 * in their own order, with their weights, and are no source of error. */

typedef enum gibbs_sampling_kind {
  GIBBS_SAMPLING_PERSISTENT, /* chains go on from evaluation to evaluation (PCD: Tieleman 2008) */
  GIBBS_SAMPLING_FROM_DATA,  /* the model's chains start anew at the data of each evaluation (CD: Hinton 2002) */
  GIBBS_SAMPLING_CARRIED     /* persistent, with weights carried along (gibbs/carried.h) */
} gibbs_sampling_kind;

typedef struct gibbs_sampling {
  gibbs_sampling_kind kind;
  size_t chains;              /* of each distribution, at least 2; FROM_DATA: one a row of the batch */
  uint64_t burn;              /* sweeps before the first evaluation, in which kernels adapt */
  uint64_t sweeps;            /* before every snapshot: the k of CD-k and PCD-k */
  uint64_t snapshots;         /* of all chains an evaluation; 1 in training */
  const gibbs_kernel *kernel; /* NULL: the one that suits */
  const double *settings;
  gibbs_hidden_role hidden;
  const gibbs_ladder *ladder;
  size_t batch; /* rows of data an evaluation, in a shuffled order by epochs; 0: all */
  uint64_t seed;
  /* Free energies that are asked for and not known: NULL: none; else this method, at every evaluation of a value.
   * Weights that are carried begin with F by it, once, where it is not known exactly; NULL: by annealing (ais). */
  const gibbs_free_energy_method *method;
  const gibbs_free_energy_options *method_options;
} gibbs_sampling;

/* ERR_UNSUPPORTED: a functional, or a distribution, cannot be had on samples (the message says why).  ERR_SIZE: more
 * than 4 GiB of samples.  What `sampling` points at is borrowed, and has to outlive the objective. */
gibbs_status gibbs_objective_new_sampled(gibbs_expr *expr, const gibbs_sampling *sampling, gibbs_objective **out,
                                         gibbs_error *err) GIBBS_CHECKED;
/* The same, with the chains, the order of the data and the steps of another sampled objective (a constraint beside
 * its objective): what the two share is sampled once.  `with` has to outlive it, and it is evaluated at the samples
 * that `with` was evaluated at last.  Data that only it looks at (held-out data) come whole at every evaluation. */
gibbs_status gibbs_objective_new_beside(gibbs_expr *expr, gibbs_objective *with, gibbs_objective **out,
                                        gibbs_error *err) GIBBS_CHECKED;
bool gibbs_objective_is_sampled(const gibbs_objective *objective);

/* Value and gradient of a sampled objective (of an exact one too: error 0), each call with new samples, unless the
 * last one failed or was interrupted: then it is done again, at the same.  gradients NULL, or count 0: the value
 * alone.  value NULL: the gradient alone, which may be known where the value is not.  ERR_UNSUPPORTED: the gradient
 * needs free energies that nobody knows. */
typedef struct gibbs_objective_estimate {
  bool value_known;
  double value, error; /* NaN where not known */
  double ess;          /* of the model's samples: effective samples */
  bool converged;
  char why[200]; /* "" or what is wrong, one sentence */
} gibbs_objective_estimate;
gibbs_status gibbs_objective_sample(gibbs_objective *objective, gibbs_expr *const parameters[], size_t count,
                                    gibbs_objective_estimate *value, double *const gradients[],
                                    gibbs_error *err) GIBBS_CHECKED;

/* The gradient on samples, as the mean of that many independent runs (seeds from that of `sampling` on), against the
 * exact one of `exact`, in standard errors of the mean.  Contrastive divergence differs from it by more than noise:
 * that is what it is. */
typedef struct gibbs_sampled_check {
  double largest; /* standard errors, at the worst component */
  double allowed; /* what chance explains for as many components: more once in a thousand checks */
  size_t parameter, element;
  double gradient, error, exact; /* there */
  size_t components, repeats;
} gibbs_sampled_check;
gibbs_status gibbs_objective_check_sampled(gibbs_objective *exact, const gibbs_sampling *sampling, size_t repeats,
                                           gibbs_sampled_check *out, gibbs_error *err) GIBBS_CHECKED;

/* What training wants to know of the samples of the last evaluation, of distribution `q` (NULL: the first whose
 * parameters vary). */
typedef struct gibbs_sample_report {
  bool known;                /* there are chains of it */
  double free_energy, error; /* NaN where not known */
  double ess_share;          /* effective chains / chains: 1 without weights */
  double r_hat;              /* of H over the last evaluations that were reported on (one in 16 of those that did not
                                need H), or over the snapshots of one; NaN before there are 8 */
  double changed;            /* share of units that changed in the last sweep, or acceptance; NaN: not known */
  size_t count;              /* samples with their rows and weights (below), borrowed until the next evaluation */
  const double *rows, *weight; /* rows[c * units + u]; weights sum to 1 */
} gibbs_sample_report;
gibbs_status gibbs_objective_samples(gibbs_objective *objective, gibbs_distribution *q, gibbs_sample_report *out,
                                     gibbs_error *err) GIBBS_CHECKED;

/* Chains, weights, order of data, and steps: *count doubles, to be freed with free().  An exact objective has none
 * (0, NULL), nor has one beside another: what they share is the other's.  Restored after the parameters are; what
 * does not fit is refused, and changes nothing. */
gibbs_status gibbs_objective_save(const gibbs_objective *objective, double **state, size_t *count,
                                  gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_objective_restore(gibbs_objective *objective, const double *state, size_t count,
                                     gibbs_error *err) GIBBS_CHECKED;

#endif

/* gibbs/minimize.h - minimisation of a smooth function given with its gradient, with restarts, constraints and an
 * honest verdict.
 *
 * Promises: `converged` is true only where the gradient norm is below the tolerance and the point is a stationary
 * point that is attained (a run towards infinity is not); the best of all starts is returned; the same seed gives the
 * same bits. Knows nothing of distributions. */
#ifndef GIBBS_MINIMIZE_H
#define GIBBS_MINIMIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gibbs/status.h"

/* Value at x[0..n-1] and, unless NULL, its gradient. */
typedef gibbs_status (*gibbs_smooth)(void *context, const double *x, double *value, double *gradient,
                                     gibbs_error *err);

/* id, name, doc.  rate, decay and decay_square are read by the methods that their rows below name. */
#define GIBBS_METHOD_LIST(X)                                                                                         \
  X(LBFGS, "lbfgs", "quasi-Newton (GSL's vector_bfgs2), polished by Newton steps near the end")                      \
  X(ADAM, "adam", "Adam (Kingma and Ba 2015)")                                                                       \
  X(MOMENTUM, "momentum", "gradient descent with heavy-ball momentum")                                               \
  X(SGD, "sgd", "plain gradient descent")

typedef enum gibbs_method {
#define X(id, name, doc) GIBBS_METHOD_##id,
  GIBBS_METHOD_LIST(X)
#undef X
      GIBBS_METHOD_COUNT
} gibbs_method;

/* type, field, default, low, high, doc: the options of a minimisation, written once; the Lua options, the help and
 * the checks are made from these rows. */
#define GIBBS_MINIMIZE_OPTIONS(INTEGER, REAL)                                                                        \
  INTEGER(steps, 2000, 1, 100000000, "most steps of one start")                                                      \
  REAL(rate, 0.05, 1e-12, 1e6, "step size of sgd, momentum and adam")                                                \
  REAL(decay, 0.9, 0.0, 0.999999, "momentum, and Adam's first moment")                                               \
  REAL(decay_square, 0.999, 0.0, 0.9999999, "Adam's second moment")                                                  \
  REAL(tolerance, 1e-9, 0.0, 1e6, "stop when the largest gradient component is below this")                          \
  REAL(constraint_tolerance, 1e-10, 0.0, 1e6, "a constraint holds when it is met this well")                         \
  INTEGER(restarts, 1, 1, 1000000, "number of starts; the first is at the present values")                           \
  REAL(spread, 1.0, 0.0, 1e6,                                                                                        \
       "standard deviation of the starts after the first, where a parameter has no random initial values")           \
  REAL(agreement, 1e-7, 0.0, 1e6, "starts agree when their values differ by less than this")                         \
  INTEGER(seed, 1, 0, 9007199254740992, "seed of the random starts")                                                 \
  INTEGER(keep_every, 1, 1, 100000000, "keep one step in this many in the history")

typedef struct gibbs_minimize_options {
  gibbs_method method;
#define INTEGER(field, initial, low, high, doc) uint64_t field;
#define REAL(field, initial, low, high, doc) double field;
  GIBBS_MINIMIZE_OPTIONS(INTEGER, REAL)
#undef INTEGER
#undef REAL
} gibbs_minimize_options;

gibbs_minimize_options gibbs_minimize_defaults(void);

typedef struct gibbs_step gibbs_step;

/* min value(x) subject to constraint(x) = 0 (constraint NULL: none).  The functions must be smooth and give exact
 * gradients.  One that returns ERR_NUMERIC, or a number that is not finite, says "not here": lbfgs then takes a
 * shorter step; the methods with a fixed step length, and a start, fail with it.  After any other failure nothing is
 * called again. */
typedef struct gibbs_problem {
  size_t n;
  gibbs_smooth value;
  gibbs_smooth constraint; /* NULL: unconstrained */
  void *context;
  /* Write the start of restart number k (k >= 1) to x; NULL: normal numbers of standard deviation `spread`. */
  gibbs_status (*start)(void *context, uint64_t restart, double *x, gibbs_error *err);
  /* Called after every step with the step's record; a failure (ERR_INTERRUPT) stops the run, keeping the best so far.
   * NULL: none. */
  gibbs_status (*watch)(void *context, const gibbs_step *step, gibbs_error *err);
} gibbs_problem;

/* One row of the history. */
struct gibbs_step {
  uint64_t start, step;                    /* from 0 */
  double value, gradient_norm, constraint; /* gradient_norm: the largest component of the (Lagrangian's) gradient */
};

/* id, text: why a minimisation ended as it did */
#define GIBBS_VERDICT_LIST(X)                                                                                        \
  X(CONVERGED, "converged")                                                                                          \
  X(STEPS, "the number of steps was used up before the gradient was small")                                          \
  X(STALLED, "no further progress, and the gradient is not small")                                                   \
  X(RUNAWAY, "the gradient vanishes only towards infinity: the infimum is not attained")                             \
  X(SADDLE, "a stationary point, but not a minimum: the Hessian has a negative eigenvalue")                          \
  X(INFEASIBLE, "the constraint could not be met")                                                                   \
  X(INTERRUPTED, "interrupted")

typedef enum gibbs_verdict {
#define X(id, text) GIBBS_VERDICT_##id,
  GIBBS_VERDICT_LIST(X)
#undef X
      GIBBS_VERDICT_COUNT
} gibbs_verdict;
const char *gibbs_verdict_text(gibbs_verdict verdict);

typedef struct gibbs_minimum {
  double *x; /* n, the best point */
  double value, gradient_norm;
  double constraint, multiplier; /* grad value + multiplier * grad constraint = 0; 0 without a constraint */
  bool converged;
  gibbs_verdict verdict;
  bool curvature_known;                /* the two below were computed (n up to a few hundred) */
  double lowest_curvature;             /* smallest Hessian eigenvalue (on the constraint surface, if any) */
  size_t flat_directions;              /* eigenvalues that are zero within rounding */
  uint64_t steps, evaluations;         /* of the best start; of all */
  uint64_t starts, agreed, best_start; /* agreed: starts that ended within `agreement` of the best */
  gibbs_step *history;
  size_t history_length;
} gibbs_minimum;

/* Minimise from x, which is left alone, and from options->restarts - 1 further starts; *out owns its arrays: release
 * them with gibbs_minimum_clear.
 *
 * lbfgs goes downhill until the gradient is about sqrt(tolerance), and on by Newton steps with the Hessian made from
 * differences of the gradient, for up to 300 parameters; beyond, it stalls where the value's rounding hides the slope
 * (a gradient of about 1e-8 for values of order one), and says so.  From a saddle or a maximum every method goes on
 * along the lowest eigenvector while it has steps left.  A constraint is met by an augmented Lagrangian around the
 * chosen method.
 *
 * What is returned is the lowest end of all starts (constraint met first): where that is a run to infinity, the
 * infimum is not attained and `converged` is false, unless a converged start is as low within `agreement`.
 *
 * Fails with ERR_ARGUMENT, ERR_SHAPE, ERR_NUMERIC (no value at a start), ERR_MEMORY, or what a callback returned.  An
 * ERR_INTERRUPT from a callback is no failure once there is a point to return: verdict INTERRUPTED.
 * Cost of a start: about two evaluations a step, and 4 n for each Hessian (two or three, more in a long valley).
 * Replaces GSL's global error handler while it runs. */
gibbs_status gibbs_minimize(const gibbs_problem *problem, const double *x, const gibbs_minimize_options *options,
                            gibbs_minimum *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_minimum_clear(gibbs_minimum *minimum); /* an empty one is fine */

#endif

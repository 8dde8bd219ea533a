/* gibbs/training.h - training: an objective whose gradient is noisy, followed step by step.
 *
 * Promises: step t draws from addresses of (seed, t) alone, so that a run that is stopped, saved, restored and
 * continued ends with the same bits as one that was not; the parameters after a failed or interrupted step are those
 * before it; nothing that is not finite is ever taken over.
 * Knows nothing of files or of scripts. */
#ifndef GIBBS_TRAINING_H
#define GIBBS_TRAINING_H

#include "gibbs/objective.h"

/* id, name, doc */
#define GIBBS_OPTIMISER_LIST(X)                                                                                      \
  X(ADAM, "adam", "Adam (Kingma and Ba 2015)")                                                                       \
  X(MOMENTUM, "momentum", "gradient descent with heavy-ball momentum")                                               \
  X(SGD, "sgd", "plain gradient descent")                                                                            \
  X(RMSPROP, "rmsprop",                                                                                              \
    "steps divided by the root of a running mean of squared gradients (Tieleman and Hinton 2012)")                   \
  X(NATURAL, "natural",                                                                                              \
    "natural gradient (Amari 1998): the Fisher matrix of the samples inverted by conjugate gradients")

typedef enum gibbs_optimiser {
#define X(id, name, doc) GIBBS_OPTIMISER_##id,
  GIBBS_OPTIMISER_LIST(X)
#undef X
      GIBBS_OPTIMISER_COUNT
} gibbs_optimiser;

/* id, name, doc: the rate at step t of T, from `rate` to `rate_end` */
#define GIBBS_SCHEDULE_LIST(X)                                                                                       \
  X(CONSTANT, "constant", "rate all along")                                                                          \
  X(LINEAR, "linear", "straight from rate to rate_end")                                                              \
  X(EXPONENTIAL, "exponential", "by a constant factor a step from rate to rate_end")                                 \
  X(COSINE, "cosine", "half a cosine from rate to rate_end")                                                         \
  X(INVERSE, "inverse", "rate / (1 + c t), with rate_end at the last step (Robbins and Monro 1951)")

typedef enum gibbs_schedule {
#define X(id, name, doc) GIBBS_SCHEDULE_##id,
  GIBBS_SCHEDULE_LIST(X)
#undef X
      GIBBS_SCHEDULE_COUNT
} gibbs_schedule;

/* field, default, low, high, doc: the options of a training, written once; Lua options, help and checks come from
 * these rows. */
#define GIBBS_TRAINING_OPTIONS(INTEGER, REAL, FLAG)                                                                  \
  INTEGER(steps, 1000, 1, 1e12, "how many steps")                                                                             \
  INTEGER(seed, 1, 0, 9007199254740992, "seed of the order of mini-batches")                                         \
  REAL(rate, 0.01, 1e-12, 1e6, "step size")                                                                          \
  REAL(rate_end, 0.0, 0.0, 1e6, "step size at the last step, for schedules that change it")                          \
  REAL(decay, 0.9, 0.0, 0.999999, "momentum, and Adam's first moment")                                               \
  REAL(decay_square, 0.999, 0.0, 0.9999999, "second moment of adam and rmsprop")                                     \
  REAL(clip, 0.0, 0.0, 1e12, "longest gradient: longer ones are shortened to it; 0: no limit")                       \
  REAL(damping, 0.01, 0.0, 1e6,                                                                                      \
       "natural, standardised: added to the Fisher matrix, times its mean diagonal element")                         \
  INTEGER(cg_steps, 20, 1, 10000, "natural: most steps of conjugate gradients")                                      \
  FLAG(centred, "gradients of two-layer machines about the units' means (Montavon and Mueller 2012)")                \
  FLAG(standardised, "each component divided by the standard deviation of dH over the samples")                      \
  REAL(average, 0.0, 0.0, 0.99, "the last share of the steps whose mean is the result (Polyak and Juditsky 1992)")   \
  REAL(multiplier_rate, 1.0, 0.0, 1e6, "subject_to: step size of the multiplier, in units of rate")                  \
  REAL(penalty, 1.0, 0.0, 1e12, "subject_to: weight of half the squared violation (augmented Lagrangian)")           \
  REAL(ess_floor, 0.0, 0.0, 1.0, "go back to the last good point when ess / chains is below this; 0: never")         \
  REAL(change_floor, 0.0, 0.0, 1.0, "the same for the share of units that change in a sweep, or acceptance")         \
  INTEGER(check_every, 100, 1, 1e9, "steps from one look at the held-out objective, or good point, to the next")     \
  INTEGER(patience, 0, 0, 1e9, "stop after this many looks without a better held-out value; 0: never")               \
  INTEGER(keep_every, 1, 1, 1e9, "keep one step in this many in the history")

typedef struct gibbs_training_options {
  gibbs_optimiser optimiser;
  gibbs_schedule schedule;
#define INTEGER(field, initial, low, high, doc) uint64_t field;
#define REAL(field, initial, low, high, doc) double field;
#define FLAG(field, doc) bool field;
  GIBBS_TRAINING_OPTIONS(INTEGER, REAL, FLAG)
#undef INTEGER
#undef REAL
#undef FLAG
} gibbs_training_options;
gibbs_training_options gibbs_training_defaults(void);

/* field, doc: one row of the history, what is known of a step.  NaN where it is not known.  Values and free energies
 * are estimated at every keep_every-th step and the last one, those of the history; a step that went back is in the
 * history in any case. */
#define GIBBS_TRAINING_RECORD(COUNT, REAL)                                                                           \
  COUNT(step, "from 1")                                                                                              \
  COUNT(rollbacks, "so far")                                                                                         \
  REAL(value, "of the objective at the step's samples, before the step")                                             \
  REAL(value_error, "one standard error; not known where the estimate is not to be trusted")                         \
  REAL(constraint, "subject_to: objective - level")                                                                  \
  REAL(constraint_error, "one standard error")                                                                       \
  REAL(multiplier, "subject_to: before the step")                                                                    \
  REAL(gradient_norm, "Euclidean, of the objective and what holds the constraint")                                   \
  REAL(rate, "of the step")                                                                                          \
  REAL(free_energy, "of the model")                                                                                  \
  REAL(free_energy_error, "one standard error")                                                                      \
  REAL(ess, "effective chains of the model's, as a share of all: 1 without weights")                                 \
  REAL(r_hat, "of H over the model's chains, over the last steps")                                                   \
  REAL(changed, "share of units changed, or acceptance, in the last sweep")                                          \
  REAL(held_out, "at the last look, before that step")                                                               \
  REAL(held_out_error, "one standard error")

typedef struct gibbs_training_record {
#define COUNT(field, doc) uint64_t field;
#define REAL(field, doc) double field;
  GIBBS_TRAINING_RECORD(COUNT, REAL)
#undef COUNT
#undef REAL
} gibbs_training_record;

/* id, text: why a training ended as it did */
#define GIBBS_TRAINING_END_LIST(X)                                                                                   \
  X(STEPS, "all steps were done")                                                                                    \
  X(PATIENCE, "the held-out objective got no better")                                                                \
  X(OUT_OF_EQUILIBRIUM, "the chains fell out of equilibrium again and again: a smaller rate or more sweeps")         \
  X(STOPPED, "stopped by watch")                                                                                     \
  X(INTERRUPTED, "interrupted")

typedef enum gibbs_training_end {
#define X(id, text) GIBBS_TRAINING_END_##id,
  GIBBS_TRAINING_END_LIST(X)
#undef X
      GIBBS_TRAINING_END_COUNT
} gibbs_training_end;
const char *gibbs_training_end_text(gibbs_training_end end);

typedef struct gibbs_training gibbs_training;

/* Everything is borrowed: the objectives and the parameters have to outlive it.  `constraint` and `held_out` may be
 * NULL. */
gibbs_status gibbs_training_new(gibbs_objective *objective, gibbs_objective *constraint, double level,
                                gibbs_objective *held_out, gibbs_expr *const parameters[], size_t count,
                                const gibbs_training_options *options, gibbs_training **out,
                                gibbs_error *err) GIBBS_CHECKED;
void gibbs_training_free(gibbs_training *training);

/* Up to `steps` further steps; `watch` (may be NULL) sees the record of each; a failure of it ends the run there,
 * after a whole step.  ERR_INTERRUPT leaves everything as after the last whole step; from `watch` it means STOPPED.
 */
gibbs_status gibbs_training_run(gibbs_training *training, uint64_t steps,
                                gibbs_status (*watch)(void *context, const gibbs_training_record *record,
                                                      gibbs_error *err),
                                void *context, gibbs_error *err) GIBBS_CHECKED;
uint64_t gibbs_training_step(const gibbs_training *training); /* done so far */
bool gibbs_training_ended(const gibbs_training *training, gibbs_training_end *end);
/* Leave the parameters at the result: the mean over the last steps where `average` was asked for, the best held-out
 * point where there was one; of both, the one that the held-out objective likes better.  The run cannot go on, or be
 * saved, after that. */
gibbs_status gibbs_training_finish(gibbs_training *training, gibbs_error *err) GIBBS_CHECKED;

/* What the run came to.  NaN where it is not known. */
typedef struct gibbs_training_result {
  uint64_t steps, rollbacks;
  uint64_t averaged;         /* steps whose mean the parameters are; 0: they are those of one step */
  uint64_t best_step;        /* at which, before it, the held-out objective was best; 0: there was no look */
  double value, value_error; /* mean over the kept ones of the averaged steps, else at the last kept step */
  double constraint, constraint_error; /* mean over the averaged steps, else at the last kept step */
  double multiplier;                   /* the same */
  double held_out, held_out_error;     /* the best */
} gibbs_training_result;
void gibbs_training_report(const gibbs_training *training, gibbs_training_result *out);
size_t gibbs_training_history(const gibbs_training *training, const gibbs_training_record **out);

/* Everything that is needed to go on (parameters, optimiser, chains, weights, history): *count doubles, to be freed
 * with free().  Restoring refuses what does not fit, and then changes nothing. */
gibbs_status gibbs_training_save(const gibbs_training *training, double **state, size_t *count,
                                 gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_training_restore(gibbs_training *training, const double *state, size_t count,
                                    gibbs_error *err) GIBBS_CHECKED;

#endif

/* training_source.h - where a training's gradients come from: an objective, or a function with noise of its own.
 *
 * A source gives the gradient of the augmented Lagrangian  L = f + m (c - level) + p/2 (c - level)^2  and the
 * violation c - level, which is dL/dm, from the same new samples; without a constraint L = f. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_OBJECTIVE_TRAINING_SOURCE_H
#define GIBBS_OBJECTIVE_TRAINING_SOURCE_H

#include "gibbs/slopes.h"
#include "gibbs/training.h"

typedef struct training_measure {
  double value, value_error;           /* of f; NaN: not asked for, or not known */
  double constraint, constraint_error; /* of c - level; the same */
  double violation;                    /* of c - level: always */
} training_measure;

typedef struct training_source {
  void *context;
  bool constrained, sampled, held_out; /* sampled: there may be chains to report of */
  gibbs_distribution *model;           /* whose samples are reported; NULL: there is none */
  gibbs_slopes *slopes;                /* of the model, over all parameters of the training; NULL: not to be had */
  const char *no_slopes;               /* why */
  /* New samples; gradients[k] receives dL/d parameters[k].  `values`: whether value and constraint are wanted. */
  gibbs_status (*sample)(void *context, double multiplier, bool values, training_measure *out,
                         double *const gradients[], gibbs_error *err);
  /* Of the last samples. */
  gibbs_status (*report)(void *context, gibbs_sample_report *out, gibbs_error *err);
  /* Everything that the next samples depend on. */
  gibbs_status (*save)(void *context, double **state, size_t *count, gibbs_error *err);
  gibbs_status (*restore)(void *context, const double *state, size_t count, gibbs_error *err);
  gibbs_status (*look)(void *context, double *value, double *error, gibbs_error *err); /* the held-out objective */
  gibbs_status (*look_save)(void *context, double **state, size_t *count, gibbs_error *err);
  gibbs_status (*look_restore)(void *context, const double *state, size_t count, gibbs_error *err);
  void (*release)(void *context); /* NULL: nothing to release */
} training_source;

/* Owns the source from here on, whatever the outcome. */
gibbs_status training_new_from(const training_source *source, gibbs_expr *const parameters[], size_t count,
                               const gibbs_training_options *options, gibbs_training **out,
                               gibbs_error *err) GIBBS_CHECKED;

/* Whether the options ask for slopes of the model at its samples. */
bool training_wants_slopes(const gibbs_training_options *options);

#endif

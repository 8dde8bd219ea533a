/* gibbs/training_file.h - a training as the content of a checkpoint: what is trained and how, and where it stands.
 *
 * Promises: every number comes back with all its bits; a training that another script, other options or another
 * version made is refused, naming what differs with both values; a refusal changes nothing.  What is written is
 * meant to be read by others too:
 *   @format, @gibbs, @step, @end   texts, the version, steps done, why it ended ("" while it goes on)
 *   parameters/<name>              as they are after that step
 *   history/<field>                a column for every row of GIBBS_TRAINING_RECORD
 *   options/<name>                 of gibbs_training_options
 *   settings/<name>                what else decides the result, as the caller names it
 *   state                          what gibbs_training_save gives */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_TRAINING_FILE_H
#define GIBBS_TRAINING_FILE_H

#include "gibbs/files.h"
#include "gibbs/training.h"

/* What is trained, and all that decides the result.  Everything is borrowed. */
typedef struct gibbs_training_about {
  gibbs_expr *const *parameters;
  size_t count;
  const gibbs_training_options *options;
  const gibbs_value *settings; /* numbers, texts, booleans and tensors by name; NULL: none */
} gibbs_training_about;

/* A training on samples, as it is set up. */
typedef struct gibbs_training_setup {
  const char *estimate; /* its name */
  const gibbs_sampling *sampling;
  const gibbs_objective *objective, *constraint, *held_out; /* the last two may be NULL */
  double level;                                             /* of the constraint */
  gibbs_expr *const *parameters;
  size_t count;
} gibbs_training_setup;

/* The settings of it: parameters by name and shape, how it is sampled, and digests of objectives and data.  *out is
 * the caller's to free. */
gibbs_status gibbs_training_settings(const gibbs_training_setup *setup, gibbs_value **out,
                                     gibbs_error *err) GIBBS_CHECKED;

/* *out, a map, is the caller's to free. */
gibbs_status gibbs_training_to_value(const gibbs_training *training, const gibbs_training_about *about,
                                     gibbs_value **out, gibbs_error *err) GIBBS_CHECKED;

/* Go on where the content of a checkpoint stands.  A larger number of steps than it was written with is fine where
 * nothing else depends on it: a constant rate, and no average.  Fails with ERR_ARGUMENT when something differs, with
 * ERR_FILE when the content is no training, and as gibbs_training_restore; messages begin with what was written, as
 * in "was written with rate = 0.1, ...". */
gibbs_status gibbs_training_from_value(gibbs_training *training, const gibbs_training_about *about,
                                       const gibbs_value *content, gibbs_error *err) GIBBS_CHECKED;

#endif

/* training_parts.h - a training under way, for the rooms of the engine only. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_OBJECTIVE_TRAINING_PARTS_H
#define GIBBS_OBJECTIVE_TRAINING_PARTS_H

#include "gibbs/series.h"
#include "training_pack.h"
#include "training_source.h"

/* Numbers that a step changes.  All doubles: they are saved as they stand. */
typedef struct training_scalars {
  double decay_power, square_power; /* of the decays: what corrects running means for their start from 0 */
  double multiplier;
  double averaged;        /* steps in the mean */
  double mean_multiplier; /* over them */
  double offsets_known;   /* centred: 0 before the first step */
} training_scalars;

/* What goes back with the parameters: `scalars`, then all vectors in one array. */
typedef struct training_live {
  training_scalars scalars;
  double *all;
  size_t count;
  double *first, *second; /* of the optimiser: size of the parameters each, or NULL */
  double *mean;           /* of the parameters over the last steps, or NULL */
  double *offsets;        /* centred: of visible, then of hidden units, or NULL */
} training_live;

/* A stretch of one parameter: the unit of work of a thread, the same for any number of threads. */
typedef struct training_stretch {
  size_t parameter, from, count, at; /* at: in vectors over all parameters laid end to end */
} training_stretch;

/* What is kept to go back to: parameters, live numbers, chains. */
typedef struct training_kept {
  double *state;
  size_t count;
} training_kept;

struct gibbs_training {
  training_source source;
  gibbs_training_options options;
  gibbs_expr **parameters; /* retained */
  size_t count, size;      /* parameters; numbers in all of them */
  size_t *at;              /* [count + 1] where each begins */
  training_stretch *stretches;
  size_t stretch_count;
  double *partial;          /* a sum a stretch */
  double *gradient, **rows; /* rows[k] = gradient + at[k] */
  double *move, **move_rows;
  double *work; /* four vectors more for natural and standardised gradients; NULL where not wanted */
  double **work_rows;
  gibbs_layers layers; /* centred */
  double *lowest;      /* centred: the lower value of every visible, then hidden unit; the higher is 1 */
  training_live live;
  gibbs_series *values, *violations; /* over the averaged steps; NULL: none */
  uint64_t done, rollbacks;
  uint64_t healthy, setbacks; /* steps since the last good point or rollback; rollbacks since the last good point */
  double scale;               /* of the rate: halved by every rollback */
  training_kept good;
  double *best, best_value, best_error, held_out, held_out_error;
  uint64_t best_step, idle; /* idle: looks since the best one */
  gibbs_training_record *history, latest, kept;
  size_t history_length, history_room;
  bool out_of_patience, out_of_equilibrium, interrupted, stopped, finished;
  bool at_mean; /* finished, and the parameters are the mean of the averaged steps */
};

/* ---- training_schedule.c */
/* The rate at step t = 0 .. steps - 1. */
double training_rate(const gibbs_training_options *options, uint64_t t);
gibbs_status training_schedule_check(const gibbs_training_options *options, gibbs_error *err) GIBBS_CHECKED;

/* ---- training_update.c: vectors over all parameters */
/* How one step goes: the gradient is multiplied by `shrink`, and the running means are corrected by the other two. */
typedef struct training_stride {
  double rate, decay, decay_square, shrink, first_correction, second_correction;
} training_stride;

typedef struct training_optimiser {
  unsigned vectors; /* that it keeps: first, second */
  bool fisher;
  void (*update)(const training_stride *stride, size_t n, double *restrict x, const double *restrict gradient,
                 double *restrict first, double *restrict second);
} training_optimiser;
const training_optimiser *training_optimiser_row(gibbs_optimiser optimiser);

double training_norm(gibbs_training *t, const double *vector);
/* A step of the optimiser along `gradient`, of the parameters themselves or, where `moved` is not NULL, of a vector
 * of zeros that becomes the move. */
void training_update(gibbs_training *t, double rate, double shrink, const double *gradient, double *moved);
void training_add(gibbs_training *t, const double *move);
/* Take the parameters into their mean. */
void training_average(gibbs_training *t);
void training_read(const gibbs_training *t, double *x);
void training_write(gibbs_training *t, const double *x);

/* ---- training_natural.c, training_centred.c: gradients in other coordinates.  `report` is of the last samples. */
/* Replaces t->gradient by (Fisher matrix + damping)^-1 gradient. */
gibbs_status training_natural(gibbs_training *t, const gibbs_sample_report *report, gibbs_error *err) GIBBS_CHECKED;
/* Divides t->gradient by the standard deviations of dH. */
gibbs_status training_standardise(gibbs_training *t, const gibbs_sample_report *report,
                                  gibbs_error *err) GIBBS_CHECKED;
/* What centring needs, found once. */
gibbs_status training_centre_new(gibbs_training *t, gibbs_distribution *model, gibbs_error *err) GIBBS_CHECKED;
/* t->gradient in centred coordinates; a move in them in the parameters' own. */
gibbs_status training_centre(gibbs_training *t, const gibbs_sample_report *report, gibbs_error *err) GIBBS_CHECKED;
void training_uncentre(gibbs_training *t, double *move);

/* ---- training_good.c */
gibbs_status training_keep_good(gibbs_training *t, gibbs_error *err) GIBBS_CHECKED;
/* ERR_* leaves everything as it was. */
gibbs_status training_go_back(gibbs_training *t, gibbs_error *err) GIBBS_CHECKED;
/* The held-out objective at the parameters and samples of step number `step`. */
gibbs_status training_look(gibbs_training *t, uint64_t step, gibbs_error *err) GIBBS_CHECKED;

/* ---- training_state.c */
void training_pack_live(const gibbs_training *t, training_pack *pack, gibbs_status *status, gibbs_error *err);
/* A live state that was read and found whole; `apply` cannot fail after `restore`. */
typedef struct training_live_state {
  const double *x, *scalars, *vectors, *values, *violations, *source;
  size_t values_count, violations_count, source_count;
} training_live_state;
void training_unpack_live(const gibbs_training *t, training_unpack *unpack, training_live_state *out);
gibbs_status training_apply_live(gibbs_training *t, const training_live_state *state, gibbs_error *err) GIBBS_CHECKED;

#endif

/* place.h - where samples are had: chains of a distribution, or data in mini-batches.
 *
 * The samples of a place come in groups that are independent of each other (chains, or rows), group after group, so
 * that a part of the groups is a run of samples.  Promises: what a place holds after evaluation t depends on its
 * options and on t alone (and, for chains, on the parameters that there were); it is saved and restored to the same
 * bits. */
#ifndef GIBBS_OBJECTIVE_PLACE_H
#define GIBBS_OBJECTIVE_PLACE_H

#include "gibbs/carried.h"
#include "gibbs/chains.h"
#include "gibbs/data.h"
#include "gibbs/objective.h"

/* Data taken some rows at a time, in an order that is shuffled anew every epoch. */
typedef struct gibbs_order {
  gibbs_data *data; /* retained */
  uint64_t seed;
  uint32_t number;         /* of the data among those of a sampler: addresses its random numbers */
  bool whole;              /* all rows every time, in their own order */
  uint64_t position, made; /* rows taken so far; the epoch that `row` is of, plus 1 */
  size_t *row;             /* [data's count]: the order of this epoch */
} gibbs_order;

/* Energies of chains over the last evaluations, for R-hat. */
#define GIBBS_WINDOW_ROWS 64
typedef struct gibbs_window {
  size_t room, filled, next;
  uint64_t last;  /* evaluation */
  double *energy; /* [room][chain] */
} gibbs_window;

typedef struct gibbs_place {
  gibbs_distribution *d; /* that is sampled, retained; NULL: data */
  gibbs_order order;     /* of data */
  gibbs_chains *chains;
  gibbs_carried *carried;    /* NULL: the chains have no weights */
  struct gibbs_place *judge; /* CARRIED: chains apart, for F; NULL: none */
  struct gibbs_place *start; /* FROM_DATA: where the chains start every time */
  size_t units, samples, groups, chain_count;
  size_t snapshots;
  size_t *group;        /* [groups + 1]: first samples */
  const double *rows;   /* [sample][unit] */
  double *own_rows;     /* the same, unless they are the data's */
  double *multiplicity; /* [sample]: how often it counts */
  bool even;            /* all multiplicities are 1 */
  double *share;        /* the same, summing to 1; NULL until it is asked for */
  double *room;         /* one snapshot of one variable of all chains */
  uint64_t taken;       /* the evaluation that the rows are of; 0: none */
  /* Of an evaluation that was interrupted: it goes on from where it was. */
  bool open;
  uint64_t base;   /* sweeps of the chains when it began */
  size_t snapshot; /* to be taken next */
  gibbs_window window;
} gibbs_place;

gibbs_status gibbs_place_sample(gibbs_distribution *d, const gibbs_sampling *sampling, uint64_t seed, size_t chains,
                                size_t groups, gibbs_place **out, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_place_data(gibbs_data *data, const gibbs_sampling *sampling, uint32_t number, size_t groups,
                              gibbs_place **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_place_free(gibbs_place *place);
/* Sample `row` of chain c: the samples of a group are snapshot after snapshot. */
size_t gibbs_place_sample_of(const gibbs_place *place, size_t snapshot, size_t chain);

/* The samples of an evaluation (numbered from 1), at most once.  ERR_INTERRUPT: the next call goes on. */
gibbs_status gibbs_place_take(gibbs_place *place, const gibbs_sampling *sampling, uint64_t evaluation,
                              gibbs_error *err) GIBBS_CHECKED;

/* place_carried.c: weights that chains carry along, from the free energy at the present parameters on; what the
 * samples count by them. */
gibbs_status gibbs_place_carry(gibbs_place *place, const gibbs_sampling *sampling, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_place_count(gibbs_place *place, gibbs_error *err) GIBBS_CHECKED;
/* What carries F along; NULL: nothing does. */
const gibbs_carried *gibbs_place_free_energy(const gibbs_place *place);

/* The chains as they are, as one of the snapshots. */
gibbs_status gibbs_place_read(gibbs_place *place, size_t snapshot, gibbs_error *err) GIBBS_CHECKED;

/* order.c: the rows first, first + 1, ... of an endless sequence of epochs, `count` of them, to rows[i * units]. */
gibbs_status gibbs_order_take(gibbs_order *order, size_t count, double *rows, gibbs_error *err) GIBBS_CHECKED;

/* window.c */
gibbs_status gibbs_window_add(gibbs_place *place, const double *log_weight, uint64_t evaluation,
                              gibbs_error *err) GIBBS_CHECKED;
/* R-hat of the energy over the window; NaN where it is too short. */
double gibbs_window_r_hat(const gibbs_place *place);
/* The same over the snapshots of one evaluation. */
double gibbs_snapshots_r_hat(const gibbs_place *place, const double *log_weight);

#endif

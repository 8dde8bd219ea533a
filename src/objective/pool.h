/* pool.h - samples of several distributions taken together, as a scene: what stands for all states.
 *
 * The samples of member b are block b.  Each of all samples gets the probability under each member that the
 * multistate acceptance ratio gives it (Bennett's for two): p_k(s) = a_s exp(F_k - H_k(s)) / sum_j N_j exp(F_j -
 * H_j(s)), a_s being how often s counts and N_j the sum of a_s over block j.  They sum to 1 where the F are right, up
 * to a common constant, and no sample has more than its share of its own block.  Source: Shirts and Chodera, J. Chem.
 * Phys. 129 (2008) 124105.  Alone, or apart, a member has its own samples. */
#ifndef GIBBS_OBJECTIVE_POOL_H
#define GIBBS_OBJECTIVE_POOL_H

#include "functional.h"
#include "sampler.h"

/* Groups of chains first..end-1 but one. */
typedef struct gibbs_part {
  size_t first, end, out; /* out: SIZE_MAX: none */
} gibbs_part;

typedef struct gibbs_pool_block {
  const gibbs_place *place;
  const double **log_weight;  /* [member]: -H at the samples; NULL where it is not known */
  double **probability;       /* [member] */
  const double **observable;  /* [observable] */
  double **weight;            /* [member]; NULL where it does not vary */
  double **observable_weight; /* [observable]; NULL likewise */
} gibbs_pool_block;

typedef struct gibbs_pool {
  gibbs_sampler *sampler; /* retained */
  size_t members, observables;
  size_t *place, *gauge;    /* [member]: numbers in the sampler */
  size_t *observable_gauge; /* [observable] */
  bool apart;               /* samples count for their own member alone, */
  bool separate;            /* or do at present */
  bool energies;            /* H of all members is known at all samples */
  bool solved;              /* a solution for these samples is there to begin with */
  gibbs_part part;          /* that probabilities and sums are of */
  gibbs_pool_block *block;
  const double **view; /* room: the rows of a view */
  double **weight_view;
  double *free_energy; /* [member]: up to a constant, that of the first 0 */
  double *count;       /* [member]: sum of a_s */
  double *shared;      /* [member * members + other]: effective samples that they share */
} gibbs_pool;

/* For a scene whose members and observables are all there; their places and gauges are made where they are not. */
gibbs_status gibbs_pool_new(gibbs_sampler *sampler, const gibbs_scene *scene, bool apart, gibbs_pool **out,
                            gibbs_error *err) GIBBS_CHECKED;
void gibbs_pool_free(gibbs_pool *pool);

/* Make ready for gradients by these parameters: gauges, and rooms for weights. */
gibbs_status gibbs_pool_aim(gibbs_pool *pool, gibbs_expr *const parameters[], size_t count,
                            gibbs_error *err) GIBBS_CHECKED;
/* Read what is needed at the samples as they are now. */
gibbs_status gibbs_pool_read(gibbs_pool *pool, bool energies, bool observables, gibbs_error *err) GIBBS_CHECKED;
/* Probabilities, free energies and sums over a part.  Without energies, sums are those of observables. */
gibbs_status gibbs_pool_sum(gibbs_pool *pool, gibbs_part part, gibbs_sums *sums, gibbs_error *err) GIBBS_CHECKED;

/* The samples of a block in the part: first..end-1, but for those from out_first to out_end-1. */
typedef struct gibbs_range {
  size_t first, end, out_first, out_end;
} gibbs_range;
gibbs_range gibbs_pool_range(const gibbs_pool *pool, size_t block);
/* All samples of the part. */
size_t gibbs_pool_states(const gibbs_pool *pool);
gibbs_status gibbs_pool_visit(const gibbs_pool *pool, gibbs_visit visit, void *context,
                              gibbs_error *err) GIBBS_CHECKED;

/* Weights: all 0; what the leaves of a scene make of the part, added; and the gradient that they all make. */
void gibbs_pool_clear(gibbs_pool *pool);
void gibbs_pool_weigh(gibbs_pool *pool, const gibbs_objective *objective, size_t scene);
gibbs_status gibbs_pool_add(gibbs_pool *pool, double *const gradients[], gibbs_error *err) GIBBS_CHECKED;

/* pool_solve.c: the free energies, from those that are there if they are of the same samples. */
gibbs_status gibbs_pool_solve(gibbs_pool *pool, gibbs_error *err) GIBBS_CHECKED;

#endif

/* population.h - weighted chains that are resampled now and then, the logarithm of their mean weight, and its error.
 *
 * Weights of chains that have been resampled are not independent: those of one family share their past.  So the error
 * is the jackknife over families, which are runs of neighbouring chains when they begin, and which neighbours remain:
 * resampling from all chains with one random number gives each family the share that its weight is worth.  A stage
 * ends when few families are left; the variances of the stages are added, and the covariance of each with the next,
 * by families that live through both.  Sources: Chan and Lai, Ann. Stat. 41 (2013) 2877, Lee and Whiteley, Biometrika
 * 105 (2018) 609, for errors from genealogies. */
#ifndef GIBBS_ESTIMATE_POPULATION_H
#define GIBBS_ESTIMATE_POPULATION_H

#include "gibbs/chains.h"

typedef struct gibbs_population {
  size_t count, groups;         /* chains; families at the beginning of a stage */
  double below;                 /* resample when ess < this times the chains; 0: never */
  double *log_weight;           /* [chain] since the last resampling */
  double *share;                /* room: [family] */
  size_t *family, *elder;       /* [chain]: its family by this stage, and by the one before */
  size_t *ancestor, *fresh;     /* rooms: [chain] */
  uint64_t resamplings, stages; /* stages that have ended */
  double gained;                /* logarithm of the mean weight up to the last resampling */
  double own, joint, last;      /* variances: of the stages that have ended; with covariances; of the last of them */
  double least_ess, least_families;
} gibbs_population;

/* Weights are 1, every chain a family of its own until the first resampling. */
gibbs_status gibbs_population_open(size_t count, double below, gibbs_population *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_population_close(gibbs_population *p);
void gibbs_population_restart(gibbs_population *p);

/* The logarithms of the weights go up by gain[chain]; the chains are resampled where that leaves too few of them. */
gibbs_status gibbs_population_gain(gibbs_population *p, const double *gain, gibbs_chains *chains,
                                   gibbs_error *err) GIBBS_CHECKED;

typedef struct gibbs_population_estimate {
  double log_mean, variance; /* logarithm of the mean weight since the beginning */
  double bias;               /* by which it is too low on average */
  bool correlated;           /* stages are, so much that the variance is more than is known of it */
  double ess, families;      /* effective chains now; effective families now */
} gibbs_population_estimate;
void gibbs_population_read(const gibbs_population *p, gibbs_population_estimate *out);
/* False, and one sentence, where the error is not to be trusted. */
bool gibbs_population_trusted(const gibbs_population *p, const gibbs_population_estimate *now, char *why,
                              size_t size);

/* All that changes, as `size` doubles; the other way it is checked first. */
size_t gibbs_population_size(const gibbs_population *p);
void gibbs_population_save(const gibbs_population *p, double *state);
gibbs_status gibbs_population_restore(gibbs_population *p, const double *state, gibbs_error *err) GIBBS_CHECKED;

#endif

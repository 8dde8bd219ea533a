/* work.h - free-energy differences from the work of transformations, in one direction or in both. */
#ifndef GIBBS_ESTIMATE_WORK_H
#define GIBBS_ESTIMATE_WORK_H

#include <stddef.h>

typedef struct gibbs_work_result {
  double value, error; /* of a free-energy difference F(to) - F(from) */
  double ess;
  double likely; /* ess that works spread like those of the heavier half would have: what the largest weights, that
                    may not have been seen yet, let expect.  One way only; else as ess */
} gibbs_work_result;

/* -log of the mean of exp(-work), by the jackknife over the n works; too high on average, by about error^2 / 2. */
gibbs_work_result gibbs_work_one_way(const double *work, size_t n);
/* The same where works that follow each other with the same number of a family come from one start: left out by the
 * jackknife are families. */
gibbs_work_result gibbs_work_of_families(const double *work, const size_t *family, size_t n);
/* Bennett's acceptance ratio of n works forward and n works back: the minimum of the variance where the way back is
 * the way forward reversed.  ess: of the worse direction. */
gibbs_work_result gibbs_work_two_ways(const double *forward, const double *back, size_t n);

#endif

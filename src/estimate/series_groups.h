/* series_groups.h - a series cut into a few dozen groups of blocks that all observables share, and a function of
 * their means, for the jackknife and the bootstrap. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_ESTIMATE_SERIES_GROUPS_H
#define GIBBS_ESTIMATE_SERIES_GROUPS_H

#include "series_blocks.h"

typedef struct gibbs_groups {
  size_t observables, lanes, each, count; /* count = lanes * each, group = lane * each + k */
  double *sums, *rows;                    /* [group * observables + o] of d; [group] */
  double *total, all_rows;                /* [o]; over all groups */
  const double *reference;                /* of the series: [o * lanes] */
  double *means;                          /* [o] scratch */
} gibbs_groups;

/* A function of the means of all observables. */
typedef struct gibbs_function {
  gibbs_of_means f;
  void *context;
  size_t outputs;
} gibbs_function;

gibbs_status gibbs_groups_make(const gibbs_series *series, uint64_t warm_up, gibbs_groups *out,
                               gibbs_error *err) GIBBS_CHECKED;
void gibbs_groups_clear(gibbs_groups *groups);

/* The function where the sums over `rows` rows are sums[o].  ERR_NUMERIC: it gives what is not finite. */
gibbs_status gibbs_groups_apply(gibbs_groups *groups, const gibbs_function *function, const double *sums, double rows,
                                double *out, gibbs_error *err) GIBBS_CHECKED;
/* Puts "where number: " before a message; returns its code. */
gibbs_status gibbs_groups_blame(gibbs_error *err, const char *where, size_t number);

/* The function at all means, whole[output], and without group j, without[output * count + j]. */
gibbs_status gibbs_groups_leave_out(gibbs_groups *groups, const gibbs_function *function, double *whole,
                                    double *without, gibbs_error *err) GIBBS_CHECKED;

/* The squared standard error of one output, from what each group adds to it in first order (influence[count], which
 * is overwritten): *plain is what the bootstrap of independent groups would give. */
double gibbs_groups_variance(const gibbs_groups *groups, const double *without, double whole, double *influence,
                             double *plain);

#endif

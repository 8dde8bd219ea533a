/* ancestors.h - chains drawn anew with the weights that they carry. */
#ifndef GIBBS_ESTIMATE_ANCESTORS_H
#define GIBBS_ESTIMATE_ANCESTORS_H

#include "gibbs/chains.h"

/* Chain c is to become a copy of chain ancestor[c], ascending.  One uniform number u for all (systematic resampling):
 * the copies of each chain, and of each run of neighbouring chains, are those that are expected, up to one. */
void gibbs_ancestors_draw(const double *log_weight, size_t n, double u, size_t *ancestor);
gibbs_status gibbs_ancestors_follow(gibbs_chains *chains, const size_t *ancestor, gibbs_error *err) GIBBS_CHECKED;

#endif

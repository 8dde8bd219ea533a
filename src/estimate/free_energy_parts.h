/* free_energy_parts.h - what an estimator of free energies is: for the rooms of the estimating floor only.
 *
 * To add one: write src/estimate/<name>.c with `const gibbs_free_energy_method gibbs_free_energy_<id>`, and give it a
 * row in free_energy.def. */
#ifndef GIBBS_ESTIMATE_FREE_ENERGY_PARTS_H
#define GIBBS_ESTIMATE_FREE_ENERGY_PARTS_H

#include "gibbs/free_energy.h"
#include "path.h"
#include "work.h"

struct gibbs_free_energy_method {
  const char *name, *doc, *source;           /* source: the paper */
  size_t chains, temperatures, sweeps, burn; /* defaults */
  /* Fills value, error, ess, and what else it knows; options are checked. */
  gibbs_status (*run)(gibbs_distribution *d, const gibbs_free_energy_options *o, gibbs_free_energy_result *out,
                      gibbs_error *err);
};

/* Not to be trusted, for this reason, unless there is one already. */
void gibbs_free_energy_doubt(gibbs_free_energy_result *f, const char *format, ...) GIBBS_PRINTF(2, 3);
/* Doubt where effective samples are too few; `what` of them there are. */
void gibbs_free_energy_judge(gibbs_free_energy_result *f, size_t count, const char *what);

/* The rows of free_energy.def, in order. */
extern const gibbs_free_energy_method *const gibbs_free_energy_methods[];
extern const size_t gibbs_free_energy_methods_count;

#endif

/* walk.h - chains on a path of energies, and the work that each of its steps does on them. */
#ifndef GIBBS_ESTIMATE_WALK_H
#define GIBBS_ESTIMATE_WALK_H

#include "path.h"

typedef struct gibbs_walk {
  gibbs_path *path; /* borrowed, as the options are */
  const gibbs_free_energy_options *options;
  gibbs_chains *chains;
  bool direct;         /* the kernel goes along the path itself, and knows the work */
  gibbs_meter *meter;  /* else */
  double *work, *step; /* [chain]: for the caller to add up; of the last step measured */
} gibbs_walk;

/* `run` on the path for the energy of the visible units, or of all of them where the chains need that. */
gibbs_status gibbs_walk_along(gibbs_distribution *d, const gibbs_free_energy_options *o,
                              gibbs_status (*run)(gibbs_path *path, const gibbs_free_energy_options *o,
                                                  gibbs_free_energy_result *out, gibbs_error *err),
                              gibbs_free_energy_result *out, gibbs_error *err) GIBBS_CHECKED;
/* Chains that are independent samples of the reference. */
gibbs_status gibbs_walk_open(gibbs_path *path, const gibbs_free_energy_options *o, uint64_t seed, gibbs_walk *out,
                             gibbs_error *err) GIBBS_CHECKED;
void gibbs_walk_close(gibbs_walk *w);
/* step[chain]: the work from one beta to another, at the configurations as they are. */
gibbs_status gibbs_walk_measure(gibbs_walk *w, double from, double to, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_walk_move(gibbs_walk *w, double beta, uint64_t sweeps, gibbs_error *err) GIBBS_CHECKED;

#endif

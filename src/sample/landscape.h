/* landscape.h - the energy of a target and its gradient, at sixteen configurations at once, for any differentiable
 * expression.
 *
 * Promises: a lane's numbers depend on what stands in that lane only; a lane whose energy is not finite is pointed
 * out and does not disturb the others; where the energy is finite but a derivative is not, the whole gradient of that
 * lane is 0 (a function of the configuration, which is all that an exact accept-reject step asks of it). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_LANDSCAPE_H
#define GIBBS_SAMPLE_LANDSCAPE_H

#include "gibbs/private/lanes.h"
#include "gibbs/private/parallel.h"
#include "gibbs/program.h"
#include "kernel.h"

/* What one thread needs: see gibbs_landscape_furnish. */
typedef struct gibbs_landscape_bench {
  gibbs_workspace *both, *alone;
  double *x, *slope; /* one lane sixteen times, where lanes are tried one by one */
} gibbs_landscape_bench;

typedef struct gibbs_landscape {
  const gibbs_target *target;
  gibbs_program *both, *alone; /* the energy with its gradient, and without */
  size_t elements;
  double scale;
  size_t bench_count;
  gibbs_landscape_bench *bench;
} gibbs_landscape;

/* False with the reason when the energy has no derivatives. */
bool gibbs_landscape_possible(const gibbs_target *target, char *why, size_t size);

gibbs_status gibbs_landscape_new(const gibbs_target *target, gibbs_landscape **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_landscape_free(gibbs_landscape *landscape);
/* Read the parameters and the scale of the target's form. */
gibbs_status gibbs_landscape_refresh(gibbs_landscape *landscape, gibbs_error *err) GIBBS_CHECKED;
/* Make room for as many threads as there are now: before threads start. */
gibbs_status gibbs_landscape_furnish(gibbs_landscape *landscape, gibbs_error *err) GIBBS_CHECKED;

/* energy[lane] and slope[element][lane] of x[element][lane].  *wrong: the lanes (bit by bit) whose energy is not
 * finite, 0 when all is well; *why then tells about the lowest of them, and their energy and slope are 0. */
gibbs_status gibbs_landscape_run(gibbs_landscape *landscape, size_t thread, const double *x, double *energy,
                                 double *slope, unsigned *wrong, gibbs_error *why) GIBBS_CHECKED;

/* Segments over threads; on the calling thread alone where the energy calls back into a script. */
gibbs_status gibbs_landscape_segments(const gibbs_landscape *landscape, size_t segments, gibbs_segment_work work,
                                      void *context, gibbs_error *err) GIBBS_CHECKED;

#endif

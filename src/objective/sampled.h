/* sampled.h - an objective on samples: its functionals placed among pools of samples, their values with errors, and
 * gradients without the bias that products of noisy estimates have. */
#ifndef GIBBS_OBJECTIVE_SAMPLED_H
#define GIBBS_OBJECTIVE_SAMPLED_H

#include "pool.h"

/* What is known of the free energy of a member.  Members whose samples overlap make an island, which knows them up to
 * one constant; an island knows the constant where F of one of its members is known, its anchor.  Islands without an
 * anchor join others into a set for want of better: what is known across is little. */
typedef struct gibbs_anchor {
  size_t island, set; /* named by one of the members: the anchor of the set, where it has one */
  bool known;         /* F is known from elsewhere, */
  bool doubtful;      /* but not to be trusted */
  double value, error;
  bool asked;       /* whether it is known exactly, */
  bool exact;       /* and it is, */
  uint64_t version; /* with these parameters */
  double exact_value;
} gibbs_anchor;

typedef struct gibbs_sampled_scene {
  gibbs_anchor *anchor; /* [member] */
  bool separate;        /* samples overlap too little to be worth H of the others: gradients are had without */
  double *free_energy;  /* [(1 + group) * member]: of all samples, and without each group */
} gibbs_sampled_scene;

/* A functional of data. */
typedef struct gibbs_sampled_data {
  size_t place, gauge; /* SIZE_MAX: none; gauge: of H, unless it is an objective of neighbours */
  double *weight;      /* [sample] */
  double *sum, *count; /* [group]: of what is averaged, and of how often samples count */
} gibbs_sampled_data;

typedef struct gibbs_sampled {
  gibbs_sampler *sampler; /* retained */
  bool beside;
  gibbs_sampled_scene *scenes;
  gibbs_sampled_data *data; /* [leaf] */
  double *room;             /* [(groups + 8) * leaves] */
  char why[200];            /* what is wrong with the last evaluation; "": nothing */
  bool custom;              /* there are functionals that a caller supplies */
  uint64_t valued;          /* the last evaluation with values */
  bool judged, hopeless;    /* the value needs constants that nobody knows */
} gibbs_sampled;

/* ---- sampled.c: planning ------------------------------------------------------------------------------------------
 */

void gibbs_sampled_free(gibbs_sampled *sampled, size_t scenes, size_t leaves);
/* Make ready for gradients by these parameters. */
gibbs_status gibbs_sampled_aim(gibbs_objective *objective, gibbs_expr *const parameters[], size_t count,
                               gibbs_error *err) GIBBS_CHECKED;
/* New samples (of an objective beside another one: those of the other's last evaluation). */
gibbs_status gibbs_sampled_take(gibbs_objective *objective, gibbs_error *err) GIBBS_CHECKED;
/* The evaluation is done: the next one is at other samples.  One that failed, or was interrupted, is done again. */
void gibbs_sampled_close(gibbs_objective *objective);
/* Note what is wrong; the first reason stays. */
void gibbs_sampled_doubt(gibbs_sampled *sampled, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- sampled_part.c: sums over parts of the samples ---------------------------------------------------------------
 */

/* Energies and functions at the samples, as far as they are needed for values, and for gradients. */
gibbs_status gibbs_sampled_read(gibbs_objective *objective, bool values, bool gradients,
                                gibbs_error *err) GIBBS_CHECKED;
/* Probabilities in a part, and sums over it. */
gibbs_status gibbs_sampled_sum(gibbs_objective *objective, gibbs_part part, gibbs_error *err) GIBBS_CHECKED;
/* Values of all leaves from them, and from the anchors. */
gibbs_status gibbs_sampled_values(gibbs_objective *objective, gibbs_part part, gibbs_error *err) GIBBS_CHECKED;
/* Weights: all 0; added, for the part and the leaves' coefficients; and the gradient that they make. */
void gibbs_sampled_clear(gibbs_objective *objective);
void gibbs_sampled_weigh(gibbs_objective *objective, gibbs_part part);
gibbs_status gibbs_sampled_add(gibbs_objective *objective, double *const gradients[], gibbs_error *err) GIBBS_CHECKED;

/* ---- sampled_anchor.c: free energies ------------------------------------------------------------------------------
 */

/* Islands and sets from the overlaps of the pools as they are (`assume`: all samples overlap), anchors from what is
 * known; `methods`: from the method of the sampling too, where an island has none. */
gibbs_status gibbs_sampled_anchor(gibbs_objective *objective, bool assume, bool methods,
                                  gibbs_error *err) GIBBS_CHECKED;
/* log Z in the sums of a scene, from F as the pool has them and the anchors; unknown constants are taken to be 0. */
void gibbs_sampled_place(const gibbs_objective *objective, size_t scene);

/* What the free energies mean for the objective at the leaves' values: */
typedef struct gibbs_dependence {
  bool value, coefficients; /* they are the same whatever the unknown constants are */
  bool across;              /* value and coefficients do not depend on what islands of one set know of each other */
  double error;             /* of the value, from errors of anchors */
} gibbs_dependence;
/* After gibbs_sampled_values; leaves' values stay, and their coefficients are the ones there. */
gibbs_status gibbs_sampled_depend(gibbs_objective *objective, gibbs_dependence *out, gibbs_error *err) GIBBS_CHECKED;

/* ---- sampled_overlap.c --------------------------------------------------------------------------------------------
 */

/* Whether overlaps are looked at in this evaluation; what was found before is forgotten then. */
bool gibbs_sampled_looks(gibbs_objective *objective, bool gradient);
/* Look, with all energies read and summed up together. */
void gibbs_sampled_look(gibbs_objective *objective);
bool gibbs_sampled_is_separate(const gibbs_objective *objective);
/* From now on samples count for their own members alone, where they hardly overlap; or no longer. */
void gibbs_sampled_separate(gibbs_objective *objective, bool now);

/* ---- sampled_evaluate.c -------------------------------------------------------------------------------------------
 */

/* gibbs_objective_value and _gradient: a failure where the value is not known. */
gibbs_status gibbs_sampled_value(gibbs_objective *objective, gibbs_expr *const parameters[], size_t count,
                                 double *value, double *const gradients[], gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_sampled_estimate(gibbs_objective *objective, gibbs_expr *const parameters[], size_t count,
                                    gibbs_objective_estimate *estimate, double *const gradients[],
                                    gibbs_error *err) GIBBS_CHECKED;

#endif

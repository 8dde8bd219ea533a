/* step_size.h - a step size that finds, during a warm-up, the acceptance it was told to have.
 *
 * Promises: while it adapts, each step is tried at a size of its own; afterwards the average of their logarithms is
 * used and stays; a warm-up that goes on after a pause goes on as if there had been none.
 * Source: Nesterov, Math. Program. 120 (2009) 221; Hoffman and Gelman, J. Mach. Learn. Res. 15 (2014) 1593. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_STEP_SIZE_H
#define GIBBS_SAMPLE_STEP_SIZE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct gibbs_step_size {
  double centre;      /* logarithm of the size to which the search is drawn */
  double log_tried;   /* of the next step while adapting */
  double log_average; /* of the steps afterwards */
  double lack;        /* weighted mean of target - acceptance */
  double count;       /* of steps since the start of the search */
} gibbs_step_size;

enum { GIBBS_STEP_SIZE_NUMBERS = sizeof(gibbs_step_size) / sizeof(double) };

/* Begin to search at `size`. */
gibbs_step_size gibbs_step_size_begin(double size);
/* A step was accepted with this probability; sizes stay between low and high. */
void gibbs_step_size_learn(gibbs_step_size *size, double acceptance, double target, double low, double high);
double gibbs_step_size_value(const gibbs_step_size *size, bool adapting);
/* As numbers to be kept, and back; false where they are not finite. */
void gibbs_step_size_save(const gibbs_step_size *size, double out[GIBBS_STEP_SIZE_NUMBERS]);
bool gibbs_step_size_load(gibbs_step_size *size, const double in[GIBBS_STEP_SIZE_NUMBERS]);

#endif

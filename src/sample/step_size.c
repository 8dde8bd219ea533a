/* step_size.c - dual averaging of the logarithm of a step size. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "step_size.h"

#include <math.h>
#include <string.h>

/* How far one step's acceptance moves the search, how many steps damp its start, and how fast old steps are
 * forgotten: the values that Hoffman and Gelman recommend. */
static const double gain = 20, damping = 10, forgetting = 0.75;

gibbs_step_size gibbs_step_size_begin(double size) {
  double log_size = log(size);
  return (gibbs_step_size){.centre = log_size, .log_tried = log_size, .log_average = log_size};
}

void gibbs_step_size_learn(gibbs_step_size *s, double acceptance, double target, double low, double high) {
  s->count++;
  s->lack += (target - acceptance - s->lack) / (s->count + damping);
  s->log_tried = fmin(fmax(s->centre - gain * sqrt(s->count) * s->lack, log(low)), log(high));
  s->log_average += pow(s->count, -forgetting) * (s->log_tried - s->log_average);
}

double gibbs_step_size_value(const gibbs_step_size *s, bool adapting) {
  return exp(adapting ? s->log_tried : s->log_average);
}

void gibbs_step_size_save(const gibbs_step_size *s, double out[GIBBS_STEP_SIZE_NUMBERS]) {
  memcpy(out, s, sizeof *s);
}

bool gibbs_step_size_load(gibbs_step_size *s, const double in[GIBBS_STEP_SIZE_NUMBERS]) {
  for (size_t k = 0; k < GIBBS_STEP_SIZE_NUMBERS; k++)
    if (!isfinite(in[k])) return false;
  memcpy(s, in, sizeof *s);
  return true;
}

/* processes.h - autoregressive processes of known correlation, for tests of statistics. */
#ifndef GIBBS_TESTS_PROCESSES_H
#define GIBBS_TESTS_PROCESSES_H

#include <math.h>

#include "gibbs/random.h"

/* x' = phi x + noise has mean 0, variance 1 and rho(t) = phi^t, so that tau = (1 + phi) / (1 - phi). */
typedef struct process {
  gibbs_stream stream;
  double phi, x;
} process;

static inline process start_process(double tau, uint32_t chain, uint32_t repetition) {
  process p = {.stream = gibbs_stream_open(2024, GIBBS_PURPOSE_CHECK, chain, repetition),
               .phi = (tau - 1) / (tau + 1)};
  p.x = gibbs_stream_normal(&p.stream);
  return p;
}

static inline double next_value(process *p) {
  double x = p->x;
  p->x = p->phi * x + sqrt(1 - p->phi * p->phi) * gibbs_stream_normal(&p->stream);
  return x;
}

#endif

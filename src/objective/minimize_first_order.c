/* minimize_first_order.c - sgd, momentum and Adam: steps along the gradient of a given length. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "minimize_method.h"

#include <math.h>
#include <stdlib.h>

#define ADAM_EPSILON 1e-8 /* Kingma and Ba's value: it only guards a division */

/* Running means of the gradient and of its square, and the powers of the decays that correct their start from 0. */
typedef struct running_means {
  double *first, *second;
  double decay_power, square_power;
  minimize_point next; /* found before it replaces the present point, which stays whole if that fails */
} running_means;

static void close_means(void *opened) {
  running_means *means = opened;
  free(means->first);
  minimize_point_free(&means->next);
  free(means);
}

static gibbs_status open_means(minimize_search *search, void **opened) {
  running_means *means = calloc(1, sizeof *means);
  if (means == NULL) return gibbs_fail_memory(&search->failure, "minimize", sizeof *means);
  means->decay_power = means->square_power = 1;
  gibbs_status status = minimize_point_new(search, &means->next);
  if (status == GIBBS_OK) {
    means->first = calloc(2 * search->n, sizeof *means->first);
    if (means->first == NULL)
      status = gibbs_fail_memory(&search->failure, "minimize", 2 * search->n * sizeof *means->first);
  }
  if (status != GIBBS_OK) {
    close_means(means);
    return status;
  }
  means->second = means->first + search->n;
  *opened = means;
  return GIBBS_OK;
}

/* Go to the next point.  These methods choose no step lengths, so there is nothing to step back to. */
static gibbs_status arrive(minimize_search *search, running_means *means, bool *moved) {
  *moved = true;
  gibbs_status status = minimize_visit(search, &means->next);
  if (status == GIBBS_OK) minimize_point_copy(search->n, &search->here, &means->next);
  if (status != GIBBS_ERR_NUMERIC) return status;
  gibbs_error cause = search->failure;
  return gibbs_fail(&search->failure, status, "%s. A smaller rate than %g may help, or the method lbfgs",
                    cause.message, search->options->rate);
}

static gibbs_status step_sgd(minimize_search *search, void *opened, bool *moved) {
  running_means *means = opened;
  const minimize_point *here = &search->here;
  for (size_t i = 0; i < search->n; i++) means->next.x[i] = here->x[i] - search->options->rate * here->gradient[i];
  return arrive(search, means, moved);
}

static gibbs_status step_momentum(minimize_search *search, void *opened, bool *moved) {
  running_means *means = opened;
  double *velocity = means->first;
  for (size_t i = 0; i < search->n; i++) {
    velocity[i] = search->options->decay * velocity[i] - search->options->rate * search->here.gradient[i];
    means->next.x[i] = search->here.x[i] + velocity[i];
  }
  return arrive(search, means, moved);
}

static gibbs_status step_adam(minimize_search *search, void *opened, bool *moved) {
  running_means *means = opened;
  const gibbs_minimize_options *options = search->options;
  means->decay_power *= options->decay;
  means->square_power *= options->decay_square;
  for (size_t i = 0; i < search->n; i++) {
    double g = search->here.gradient[i];
    means->first[i] = options->decay * means->first[i] + (1 - options->decay) * g;
    means->second[i] = options->decay_square * means->second[i] + (1 - options->decay_square) * g * g;
    double mean = means->first[i] / (1 - means->decay_power), square = means->second[i] / (1 - means->square_power);
    means->next.x[i] = search->here.x[i] - options->rate * mean / (sqrt(square) + ADAM_EPSILON);
  }
  return arrive(search, means, moved);
}

const minimize_method minimize_sgd = {.open = open_means, .step = step_sgd, .close = close_means};
const minimize_method minimize_momentum = {.open = open_means, .step = step_momentum, .close = close_means};
const minimize_method minimize_adam = {.open = open_means, .step = step_adam, .close = close_means};

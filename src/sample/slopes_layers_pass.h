/* slopes_layers_pass.h - what is done with a chunk of configurations of two layers. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_SLOPES_LAYERS_PASS_H
#define GIBBS_SAMPLE_SLOPES_LAYERS_PASS_H

#include "slopes_layers.h"

typedef struct gibbs_two_layers {
  const gibbs_slopes *slopes;
  gibbs_layers_form form;
  size_t panels, double_panels;
  gibbs_layers_matrix pairs, direction;
  gibbs_layers_doubles doubles;
  /* Versions of the parameters when they were read last, in single and in double precision. */
  uint64_t version[2][GIBBS_LAYERS_GROUPS];
  bool known[2];
  gibbs_layers_chunk chunk;
  size_t count, stride; /* configurations of the chunk; rounded up to words */
  float *mean;          /* [panel][stride][64]: what a forward pass makes */
  double *sum;          /* [panel * 64]: its sums over configurations */
  float *sum_float;
  double *part; /* sums of parts, merged in order */
} gibbs_two_layers;

/* mean = weight <h | v>, or its square times the weight; weight NULL: 1. */
gibbs_status gibbs_layers_forward(gibbs_two_layers *x, const double *weight, bool square,
                                  gibbs_error *err) GIBBS_CHECKED;
/* total += scale * sum over configurations of (low + step * bit_i) * mean_j. */
gibbs_status gibbs_layers_backward(gibbs_two_layers *x, double scale, double low, double step, double *total,
                                   gibbs_error *err) GIBBS_CHECKED;
/* out[c] = sum_j mean_j (field_j + sum_i direction_ij v_i), for a mean of weight 1. */
gibbs_status gibbs_layers_project(gibbs_two_layers *x, double *out, gibbs_error *err) GIBBS_CHECKED;
/* out[c] = -log of the sum over hidden states, without what visible units have alone. */
gibbs_status gibbs_layers_evaluate(gibbs_two_layers *x, double *out, gibbs_error *err) GIBBS_CHECKED;

#endif

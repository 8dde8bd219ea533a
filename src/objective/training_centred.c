/* training_centred.c - gradients of two-layer machines about the units' means.
 *
 * With offsets m of the visible and l of the hidden units, the coordinates W, a' = a + W l, b' = b + m W describe the
 * same machines as W, a, b.  In them the gradient by W is G_W - G_a l - m G_b, and a move (dW, da', db') is
 * (dW, da' - dW l, db' - m dW) in the old ones.  The offsets are running means, each unit's over data and model: its
 * mean in the model less half the gradient by its bias, which is half the difference of the two for likelihoods.
 * Sources: Montavon and Mueller 2012; Melchior, Fischer and Wiskott, J. Mach. Learn. Res. 17 (2016) 99. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "training_parts.h"

#define SLIDING 0.01 /* share of the newest mean in the offsets (Melchior, Fischer and Wiskott) */

/* ---- what is needed, found once ------------------------------------------------------------------------------ */

static double *note_lowest(double *lowest, gibbs_expr *const variables[], size_t count) {
  for (size_t k = 0; k < count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(variables[k]);
    double low = gibbs_variable_domain(variable) == GIBBS_SPINS ? -1 : 0;
    for (size_t u = gibbs_variable_units(variable); u > 0; u--) *lowest++ = low;
  }
  return lowest;
}

static gibbs_status check_layers(const gibbs_training *t, const gibbs_distribution *model, gibbs_error *err) {
  const gibbs_layers *layers = &t->layers;
  size_t visible = gibbs_variables_units(gibbs_distribution_visible(model), gibbs_distribution_visible_count(model));
  size_t hidden = gibbs_variables_units(gibbs_distribution_hidden(model), gibbs_distribution_hidden_count(model));
  if (layers->weights == SIZE_MAX || layers->visible_bias == SIZE_MAX || layers->hidden_bias == SIZE_MAX)
    return gibbs_fail(
        err, GIBBS_ERR_UNSUPPORTED,
        "training: centred gradients need the weights and the biases of both layers among the parameters "
        "that are varied; leave 'centred' out");
  size_t W = t->at[layers->weights + 1] - t->at[layers->weights];
  size_t a = t->at[layers->visible_bias + 1] - t->at[layers->visible_bias];
  size_t b = t->at[layers->hidden_bias + 1] - t->at[layers->hidden_bias];
  if (visible != layers->visible || hidden != layers->hidden || a != visible || b != hidden || W != visible * hidden)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "training: centred gradients need a bias for every unit and a weight for every pair of units; "
                      "leave 'centred' out");
  return GIBBS_OK;
}

gibbs_status training_centre_new(gibbs_training *t, gibbs_distribution *model, gibbs_error *err) {
  if (!gibbs_slopes_layers(t->source.slopes, &t->layers))
    return gibbs_fail(
        err, GIBBS_ERR_UNSUPPORTED,
        "training: centred gradients are for two layers with an energy -v.W h - a.v - b.h, and the model "
        "has another structure; leave 'centred' out");
  gibbs_status status = check_layers(t, model, err);
  if (status != GIBBS_OK) return status;
  size_t units = t->layers.visible + t->layers.hidden;
  t->lowest = malloc(units * sizeof *t->lowest);
  if (!t->lowest) return gibbs_fail_memory(err, "offsets", units * sizeof *t->lowest);
  double *hidden = note_lowest(t->lowest, gibbs_distribution_visible(model), gibbs_distribution_visible_count(model));
  note_lowest(hidden, gibbs_distribution_hidden(model), gibbs_distribution_hidden_count(model));
  return GIBBS_OK;
}

/* ---- offsets --------------------------------------------------------------------------------------------------- */

static void slide(gibbs_training *t, const double *mean, const double *gradient, size_t from, size_t count) {
  double share = t->live.scalars.offsets_known != 0 ? SLIDING : 1;
  for (size_t u = 0; u < count; u++) {
    double *offset = &t->live.offsets[from + u];
    double here = fmin(fmax(mean[u] - 0.5 * gradient[u], t->lowest[from + u]), 1);
    *offset += share * (here - *offset);
  }
}

static gibbs_status slide_all(gibbs_training *t, const gibbs_sample_report *report, gibbs_error *err) {
  const gibbs_layers *layers = &t->layers;
  size_t visible = layers->visible, hidden = layers->hidden;
  double *mean = calloc(visible + hidden, sizeof *mean);
  if (!mean) return gibbs_fail_memory(err, "means of units", (visible + hidden) * sizeof *mean);
  for (size_t c = 0; c < report->count; c++)
    for (size_t u = 0; u < visible; u++) mean[u] += report->weight[c] * report->rows[c * visible + u];
  gibbs_status status =
      gibbs_slopes_hidden_mean(t->source.slopes, report->rows, report->count, report->weight, mean + visible, err);
  if (status == GIBBS_OK) {
    slide(t, mean, t->rows[layers->visible_bias], 0, visible);
    slide(t, mean + visible, t->rows[layers->hidden_bias], visible, hidden);
    t->live.scalars.offsets_known = 1;
  }
  free(mean);
  return status;
}

/* ---- to centred coordinates and back ------------------------------------------------------------------------------
 */

gibbs_status training_centre(gibbs_training *t, const gibbs_sample_report *report, gibbs_error *err) {
  gibbs_status status = slide_all(t, report, err);
  if (status != GIBBS_OK) return status;
  size_t visible = t->layers.visible, hidden = t->layers.hidden;
  const double *a = t->rows[t->layers.visible_bias], *b = t->rows[t->layers.hidden_bias];
  const double *m = t->live.offsets, *l = m + visible;
  for (size_t i = 0; i < visible; i++) {
    double *row = t->rows[t->layers.weights] + i * hidden;
    for (size_t j = 0; j < hidden; j++) row[j] -= a[i] * l[j] + m[i] * b[j];
  }
  return GIBBS_OK;
}

void training_uncentre(gibbs_training *t, double *move) {
  size_t visible = t->layers.visible, hidden = t->layers.hidden;
  const double *W = move + t->at[t->layers.weights], *m = t->live.offsets, *l = m + visible;
  double *a = move + t->at[t->layers.visible_bias], *b = move + t->at[t->layers.hidden_bias];
  for (size_t i = 0; i < visible; i++) {
    double along = 0;
    for (size_t j = 0; j < hidden; j++) {
      along += W[i * hidden + j] * l[j];
      b[j] -= m[i] * W[i * hidden + j];
    }
    a[i] -= along;
  }
}

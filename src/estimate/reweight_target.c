/* reweight_target.c - means and the free energy of a state that was not sampled. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/vectormath.h"
#include "reweight_parts.h"

/* ---- weights ------------------------------------------------------------------------------------------- */

/* log weights become weights that add up to 1, -log of their sum f, and the number of effective samples. */
static void normalise(gibbs_reweight_target *t) {
  const gibbs_reweight *r = t->reweight;
  double most = gibbs_vector_max(t->weight, r->total);
  gibbs_vector_exp_shifted(t->weight, t->weight, most, r->total);
  double sum = gibbs_vector_sum(t->weight, r->total), squares = 0;
  for (size_t k = 0; k < r->states; k++) {
    double *w = t->weight + r->first[k];
    size_t count = r->first[k + 1] - r->first[k];
    for (size_t n = 0; n < count; n++) w[n] /= sum;
    squares += r->tau[k] * gibbs_vector_dot(w, w, count);
  }
  t->f = -(most + log(sum));
  t->effective = 1 / squares;
}

static gibbs_status check_reach(const gibbs_reweight_target *t, double beta, gibbs_error *err) {
  if (t->effective >= GIBBS_REWEIGHT_FLOOR) return GIBBS_OK;
  char name[32] = "the target";
  if (!isnan(beta)) snprintf(name, sizeof name, "beta %.6g", beta);
  return gibbs_fail(
      err, GIBBS_ERR_NUMERIC,
      "%s is out of reach: the samples count there as %.2g independent ones, and at least %d are needed; "
      "sample a state nearer to it",
      name, t->effective, GIBBS_REWEIGHT_FLOOR);
}

/* `potential` is NULL for temperatures, beta NaN otherwise. */
static gibbs_status make_target(const gibbs_reweight *r, double beta, const double *potential,
                                gibbs_reweight_target **out, gibbs_error *err) {
  gibbs_reweight_target *t = malloc(sizeof *t);
  double *weight = malloc(r->total * sizeof *weight);
  if (!t || !weight) {
    free(t);
    free(weight);
    return gibbs_fail_memory(err, "weights of samples", r->total * sizeof *weight);
  }
  *t = (gibbs_reweight_target){.reweight = r, .weight = weight};
  for (size_t k = 0; k < r->states; k++)
    for (size_t n = r->first[k]; n < r->first[k + 1]; n++)
      weight[n] = -(potential ? potential[n] : beta * r->energy[n]) - r->log_d[n] - log(r->tau[k]);
  normalise(t);
  gibbs_status status = check_reach(t, beta, err);
  if (status == GIBBS_OK)
    *out = t;
  else
    gibbs_reweight_target_free(t);
  return status;
}

gibbs_status gibbs_reweight_to_beta(const gibbs_reweight *r, double beta, gibbs_reweight_target **out,
                                    gibbs_error *err) {
  if (!r->energy)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "the states are given by general potentials, not by temperatures: give the target's potential");
  if (!isfinite(beta)) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "beta is %g; it must be finite", beta);
  return make_target(r, beta, NULL, out, err);
}

gibbs_status gibbs_reweight_to_potential(const gibbs_reweight *r, const double *potential,
                                         gibbs_reweight_target **out, gibbs_error *err) {
  bool possible = false;
  for (size_t n = 0; n < r->total; n++) {
    if (isnan(potential[n]) || potential[n] == -INFINITY)
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the potential of sample %zu is %g; it must be finite or +infinity",
                        n + 1, potential[n]);
    possible = possible || potential[n] < INFINITY;
  }
  if (!possible)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the target is out of reach: its potential is infinite at all samples");
  return make_target(r, NAN, potential, out, err);
}

void gibbs_reweight_target_free(gibbs_reweight_target *t) {
  if (!t) return;
  free(t->weight);
  free(t);
}

double gibbs_reweight_target_effective(const gibbs_reweight_target *t) {
  return t->effective;
}

/* ---- errors -------------------------------------------------------------------------------------------- */

/* c_n is what a sample adds by itself; through the free energies of the states it adds w_n sum_k a_k p_kn,
 * a = inverse (sum_n c_n p_n + extra).  c is overwritten. */
static gibbs_status find_error(const gibbs_reweight *r, double *c, const double *extra, double *error,
                               gibbs_error *err) {
  double *a = malloc(2 * r->states * sizeof *a), *b = a ? a + r->states : NULL;
  if (!a) return gibbs_fail_memory(err, "weights of samples", 2 * r->states * sizeof *a);
  gibbs_status status = gibbs_reweight_project(r, c, b, err);
  if (status == GIBBS_OK) {
    for (size_t k = 0; extra && k < r->states; k++) b[k] += extra[k];
    gibbs_reweight_respond(r, b, a);
    status = gibbs_reweight_error(r, c, a, error, err);
  }
  free(a);
  return status;
}

gibbs_status gibbs_reweight_target_difference(const gibbs_reweight_target *t, size_t from, double *value,
                                              double *error, gibbs_error *err) {
  const gibbs_reweight *r = t->reweight;
  if (from >= r->states) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "state %zu of %zu", from + 1, r->states);
  double *c = calloc(r->total + r->states, sizeof *c);
  if (!c) return gibbs_fail_memory(err, "weights of samples", (r->total + r->states) * sizeof *c);
  /* f = -log sum falls with the weight of each sample, and rises with f_l as sum_n weight_n p_ln says. */
  for (size_t n = 0; n < r->total; n++) c[n] = -t->weight[n];
  c[r->total + from] = 1;
  gibbs_status status = find_error(r, c, c + r->total, error, err);
  if (status == GIBBS_OK) *value = t->f - r->f[from];
  free(c);
  return status;
}

/* c_n = weight_n sum_o slope_o (value_on - mean_o). */
static void combine(const gibbs_reweight_target *t, size_t observables, const double *values, const double *mean,
                    const double *slope, double *c) {
  size_t total = t->reweight->total;
  memset(c, 0, total * sizeof *c);
  for (size_t o = 0; o < observables; o++) {
    if (slope[o] == 0) continue;
    for (size_t n = 0; n < total; n++) c[n] += slope[o] * (values[o * total + n] - mean[o]);
  }
  for (size_t n = 0; n < total; n++) c[n] *= t->weight[n];
}

static gibbs_status check_values(size_t total, size_t observables, const double *values, gibbs_error *err) {
  for (size_t k = 0; k < observables * total; k++)
    if (!isfinite(values[k]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "observable %zu of sample %zu is %g; it must be finite",
                        k / total + 1, k % total + 1, values[k]);
  return GIBBS_OK;
}

gibbs_status gibbs_reweight_target_means(const gibbs_reweight_target *t, size_t observables, const double *values,
                                         double *mean, double *error, gibbs_error *err) {
  size_t total = t->reweight->total;
  gibbs_status status = check_values(total, observables, values, err);
  if (status != GIBBS_OK) return status;
  double *c = malloc(total * sizeof *c);
  if (!c) return gibbs_fail_memory(err, "weights of samples", total * sizeof *c);
  for (size_t o = 0; status == GIBBS_OK && o < observables; o++) {
    const double *x = values + o * total, one = 1;
    mean[o] = gibbs_vector_dot(t->weight, x, total);
    combine(t, 1, x, &mean[o], &one, c);
    status = find_error(t->reweight, c, NULL, &error[o], err);
  }
  free(c);
  return status;
}

/* ---- functions of means -------------------------------------------------------------------------------- */

typedef struct function {
  gibbs_of_means f;
  void *context;
  size_t observables, outputs;
} function;

static gibbs_status apply(const function *f, const double *means, double *out, gibbs_error *err) {
  gibbs_status status = f->f(f->context, means, out, err);
  for (size_t k = 0; status == GIBBS_OK && k < f->outputs; k++)
    if (!isfinite(out[k]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the function of the means gives %g as output %zu", out[k], k + 1);
  return status;
}

/* slope[output * observables + o], over one standard error to both sides; `out`: two times the outputs. */
static gibbs_status find_slopes(const function *f, double *mean, const double *error, double *slope, double *out,
                                gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t o = 0; status == GIBBS_OK && o < f->observables; o++) {
    double at = mean[o], up = at + error[o], down = at - error[o];
    mean[o] = up;
    status = apply(f, mean, out, err);
    mean[o] = down;
    if (status == GIBBS_OK) status = apply(f, mean, out + f->outputs, err);
    mean[o] = at;
    for (size_t k = 0; k < f->outputs; k++)
      slope[k * f->observables + o] = up > down ? (out[k] - out[f->outputs + k]) / (up - down) : 0;
  }
  return status;
}

gibbs_status gibbs_reweight_target_function(const gibbs_reweight_target *t, size_t observables, const double *values,
                                            gibbs_of_means f, void *context, size_t outputs, double *value,
                                            double *error, gibbs_error *err) {
  const function g = {f, context, observables, outputs};
  size_t total = t->reweight->total, size = 2 * observables + (observables + 2) * outputs + total;
  double *mean = calloc(size, sizeof *mean);
  if (!mean) return gibbs_fail_memory(err, "weights of samples", size * sizeof *mean);
  double *mean_error = mean + observables, *slope = mean_error + observables, *out = slope + observables * outputs;
  double *c = out + 2 * outputs;
  gibbs_status status = gibbs_reweight_target_means(t, observables, values, mean, mean_error, err);
  if (status == GIBBS_OK) status = apply(&g, mean, value, err);
  if (status == GIBBS_OK) status = find_slopes(&g, mean, mean_error, slope, out, err);
  for (size_t k = 0; status == GIBBS_OK && k < outputs; k++) {
    combine(t, observables, values, mean, slope + k * observables, c);
    status = find_error(t->reweight, c, NULL, &error[k], err);
  }
  free(mean);
  return status;
}

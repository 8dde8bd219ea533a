/* functionals.c - the rows: value and functional derivative of each kind of functional. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "neighbours.h"

static const gibbs_ensemble *ensemble_of(const gibbs_objective *o, const gibbs_leaf *leaf) {
  return o->scenes[leaf->scene].ensemble;
}

static double free_energy_of(const gibbs_objective *o, const gibbs_leaf *leaf, size_t member) {
  return -gibbs_ensemble_log_z(ensemble_of(o, leaf), member);
}

/* ---- F:  dF/dH = Q --------------------------------------------------------------------------------- */

static gibbs_status value_free_energy(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  (void)err;
  leaf->value = free_energy_of(o, leaf, leaf->q);
  return GIBBS_OK;
}

static void add_probability(const gibbs_leaf *leaf, const gibbs_view *view, double factor, double *weight) {
  const double *q = view->probability[leaf->q];
  for (size_t s = 0; s < view->count; s++) weight[s] += factor * q[s];
}

static void weigh_free_energy(const gibbs_ensemble *e, const gibbs_leaf *leaf, const gibbs_view *view,
                              double *const weight[], double *const observable_weight[]) {
  (void)e, (void)observable_weight;
  add_probability(leaf, view, leaf->coefficient, weight[leaf->q]);
}

/* ---- KL(P||Q) = <D>_P - (F_Q - F_P), D = H_Q - H_P:  dKL/dH_Q = P - Q,  dKL/dH_P = -P (D - <D>_P) --- */

static double mean_difference(const gibbs_ensemble *e, const gibbs_leaf *leaf) {
  return gibbs_ensemble_mean_energy(e, leaf->p, leaf->q) - gibbs_ensemble_mean_energy(e, leaf->p, leaf->p);
}

static gibbs_status value_kl(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  (void)err;
  leaf->value = mean_difference(ensemble_of(o, leaf), leaf) -
                (free_energy_of(o, leaf, leaf->q) - free_energy_of(o, leaf, leaf->p));
  return GIBBS_OK;
}

static void weigh_kl(const gibbs_ensemble *e, const gibbs_leaf *leaf, const gibbs_view *view, double *const weight[],
                     double *const observable_weight[]) {
  const double *p = view->probability[leaf->p], *q = view->probability[leaf->q];
  const double *log_p = view->log_weight[leaf->p], *log_q = view->log_weight[leaf->q];
  double c = leaf->coefficient, mean = mean_difference(e, leaf);
  double *model = weight[leaf->q], *target = weight[leaf->p];
  (void)observable_weight;
  for (size_t s = 0; s < view->count; s++) model[s] += c * (p[s] - q[s]);
  for (size_t s = 0; s < view->count; s++) target[s] -= c * p[s] * (log_p[s] - log_q[s] - mean);
}

/* ---- S = <H> - F:  dS/dH = -Q (H - <H>) -------------------------------------------------------------- */

static gibbs_status value_entropy(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  (void)err;
  leaf->value = gibbs_ensemble_mean_energy(ensemble_of(o, leaf), leaf->q, leaf->q) - free_energy_of(o, leaf, leaf->q);
  return GIBBS_OK;
}

static void weigh_entropy(const gibbs_ensemble *e, const gibbs_leaf *leaf, const gibbs_view *view,
                          double *const weight[], double *const observable_weight[]) {
  const double *q = view->probability[leaf->q], *log_weight = view->log_weight[leaf->q];
  double mean = gibbs_ensemble_mean_energy(e, leaf->q, leaf->q);
  (void)observable_weight;
  for (size_t s = 0; s < view->count; s++) weight[leaf->q][s] += leaf->coefficient * q[s] * (log_weight[s] + mean);
}

/* ---- <f>:  d<f>/dH = -Q (f - <f>),  and Q df ---------------------------------------------------------- */

static gibbs_status value_mean(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  (void)err;
  leaf->value = *gibbs_ensemble_mean(ensemble_of(o, leaf), leaf->q, leaf->observable);
  return GIBBS_OK;
}

static void weigh_mean(const gibbs_ensemble *e, const gibbs_leaf *leaf, const gibbs_view *view,
                       double *const weight[], double *const observable_weight[]) {
  const double *q = view->probability[leaf->q], *f = view->observable[leaf->observable];
  double mean = *gibbs_ensemble_mean(e, leaf->q, leaf->observable);
  for (size_t s = 0; s < view->count; s++) {
    weight[leaf->q][s] -= leaf->coefficient * q[s] * (f[s] - mean);
    observable_weight[leaf->observable][s] += leaf->coefficient * q[s];
  }
}

/* ---- data: only <H>_data is a sum over data -------------------------------------------------------------- */

static gibbs_status mean_energy_of_data(gibbs_leaf *leaf, double *out, gibbs_error *err) {
  gibbs_expr *hamiltonian = gibbs_distribution_hamiltonian(leaf->term->q);
  gibbs_status status = gibbs_batch_evaluate(leaf->batch, hamiltonian, leaf->batch_energy, err);
  const double *weights = gibbs_data_weights(leaf->term->data);
  *out = 0;
  for (size_t i = 0; status == GIBBS_OK && i < leaf->batch_count; i++) *out += weights[i] * leaf->batch_energy[i];
  return status;
}

static gibbs_status value_log_likelihood(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  double mean = 0;
  gibbs_status status = mean_energy_of_data(leaf, &mean, err);
  leaf->value = free_energy_of(o, leaf, leaf->q) - mean;
  for (size_t i = 0; i < leaf->batch_count; i++) leaf->batch_weight[i] = -gibbs_data_weights(leaf->term->data)[i];
  return status;
}

static gibbs_status value_data_kl(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  double mean = 0;
  gibbs_status status = mean_energy_of_data(leaf, &mean, err);
  leaf->value = mean - free_energy_of(o, leaf, leaf->q) - gibbs_data_entropy(leaf->term->data);
  for (size_t i = 0; i < leaf->batch_count; i++) leaf->batch_weight[i] = gibbs_data_weights(leaf->term->data)[i];
  return status;
}

static void weigh_data_kl(const gibbs_ensemble *e, const gibbs_leaf *leaf, const gibbs_view *view,
                          double *const weight[], double *const observable_weight[]) {
  (void)e, (void)observable_weight;
  add_probability(leaf, view, -leaf->coefficient, weight[leaf->q]);
}

static gibbs_status value_data_mean(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  (void)o;
  gibbs_status status = mean_energy_of_data(leaf, &leaf->value, err);
  for (size_t i = 0; i < leaf->batch_count; i++) leaf->batch_weight[i] = gibbs_data_weights(leaf->term->data)[i];
  return status;
}

/* ---- data alone: each row beside those that differ from it in one unit ----------------------------------------- */

static gibbs_status value_neighbours(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  const gibbs_data *data = leaf->term->data;
  (void)o;
  return gibbs_neighbours_value(leaf->neighbours, gibbs_data_rows(data), gibbs_data_weights(data),
                                gibbs_data_count(data), &leaf->value, err);
}

static void weigh_nothing(const gibbs_ensemble *e, const gibbs_leaf *leaf, const gibbs_view *view,
                          double *const weight[], double *const observable_weight[]) {
  (void)e, (void)leaf, (void)view, (void)weight, (void)observable_weight;
}

/* ---- custom ------------------------------------------------------------------------------------------------ */

static gibbs_status collect_states(void *context, const gibbs_view *view, gibbs_error *err) {
  gibbs_leaf *leaf = context;
  (void)err;
  for (size_t s = 0; s < view->count; s++) {
    leaf->states[view->first + s] = -view->log_weight[leaf->q][s];
    if (leaf->term->p) leaf->target_states[view->first + s] = -view->log_weight[leaf->p][s];
  }
  return GIBBS_OK;
}

static gibbs_status make_states(gibbs_leaf *leaf, size_t count, gibbs_error *err) {
  if (leaf->states) return GIBBS_OK;
  leaf->states = malloc(count * sizeof(double));
  leaf->state_weight = malloc(count * sizeof(double));
  leaf->target_states = leaf->term->p ? malloc(count * sizeof(double)) : NULL;
  if (leaf->states && leaf->state_weight && (leaf->target_states || !leaf->term->p)) return GIBBS_OK;
  return gibbs_fail_memory(err, "the states of an objective", count * sizeof(double));
}

static gibbs_status value_custom(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  gibbs_ensemble *e = o->scenes[leaf->scene].ensemble;
  size_t count = (size_t)(exp2(gibbs_ensemble_log2_states(e)) + 0.5);
  gibbs_status status = make_states(leaf, count, err);
  if (status == GIBBS_OK) status = gibbs_ensemble_visit(e, collect_states, leaf, err);
  if (status != GIBBS_OK) return status;
  gibbs_states states = {.count = count,
                         .hamiltonian = leaf->states,
                         .target_hamiltonian = leaf->target_states,
                         .free_energy = free_energy_of(o, leaf, leaf->q),
                         .target_free_energy = leaf->term->p ? free_energy_of(o, leaf, leaf->p) : 0};
  const gibbs_custom *custom = &leaf->term->custom;
  status = custom->value(custom->payload, &states, &leaf->value, err);
  if (status == GIBBS_OK && !isfinite(leaf->value))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the value of a custom objective is %g", leaf->value);
  return status == GIBBS_OK ? custom->weight(custom->payload, &states, leaf->state_weight, err) : status;
}

static void weigh_custom(const gibbs_ensemble *e, const gibbs_leaf *leaf, const gibbs_view *view,
                         double *const weight[], double *const observable_weight[]) {
  (void)e, (void)observable_weight;
  for (size_t s = 0; s < view->count; s++)
    weight[leaf->q][s] += leaf->coefficient * leaf->state_weight[view->first + s];
}

/* ---- the rows ------------------------------------------------------------------------------------------------ */

static const gibbs_functional_row rows[] = {
    [GIBBS_FUNCTIONAL_FREE_ENERGY] = {"free_energy", false, value_free_energy, weigh_free_energy},
    [GIBBS_FUNCTIONAL_KL] = {"kl", true, value_kl, weigh_kl},
    [GIBBS_FUNCTIONAL_ENTROPY] = {"entropy", true, value_entropy, weigh_entropy},
    [GIBBS_FUNCTIONAL_MEAN] = {"mean", true, value_mean, weigh_mean},
    [GIBBS_FUNCTIONAL_LOG_LIKELIHOOD] = {"log_likelihood", false, value_log_likelihood, weigh_free_energy},
    [GIBBS_FUNCTIONAL_DATA_KL] = {"kl", false, value_data_kl, weigh_data_kl},
    [GIBBS_FUNCTIONAL_PSEUDO_LIKELIHOOD] = {"pseudo_likelihood", false, value_neighbours, weigh_nothing},
    [GIBBS_FUNCTIONAL_RATIO_MATCHING] = {"ratio_matching", false, value_neighbours, weigh_nothing},
    [GIBBS_FUNCTIONAL_MINIMUM_PROBABILITY_FLOW] = {"minimum_probability_flow", false, value_neighbours,
                                                   weigh_nothing},
    [GIBBS_FUNCTIONAL_DATA_MEAN] = {"mean", false, value_data_mean, weigh_nothing},
    [GIBBS_FUNCTIONAL_CUSTOM] = {"objective", true, value_custom, weigh_custom},
};
_Static_assert(sizeof rows / sizeof *rows == GIBBS_FUNCTIONAL_COUNT, "one row a functional");

const gibbs_functional_row *gibbs_functional_row_of(gibbs_functional_kind kind) {
  return &rows[kind];
}

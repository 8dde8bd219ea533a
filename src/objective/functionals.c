/* functionals.c - the rows: value and functional derivative of each kind of functional. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "functional.h"

static double free_energy_of(const gibbs_scene *scene, size_t member) {
  return -scene->sums.log_z[member];
}

static double mean_energy(const gibbs_sums *sums, size_t under, size_t of) {
  return sums->energy[under * sums->members + of];
}

static double mean_observable(const gibbs_sums *sums, size_t under, size_t observable) {
  return sums->mean[under * sums->observables + observable];
}

/* ---- F:  dF/dH = Q --------------------------------------------------------------------------------- */

static gibbs_status value_free_energy(const gibbs_scene *scene, gibbs_leaf *leaf, gibbs_error *err) {
  (void)err;
  leaf->value = free_energy_of(scene, leaf->q);
  return GIBBS_OK;
}

static void add_probability(const gibbs_leaf *leaf, const gibbs_view *view, double factor, double *weight) {
  const double *q = view->probability[leaf->q];
  for (size_t s = 0; weight && s < view->count; s++) weight[s] += factor * q[s];
}

static void weigh_free_energy(const gibbs_sums *sums, const gibbs_leaf *leaf, const gibbs_view *view,
                              double *const weight[], double *const observable_weight[]) {
  (void)sums, (void)observable_weight;
  add_probability(leaf, view, leaf->coefficient, weight[leaf->q]);
}

/* ---- KL(P||Q) = <D>_P - (F_Q - F_P), D = H_Q - H_P:  dKL/dH_Q = P - Q,  dKL/dH_P = -P (D - <D>_P) --- */

static double mean_difference(const gibbs_sums *sums, const gibbs_leaf *leaf) {
  return mean_energy(sums, leaf->p, leaf->q) - mean_energy(sums, leaf->p, leaf->p);
}

static gibbs_status value_kl(const gibbs_scene *scene, gibbs_leaf *leaf, gibbs_error *err) {
  (void)err;
  leaf->value =
      mean_difference(&scene->sums, leaf) - (free_energy_of(scene, leaf->q) - free_energy_of(scene, leaf->p));
  return GIBBS_OK;
}

static void weigh_kl(const gibbs_sums *sums, const gibbs_leaf *leaf, const gibbs_view *view, double *const weight[],
                     double *const observable_weight[]) {
  const double *p = view->probability[leaf->p], *q = view->probability[leaf->q];
  double c = leaf->coefficient;
  double *model = weight[leaf->q], *target = weight[leaf->p];
  (void)observable_weight;
  for (size_t s = 0; model && s < view->count; s++) model[s] += c * (p[s] - q[s]);
  if (!target) return;
  const double *log_p = view->log_weight[leaf->p], *log_q = view->log_weight[leaf->q];
  double mean = mean_difference(sums, leaf);
  for (size_t s = 0; s < view->count; s++) target[s] -= c * p[s] * (log_p[s] - log_q[s] - mean);
}

/* ---- S = <H> - F:  dS/dH = -Q (H - <H>) -------------------------------------------------------------- */

static gibbs_status value_entropy(const gibbs_scene *scene, gibbs_leaf *leaf, gibbs_error *err) {
  (void)err;
  leaf->value = mean_energy(&scene->sums, leaf->q, leaf->q) - free_energy_of(scene, leaf->q);
  return GIBBS_OK;
}

static void weigh_entropy(const gibbs_sums *sums, const gibbs_leaf *leaf, const gibbs_view *view,
                          double *const weight[], double *const observable_weight[]) {
  const double *q = view->probability[leaf->q], *log_weight = view->log_weight[leaf->q];
  double mean = mean_energy(sums, leaf->q, leaf->q), *model = weight[leaf->q];
  (void)observable_weight;
  for (size_t s = 0; model && s < view->count; s++) model[s] += leaf->coefficient * q[s] * (log_weight[s] + mean);
}

/* ---- <f>:  d<f>/dH = -Q (f - <f>),  and Q df ---------------------------------------------------------- */

static gibbs_status value_mean(const gibbs_scene *scene, gibbs_leaf *leaf, gibbs_error *err) {
  (void)err;
  leaf->value = mean_observable(&scene->sums, leaf->q, leaf->observable);
  return GIBBS_OK;
}

static void weigh_mean(const gibbs_sums *sums, const gibbs_leaf *leaf, const gibbs_view *view, double *const weight[],
                       double *const observable_weight[]) {
  const double *q = view->probability[leaf->q], *f = view->observable[leaf->observable];
  double mean = mean_observable(sums, leaf->q, leaf->observable);
  double *model = weight[leaf->q], *own = observable_weight[leaf->observable];
  for (size_t s = 0; model && s < view->count; s++) model[s] -= leaf->coefficient * q[s] * (f[s] - mean);
  for (size_t s = 0; own && s < view->count; s++) own[s] += leaf->coefficient * q[s];
}

/* ---- data: only <H>_data is a sum over data -------------------------------------------------------------- */

static gibbs_status value_log_likelihood(const gibbs_scene *scene, gibbs_leaf *leaf, gibbs_error *err) {
  (void)err;
  leaf->value = free_energy_of(scene, leaf->q) - leaf->data_mean;
  return GIBBS_OK;
}

static gibbs_status value_data_kl(const gibbs_scene *scene, gibbs_leaf *leaf, gibbs_error *err) {
  (void)err;
  leaf->value = leaf->data_mean - free_energy_of(scene, leaf->q) - gibbs_data_entropy(leaf->term->data);
  return GIBBS_OK;
}

static void weigh_data_kl(const gibbs_sums *sums, const gibbs_leaf *leaf, const gibbs_view *view,
                          double *const weight[], double *const observable_weight[]) {
  (void)sums, (void)observable_weight;
  add_probability(leaf, view, -leaf->coefficient, weight[leaf->q]);
}

/* Means over data, of a function or of what each row is beside those that differ from it in one unit. */
static gibbs_status value_data_mean(const gibbs_scene *scene, gibbs_leaf *leaf, gibbs_error *err) {
  (void)scene, (void)err;
  leaf->value = leaf->data_mean;
  return GIBBS_OK;
}

/* ---- custom ------------------------------------------------------------------------------------------------ */

static gibbs_status collect_states(void *context, const gibbs_view *view, gibbs_error *err) {
  gibbs_leaf *leaf = context;
  (void)err;
  for (int side = 0; side < (leaf->term->p ? 2 : 1); side++) {
    size_t member = side ? leaf->p : leaf->q;
    double *energy = leaf->states[2 * side] + view->first;
    for (size_t s = 0; s < view->count; s++) energy[s] = -view->log_weight[member][s];
    memcpy(leaf->states[2 * side + 1] + view->first, view->probability[member], view->count * sizeof *energy);
  }
  return GIBBS_OK;
}

static gibbs_status make_states(gibbs_leaf *leaf, size_t count, gibbs_error *err) {
  if (leaf->state_room >= count) return GIBBS_OK;
  size_t sides = leaf->term->p ? 5 : 3;
  double *room = realloc(leaf->states[0], sides * count * sizeof *room);
  if (!room) return gibbs_fail_memory(err, "the states of an objective", sides * count * sizeof *room);
  leaf->state_room = count;
  for (size_t k = 0; k + 1 < sides; k++) leaf->states[k] = room + k * count;
  leaf->state_weight = room + (sides - 1) * count;
  return GIBBS_OK;
}

static gibbs_status value_custom(const gibbs_scene *scene, gibbs_leaf *leaf, gibbs_error *err) {
  size_t count = gibbs_scene_states(scene);
  gibbs_status status = make_states(leaf, count, err);
  if (status == GIBBS_OK) status = gibbs_scene_visit(scene, collect_states, leaf, err);
  if (status != GIBBS_OK) return status;
  gibbs_states states = {.count = count,
                         .hamiltonian = leaf->states[0],
                         .probability = leaf->states[1],
                         .target_hamiltonian = leaf->states[2],
                         .target_probability = leaf->states[3],
                         .free_energy = free_energy_of(scene, leaf->q),
                         .target_free_energy = leaf->term->p ? free_energy_of(scene, leaf->p) : 0};
  const gibbs_custom *custom = &leaf->term->custom;
  status = custom->value(custom->payload, &states, &leaf->value, err);
  if (status == GIBBS_OK && !isfinite(leaf->value))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the value of a custom objective is %g", leaf->value);
  return status == GIBBS_OK ? custom->weight(custom->payload, &states, leaf->state_weight, err) : status;
}

static void weigh_custom(const gibbs_sums *sums, const gibbs_leaf *leaf, const gibbs_view *view,
                         double *const weight[], double *const observable_weight[]) {
  (void)sums, (void)observable_weight;
  double *model = weight[leaf->q];
  for (size_t s = 0; model && s < view->count; s++)
    model[s] += leaf->coefficient * leaf->state_weight[view->first + s];
}

/* ---- the rows ------------------------------------------------------------------------------------------------ */

static const gibbs_functional_row rows[] = {
    [GIBBS_FUNCTIONAL_FREE_ENERGY] = {"free_energy", GIBBS_DEMANDS_FREE_ENERGY, GIBBS_WEIGHTS_PROBABILITY, 0,
                                      value_free_energy, weigh_free_energy},
    [GIBBS_FUNCTIONAL_KL] = {"kl", GIBBS_DEMANDS_STATES, GIBBS_WEIGHTS_TARGET, 0, value_kl, weigh_kl},
    [GIBBS_FUNCTIONAL_ENTROPY] = {"entropy", GIBBS_DEMANDS_STATES, GIBBS_WEIGHTS_ENERGY, 0, value_entropy,
                                  weigh_entropy},
    [GIBBS_FUNCTIONAL_MEAN] = {"mean", GIBBS_DEMANDS_STATES, GIBBS_WEIGHTS_OBSERVABLE, 0, value_mean, weigh_mean},
    [GIBBS_FUNCTIONAL_LOG_LIKELIHOOD] = {"log_likelihood", GIBBS_DEMANDS_FREE_ENERGY, GIBBS_WEIGHTS_PROBABILITY, -1,
                                         value_log_likelihood, weigh_free_energy},
    [GIBBS_FUNCTIONAL_DATA_KL] = {"kl", GIBBS_DEMANDS_FREE_ENERGY, GIBBS_WEIGHTS_PROBABILITY, 1, value_data_kl,
                                  weigh_data_kl},
    [GIBBS_FUNCTIONAL_PSEUDO_LIKELIHOOD] = {"pseudo_likelihood", GIBBS_DEMANDS_NOTHING, GIBBS_WEIGHTS_PROBABILITY, 1,
                                            value_data_mean, NULL},
    [GIBBS_FUNCTIONAL_RATIO_MATCHING] = {"ratio_matching", GIBBS_DEMANDS_NOTHING, GIBBS_WEIGHTS_PROBABILITY, 1,
                                         value_data_mean, NULL},
    [GIBBS_FUNCTIONAL_MINIMUM_PROBABILITY_FLOW] = {"minimum_probability_flow", GIBBS_DEMANDS_NOTHING,
                                                   GIBBS_WEIGHTS_PROBABILITY, 1, value_data_mean, NULL},
    [GIBBS_FUNCTIONAL_DATA_MEAN] = {"mean", GIBBS_DEMANDS_NOTHING, GIBBS_WEIGHTS_PROBABILITY, 1, value_data_mean,
                                    NULL},
    [GIBBS_FUNCTIONAL_CUSTOM] = {"objective", GIBBS_DEMANDS_STATES, GIBBS_WEIGHTS_ENERGY, 0, value_custom,
                                 weigh_custom},
};
_Static_assert(sizeof rows / sizeof *rows == GIBBS_FUNCTIONAL_COUNT, "one row a functional");

const gibbs_functional_row *gibbs_functional_row_of(gibbs_functional_kind kind) {
  return &rows[kind];
}

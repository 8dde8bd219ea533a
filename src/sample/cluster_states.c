/* cluster_states.c - clusters of Potts units draw new states, with the weights of their fields.
 *
 * Given the clusters their states are independent, so that the mean of the order parameter over them is known. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "cluster_graph.h"

/* The energy of every cluster in every state, at its root. */
static void add_fields(const gibbs_cluster_model *model, gibbs_cluster_graph_scratch *s) {
  size_t q = model->states;
  for (size_t u = 0; u < model->units; u++) {
    double *w = s->weight + s->nodes.parent[u] * q;
    const double *f = model->field + u * q;
    bool root = s->nodes.parent[u] == u; /* comes before the others of its cluster */
    for (size_t a = 0; a < q; a++) w[a] = root ? f[a] : w[a] + f[a];
  }
}

static void mark_held(const gibbs_cluster_model *model, gibbs_cluster_nodes *n) {
  memset(n->held, 0, model->units);
  for (size_t u = 0; u < model->units && model->target->held; u++) n->held[n->parent[u]] |= model->target->held[u];
}

/* The probabilities of the states of the cluster of `root`, which is in `present`. */
static void weigh_states(const gibbs_cluster_model *model, const gibbs_cluster_graph_scratch *s, size_t root,
                         size_t present, double *p) {
  size_t q = model->states;
  bool held = s->nodes.held[root];
  double lowest = INFINITY, total = 0;
  for (size_t a = 0; a < q; a++) p[a] = held ? (a == present) : 1 / (double)q;
  if (held || !s->weight) return;
  for (size_t a = 0; a < q; a++) lowest = fmin(lowest, s->weight[root * q + a]);
  for (size_t a = 0; a < q; a++) total += p[a] = exp(lowest - s->weight[root * q + a]);
  for (size_t a = 0; a < q; a++) p[a] /= total;
}

static size_t draw_state(const double *p, size_t q, gibbs_cluster_dice *dice) {
  double height = gibbs_cluster_dice_uniform(dice);
  size_t chosen = 0, last = 0;
  for (size_t a = 0; a < q; a++)
    if (p[a] > 0) last = a;
  while (chosen < last && height >= p[chosen]) height -= p[chosen++];
  return chosen;
}

/* Sums over the clusters of size * p and of size^2 p (1 - p), state by state. */
typedef struct state_sums {
  double mean[GIBBS_CLUSTER_MOST_STATES], spread, squares, clusters;
} state_sums;

static void report_states(const gibbs_cluster_model *model, const state_sums *sums, gibbs_cluster_report *report) {
  double q = (double)model->states, n = (double)model->units, total = sums->spread;
  for (size_t a = 0; a < model->states; a++) total += sums->mean[a] * sums->mean[a];
  report->improved_m2 = (q * total / (n * n) - 1) / (q - 1);
  report->cluster_size = sums->squares / n;
  report->third = sums->clusters;
}

void gibbs_cluster_draw_states(const gibbs_cluster_model *model, gibbs_cluster_graph_scratch *s,
                               gibbs_cluster_dice *dice, uint8_t *state, gibbs_cluster_report *report) {
  gibbs_cluster_nodes *n = &s->nodes;
  state_sums sums = {{0}, 0, 0, 0};
  double p[GIBBS_CLUSTER_MOST_STATES];
  gibbs_cluster_nodes sizes = {.count = n->count, .parent = n->parent, .size = n->size};
  gibbs_cluster_gather(&sizes);
  if (s->weight) add_fields(model, s);
  mark_held(model, n);
  for (size_t u = 0; u < model->units; u++) {
    if (n->parent[u] != u) {
      state[u] = state[n->parent[u]];
      continue;
    }
    double size = n->size[u];
    weigh_states(model, s, u, state[u], p);
    state[u] = (uint8_t)draw_state(p, model->states, dice);
    for (size_t a = 0; a < model->states; a++) {
      sums.mean[a] += size * p[a];
      sums.spread += size * size * p[a] * (1 - p[a]);
    }
    sums.squares += size * size;
    sums.clusters++;
  }
  report_states(model, &sums, report);
}

/* window.c - the energies of chains over the last evaluations: whether the chains agree. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "place.h"

enum { most_rows = GIBBS_WINDOW_ROWS, least_rows = 8 };

/* Each chain's mean over its snapshots. */
static void average_chains(const gibbs_place *place, const double *log_weight, double *out) {
  for (size_t g = 0; g < place->groups; g++) {
    size_t first = place->group[g] / place->snapshots, end = place->group[g + 1] / place->snapshots;
    const double *from = log_weight + place->group[g];
    for (size_t c = first; c < end; c++) out[c] = 0;
    for (size_t t = 0; t < place->snapshots; t++)
      for (size_t c = first; c < end; c++) out[c] -= *from++ / (double)place->snapshots;
  }
}

gibbs_status gibbs_window_add(gibbs_place *place, const double *log_weight, uint64_t evaluation, gibbs_error *err) {
  gibbs_window *w = &place->window;
  if (w->last == evaluation) return GIBBS_OK;
  if (!w->energy) w->energy = calloc(most_rows * place->chain_count, sizeof *w->energy);
  if (!w->energy) return gibbs_fail_memory(err, "energies", most_rows * place->chain_count * sizeof *w->energy);
  w->room = most_rows;
  average_chains(place, log_weight, w->energy + w->next * place->chain_count);
  w->next = (w->next + 1) % w->room;
  if (w->filled < w->room) w->filled++;
  w->last = evaluation;
  return GIBBS_OK;
}

/* The mean over chains is taken off evaluation by evaluation: what all chains follow, such as parameters that move,
 * is no disagreement. */
double gibbs_window_r_hat(const gibbs_place *place) {
  const gibbs_window *w = &place->window;
  size_t n = w->filled, chains = place->chain_count;
  double within = 0, between = 0, common[most_rows];
  if (n < least_rows || chains < 2) return NAN;
  for (size_t t = 0; t < n; t++) {
    common[t] = 0;
    for (size_t c = 0; c < chains; c++) common[t] += w->energy[t * chains + c] / (double)chains;
  }
  for (size_t c = 0; c < chains; c++) {
    double mean = 0, square = 0;
    for (size_t t = 0; t < n; t++) mean += (w->energy[t * chains + c] - common[t]) / (double)n;
    for (size_t t = 0; t < n; t++) square += pow(w->energy[t * chains + c] - common[t] - mean, 2);
    within += square / (double)(n - 1) / (double)chains;
    between += mean * mean * (double)n / (double)(chains - 1);
  }
  if (!(within > 0)) return between > 0 ? INFINITY : NAN;
  return sqrt((double)(n - 1) / (double)n + between / within / (double)n);
}

static double mean_of_chain(const gibbs_place *place, const double *log_weight, size_t chain) {
  double sum = 0;
  for (size_t t = 0; t < place->snapshots; t++) sum -= log_weight[gibbs_place_sample_of(place, t, chain)];
  return sum / (double)place->snapshots;
}

double gibbs_snapshots_r_hat(const gibbs_place *place, const double *log_weight) {
  double n = (double)place->snapshots, chains = (double)place->chain_count, grand = 0, within = 0, between = 0;
  if (place->snapshots < least_rows || place->chain_count < 2) return NAN;
  for (size_t s = 0; s < place->samples; s++) grand -= log_weight[s] / (double)place->samples;
  for (size_t c = 0; c < place->chain_count; c++) {
    double mean = mean_of_chain(place, log_weight, c), square = 0;
    for (size_t t = 0; t < place->snapshots; t++)
      square += pow(log_weight[gibbs_place_sample_of(place, t, c)] + mean, 2);
    within += square / (n - 1) / chains;
    between += (mean - grand) * (mean - grand) * n / (chains - 1);
  }
  if (!(within > 0)) return between > 0 ? INFINITY : NAN;
  return sqrt((n - 1) / n + between / within / n);
}

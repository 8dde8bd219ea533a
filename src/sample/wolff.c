/* wolff.c - the kernel that grows single clusters and flips them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster_grow.h"
#include "gibbs/private/parallel.h"

/* The most that may be asked for. */
static const double most_clusters = 1e9;
/* Cluster sizes seen in warm-up are forgotten after about so many sweeps. */
static const double remembered_sweeps = 32;

typedef struct chain {
  double clusters, mean_size, sweeps;        /* a sweep; seen in warm-up, in so many sweeps */
  double improved_m2, cluster_size, flipped; /* of the last sweep */
} chain;

typedef struct workplace {
  uint8_t *mark;
  uint32_t *queue;
} workplace;

typedef struct wolff {
  gibbs_cluster_model model;
  gibbs_cluster_neighbours neighbours;
  size_t chains, first_chain;
  bool chosen; /* the number of clusters is given */
  bool adapting;
  uint8_t *state;  /* [chain * units + unit] */
  int64_t *census; /* [chain * states + state]: how many units are in it */
  chain *chain;
  workplace *workplaces;
  size_t workplace_count;
  uint64_t seed; /* of the sweep that goes on */
  uint32_t step;
} wolff;

static bool can(const gibbs_target *target, const double *settings, char *why, size_t size) {
  (void)settings;
  return gibbs_cluster_can(target, why, size);
}

static void free_workplaces(wolff *w) {
  for (size_t k = 0; k < w->workplace_count; k++) {
    free(w->workplaces[k].mark);
    free(w->workplaces[k].queue);
  }
  free(w->workplaces);
}

static void free_instance(void *instance) {
  wolff *w = instance;
  if (!w) return;
  free_workplaces(w);
  gibbs_cluster_model_clear(&w->model);
  gibbs_cluster_neighbours_clear(&w->neighbours);
  free(w->state);
  free(w->census);
  free(w->chain);
  free(w);
}

static gibbs_status make_chains(wolff *w, double clusters, gibbs_error *err) {
  w->state = calloc(w->chains, w->model.units);
  w->census = calloc(w->chains, w->model.states * sizeof *w->census);
  w->chain = calloc(w->chains, sizeof *w->chain);
  if (!w->state || !w->census || !w->chain) return gibbs_fail_memory(err, "chains", w->chains * w->model.units);
  for (size_t c = 0; c < w->chains; c++) w->chain[c].clusters = w->chosen ? clusters : 1;
  return GIBBS_OK;
}

static gibbs_status make(const gibbs_target *target, const double *settings, size_t chains, size_t first_chain,
                         void **instance, gibbs_error *err) {
  wolff *w = calloc(1, sizeof *w);
  if (!w) return gibbs_fail_memory(err, "chains", sizeof *w);
  w->chains = chains, w->first_chain = first_chain, w->chosen = settings[0] > 0;
  const gibbs_regular *lattice = gibbs_normal_form_regular(target->form);
  bool fits = lattice->found && gibbs_cluster_lattice_fits(lattice);
  gibbs_status status = gibbs_cluster_model_new(target, fits, &w->model, err);
  if (status == GIBBS_OK) status = gibbs_cluster_neighbours_new(&w->model, &w->neighbours, err);
  if (status == GIBBS_OK) status = make_chains(w, settings[0], err);
  if (status == GIBBS_OK)
    *instance = w;
  else
    free_instance(w);
  return status;
}

static gibbs_status refresh(void *instance, gibbs_error *err) {
  wolff *w = instance;
  gibbs_cluster_neighbours fresh;
  gibbs_status status = gibbs_cluster_model_refresh(&w->model, err);
  if (status == GIBBS_OK) status = gibbs_cluster_neighbours_new(&w->model, &fresh, err);
  if (status != GIBBS_OK) return status;
  gibbs_cluster_neighbours_clear(&w->neighbours);
  w->neighbours = fresh;
  return GIBBS_OK;
}

/* ---- configurations -------------------------------------------------------------------------------------------- */

static void take_census(wolff *w) {
  memset(w->census, 0, w->chains * w->model.states * sizeof *w->census);
  for (size_t c = 0; c < w->chains; c++)
    for (size_t u = 0; u < w->model.units; u++) w->census[c * w->model.states + w->state[c * w->model.units + u]]++;
}

static gibbs_status set(void *instance, const double *values, size_t stride, gibbs_error *err) {
  wolff *w = instance;
  (void)err;
  gibbs_cluster_read(&w->model, w->chains, values, stride, w->state);
  take_census(w);
  return GIBBS_OK;
}

static void get(const void *instance, double *values, size_t stride) {
  const wolff *w = instance;
  gibbs_cluster_write(&w->model, w->chains, w->state, values, stride);
}

static gibbs_status start(void *instance, uint64_t seed, gibbs_error *err) {
  wolff *w = instance;
  (void)err;
  for (size_t c = 0; c < w->chains; c++) {
    gibbs_cluster_dice dice;
    gibbs_cluster_dice_open(&dice, seed, GIBBS_PURPOSE_CHAIN, (uint32_t)(w->first_chain + c), 0);
    for (size_t u = 0; u < w->model.units; u++)
      w->state[c * w->model.units + u] = (uint8_t)gibbs_cluster_dice_below(&dice, w->model.states);
  }
  take_census(w);
  return GIBBS_OK;
}

/* ---- one cluster
 * ----------------------------------------------------------------------------------------------------- */

/* What the fields would cost if all units of the cluster changed between `a` and `b`; infinity when one is held. */
static double cost_of_flip(const gibbs_cluster_model *model, const gibbs_cluster_growth *g, uint8_t a, uint8_t b) {
  double cost = 0;
  for (size_t k = 0; k < g->size; k++) {
    size_t u = g->queue[k], q = model->states, now = g->state[u], then = now ^ a ^ b;
    if (model->target->held && model->target->held[u]) return INFINITY;
    if (q == 2)
      cost += 2 * (model->field ? model->field[u] : model->level) * (now ? -1 : 1);
    else if (model->field)
      cost += model->field[u * q + then] - model->field[u * q + now];
  }
  return cost;
}

/* The order parameter averaged over what the cluster may do: as many units as there are in the seed's state, before
 * and after a flip, are an estimate of N sum_a rho_a^2.  Without fields, and with attraction only, other clusters
 * average as well: those that are not grown. */
static double improve(const wolff *w, const gibbs_cluster_growth *g, const int64_t *census, uint8_t a, uint8_t b,
                      double cost) {
  double n = (double)w->model.units, q = (double)w->model.states, flip = 1 / (1 + exp(cost));
  if (q > 2 && !w->model.field && !w->model.repulsive && !w->model.target->held) return (double)g->size / n;
  double stays = (double)census[a], flips = (double)census[b] - (double)(g->size - g->alike) + (double)g->alike;
  return (q * ((1 - flip) * stays + flip * flips) / n - 1) / (q - 1);
}

static void end_marking(gibbs_cluster_growth *g, uint8_t change) {
  for (size_t k = 0; k < g->size; k++) {
    g->mark[g->queue[k]] = 0;
    g->state[g->queue[k]] ^= change;
  }
}

static uint8_t draw_partner(gibbs_cluster_growth *g, size_t states, uint8_t a) {
  if (states == 2) return a ^ 1;
  size_t b = gibbs_cluster_dice_below(&g->dice, states - 1);
  return (uint8_t)(b + (b >= a));
}

/* The share of clusters that are left as they are: were all flipped, units without couplings would change one by one,
 * an even number of them in every sweep of an even number of clusters, and half of all configurations never be seen.
 */
#define RESTING 0.0625

static void move_cluster(const wolff *w, gibbs_cluster_growth *g, int64_t *census, chain *sums) {
  const gibbs_cluster_model *model = &w->model;
  uint32_t seed = (uint32_t)gibbs_cluster_dice_below(&g->dice, model->units);
  uint8_t a = g->state[seed], b = draw_partner(g, model->states, a);
  bool bound = gibbs_cluster_has_field(model) || model->target->held;
  bool rests = gibbs_cluster_dice_uniform(&g->dice) < RESTING;
  bool flipping = model->regular && !bound && !model->repulsive && !rests;
  if (flipping)
    gibbs_cluster_grow_flipping(g, seed);
  else
    gibbs_cluster_grow_marking(g, seed, b);
  double cost = bound ? cost_of_flip(model, g, a, b) : 0;
  bool accepted = !rests && (cost <= 0 || gibbs_cluster_dice_uniform(&g->dice) < exp(-cost));
  sums->improved_m2 += improve(w, g, census, a, b, cost);
  sums->cluster_size += (double)g->size;
  sums->flipped += accepted;
  if (!flipping) end_marking(g, accepted ? a ^ b : 0);
  int64_t change = accepted ? (int64_t)(2 * g->alike) - (int64_t)g->size : 0;
  census[a] -= change;
  census[b] += change;
}

/* ---- sweeps
 * --------------------------------------------------------------------------------------------------------- */

static gibbs_status make_workplace(const wolff *w, workplace *place, gibbs_error *err) {
  if (!place->mark) place->mark = calloc(w->model.units, sizeof *place->mark);
  if (!place->queue) place->queue = malloc((w->model.units + 1) * sizeof *place->queue);
  if (place->mark && place->queue) return GIBBS_OK;
  return gibbs_fail_memory(err, "clusters", w->model.units * 5);
}

/* Towards as many clusters as have about as many units as there are; in warm-up only. */
static void adapt_chain(const wolff *w, chain *c) {
  c->sweeps++;
  c->mean_size += (c->cluster_size - c->mean_size) / fmin(c->sweeps, remembered_sweeps);
  c->clusters = fmin(fmax(round((double)w->model.units / c->mean_size), 1), most_clusters);
}

static gibbs_status sweep_chain(void *context, size_t c, size_t thread, gibbs_error *err) {
  wolff *w = context;
  workplace *place = &w->workplaces[thread];
  gibbs_status status = make_workplace(w, place, err);
  if (status != GIBBS_OK) return status;
  chain *own = &w->chain[c];
  gibbs_cluster_growth growth = {.neighbours = &w->neighbours,
                                 .state = w->state + c * w->model.units,
                                 .mark = place->mark,
                                 .queue = place->queue,
                                 .used = GIBBS_CLUSTER_POPS};
  gibbs_cluster_dice_open(&growth.dice, w->seed, GIBBS_PURPOSE_SWEEP, (uint32_t)(w->first_chain + c), w->step);
  own->improved_m2 = own->cluster_size = own->flipped = 0;
  for (size_t k = 0; k < (size_t)own->clusters; k++) move_cluster(w, &growth, w->census + c * w->model.states, own);
  own->improved_m2 /= own->clusters;
  own->cluster_size /= own->clusters;
  own->flipped /= own->clusters;
  if (w->adapting && !w->chosen) adapt_chain(w, own);
  return GIBBS_OK;
}

static gibbs_status sweep(void *instance, uint64_t seed, uint32_t step, gibbs_error *err) {
  wolff *w = instance;
  workplace *places = gibbs_cluster_places(w->workplaces, &w->workplace_count, sizeof *places, err);
  if (!places) return GIBBS_ERR_MEMORY;
  w->workplaces = places;
  w->seed = seed, w->step = step;
  return gibbs_parallel_segments(w->chains, sweep_chain, w, err);
}

static void adapt(void *instance, bool on) {
  ((wolff *)instance)->adapting = on;
}

static const char *const measures[] = {"improved_m2", "cluster_size", "clusters", "acceptance", NULL};

static void measure(const void *instance, size_t which, double *out) {
  const wolff *w = instance;
  for (size_t c = 0; c < w->chains; c++) {
    const chain *own = &w->chain[c];
    const double values[] = {own->improved_m2, own->cluster_size, own->clusters, own->flipped};
    out[c] = values[which];
  }
}

enum { remembered = 3 }; /* numbers a chain */

static size_t memory(const void *instance, double *out) {
  const wolff *w = instance;
  for (size_t c = 0; out && c < w->chains; c++) {
    out[remembered * c] = w->chain[c].clusters;
    out[remembered * c + 1] = w->chain[c].mean_size;
    out[remembered * c + 2] = w->chain[c].sweeps;
  }
  return remembered * w->chains;
}

static gibbs_status recall(void *instance, const double *saved, size_t count, gibbs_error *err) {
  wolff *w = instance;
  bool fits = count == remembered * w->chains;
  for (size_t c = 0; fits && c < w->chains; c++) {
    const double *s = saved + remembered * c;
    fits = s[0] >= 1 && s[0] <= most_clusters && s[0] == floor(s[0]) && s[1] >= 0 && s[2] >= 0;
  }
  if (!fits)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "these are not the numbers of clusters of %zu chains", w->chains);
  for (size_t c = 0; c < w->chains; c++) {
    w->chain[c].clusters = saved[remembered * c];
    w->chain[c].mean_size = saved[remembered * c + 1];
    w->chain[c].sweeps = saved[remembered * c + 2];
  }
  return GIBBS_OK;
}

static const gibbs_kernel_option options[] = {{"clusters", GIBBS_KERNEL_COUNT, 0, 0, 1e9, NULL,
                                               "clusters a sweep; 0: 1 until warm-up has found how many have about "
                                               "as many units as there are, then that number. It "
                                               "never depends on what a sweep meets, for that would be a bias"}};

/* A fixed number of steps, each of which is. */
static bool reversible(const void *instance) {
  (void)instance;
  return true;
}

const gibbs_kernel gibbs_kernel_wolff = {
    .name = "wolff",
    .doc =
        "a sweep grows a fixed number of clusters from random units along their pair couplings and flips each "
        "(Potts: "
        "between its state and a random other one), or not, by what that costs in the fields; one in sixteen, at "
        "random, "
        "is left as it is. Exact for couplings of any sign, fields and held units, but clusters help only where the "
        "couplings are not frustrated and the fields weak. Measures: improved_m2, an estimate of the squared "
        "magnetisation a unit from each cluster and its chance to be flipped (bits count as -1, +1; for q Potts "
        "states "
        "of (q sum_a rho_a^2 - 1) / (q - 1)); cluster_size, their mean; clusters, how many; acceptance, the fraction "
        "flipped",
    .source = "Wolff, Phys. Rev. Lett. 62 (1989) 361; improved estimators: Wolff, Nucl. Phys. B 300 (1988) 501",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .can = can,
    .make = make,
    .free = free_instance,
    .refresh = refresh,
    .set = set,
    .get = get,
    .sweep = sweep,
    .start = start,
    .adapt = adapt,
    .measures = measures,
    .measure = measure,
    .memory = memory,
    .recall = recall,
    .reversible = reversible,
};

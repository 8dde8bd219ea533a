/* swendsen_wang.c - the kernel that cuts all units into clusters and turns each of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "cluster_graph.h"
#include "cluster_rows.h"
#include "gibbs/private/parallel.h"

/* What one thread needs: that of rows where the model has a lattice, else that of a graph. */
typedef struct workplace {
  bool made;
  gibbs_cluster_row_scratch rows;
  gibbs_cluster_graph_scratch graph;
} workplace;

typedef struct swendsen_wang {
  gibbs_cluster_model model;
  gibbs_cluster_rows rows;
  size_t chains, first_chain;
  uint64_t *spins; /* rows of bits, chain by chain, where there is a lattice */
  uint8_t *state;  /* else state[chain * units + unit] */
  gibbs_cluster_report *report;
  workplace *workplaces;
  size_t workplace_count;
  uint64_t seed; /* of the sweep that goes on */
  uint32_t step;
} swendsen_wang;

static bool can(const gibbs_target *target, const double *settings, char *why, size_t size) {
  (void)settings;
  return gibbs_cluster_can(target, why, size);
}

static void clear_workplaces(swendsen_wang *sw) {
  for (size_t k = 0; k < sw->workplace_count; k++) {
    gibbs_cluster_row_scratch_clear(&sw->workplaces[k].rows);
    gibbs_cluster_graph_scratch_clear(&sw->workplaces[k].graph);
    sw->workplaces[k].made = false;
  }
}

static void free_instance(void *instance) {
  swendsen_wang *sw = instance;
  if (!sw) return;
  clear_workplaces(sw);
  gibbs_cluster_model_clear(&sw->model);
  gibbs_cluster_rows_clear(&sw->rows);
  free(sw->workplaces);
  free(sw->spins);
  free(sw->state);
  free(sw->report);
  free(sw);
}

static size_t words_of(const swendsen_wang *sw) {
  return sw->rows.rows * sw->rows.words;
}

static gibbs_status make_chains(swendsen_wang *sw, gibbs_error *err) {
  size_t bytes = sw->model.regular ? words_of(sw) * sizeof *sw->spins : sw->model.units;
  sw->report = calloc(sw->chains, sizeof *sw->report);
  void *chains = calloc(sw->chains, bytes);
  if (sw->model.regular)
    sw->spins = chains;
  else
    sw->state = chains;
  return sw->report && chains ? GIBBS_OK : gibbs_fail_memory(err, "chains", sw->chains * bytes);
}

static gibbs_status make(const gibbs_target *target, const double *settings, size_t chains, size_t first_chain,
                         void **instance, gibbs_error *err) {
  (void)settings;
  swendsen_wang *sw = calloc(1, sizeof *sw);
  if (!sw) return gibbs_fail_memory(err, "chains", sizeof *sw);
  sw->chains = chains, sw->first_chain = first_chain;
  gibbs_status status = gibbs_cluster_model_new(target, true, &sw->model, err);
  if (status == GIBBS_OK && sw->model.regular) status = gibbs_cluster_rows_new(&sw->model, &sw->rows, err);
  if (status == GIBBS_OK) status = make_chains(sw, err);
  if (status == GIBBS_OK)
    *instance = sw;
  else
    free_instance(sw);
  return status;
}

static gibbs_status refresh(void *instance, gibbs_error *err) {
  swendsen_wang *sw = instance;
  gibbs_cluster_rows rows = {0};
  bool field = gibbs_cluster_has_field(&sw->model), repulsive = sw->model.repulsive;
  gibbs_status status = gibbs_cluster_model_refresh(&sw->model, err);
  if (status == GIBBS_OK && sw->model.regular) status = gibbs_cluster_rows_new(&sw->model, &rows, err);
  if (status == GIBBS_OK) {
    gibbs_cluster_rows old = sw->rows;
    sw->rows = rows;
    rows = old;
  }
  gibbs_cluster_rows_clear(&rows);
  if (field != gibbs_cluster_has_field(&sw->model) || repulsive != sw->model.repulsive) clear_workplaces(sw);
  return status;
}

/* ---- configurations -------------------------------------------------------------------------------------------- */

static gibbs_status set(void *instance, const double *values, size_t stride, gibbs_error *err) {
  swendsen_wang *sw = instance;
  (void)err;
  if (sw->state) {
    gibbs_cluster_read(&sw->model, sw->chains, values, stride, sw->state);
    return GIBBS_OK;
  }
  memset(sw->spins, 0, sw->chains * words_of(sw) * sizeof *sw->spins);
  for (size_t u = 0; u < sw->model.units; u++) {
    size_t k = u % sw->rows.width, word = u / sw->rows.width * sw->rows.words + k / 64;
    for (size_t c = 0; c < sw->chains; c++)
      sw->spins[c * words_of(sw) + word] |= (uint64_t)(values[u * stride + c] > 0) << k % 64;
  }
  return GIBBS_OK;
}

/* A bit a unit where there is a lattice: those beside the sites are 0. */
static void start_row(swendsen_wang *sw, gibbs_cluster_dice *dice, uint64_t *row) {
  size_t rest = sw->rows.width % 64;
  for (size_t w = 0; w < sw->rows.words; w++) row[w] = gibbs_cluster_dice_word(dice);
  if (rest) row[sw->rows.words - 1] &= ~(~UINT64_C(0) << rest);
}

static gibbs_status start(void *instance, uint64_t seed, gibbs_error *err) {
  swendsen_wang *sw = instance;
  (void)err;
  for (size_t c = 0; c < sw->chains; c++) {
    gibbs_cluster_dice dice;
    gibbs_cluster_dice_open(&dice, seed, GIBBS_PURPOSE_CHAIN, (uint32_t)(sw->first_chain + c), 0);
    for (size_t r = 0; sw->spins && r < sw->rows.rows; r++)
      start_row(sw, &dice, sw->spins + c * words_of(sw) + r * sw->rows.words);
    for (size_t u = 0; sw->state && u < sw->model.units; u++)
      sw->state[c * sw->model.units + u] = (uint8_t)gibbs_cluster_dice_below(&dice, sw->model.states);
  }
  return GIBBS_OK;
}

static void get(const void *instance, double *values, size_t stride) {
  const swendsen_wang *sw = instance;
  if (sw->state) {
    gibbs_cluster_write(&sw->model, sw->chains, sw->state, values, stride);
    return;
  }
  bool spins = gibbs_normal_form_segments(sw->model.target->form)->domain == GIBBS_SPINS;
  const double low = spins ? -1 : 0;
  for (size_t u = 0; u < sw->model.units; u++) {
    size_t k = u % sw->rows.width, word = u / sw->rows.width * sw->rows.words + k / 64;
    for (size_t c = 0; c < sw->chains; c++)
      values[u * stride + c] = sw->spins[c * words_of(sw) + word] >> k % 64 & 1 ? 1 : low;
  }
}

/* ---- sweeps
 * --------------------------------------------------------------------------------------------------------- */

static gibbs_status sweep_chain(void *context, size_t c, size_t thread, gibbs_error *err) {
  swendsen_wang *sw = context;
  workplace *w = &sw->workplaces[thread];
  gibbs_status status = GIBBS_OK;
  if (!w->made)
    status = sw->model.regular ? gibbs_cluster_row_scratch_new(&sw->rows, &sw->model, &w->rows, err)
                               : gibbs_cluster_graph_scratch_new(&sw->model, &w->graph, err);
  if (status != GIBBS_OK) return status;
  w->made = true;
  gibbs_cluster_dice dice;
  gibbs_cluster_dice_open(&dice, sw->seed, GIBBS_PURPOSE_SWEEP, (uint32_t)(sw->first_chain + c), sw->step);
  if (sw->model.regular)
    gibbs_cluster_rows_sweep(&sw->rows, &sw->model, &w->rows, &dice, sw->spins + c * words_of(sw), &sw->report[c]);
  else
    gibbs_cluster_graph_sweep(&sw->model, &w->graph, &dice, sw->state + c * sw->model.units, &sw->report[c]);
  return GIBBS_OK;
}

static gibbs_status sweep(void *instance, uint64_t seed, uint32_t step, gibbs_error *err) {
  swendsen_wang *sw = instance;
  workplace *places = gibbs_cluster_places(sw->workplaces, &sw->workplace_count, sizeof *places, err);
  if (!places) return GIBBS_ERR_MEMORY;
  sw->workplaces = places;
  sw->seed = seed, sw->step = step;
  return gibbs_parallel_segments(sw->chains, sweep_chain, sw, err);
}

static const char *const measures[] = {"improved_m2", "cluster_size", "clusters", NULL};

static void measure(const void *instance, size_t which, double *out) {
  const swendsen_wang *sw = instance;
  for (size_t c = 0; c < sw->chains; c++) {
    const gibbs_cluster_report *r = &sw->report[c];
    out[c] = which == 0 ? r->improved_m2 : which == 1 ? r->cluster_size : r->third;
  }
}

/* Bonds given spins, then spins given bonds. */
static bool reversible(const void *instance) {
  (void)instance;
  return true;
}

const gibbs_kernel gibbs_kernel_swendsen_wang = {
    .name = "swendsen_wang",
    .doc =
        "a sweep cuts all units into clusters along their pair couplings and gives each a new sign, or Potts state, "
        "with "
        "the weight of its fields; exact for couplings of any sign, fields and held units, but clusters help "
        "only where the couplings are not frustrated.  Measures: improved_m2, the mean over the clusters' new signs "
        "of the squared magnetisation a unit (bits count as -1, +1; for q Potts states of (q sum_a rho_a^2 - 1) / (q "
        "- 1)); cluster_size, the mean size of the cluster of a random unit; clusters, their number",
    .source =
        "Swendsen and Wang, Phys. Rev. Lett. 58 (1987) 86; Wang, Swendsen and Kotecky, Phys. Rev. Lett. 63 (1989) "
        "109; improved estimators: Wolff, Nucl. Phys. B 300 (1988) 501",
    .can = can,
    .suits = gibbs_cluster_suits,
    .make = make,
    .free = free_instance,
    .refresh = refresh,
    .set = set,
    .get = get,
    .sweep = sweep,
    .start = start,
    .measures = measures,
    .measure = measure,
    .reversible = reversible,
};

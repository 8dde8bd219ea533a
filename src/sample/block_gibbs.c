/* block_gibbs.c - the kernel block_gibbs: blocks of units that do not interact, each sampled at once given all
 * others.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block_gibbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/parallel.h"
#include "kernel.h"

/* With more blocks than this there is nothing to be had from them. */
enum { most_blocks = 64, lanes = GIBBS_LANES };

/* What a thread works in. */
typedef struct scratch {
  gibbs_block_source source[GIBBS_BLOCK_WIDTH / lanes];
  float *sums, *weights;
  uint32_t *words;
} scratch;

typedef struct sampler {
  gibbs_block_plan *plan;
  const gibbs_target *target;
  size_t chains, first_chain, width, groups; /* width: chains of a group, a multiple of the lanes */
  uint32_t *state;                           /* [group][element][lane] */
  uint32_t *changed;                         /* [chain], in the last sweep */
  scratch *scratch;                          /* [thread] */
  size_t threads;
} sampler;

/* ---- what can be sampled --------------------------------------------------------------------------- */

static bool refuse(char *why, size_t size, const char *reason) {
  snprintf(why, size, "%s", reason);
  return false;
}

static bool can_sample(const gibbs_target *target, const double *settings, char *why, size_t size) {
  (void)settings;
  const gibbs_segment *s = gibbs_normal_form_segments(target->form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(target->form); k++)
    if (s[k].domain == GIBBS_REALS) return refuse(why, size, "units take real values");
  if (gibbs_normal_form_affine_count(target->form) > 0)
    return refuse(why, size, "it has functions of sums of units, which join all of them");
  if (gibbs_normal_form_rest(target->form) != NULL)
    return refuse(why, size, "part of it is no sum of products of units");
  return true;
}

/* A dense symmetric block is a clique. */
static bool has_large_clique(const gibbs_normal_form *form) {
  const gibbs_dense *dense = gibbs_normal_form_dense(form);
  const gibbs_segment *segments = gibbs_normal_form_segments(form);
  for (size_t k = 0; k < gibbs_normal_form_dense_count(form); k++) {
    const gibbs_segment *s = segments;
    while (dense[k].row_at >= s->first_element + s->elements) s++;
    size_t each = s->elements / s->units;
    if (dense[k].row_at == dense[k].column_at && dense[k].rows / each > most_blocks) return true;
  }
  return false;
}

static bool suits(const gibbs_target *target) {
  if (gibbs_normal_form_regular(target->form)->found) return true;
  if (has_large_clique(target->form)) return false;
  gibbs_colouring c;
  if (gibbs_colouring_new(target->form, target->held, &c, NULL) != GIBBS_OK) return false;
  bool few = c.blocks <= most_blocks;
  gibbs_colouring_free(&c);
  return few;
}

/* ---- making ---------------------------------------------------------------------------------------- */

static size_t round_up(size_t n, size_t step) {
  return (n + step - 1) / step * step;
}

static size_t divide_up(size_t n, size_t by) {
  return (n + by - 1) / by;
}

/* 64-byte aligned, never 0 bytes. */
static void *allocate(size_t bytes) {
  return aligned_alloc(64, round_up(bytes + 1, 64));
}

static void free_scratch(sampler *s) {
  for (size_t t = 0; t < s->threads; t++) {
    free(s->scratch[t].sums);
    free(s->scratch[t].weights);
    free(s->scratch[t].words);
  }
  free(s->scratch);
  s->scratch = NULL;
  s->threads = 0;
}

/* The number of threads may have grown since the last sweep. */
static gibbs_status prepare_scratch(sampler *s, gibbs_error *err) {
  const gibbs_block_plan *plan = s->plan;
  size_t threads = gibbs_threads(), panel = GIBBS_BLOCK_PANEL;
  if (threads > s->groups) threads = s->groups;
  if (threads <= s->threads) return GIBBS_OK;
  free_scratch(s);
  size_t sums = plan->most_panels * panel * s->width * sizeof(float),
         words = plan->most_words * s->width * sizeof(uint32_t);
  size_t weights = plan->most_width * lanes * sizeof(float);
  s->scratch = allocate(threads * sizeof *s->scratch);
  if (s->scratch == NULL) return gibbs_fail_memory(err, "a sweep", threads * sizeof *s->scratch);
  for (; s->threads < threads; s->threads++) {
    scratch *t = &s->scratch[s->threads];
    t->sums = allocate(sums);
    t->words = allocate(words);
    t->weights = allocate(weights);
    if (t->sums != NULL && t->words != NULL && t->weights != NULL) continue;
    s->threads++;
    free_scratch(s);
    return gibbs_fail_memory(err, "a sweep", sums + words + weights);
  }
  return GIBBS_OK;
}

/* As many groups as there are threads, or a multiple of it, where there are chains enough.  No result depends on
 * it. */
static void cut_groups(sampler *s) {
  size_t threads = gibbs_threads();
  size_t groups = round_up(divide_up(s->chains, GIBBS_BLOCK_WIDTH), threads), most = divide_up(s->chains, lanes);
  s->width = round_up(divide_up(s->chains, groups < most ? groups : most), lanes);
  s->groups = divide_up(s->chains, s->width);
}

static void free_sampler(void *instance) {
  sampler *s = instance;
  if (s == NULL) return;
  free_scratch(s);
  gibbs_block_plan_free(s->plan);
  free(s->state);
  free(s->changed);
  free(s);
}

static gibbs_status fill_sampler(sampler *s, gibbs_error *err) {
  gibbs_status status = gibbs_block_plan_new(s->target->form, s->target->held, &s->plan, err);
  if (status == GIBBS_OK) status = gibbs_block_plan_refresh(s->plan, err);
  if (status != GIBBS_OK) return status;
  cut_groups(s);
  size_t lanes_of_all = s->groups * s->width, bytes = s->plan->elements * s->groups * lanes * sizeof *s->state;
  s->state = allocate(bytes);
  s->changed = allocate(lanes_of_all * sizeof *s->changed);
  if (s->state == NULL || s->changed == NULL)
    return gibbs_fail_memory(err, "chains", bytes + lanes_of_all * sizeof *s->changed);
  memset(s->state, 0, bytes);
  memset(s->changed, 0, lanes_of_all * sizeof *s->changed);
  return prepare_scratch(s, err);
}

static gibbs_status make_sampler(const gibbs_target *target, const double *settings, size_t chains,
                                 size_t first_chain, void **instance, gibbs_error *err) {
  (void)settings;
  sampler *s = calloc(1, sizeof *s);
  if (s == NULL) return gibbs_fail_memory(err, "a sampler", sizeof *s);
  s->target = target;
  s->chains = chains;
  s->first_chain = first_chain;
  gibbs_status status = fill_sampler(s, err);
  if (status == GIBBS_OK)
    *instance = s;
  else
    free_sampler(s);
  return status;
}

static gibbs_status refresh(void *instance, gibbs_error *err) {
  sampler *s = instance;
  return gibbs_block_plan_refresh(s->plan, err);
}

/* ---- values ------------------------------------------------------------------------------------------ */

/* The word of element e and chain c; the chain is this bit of it. */
static uint32_t *find_word(const sampler *s, size_t e, size_t c) {
  return s->state + (c / s->width * s->plan->elements + e) * lanes + c % lanes;
}

static uint32_t find_bit(const sampler *s, size_t c) {
  return (uint32_t)1 << c % s->width / lanes;
}

static void set_element(sampler *s, size_t e, size_t c, bool on) {
  uint32_t *word = find_word(s, e, c), bit = find_bit(s, c);
  *word = on ? *word | bit : *word & ~bit;
}

static bool get_element(const sampler *s, size_t e, size_t c) {
  return (*find_word(s, e, c) & find_bit(s, c)) != 0;
}

static void set_unit(sampler *s, const gibbs_segment *segment, size_t unit, const double *values) {
  size_t each = segment->elements / segment->units, e = segment->first_element + unit * each;
  for (size_t c = 0; c < s->chains; c++)
    if (segment->domain == GIBBS_POTTS)
      for (size_t k = 0; k < each; k++) set_element(s, e + k, c, values[c] == (double)(k + 1));
    else
      set_element(s, e, c, values[c] > 0);
}

static gibbs_status set_values(void *instance, const double *values, size_t stride, gibbs_error *err) {
  (void)err;
  sampler *s = instance;
  const gibbs_segment *segments = gibbs_normal_form_segments(s->plan->form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(s->plan->form); k++)
    for (size_t u = 0; u < segments[k].units; u++)
      set_unit(s, &segments[k], u, values + (segments[k].first_unit + u) * stride);
  return GIBBS_OK;
}

static void get_unit(const sampler *s, const gibbs_segment *segment, size_t unit, double *values) {
  size_t each = segment->elements / segment->units, e = segment->first_element + unit * each;
  double lower = segment->domain == GIBBS_SPINS ? -1 : 0;
  for (size_t c = 0; c < s->chains; c++) {
    values[c] = get_element(s, e, c) ? 1 : lower;
    for (size_t k = 1; k < each; k++)
      if (get_element(s, e + k, c)) values[c] = (double)(k + 1);
  }
}

static void get_values(const void *instance, double *values, size_t stride) {
  const sampler *s = instance;
  const gibbs_segment *segments = gibbs_normal_form_segments(s->plan->form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(s->plan->form); k++)
    for (size_t u = 0; u < segments[k].units; u++)
      get_unit(s, &segments[k], u, values + (segments[k].first_unit + u) * stride);
}

/* ---- a sweep --------------------------------------------------------------------------------------- */

typedef struct sweep {
  sampler *sampler;
  uint64_t seed;
  uint32_t step;
} sweep;

static gibbs_status sweep_group(void *context, size_t number, size_t thread, gibbs_error *err) {
  (void)err;
  const sweep *w = context;
  sampler *s = w->sampler;
  scratch *t = &s->scratch[thread];
  size_t first = number * s->width, left = s->chains - first;
  gibbs_block_group group = {.sets = s->width / lanes,
                             .chains = left < s->width ? left : s->width,
                             .state = s->state + number * s->plan->elements * lanes,
                             .changed = s->changed + first,
                             .source = t->source,
                             .sums = t->sums,
                             .words = t->words,
                             .weights = t->weights};
  memset(group.changed, 0, s->width * sizeof *group.changed);
  for (size_t k = 0; k < s->width / lanes; k++) {
    t->source[k].one_left = false;
    gibbs_lanes_open_chains(&t->source[k].lanes, w->seed, GIBBS_PURPOSE_SWEEP,
                            (uint32_t)(s->first_chain + first + k * lanes), w->step);
  }
  for (size_t k = 0; k < s->plan->runs; k++) gibbs_block_sample(s->plan, &s->plan->run[k], &group);
  return GIBBS_OK;
}

static gibbs_status run_sweep(void *instance, uint64_t seed, uint32_t step, gibbs_error *err) {
  sweep w = {instance, seed, step};
  gibbs_status status = prepare_scratch(w.sampler, err);
  if (status != GIBBS_OK) return status;
  return gibbs_parallel_segments(w.sampler->groups, sweep_group, &w, err);
}

static void measure(const void *instance, size_t which, double *out) {
  (void)which;
  const sampler *s = instance;
  double units = s->plan->units > 0 ? (double)s->plan->units : 1;
  for (size_t c = 0; c < s->chains; c++) out[c] = s->changed[c] / units;
}

static const char *const measures[] = {"changed", NULL};

const gibbs_kernel gibbs_kernel_block_gibbs = {
    .name = "block_gibbs",
    .doc = "blocks of units that do not interact, each sampled at once given all others: the layers of a machine, a "
           "lattice's even and odd sites, any graph by colouring; one sweep samples every block once, that of the "
           "first unit last (an RBM: hidden given visible, then visible given hidden)",
    .source = "Geman and Geman, IEEE Trans. Pattern Anal. Mach. Intell. 6 (1984) 721",
    .joint = true,
    .can = can_sample,
    .suits = suits,
    .make = make_sampler,
    .free = free_sampler,
    .refresh = refresh,
    .set = set_values,
    .get = get_values,
    .sweep = run_sweep,
    .measures = measures,
    .measure = measure,
};

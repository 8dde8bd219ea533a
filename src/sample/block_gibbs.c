/* block_gibbs.c - the kernel block_gibbs: blocks of units that do not interact, each sampled at once given all
 * others.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block_gibbs.h"

#include <stdlib.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/parallel.h"
#include "kernel.h"

enum { lanes = GIBBS_LANES };

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
  size_t words;                              /* of a group's state */
  uint32_t *state;                           /* [group][words] */
  uint32_t *changed;                         /* [chain], in the last sweep */
  scratch *scratch;                          /* [thread] */
  size_t threads;
  double beta, *field, *work; /* of independent units, NULL: 0; work: of all lanes, NULL until it is asked for */
} sampler;

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
  s->words = gibbs_block_words(s->width / lanes, gibbs_normal_form_elements(s->target->form));
}

static void free_sampler(void *instance) {
  sampler *s = instance;
  if (s == NULL) return;
  free_scratch(s);
  gibbs_block_plan_free(s->plan);
  free(s->state);
  free(s->changed);
  free(s->field);
  free(s->work);
  free(s);
}

static gibbs_status fill_sampler(sampler *s, gibbs_error *err) {
  cut_groups(s);
  gibbs_status status = gibbs_block_plan_new(s->target->form, s->target->held, s->width / lanes, &s->plan, err);
  if (status == GIBBS_OK) status = gibbs_block_plan_refresh(s->plan, err);
  if (status != GIBBS_OK) return status;
  size_t lanes_of_all = s->groups * s->width, bytes = s->groups * s->words * sizeof *s->state;
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
  s->beta = 1;
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

/* The 16 words that hold element e of chain c and of those that share its lane set; the bit in *bit. */
static uint32_t *find_words(const sampler *s, size_t e, size_t c, unsigned *bit) {
  size_t place = gibbs_block_place(s->plan->sets, e) + c % s->width / lanes;
  *bit = (unsigned)(place % 32);
  return gibbs_block_row(s->state + c / s->width * s->words, place);
}

static size_t count_lanes(const sampler *s, size_t c) {
  return s->chains - c < lanes ? s->chains - c : lanes;
}

/* Element e is 1 in the chains in which the unit has a value above `above`, and not above `most`. */
GIBBS_CLONES static void set_element(sampler *s, size_t e, double above, double most, const double *values) {
  for (size_t c = 0; c < s->chains; c += lanes) {
    unsigned bit;
    uint32_t *x = find_words(s, e, c, &bit);
    for (size_t l = 0, count = count_lanes(s, c); l < count; l++) {
      uint32_t on = values[c + l] > above && values[c + l] <= most ? 1 : 0;
      x[l] = (x[l] & ~((uint32_t)1 << bit)) | on << bit;
    }
  }
}

static gibbs_status set_values(void *instance, const double *values, size_t stride, gibbs_error *err) {
  (void)err;
  sampler *s = instance;
  const gibbs_segment *segment = gibbs_normal_form_segments(s->plan->form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(s->plan->form); k++, segment++) {
    size_t each = segment->elements / segment->units;
    for (size_t e = 0; e < segment->elements; e++) {
      const double *row = values + (segment->first_unit + e / each) * stride;
      double state = segment->domain == GIBBS_POTTS ? (double)(e % each) : 0;
      set_element(s, segment->first_element + e, state, state + 1, row);
    }
  }
  return GIBBS_OK;
}

/* values += step where element e is 1. */
GIBBS_CLONES static void add_element(const sampler *s, size_t e, double step, double *values) {
  for (size_t c = 0; c < s->chains; c += lanes) {
    unsigned bit;
    const uint32_t *x = find_words(s, e, c, &bit);
    for (size_t l = 0, count = count_lanes(s, c); l < count; l++) values[c + l] += x[l] >> bit & 1 ? step : 0;
  }
}

static void get_values(const void *instance, double *values, size_t stride) {
  const sampler *s = instance;
  const gibbs_segment *segment = gibbs_normal_form_segments(s->plan->form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(s->plan->form); k++, segment++) {
    size_t each = segment->elements / segment->units;
    double lowest = segment->domain == GIBBS_SPINS ? -1 : 0, step = segment->domain == GIBBS_SPINS ? 2 : 1;
    for (size_t e = 0; e < segment->elements; e++) {
      double *row = values + (segment->first_unit + e / each) * stride;
      for (size_t c = 0; e % each == 0 && c < s->chains; c++) row[c] = lowest;
      add_element(s, segment->first_element + e, segment->domain == GIBBS_POTTS ? (double)(e % each + 1) : step, row);
    }
  }
}

/* What there is of a group between sweeps. */
static gibbs_block_group view_group(const sampler *s, size_t number) {
  size_t left = s->chains - number * s->width;
  return (gibbs_block_group){
      .sets = s->width / lanes, .chains = left < s->width ? left : s->width, .state = s->state + number * s->words};
}

/* Rows of variable k from the groups, or from `in` to them. */
static bool exchange_rows(const sampler *s, size_t k, double *out, const double *in) {
  const gibbs_segment *segment = &gibbs_normal_form_segments(s->plan->form)[k];
  if (segment->domain == GIBBS_POTTS) return false;
  for (size_t number = 0; number < s->groups; number++) {
    gibbs_block_group group = view_group(s, number);
    size_t at = number * s->width * segment->units;
    if (out != NULL) gibbs_block_get_rows(&group, segment, out + at);
    if (in != NULL) gibbs_block_set_rows(&group, segment, in + at);
  }
  return true;
}

static bool get_rows(const void *instance, size_t k, double *rows) {
  return exchange_rows(instance, k, rows, NULL);
}

static bool set_rows(void *instance, size_t k, const double *rows) {
  return exchange_rows(instance, k, NULL, rows);
}

/* As chains start by default, without an array of all values. */
static gibbs_status start(void *instance, uint64_t seed, gibbs_error *err) {
  (void)err;
  sampler *s = instance;
  const gibbs_normal_form *form = s->plan->form;
  for (size_t c = 0; c < s->chains; c++) {
    gibbs_stream stream = gibbs_stream_open(seed, GIBBS_PURPOSE_CHAIN, (uint32_t)(s->first_chain + c), 0);
    const gibbs_segment *segment = gibbs_normal_form_segments(form);
    for (size_t k = 0; k < gibbs_normal_form_segment_count(form); k++, segment++)
      for (size_t u = 0; u < segment->units; u++) {
        size_t each = segment->elements / segment->units, e = segment->first_element + u * each;
        size_t state =
            each == 1 ? gibbs_stream_word(&stream) >> 31 : (size_t)(gibbs_stream_uniform(&stream) * (double)each);
        for (size_t i = 0; i < each; i++) {
          unsigned bit;
          uint32_t *word = find_words(s, e + i, c, &bit) + c % lanes, on = each == 1 ? (uint32_t)state : state == i;
          *word = (*word & ~((uint32_t)1 << bit)) | on << bit;
        }
      }
  }
  return GIBBS_OK;
}

/* ---- a sweep --------------------------------------------------------------------------------------- */

typedef struct sweep {
  sampler *sampler;
  uint64_t seed;
  uint32_t step;
} sweep;

static gibbs_block_group take_group(sampler *s, size_t number, scratch *t) {
  gibbs_block_group group = view_group(s, number);
  group.changed = s->changed + number * s->width;
  group.source = t->source;
  group.sums = t->sums;
  group.words = t->words;
  group.weights = t->weights;
  return group;
}

static gibbs_status sweep_group(void *context, size_t number, size_t thread, gibbs_error *err) {
  (void)err;
  const sweep *w = context;
  sampler *s = w->sampler;
  scratch *t = &s->scratch[thread];
  size_t first = number * s->width;
  gibbs_block_group group = take_group(s, number, t);
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

/* ---- between independent units and the energy ------------------------------------------------------ */

static bool can_mix(const void *instance) {
  const sampler *s = instance;
  return gibbs_block_can_mix(s->plan, s->target);
}

static gibbs_status mix(void *instance, double beta, const double *field, gibbs_error *err) {
  sampler *s = instance;
  size_t bytes = s->plan->elements * sizeof *s->field;
  if (field != NULL && s->field == NULL) s->field = malloc(bytes + 1);
  if (field != NULL && s->field == NULL) return gibbs_fail_memory(err, "fields", bytes);
  if (field != NULL) memcpy(s->field, field, bytes);
  s->beta = beta;
  return gibbs_block_mix(s->plan, beta, field, err);
}

typedef struct step {
  sampler *sampler;
  double to;
} step;

static gibbs_status work_group(void *context, size_t number, size_t thread, gibbs_error *err) {
  const step *w = context;
  sampler *s = w->sampler;
  gibbs_block_group group = take_group(s, number, &s->scratch[thread]);
  return gibbs_block_work(s->plan, s->target, s->field, &group, s->beta, w->to, s->work + number * s->width, err);
}

static gibbs_status work(void *instance, double to, double *out, gibbs_error *err) {
  sampler *s = instance;
  step w = {s, to};
  size_t bytes = s->groups * s->width * sizeof *s->work;
  const double *own;
  gibbs_status status = prepare_scratch(s, err);
  if (status == GIBBS_OK) status = gibbs_normal_form_fields(s->plan->form, &own, err); /* made on this thread */
  if (s->work == NULL) s->work = malloc(bytes + 1);
  if (status == GIBBS_OK && s->work == NULL) status = gibbs_fail_memory(err, "weights", bytes);
  if (status == GIBBS_OK) status = gibbs_parallel_segments(s->groups, work_group, &w, err);
  if (status == GIBBS_OK) memcpy(out, s->work, s->chains * sizeof *out);
  return status;
}

static void measure(const void *instance, size_t which, double *out) {
  (void)which;
  const sampler *s = instance;
  double units = s->plan->units > 0 ? (double)s->plan->units : 1;
  for (size_t c = 0; c < s->chains; c++) out[c] = s->changed[c] / units;
}

/* Hidden units given visible ones and back. */
static bool reversible(const void *instance) {
  const sampler *s = instance;
  return s->plan->blocks <= 1 || gibbs_block_is_layered(s->plan, s->target);
}

static const char *const measures[] = {"changed", NULL};

const gibbs_kernel gibbs_kernel_block_gibbs = {
    .name = "block_gibbs",
    .doc = "blocks of units that do not interact, each sampled at once given all others: the layers of a machine, a "
           "lattice's even and odd sites, any graph by colouring; one sweep samples every block once, that of the "
           "first unit last (an RBM: hidden given visible, then visible given hidden).  Measures: changed, the share "
           "of units with another state than before the sweep",
    .source = "Geman and Geman, IEEE Trans. Pattern Anal. Mach. Intell. 6 (1984) 721",
    .joint = true,
    .can = gibbs_block_can_sample,
    .suits = gibbs_block_suits,
    .make = make_sampler,
    .free = free_sampler,
    .refresh = refresh,
    .set = set_values,
    .get = get_values,
    .sweep = run_sweep,
    .start = start,
    .get_rows = get_rows,
    .set_rows = set_rows,
    .measures = measures,
    .measure = measure,
    .reversible = reversible,
    .can_mix = can_mix,
    .mix = mix,
    .work = work,
};

/* single_site.c - kernels that visit one unit after another: chains in groups, groups on threads. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "single_site.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gibbs/private/parallel.h"

enum {
  most_narrow = 2,         /* chains left over that go one by one rather than in a group with idle lanes */
  worth_threads = 1 << 18, /* operations of a sweep from which on threads are woken for it */
  fresh_every = 64         /* sweeps after which what is kept is made anew, so that its rounding does not grow */
};

struct gibbs_single_site {
  gibbs_site_model model;
  const gibbs_site_rule *rule;
  bool random;
  size_t chains, first_chain, group_count, side, segment_count;
  gibbs_site_group *groups;
  gibbs_site_rest *rests; /* one a segment, where there is a rest */
  uint32_t *sequence;     /* of a random sweep */
};

const char *const gibbs_single_site_measures[] = {"acceptance", NULL};

bool gibbs_single_site_can(const gibbs_target *target, const double *settings, char *why, size_t size) {
  (void)settings;
  for (size_t k = 0; k < target->variable_count; k++)
    if (gibbs_variable_domain(gibbs_expr_as_variable(target->variables[k])) == GIBBS_REALS) {
      snprintf(why, size, "some units take real values (hmc is for these)");
      return false;
    }
  return true;
}

void gibbs_single_site_free(void *instance) {
  gibbs_single_site *s = instance;
  if (!s) return;
  for (size_t k = 0; s->groups && k < s->group_count; k++) gibbs_site_group_clear(&s->model, &s->groups[k]);
  for (size_t k = 0; s->rests && k < s->segment_count; k++) gibbs_site_rest_clear(&s->rests[k]);
  free(s->groups);
  free(s->rests);
  free(s->sequence);
  gibbs_site_model_clear(&s->model);
  free(s);
}

static size_t groups_of_segment(const gibbs_single_site *s, size_t segment) {
  size_t left = s->group_count - segment * s->side;
  return left < s->side ? left : s->side;
}

static gibbs_status make_groups(gibbs_single_site *s, gibbs_error *err) {
  size_t whole = s->chains / GIBBS_LANES, left = s->chains % GIBBS_LANES;
  size_t narrow = left <= most_narrow ? left : 0;
  s->group_count = whole + (narrow > 0 ? narrow : left > 0);
  s->groups = calloc(s->group_count + 1, sizeof *s->groups);
  if (!s->groups) return gibbs_fail_memory(err, "chains", s->group_count * sizeof *s->groups);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < s->group_count && status == GIBBS_OK; k++) {
    bool is_narrow = k >= whole && narrow > 0;
    size_t first = k < whole ? k * GIBBS_LANES : whole * GIBBS_LANES + (k - whole);
    size_t live = is_narrow ? 1 : k < whole ? GIBBS_LANES : left;
    status = gibbs_site_group_make(&s->model, is_narrow ? 1 : GIBBS_LANES, first, live, &s->groups[k], err);
  }
  return status;
}

static gibbs_status make_rests(gibbs_single_site *s, gibbs_error *err) {
  s->side = s->model.rest ? GIBBS_SITE_SIDE : 1;
  s->segment_count = (s->group_count + s->side - 1) / s->side;
  if (!s->model.rest) return GIBBS_OK;
  s->rests = calloc(s->segment_count + 1, sizeof *s->rests);
  if (!s->rests) return gibbs_fail_memory(err, "chains", s->segment_count * sizeof *s->rests);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < s->segment_count && status == GIBBS_OK; k++) {
    size_t lanes = 0;
    for (size_t g = 0; g < groups_of_segment(s, k); g++) lanes += s->groups[k * s->side + g].live;
    status = gibbs_site_rest_make(&s->model, lanes, &s->rests[k], err);
  }
  return status;
}

static gibbs_status make_sequence(gibbs_single_site *s, gibbs_error *err) {
  size_t room = (s->model.free_count + 1) * sizeof *s->sequence;
  if (!s->random) return GIBBS_OK;
  s->sequence = malloc(room);
  return s->sequence ? GIBBS_OK : gibbs_fail_memory(err, "a sequence of units", room);
}

bool gibbs_single_site_reversible(const void *instance) {
  return ((const gibbs_single_site *)instance)->random;
}

gibbs_status gibbs_single_site_make(const gibbs_target *target, const gibbs_site_rule *rule, bool random,
                                    size_t chains, size_t first_chain, void **instance, gibbs_error *err) {
  gibbs_single_site *s = calloc(1, sizeof *s);
  if (!s) return gibbs_fail_memory(err, "chains", sizeof *s);
  *s = (gibbs_single_site){.rule = rule, .random = random, .chains = chains, .first_chain = first_chain};
  gibbs_status status = gibbs_site_model_make(target, &s->model, err);
  if (status == GIBBS_OK) status = make_groups(s, err);
  if (status == GIBBS_OK) status = make_rests(s, err);
  if (status == GIBBS_OK) status = make_sequence(s, err);
  if (status == GIBBS_OK)
    *instance = s;
  else
    gibbs_single_site_free(s);
  return status;
}

gibbs_status gibbs_single_site_refresh(void *instance, gibbs_error *err) {
  gibbs_single_site *s = instance;
  gibbs_status status = gibbs_site_model_refresh(&s->model, err);
  /* Also where nothing has changed: what is kept may have been recalled from another energy. */
  for (size_t k = 0; status == GIBBS_OK && k < s->group_count; k++)
    gibbs_site_group_recompute(&s->model, &s->groups[k]);
  return status;
}

gibbs_status gibbs_single_site_set(void *instance, const double *values, size_t stride, gibbs_error *err) {
  gibbs_single_site *s = instance;
  (void)err;
  for (size_t k = 0; k < s->group_count; k++) {
    gibbs_site_group_set(&s->model, &s->groups[k], values, stride);
    gibbs_site_group_recompute(&s->model, &s->groups[k]);
  }
  return GIBBS_OK;
}

void gibbs_single_site_get(const void *instance, double *values, size_t stride) {
  const gibbs_single_site *s = instance;
  for (size_t k = 0; k < s->group_count; k++) gibbs_site_group_get(&s->model, &s->groups[k], values, stride);
}

/* ---- sweeps ------------------------------------------------------------------------------------- */

/* Units with replacement, the same ones for all chains: whom to visit does not depend on any configuration, so that
 * every chain is a right one by itself, and only what is accepted is drawn by each. */
static void draw_sequence(gibbs_single_site *s, uint64_t seed, uint32_t step) {
  gibbs_lanes lanes;
  uint32_t word[GIBBS_SITE_BLOCK];
  size_t free_count = s->model.free_count;
  gibbs_lanes_open_chains(&lanes, seed, GIBBS_PURPOSE_SWEEP, UINT32_MAX, step); /* lane 0 is used */
  for (size_t i = 0; i < free_count; i += GIBBS_SITE_BLOCK) {
    size_t count = free_count - i < GIBBS_SITE_BLOCK ? free_count - i : GIBBS_SITE_BLOCK;
    gibbs_site_draw(&lanes, 1, count, word, NULL);
    for (size_t k = 0; k < count; k++) s->sequence[i + k] = s->model.free_unit[(uint64_t)word[k] * free_count >> 31];
  }
}

typedef struct sweep_work {
  gibbs_single_site *s;
  uint64_t seed;
  uint32_t step;
} sweep_work;

static gibbs_status sweep_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  const sweep_work *work = context;
  gibbs_single_site *s = work->s;
  gibbs_site_group *groups = s->groups + segment * s->side;
  size_t count = groups_of_segment(s, segment);
  gibbs_lanes lanes[GIBBS_SITE_SIDE];
  (void)thread;
  for (size_t k = 0; k < count; k++) {
    gibbs_lanes_open_chains(&lanes[k], work->seed, GIBBS_PURPOSE_SWEEP, (uint32_t)(s->first_chain + groups[k].first),
                            work->step);
    if (work->step % fresh_every == 0) gibbs_site_group_recompute(&s->model, &groups[k]);
    for (size_t l = 0; l < GIBBS_LANES; l++) groups[k].changed[l] = 0;
  }
  gibbs_site_visits visits = {s->rule, s->random ? s->sequence : s->model.free_unit, s->model.free_count};
  if (s->model.plain) {
    gibbs_site_sweep_plain(&s->model, groups, &visits, lanes);
    return GIBBS_OK;
  }
  return gibbs_site_sweep_any(&s->model, groups, count, s->rests ? &s->rests[segment] : NULL, &visits, lanes,
                              s->first_chain + groups[0].first, err);
}

/* Whether all segments are done on this thread: a script is called on its own, and little work is not worth waking
 * others. */
static bool stays_on_thread(const gibbs_single_site *s) {
  if (s->model.rest) return gibbs_program_calls_back(s->model.rest);
  return (double)s->group_count * GIBBS_LANES * (double)(s->model.free_count + s->model.terms) < worth_threads;
}

gibbs_status gibbs_single_site_sweep(void *instance, uint64_t seed, uint32_t step, gibbs_error *err) {
  gibbs_single_site *s = instance;
  sweep_work work = {s, seed, step};
  if (s->random) draw_sequence(s, seed, step);
  if (!stays_on_thread(s)) return gibbs_parallel_segments(s->segment_count, sweep_segment, &work, err);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < s->segment_count && status == GIBBS_OK; k++) status = sweep_segment(&work, k, 0, err);
  return status;
}

/* ---- figures, saving ---------------------------------------------------------------------------- */

void gibbs_single_site_measure(const void *instance, size_t which, double *out) {
  const gibbs_single_site *s = instance;
  (void)which;
  for (size_t k = 0; k < s->group_count; k++)
    for (size_t l = 0; l < s->groups[k].live; l++)
      out[s->groups[k].first + l] =
          s->model.free_count > 0 ? (double)s->groups[k].changed[l] / (double)s->model.free_count : 0;
}

size_t gibbs_single_site_memory(const void *instance, double *out) {
  const gibbs_single_site *s = instance;
  size_t count = 0;
  for (size_t k = 0; k < s->group_count; k++)
    count += gibbs_site_group_remember(&s->model, &s->groups[k], out ? out + count : NULL);
  return count;
}

gibbs_status gibbs_single_site_recall(void *instance, const double *memory, size_t count, gibbs_error *err) {
  gibbs_single_site *s = instance;
  size_t expected = gibbs_single_site_memory(s, NULL);
  if (count != expected)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the saved state of a kernel holds %zu numbers; this one keeps %zu",
                      count, expected);
  for (size_t k = 0; k < s->group_count; k++) memory += gibbs_site_group_recall(&s->model, &s->groups[k], memory);
  return GIBBS_OK;
}

/* ---- proof ------------------------------------------------------------------------------------------------------
 */

/* The value of a unit in state k, as kernels exchange it. */
static double value_of(gibbs_domain domain, size_t k) {
  return domain == GIBBS_SPINS ? 2 * (double)k - 1 : (double)k + (domain == GIBBS_POTTS);
}

/* Energies of all states of a unit; *now, *then the states of the two values. */
static gibbs_status state_energies(const gibbs_target *target, const double *values, size_t unit,
                                   const gibbs_segment *at, double *elements, double *energy, gibbs_error *err) {
  const gibbs_segment *segment = gibbs_normal_form_segments(target->form);
  for (size_t s = 0; s < gibbs_normal_form_segment_count(target->form); s++)
    for (size_t i = 0; i < segment[s].units; i++) {
      size_t u = segment[s].first_unit + i, q = segment[s].domain == GIBBS_POTTS ? segment[s].states : 1;
      for (size_t k = 0; k < at->states; k++) {
        double value = u == unit ? value_of(at->domain, k) : values[u];
        for (size_t j = 0; j < q; j++)
          elements[(segment[s].first_element + i * q + j) * at->states + k] = q == 1 ? value : value == (double)j + 1;
      }
    }
  return gibbs_normal_form_energy(target->form, at->states, at->states, elements, energy, err);
}

/* The probability of going from state `now` to `then`. */
static double move_probability(const gibbs_site_rule *rule, const double *energy, size_t states, size_t now,
                               size_t then) {
  double others = 0, weight = 0;
  if (!rule->proposes && states > 2) {
    for (size_t k = 0; k < states; k++) weight += exp(energy[then] - energy[k]);
    return 1 / weight;
  }
  for (size_t k = 0; k < states; k++)
    if (k != now) others += rule->acceptance(energy[k] - energy[now]) / (double)(states - 1);
  return then == now ? 1 - others : rule->acceptance(energy[then] - energy[now]) / (double)(states - 1);
}

gibbs_status gibbs_single_site_probability(const gibbs_target *target, const gibbs_site_rule *rule,
                                           const double *values, size_t unit, double value, double *out,
                                           gibbs_error *err) {
  const gibbs_segment *at = gibbs_normal_form_segments(target->form);
  while (unit >= at->first_unit + at->units) at++;
  double *energy = malloc((gibbs_normal_form_elements(target->form) + 1) * at->states * sizeof *energy);
  if (!energy) return gibbs_fail_memory(err, "energies", at->states * sizeof *energy);
  gibbs_status status = state_energies(target, values, unit, at, energy + at->states, energy, err);
  size_t now = 0, then = 0;
  for (size_t k = 0; k < at->states; k++) {
    if (value_of(at->domain, k) == values[unit]) now = k;
    if (value_of(at->domain, k) == value) then = k;
  }
  if (status == GIBBS_OK) *out = move_probability(rule, energy, at->states, now, then);
  free(energy);
  return status;
}

/* single_site.h - what the rooms of the single-site kernels share: tables of one energy, groups of chains, rules.
 *
 * A group is `width` chains side by side, GIBBS_LANES or 1: value of element e in lane l at values[e * width + l].
 * Both widths do the same operations in the same order, so that a chain has the same bits in either.
 * Fields of sparse pairs and of monomials are added up at every visit, which costs no more than keeping them and
 * never drifts; fields of dense blocks, and the arguments of functions of affine forms, are kept and made anew from
 * the configuration at fixed sweeps. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_SINGLE_SITE_H
#define GIBBS_SAMPLE_SINGLE_SITE_H

#include "gibbs/private/lanes.h"
#include "gibbs/program.h"
#include "kernel.h"

#define GIBBS_SITE_INLINE static inline __attribute__((always_inline))

/* Eight numbers in one register where the processor has such, two lots of four otherwise. */
typedef float gibbs_octet __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t gibbs_octet_mask __attribute__((vector_size(32), aligned(4), may_alias));

GIBBS_SITE_INLINE gibbs_octet *gibbs_octet_at(float *x) {
  return (gibbs_octet *)x;
}
GIBBS_SITE_INLINE const gibbs_octet *gibbs_octet_in(const float *x) {
  return (const gibbs_octet *)x;
}

/* ---- rules -------------------------------------------------------------------------------------- */

typedef struct gibbs_site_rule {
  /* The largest change of energy that each of n words of 31 bits takes. */
  void (*thresholds)(const uint32_t *words, float *out, size_t n);
  /* The probability to take a change, in double: what the thresholds come to. */
  double (*acceptance)(double change);
  /* A unit of more than two states: one other state is proposed, uniformly, and taken or not; else the new state is
   * drawn with the Boltzmann weights of all. */
  bool proposes;
} gibbs_site_rule;

/* ---- the energy --------------------------------------------------------------------------------- */

typedef struct gibbs_site_unit {
  size_t element;  /* the first */
  uint32_t states; /* 2 for one element; q for q indicators */
  bool indicators;
} gibbs_site_unit;

typedef struct gibbs_site_pair {
  uint32_t element;
  float coupling;
} gibbs_site_pair;

/* The sparse pairs of an element; `sum` of the two values of a unit with one element: 0 for spins, 1 for bits. */
typedef struct gibbs_site_row {
  size_t first;
  float field, sum;
} gibbs_site_row;

/* A dense block seen from one side: coupling[(e - from) * to_count + (f - to)] of e to f. */
typedef struct gibbs_site_link {
  size_t from, from_count, to, to_count;
  float *coupling;
} gibbs_site_link;

typedef enum gibbs_site_shape {
  GIBBS_SITE_POWER, /* differences in closed form: the values are not kept */
  GIBBS_SITE_SOFTPLUS,
  GIBBS_SITE_LOGCOSH,
  GIBBS_SITE_ANY
} gibbs_site_shape;

/* sum_r weight_r f(z_r).  Sparse: slots first[u]..first[u + 1] - 1 hold the rows that unit u touches and their
 * weights, and the coefficients of its element k there begin at coefficient[at[u] + k * slots].  Dense (`row` NULL):
 * a unit touches all rows in order, or none where at[u] is SIZE_MAX. */
typedef struct gibbs_site_affine {
  gibbs_site_shape shape;
  unsigned power;
  size_t rows, most_slots, coefficients;
  size_t *first, *at;
  uint32_t *row;
  float *weight, *coefficient;
  float *shift;
} gibbs_site_affine;

typedef struct gibbs_site_touch {
  size_t slots;
  const uint32_t *row; /* NULL: 0, 1, ... */
  const float *weight, *coefficient;
} gibbs_site_touch;

static inline gibbs_site_touch gibbs_site_touched(const gibbs_site_affine *a, size_t unit) {
  if (a->row) {
    size_t first = a->first[unit];
    return (gibbs_site_touch){a->first[unit + 1] - first, a->row + first, a->weight + first,
                              a->coefficient + a->at[unit]};
  }
  if (a->at[unit] == SIZE_MAX) return (gibbs_site_touch){0, NULL, NULL, NULL};
  return (gibbs_site_touch){a->rows, NULL, a->weight, a->coefficient + a->at[unit]};
}

typedef struct gibbs_site_model {
  gibbs_normal_form *form;
  size_t units, elements, free_count, most_states;
  size_t terms; /* how many numbers describe the energy */
  gibbs_site_unit *unit;
  uint32_t *free_unit; /* in the order of a sequential sweep */
  gibbs_site_row *row; /* elements + 1 */
  gibbs_site_pair *pair;
  size_t link_count;
  gibbs_site_link *link;
  size_t monomials;
  float *coefficient;     /* of the monomials */
  size_t *monomial_first; /* elements + 1: those that hold an element */
  uint32_t *monomial_at;
  size_t affine_count;
  gibbs_site_affine *affine;
  gibbs_program *rest; /* NULL: none */
  double scale;        /* of the rest */
  bool plain;          /* units of one element, and nothing but fields and sparse pairs */
} gibbs_site_model;

gibbs_status gibbs_site_model_make(const gibbs_target *target, gibbs_site_model *model, gibbs_error *err);
void gibbs_site_model_clear(gibbs_site_model *model);
/* The form's present values.  ERR_NUMERIC names the unit of one above 1e30. */
gibbs_status gibbs_site_model_refresh(gibbs_site_model *model, gibbs_error *err);
/* ... of the functions of affine forms. */
gibbs_status gibbs_site_affine_make(gibbs_site_model *model, gibbs_error *err);
void gibbs_site_affine_clear(gibbs_site_model *model);
void gibbs_site_affine_refresh(gibbs_site_model *model);
/* ---- groups of chains --------------------------------------------------------------------------- */

/* Arguments and values of one affine term, and what they would become. */
typedef struct gibbs_site_cache {
  float *argument, *value;         /* rows * width */
  float *base, *next, *next_value; /* most_slots * width, rounded up to sixteens: scratch */
} gibbs_site_cache;

typedef struct gibbs_site_group {
  size_t width, live, first; /* `live` chains, numbers first.. of the instance; the other lanes repeat the first */
  float *values;             /* elements * width */
  uint32_t *state;           /* units * width, from 0 */
  float *dense;              /* elements * width, NULL where no block is dense */
  gibbs_site_cache *cache;   /* one an affine term */
  float *energy;             /* most_states * width: scratch */
  uint32_t changed[GIBBS_LANES];
} gibbs_site_group;

gibbs_status gibbs_site_group_make(const gibbs_site_model *model, size_t width, size_t first, size_t live,
                                   gibbs_site_group *group, gibbs_error *err);
void gibbs_site_group_clear(const gibbs_site_model *model, gibbs_site_group *group);
/* Values of the group's chains, as kernels exchange them.  Caches have to be made anew after setting. */
void gibbs_site_group_set(const gibbs_site_model *model, gibbs_site_group *group, const double *values,
                          size_t stride);
void gibbs_site_group_get(const gibbs_site_model *model, const gibbs_site_group *group, double *values,
                          size_t stride);
/* Everything that is kept besides the configuration, from the configuration. */
void gibbs_site_group_recompute(const gibbs_site_model *model, gibbs_site_group *group);
/* The kept numbers one after the other; out NULL: how many.  And back. */
size_t gibbs_site_group_remember(const gibbs_site_model *model, const gibbs_site_group *group, double *out);
size_t gibbs_site_group_recall(const gibbs_site_model *model, gibbs_site_group *group, const double *memory);

/* ---- local energies: dE / dx of pairs and monomials --------------------------------------------- */

/* The local fields of `count` consecutive elements: out[k * width + lane]. */
void gibbs_site_fields(const gibbs_site_model *model, const gibbs_site_group *group, size_t element, size_t count,
                       float *out);
/* Element e has changed by change[lane]: bring the fields of dense blocks up to date. */
void gibbs_site_dense_push(const gibbs_site_model *model, gibbs_site_group *group, size_t element,
                           const float *change);
void gibbs_site_dense_recompute(const gibbs_site_model *model, gibbs_site_group *group);

/* ---- functions of affine forms ------------------------------------------------------------------ */

/* change[lane] += what the terms change by when the unit's one element changes by step[lane] (never by nothing). */
void gibbs_site_affine_change(const gibbs_site_model *model, gibbs_site_group *group, size_t unit, const float *step,
                              float *change);
/* The same unit, right afterwards: it has changed by step[lane], 0 where it stayed. */
void gibbs_site_affine_take(const gibbs_site_model *model, gibbs_site_group *group, size_t unit, const float *step);
/* energy[k * width + lane] += what the terms are with a unit of indicators in state k, less what they are now. */
void gibbs_site_affine_energies(const gibbs_site_model *model, gibbs_site_group *group, size_t unit, float *energy);
/* A unit of indicators has changed: step[k * width + lane] of indicator k. */
void gibbs_site_affine_move(const gibbs_site_model *model, gibbs_site_group *group, size_t unit, const float *step);
void gibbs_site_affine_recompute(const gibbs_site_model *model, gibbs_site_group *group);
/* f of n arguments; there is room for n rounded up to sixteens in both. */
void gibbs_site_affine_apply(const gibbs_site_model *model, size_t term, size_t n, float *x, float *out);

/* ---- what has no structure --------------------------------------------------------------------------------------
 */

/* The configurations of a segment's chains as programs have them, and the value of the rest at them. */
typedef struct gibbs_site_rest {
  size_t lanes;
  gibbs_workspace *workspace;
  double *input; /* elements * lanes */
  double *value; /* lanes: now */
  double *other; /* most_states * lanes: of what was tried */
  const double **in;
} gibbs_site_rest;

gibbs_status gibbs_site_rest_make(const gibbs_site_model *model, size_t lanes, gibbs_site_rest *rest,
                                  gibbs_error *err);
void gibbs_site_rest_clear(gibbs_site_rest *rest);
/* Read the configurations of the groups, and evaluate. */
gibbs_status gibbs_site_rest_read(const gibbs_site_model *model, gibbs_site_rest *rest,
                                  const gibbs_site_group *groups, size_t count, size_t first_chain, gibbs_error *err);
/* other[slot * lanes + lane] with the unit of each lane in state[lane] (0 the lower value, 1 the higher). ERR_NUMERIC
 * names the unit and the lane's chain. */
gibbs_status gibbs_site_rest_try(const gibbs_site_model *model, gibbs_site_rest *rest, size_t unit,
                                 const uint32_t *state, size_t slot, size_t first_chain, gibbs_error *err);
/* The unit of every lane is in state[lane] from now on, where the value is value[lane] (set by the caller). */
void gibbs_site_rest_put(const gibbs_site_model *model, gibbs_site_rest *rest, size_t unit, const uint32_t *state);

/* ---- sweeps ------------------------------------------------------------------------------------- */

enum {
  GIBBS_SITE_BLOCK = 64, /* visits whose random numbers are drawn together */
  GIBBS_SITE_SIDE = 4    /* groups that go side by side where a program is evaluated for all of them at once */
};

/* `words` of 31 bits, w[i * width + lane], for `visits` visits: one a visit, or two (`second`, else NULL). */
void gibbs_site_draw(gibbs_lanes *lanes, size_t width, size_t visits, uint32_t *first, uint32_t *second);

typedef struct gibbs_site_visits {
  const gibbs_site_rule *rule;
  const uint32_t *unit; /* in this order */
  size_t count;
} gibbs_site_visits;

/* All visits of one group where the model is plain. */
void gibbs_site_sweep_plain(const gibbs_site_model *model, gibbs_site_group *group, const gibbs_site_visits *visits,
                            gibbs_lanes *lanes);
/* All visits of some groups side by side, of any model; lanes[group].  `first_chain`: the number of their first. */
gibbs_status gibbs_site_sweep_any(const gibbs_site_model *model, gibbs_site_group *groups, size_t count,
                                  gibbs_site_rest *rest, const gibbs_site_visits *visits, gibbs_lanes *lanes,
                                  size_t first_chain, gibbs_error *err);

/* ---- kernels ------------------------------------------------------------------------------------ */

typedef struct gibbs_single_site gibbs_single_site;

bool gibbs_single_site_can(const gibbs_target *target, const double *settings, char *why, size_t size);
/* Where units are visited at random. */
bool gibbs_single_site_reversible(const void *instance);
gibbs_status gibbs_single_site_make(const gibbs_target *target, const gibbs_site_rule *rule, bool random,
                                    size_t chains, size_t first_chain, void **instance, gibbs_error *err);
void gibbs_single_site_free(void *instance);
gibbs_status gibbs_single_site_refresh(void *instance, gibbs_error *err);
gibbs_status gibbs_single_site_set(void *instance, const double *values, size_t stride, gibbs_error *err);
void gibbs_single_site_get(const void *instance, double *values, size_t stride);
gibbs_status gibbs_single_site_sweep(void *instance, uint64_t seed, uint32_t step, gibbs_error *err);
void gibbs_single_site_measure(const void *instance, size_t which, double *out);
size_t gibbs_single_site_memory(const void *instance, double *out);
gibbs_status gibbs_single_site_recall(void *instance, const double *memory, size_t count, gibbs_error *err);
extern const char *const gibbs_single_site_measures[];

/* The probability that a visit of `unit` leads from values[unit number] to the configuration that has `value` there,
 * in double, by the energies of the target's form. */
gibbs_status gibbs_single_site_probability(const gibbs_target *target, const gibbs_site_rule *rule,
                                           const double *values, size_t unit, double value, double *out,
                                           gibbs_error *err);

extern const gibbs_site_rule gibbs_rule_metropolis, gibbs_rule_heat_bath;

#endif

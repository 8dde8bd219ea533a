/* multispin.c - the kernel that packs the spins of a regular lattice into bits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "multispin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RULE }; /* options */
enum { ACCEPTANCE, ENERGY, MAGNETISATION };
enum { SEGMENT_GROUPS = 256 }; /* a segment at most: 2^17 sites, some 10 microseconds */
enum { WORTH_PACKING = 4096 }; /* units */

static const char *const rules[] = {"metropolis", "heat_bath", NULL};
static const gibbs_kernel_option options[] = {
    {"rule", GIBBS_KERNEL_WORD, 0, 0, 1, rules,
     "metropolis: a flip that costs energy e has probability 15/16 min(1, exp(-e)); heat_bath: 1 / (1 + exp(e))"}};

/* ---- what it can do ---------------------------------------------------------------------------------- */

/* What stands in the way, apart from the values; NULL: nothing. */
static const char *find_obstacle(const gibbs_target *target) {
  const gibbs_normal_form *form = target->form;
  if (target->held) return "units are held; metropolis, heat_bath and block_gibbs can hold them";
  if (gibbs_normal_form_segment_count(form) != 1 || gibbs_normal_form_segments(form)[0].domain != GIBBS_SPINS)
    return "the units are not one lattice of spins";
  if (!gibbs_normal_form_is_pairwise(form)) return "the energy has more than fields and pairs";
  const gibbs_regular *regular = gibbs_normal_form_regular(form);
  if (!regular->found || regular->axes == 0) return "the pairs are not those of a regular lattice";
  return NULL;
}

static bool can(const gibbs_target *target, const double *settings, char *why, size_t size) {
  const char *obstacle = find_obstacle(target);
  if (obstacle) {
    snprintf(why, size, "%s", obstacle);
    return false;
  }
  gibbs_multispin_layout layout;
  gibbs_multispin_couplings couplings;
  gibbs_error error;
  gibbs_status status = gibbs_multispin_lay_axes(gibbs_normal_form_regular(target->form), &layout, &error);
  if (status == GIBBS_OK) {
    status = gibbs_multispin_read(&layout, target->form, settings[RULE] != 0, &couplings, &error);
    gibbs_multispin_layout_free(&layout);
  }
  if (status != GIBBS_OK) snprintf(why, size, "%s", error.message);
  return status == GIBBS_OK;
}

/* Large lattices where clusters do not help: frustrated, antiferromagnetic or in a field. */
static bool suits(const gibbs_target *target) {
  const gibbs_regular *regular = gibbs_normal_form_regular(target->form);
  double field = 0;
  bool unaligned = gibbs_normal_form_uniform_field(target->form, &field) && field != 0;
  for (size_t d = 0; d < regular->directions; d++) unaligned |= regular->direction[d].coupling > 0;
  return unaligned && target->units >= WORTH_PACKING;
}

/* ---- making ------------------------------------------------------------------------------------------- */

static void free_multispin(void *instance) {
  gibbs_multispin *m = instance;
  if (!m) return;
  gibbs_multispin_layout_free(&m->layout);
  free(m->table);
  free(m->bits);
  free(m->lanes);
  free(m->flips);
  free(m);
}

static gibbs_status refresh(void *instance, gibbs_error *err) {
  gibbs_multispin *m = instance;
  gibbs_multispin_couplings couplings;
  gibbs_multispin_table *table;
  gibbs_status status = gibbs_multispin_read(&m->layout, m->target->form, m->couplings.heat_bath, &couplings, err);
  if (status != GIBBS_OK) return status;
  const gibbs_regular *regular = gibbs_normal_form_regular(m->target->form);
  status = gibbs_multispin_tabulate(&m->layout, regular, &couplings, &table, err);
  if (status != GIBBS_OK) return status;
  free(m->table);
  m->table = table;
  m->couplings = couplings;
  return GIBBS_OK;
}

/* Segments of equal length. */
static void cut_segments(gibbs_multispin *m) {
  size_t groups = m->layout.words / GIBBS_MULTISPIN_GROUP;
  m->segments = (groups + SEGMENT_GROUPS - 1) / SEGMENT_GROUPS;
  m->segment_groups = (groups + m->segments - 1) / m->segments;
}

static void *allocate_aligned(size_t count, size_t size) {
  if (count > (SIZE_MAX - 64) / size) return NULL;
  size_t bytes = (count * size + 63) / 64 * 64;
  void *out = aligned_alloc(64, bytes);
  if (out) memset(out, 0, bytes);
  return out;
}

static gibbs_status allocate_chains(gibbs_multispin *m, gibbs_error *err) {
  cut_segments(m);
  m->chain_words = m->layout.classes * m->layout.class_words;
  m->bits = allocate_aligned(m->chains, m->chain_words * sizeof *m->bits);
  m->flips = allocate_aligned(m->chains, m->segments * sizeof *m->flips);
  if (m->segments > 1) m->lanes = allocate_aligned(m->chains, m->segments * sizeof *m->lanes);
  if (!m->bits || !m->flips || (m->segments > 1 && !m->lanes))
    return gibbs_fail_memory(err, "packed spins", m->chains * m->chain_words * sizeof *m->bits);
  return GIBBS_OK;
}

static gibbs_status make(const gibbs_target *target, const double *settings, size_t chains, size_t first_chain,
                         void **instance, gibbs_error *err) {
  gibbs_multispin *m = calloc(1, sizeof *m);
  if (!m) return gibbs_fail_memory(err, "packed spins", sizeof *m);
  *m = (gibbs_multispin){.target = target, .chains = chains, .first_chain = first_chain};
  m->update = gibbs_multispin_choose_updater();
  m->couplings.heat_bath = settings[RULE] != 0;
  gibbs_status status = gibbs_multispin_lay_axes(gibbs_normal_form_regular(target->form), &m->layout, err);
  if (status == GIBBS_OK) status = gibbs_multispin_lay_phases(&m->layout, err);
  if (status == GIBBS_OK) status = allocate_chains(m, err);
  if (status == GIBBS_OK) status = refresh(m, err);
  if (status == GIBBS_OK)
    *instance = m;
  else
    free_multispin(m);
  return status;
}

/* ---- configurations and measures ------------------------------------------------------------------------ */

static gibbs_status set(void *instance, const double *values, size_t stride, gibbs_error *err) {
  gibbs_multispin *m = instance;
  (void)err;
  for (size_t c = 0; c < m->chains; c++)
    gibbs_multispin_pack(&m->layout, values + c, stride, m->bits + c * m->chain_words);
  return GIBBS_OK;
}

static void get(const void *instance, double *values, size_t stride) {
  const gibbs_multispin *m = instance;
  for (size_t c = 0; c < m->chains; c++)
    gibbs_multispin_unpack(&m->layout, m->bits + c * m->chain_words, values + c, stride);
}

static gibbs_status start(void *instance, uint64_t seed, gibbs_error *err) {
  gibbs_multispin *m = instance;
  (void)err;
  for (size_t c = 0; c < m->chains; c++) {
    gibbs_stream stream = gibbs_stream_open(seed, GIBBS_PURPOSE_CHAIN, (uint32_t)(m->first_chain + c), 0);
    gibbs_multispin_draw(&m->layout, stream, m->bits + c * m->chain_words);
  }
  return GIBBS_OK;
}

static gibbs_status sweep(void *instance, uint64_t seed, uint32_t step, gibbs_error *err) {
  return gibbs_multispin_sweep(instance, seed, step, err);
}

static const char *const measures[] = {"acceptance", "energy", "magnetisation", NULL};

static double measure_acceptance(const gibbs_multispin *m, size_t chain) {
  uint64_t flips = 0;
  for (size_t k = 0; k < m->segments; k++) flips += m->flips[chain * m->segments + k];
  return (double)flips / (double)m->target->units;
}

static void measure(const void *instance, size_t which, double *out) {
  const gibbs_multispin *m = instance;
  for (size_t c = 0; c < m->chains; c++) {
    if (which == ACCEPTANCE) {
      out[c] = measure_acceptance(m, c);
      continue;
    }
    double pairs, sum;
    gibbs_multispin_count(&m->layout, m->table, m->bits + c * m->chain_words, &pairs, &sum);
    out[c] = which == ENERGY ? gibbs_normal_form_constant(m->target->form) + pairs + m->couplings.field * sum
                             : sum / (double)m->target->units;
  }
}

const gibbs_kernel gibbs_kernel_multispin = {
    .name = "multispin",
    .doc = "spins of a regular lattice packed into bits, 512 updated at a time; a sweep updates one class of sites "
           "that do not interact after another.  Measures: acceptance, the share of sites that flipped; energy; "
           "magnetisation, a site",
    .source = "Zorn, Herrmann, Rebbi, Comput. Phys. Commun. 23 (1981) 337",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .can = can,
    .suits = suits,
    .make = make,
    .free = free_multispin,
    .refresh = refresh,
    .set = set,
    .get = get,
    .sweep = sweep,
    .start = start,
    .measures = measures,
    .measure = measure};

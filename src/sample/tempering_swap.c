/* tempering_swap.c - exchanges of configurations between neighbouring rungs: even pairs and odd pairs in turn, which
 * carries replicas along instead of letting them diffuse (Okabe et al. 2001; Syed et al. 2022). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "elements.h"
#include "tempering.h"

static gibbs_status energy_of(gibbs_tempering *t, gibbs_normal_form *form, size_t at, double *out, gibbs_error *err) {
  const gibbs_rung *rung = &t->rung[at];
  const double *elements = gibbs_elements_of(form, t->chains, rung->values, rung->elements);
  return gibbs_normal_form_energy(form, t->chains, t->chains, elements, out, err);
}

/* log of the ratio of the probabilities after and before, chain by chain. */
static gibbs_status log_ratios(gibbs_tempering *t, size_t r, double *out, gibbs_error *err) {
  gibbs_rung *a = &t->rung[r], *b = &t->rung[r + 1];
  if (t->parameter_count == 0) { /* one energy, two scales */
    gibbs_status status = energy_of(t, t->target->form, r, a->energy, err);
    if (status == GIBBS_OK) status = energy_of(t, t->target->form, r + 1, b->energy, err);
    for (size_t c = 0; status == GIBBS_OK && c < t->chains; c++)
      out[c] = (t->scale[r] - t->scale[r + 1]) * (a->energy[c] - b->energy[c]);
    return status;
  }
  memset(out, 0, t->chains * sizeof *out);
  gibbs_status status = GIBBS_OK;
  for (int k = 0; status == GIBBS_OK && k < 4; k++) { /* E_a(x_a) + E_b(x_b) - E_a(x_b) - E_b(x_a) */
    gibbs_rung *form = (k & 1) ? b : a;
    size_t at = k == 0 || k == 3 ? r : r + 1;
    double sign = k < 2 ? 1 : -1;
    status = energy_of(t, form->target.form, at, a->energy, err);
    for (size_t c = 0; status == GIBBS_OK && c < t->chains; c++) out[c] += sign * a->energy[c];
  }
  return status;
}

static void swap_chain(gibbs_tempering *t, size_t r, size_t c) {
  double *a = t->rung[r].values + c, *b = t->rung[r + 1].values + c;
  for (size_t u = 0; u < t->target->units; u++) {
    double kept = a[u * t->chains];
    a[u * t->chains] = b[u * t->chains];
    b[u * t->chains] = kept;
  }
  uint32_t *low = &t->replica[r * t->chains + c], *high = low + t->chains, kept = *low;
  *low = *high;
  *high = kept;
}

/* A replica that has been at the last rung and is back at the first has made a round trip. */
static void note_ends(gibbs_tempering *t) {
  if (t->rungs < 2) return;
  for (size_t c = 0; c < t->chains; c++) {
    uint8_t *first = &t->downward[t->replica[c] * t->chains + c];
    uint8_t *last = &t->downward[t->replica[(t->rungs - 1) * t->chains + c] * t->chains + c];
    t->trips[c] += *first;
    *first = 0;
    *last = 1;
  }
}

static gibbs_status swap_pair(gibbs_tempering *t, size_t r, uint64_t seed, uint32_t step, double *ratio,
                              gibbs_error *err) {
  gibbs_status status = log_ratios(t, r, ratio, err);
  double accepted = 0;
  bool moved = false;
  for (size_t c = 0; status == GIBBS_OK && c < t->chains; c++) {
    gibbs_stream stream =
        gibbs_stream_open(seed, GIBBS_PURPOSE_SWAP, (uint32_t)(t->first_chain + c + r * GIBBS_RUNG_CHAINS), step);
    double probability = ratio[c] >= 0 ? 1 : exp(ratio[c]);
    if (isnan(ratio[c]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the energy of chain %zu is not finite at rung %zu or %zu", c + 1,
                        r + 1, r + 2);
    accepted += probability;
    t->last[c] += probability;
    if (gibbs_stream_uniform(&stream) >= probability) continue;
    swap_chain(t, r, c);
    moved = true;
  }
  if (status != GIBBS_OK) return status;
  t->accepted[r] += accepted / (double)t->chains;
  t->rounds[r]++;
  for (size_t k = 0; status == GIBBS_OK && moved && k < 2; k++)
    status = t->base->set(t->rung[r + k].instance, t->rung[r + k].values, t->chains, err);
  return status;
}

gibbs_status gibbs_tempering_swap(gibbs_tempering *t, uint64_t seed, uint32_t step, gibbs_error *err) {
  size_t pairs = 0;
  gibbs_status status = GIBBS_OK;
  memset(t->last, 0, t->chains * sizeof *t->last);
  for (size_t r = step % 2; status == GIBBS_OK && r + 1 < t->rungs; r += 2, pairs++) {
    for (size_t k = 0; k < 2; k++) t->base->get(t->rung[r + k].instance, t->rung[r + k].values, t->chains);
    status = swap_pair(t, r, seed, step, t->last + t->chains, err);
  }
  for (size_t c = 0; pairs && c < t->chains; c++) t->last[c] /= (double)pairs;
  note_ends(t);
  t->tried++;
  return status;
}

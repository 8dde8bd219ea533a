/* multispin_count.c - unfavourable bonds and magnetisation of packed spins. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define MULTISPIN_WORDS 1
#include "gibbs/private/clones.h"
#include "multispin_read.h"

GIBBS_CLONES static void count_phase(const gibbs_multispin_phase *phase, const gibbs_multispin_table *table,
                                     const uint64_t *chain, uint64_t unfavourable[], uint64_t *up) {
  size_t low = phase->low * GIBBS_MULTISPIN_GROUP, high = phase->high * GIBBS_MULTISPIN_GROUP;
  for (size_t word = low; word < high; word++) {
    uint64_t mask = phase->mask[word - low], spin = chain[phase->at + (ptrdiff_t)word], bonds;
    uint64_t spins = spin & mask;
    if (mask == 0) continue;
    size_t term = 0;
    *up += count_ones(&spins);
    for (size_t k = 0; k < table->strengths; k++)
      for (size_t end = term + table->neighbours[k]; term < end; term++) {
        read_bonds(chain, phase->term[term], word / GIBBS_MULTISPIN_GROUP, word, &spin, &bonds);
        bonds &= mask;
        unfavourable[k] += count_ones(&bonds);
      }
  }
}

void gibbs_multispin_count(const gibbs_multispin_layout *layout, const gibbs_multispin_table *tables,
                           const uint64_t *chain, double *pairs, double *magnetisation) {
  *pairs = *magnetisation = 0;
  for (size_t p = 0; p < layout->phases; p++) {
    const gibbs_multispin_phase *phase = &layout->phase[p];
    const gibbs_multispin_table *table = &tables[phase->table];
    uint64_t unfavourable[GIBBS_MULTISPIN_STRENGTHS] = {0}, up = 0;
    count_phase(phase, table, chain, unfavourable, &up);
    *magnetisation += 2 * (double)up - (double)phase->sites;
    for (size_t k = 0; k < table->strengths; k++) /* every bond is seen from both of its ends */
      *pairs +=
          table->strength[k] * ((double)unfavourable[k] - 0.5 * (double)table->neighbours[k] * (double)phase->sites);
  }
}

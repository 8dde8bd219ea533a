/* multispin_update.c - packed spins updated with what every processor has, and the choice of something better. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define MULTISPIN_WORDS 2
#include "multispin_loop.h"

uint64_t gibbs_multispin_update_plain(const gibbs_multispin_phase *phase, const gibbs_multispin_table *table,
                                      uint64_t *chain, size_t low, size_t high, gibbs_lanes *lanes) {
  return update(phase, table, chain, low, high, lanes);
}

gibbs_multispin_updater *gibbs_multispin_choose_updater(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi2"))
    return gibbs_multispin_update_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) return gibbs_multispin_update_avx2;
#endif
  return gibbs_multispin_update_plain;
}

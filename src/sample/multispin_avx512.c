/* multispin_avx512.c - packed spins updated with AVX-512. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define MULTISPIN_WORDS 8
#include "multispin_loop.h"

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,bmi,bmi2,popcnt"))) uint64_t
gibbs_multispin_update_avx512(const gibbs_multispin_phase *phase, const gibbs_multispin_table *table, uint64_t *chain,
                              size_t low, size_t high, gibbs_lanes *lanes) {
  return update(phase, table, chain, low, high, lanes);
}
#endif

/* lanes.c - the states of random lanes, made of Philox blocks. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/lanes.h"

/* Two blocks a lane: 256 bits of state, all zero with probability 2^-256. */
static void fill_lane(gibbs_lanes *lanes, size_t k, const uint32_t key[2], const uint32_t counter[4]) {
  for (uint32_t half = 0; half < 2; half++) {
    uint32_t at[4] = {counter[0] + half, counter[1], counter[2], counter[3]}, out[4];
    gibbs_philox(at, key, out);
    lanes->state[2 * half][k] = out[0] | (uint64_t)out[1] << 32;
    lanes->state[2 * half + 1][k] = out[2] | (uint64_t)out[3] << 32;
  }
}

void gibbs_lanes_open_chains(gibbs_lanes *lanes, uint64_t seed, gibbs_purpose purpose, uint32_t chain, uint32_t step) {
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  for (uint32_t k = 0; k < GIBBS_LANES; k++)
    fill_lane(lanes, k, key, (uint32_t[4]){0, step, chain + k, (uint32_t)purpose});
}

void gibbs_lanes_open_part(gibbs_lanes *lanes, uint64_t seed, gibbs_purpose purpose, uint32_t chain, uint32_t step,
                           uint32_t part) {
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  for (uint32_t k = 0; k < GIBBS_LANES; k++)
    fill_lane(lanes, k, key, (uint32_t[4]){2 * GIBBS_LANES * part + 2 * k, step, chain, (uint32_t)purpose});
}

/* test_random.c - Philox against its published vectors, streams against their promises, variates against their laws.
 */
#include "gibbs/random.h"

#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "gibbs/private/gsl_stream.h"
#include "gibbs/private/lanes.h"

/* Known answers of the Random123 distribution for philox4x32 with 10 rounds. */
static void expect_block(const uint32_t counter[4], const uint32_t key[2], const uint32_t expected[4]) {
  uint32_t got[4];
  gibbs_philox(counter, key, got);
  for (int k = 0; k < 4; k++)
    cr_expect_eq(got[k], expected[k], "word %d: %08x, expected %08x", k, got[k], expected[k]);
}

Test(random, philox_gives_the_published_answers) {
  expect_block((uint32_t[4]){0}, (uint32_t[2]){0}, (uint32_t[4]){0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  expect_block((uint32_t[4]){0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, (uint32_t[2]){0xffffffff, 0xffffffff},
               (uint32_t[4]){0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  expect_block((uint32_t[4]){0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, (uint32_t[2]){0xa4093822, 0x299f31d0},
               (uint32_t[4]){0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

Test(random, a_stream_is_the_blocks_of_its_address) {
  const uint64_t seed = 0x0123456789abcdefu;
  gibbs_stream stream = gibbs_stream_open(seed, GIBBS_PURPOSE_SAMPLE, 5, 9);
  for (uint32_t block = 0; block < 3; block++) {
    uint32_t expected[4];
    gibbs_philox((uint32_t[4]){block, 9, 5, GIBBS_PURPOSE_SAMPLE}, (uint32_t[2]){0x89abcdefu, 0x01234567u}, expected);
    for (int k = 0; k < 4; k++) cr_expect_eq(gibbs_stream_word(&stream), expected[k]);
  }
}

/* Lane k holds blocks `block` and block + 1 of the chain. */
static void expect_lane(const gibbs_lanes *lanes, size_t k, uint64_t seed, uint32_t block, uint32_t chain,
                        uint32_t step) {
  for (uint32_t half = 0; half < 2; half++) {
    const uint32_t counter[4] = {block + half, step, chain, GIBBS_PURPOSE_SWEEP};
    uint32_t b[4];
    gibbs_philox(counter, (uint32_t[2]){(uint32_t)seed, (uint32_t)(seed >> 32)}, b);
    cr_expect_eq(lanes->state[2 * half][k], b[0] | (uint64_t)b[1] << 32, "lane %zu", k);
    cr_expect_eq(lanes->state[2 * half + 1][k], b[2] | (uint64_t)b[3] << 32, "lane %zu", k);
  }
}

Test(random, lanes_start_at_blocks_of_their_address) {
  const uint64_t seed = 0x0123456789abcdefu;
  gibbs_lanes chains, part;
  gibbs_lanes_open_chains(&chains, seed, GIBBS_PURPOSE_SWEEP, 7, 9);
  gibbs_lanes_open_part(&part, seed, GIBBS_PURPOSE_SWEEP, 7, 9, 3);
  for (uint32_t k = 0; k < GIBBS_LANES; k++) {
    expect_lane(&chains, k, seed, 0, 7 + k, 9);
    expect_lane(&part, k, seed, 32 * 3 + 2 * k, 7, 9);
  }
}

Test(random, every_part_of_the_address_matters) {
  gibbs_stream streams[] = {gibbs_stream_open(1, GIBBS_PURPOSE_START, 0, 0),
                            gibbs_stream_open(2, GIBBS_PURPOSE_START, 0, 0),
                            gibbs_stream_open(1, GIBBS_PURPOSE_SAMPLE, 0, 0),
                            gibbs_stream_open(1, GIBBS_PURPOSE_START, 1, 0),
                            gibbs_stream_open(1, GIBBS_PURPOSE_START, 0, 1),
                            gibbs_stream_open((uint64_t)1 << 32 | 1, GIBBS_PURPOSE_START, 0, 0)};
  enum { count = sizeof streams / sizeof *streams };
  uint32_t first[count];
  for (int k = 0; k < count; k++) first[k] = gibbs_stream_word(&streams[k]);
  for (int k = 0; k < count; k++)
    for (int l = 0; l < k; l++) cr_expect_neq(first[k], first[l], "streams %d and %d", k, l);
}

Test(random, uniforms_hold_53_bits_below_one) {
  gibbs_stream words = gibbs_stream_open(7, GIBBS_PURPOSE_CHECK, 0, 0), stream = words;
  for (int k = 0; k < 1000; k++) {
    uint64_t high = gibbs_stream_word(&words) >> 5, low = gibbs_stream_word(&words) >> 6;
    double u = gibbs_stream_uniform(&stream);
    cr_expect(u >= 0 && u < 1);
    cr_expect_eq(u, ldexp((double)(high << 26 | low), -53));
  }
}

/* Mean and variance within 5 standard errors, and chi^2 of 64 equal bins within 5 of its standard deviations: a fixed
 * seed, so this passes always or never. */
Test(random, uniforms_are_uniform) {
  enum { n = 1 << 20, bins = 64 };
  size_t hits[bins] = {0};
  double sum = 0, squares = 0;
  gibbs_stream stream = gibbs_stream_open(11, GIBBS_PURPOSE_CHECK, 3, 4);
  for (int k = 0; k < n; k++) {
    double u = gibbs_stream_uniform(&stream);
    hits[(int)(u * bins)]++;
    sum += u;
    squares += (u - 0.5) * (u - 0.5);
  }
  cr_expect_lt(fabs(sum / n - 0.5), 5 / sqrt(12.0 * n));
  cr_expect_lt(fabs(squares / n - 1.0 / 12), 5 / sqrt(180.0 * n));
  double chi = 0, expected = (double)n / bins;
  for (int k = 0; k < bins; k++) chi += ((double)hits[k] - expected) * ((double)hits[k] - expected) / expected;
  cr_expect_lt(fabs(chi - (bins - 1)), 5 * sqrt(2.0 * (bins - 1)), "chi^2 is %g", chi);
}

/* The first four moments, each within 5 standard errors: their variances are 1, 2, 15 and 96 over n. */
Test(random, normals_are_normal) {
  enum { n = 1 << 20 };
  double moment[5] = {0};
  gibbs_stream stream = gibbs_stream_open(13, GIBBS_PURPOSE_CHECK, 0, 0);
  int beyond_two = 0;
  for (int k = 0; k < n; k++) {
    double x = gibbs_stream_normal(&stream);
    for (int p = 1; p <= 4; p++) moment[p] += pow(x, p) / n;
    beyond_two += fabs(x) > 2;
  }
  const double expected[5] = {1, 0, 1, 0, 3}, variance[5] = {0, 1, 2, 15, 96};
  for (int p = 1; p <= 4; p++)
    cr_expect_lt(fabs(moment[p] - expected[p]), 5 * sqrt(variance[p] / n), "moment %d is %g", p, moment[p]);
  const double tail = erfc(sqrt(2.0)); /* P(|x| > 2) */
  cr_expect_lt(fabs(beyond_two - n * tail), 5 * sqrt(n * tail * (1 - tail)));
}

/* Neighbouring addresses, drawn first numbers only: these too are uniform, and uncorrelated. */
Test(random, first_numbers_of_neighbouring_chains_are_independent) {
  enum { n = 1 << 18 };
  double correlation = 0, previous = 0;
  for (uint32_t chain = 0; chain < n; chain++) {
    gibbs_stream stream = gibbs_stream_open(17, GIBBS_PURPOSE_SAMPLE, chain, 0);
    double u = gibbs_stream_uniform(&stream) - 0.5;
    if (chain > 0) correlation += 12 * u * previous / n;
    previous = u;
  }
  cr_expect_lt(fabs(correlation), 5 / sqrt((double)n), "correlation is %g", correlation);
}

Test(random, gsl_draws_from_the_stream) {
  gibbs_stream stream = gibbs_stream_open(3, GIBBS_PURPOSE_SCRIPT, 0, 0), same = stream;
  gsl_rng view = gibbs_gsl_stream(&stream);
  for (int k = 0; k < 10; k++) cr_expect_eq(gsl_rng_get(&view), gibbs_stream_word(&same));
  for (int k = 0; k < 10; k++) cr_expect_eq(gsl_rng_uniform(&view), gibbs_stream_uniform(&same));
  cr_expect_eq(memcmp(&stream, &same, sizeof stream), 0);
  for (int k = 0; k < 1000; k++) cr_expect_lt(gsl_rng_uniform_int(&view, 10), 10u);
}

Test(random, gsl_makes_and_seeds_its_own) {
  gsl_rng *generator = gsl_rng_alloc(&gibbs_gsl_philox);
  cr_assert_not_null(generator);
  cr_expect_str_eq(gsl_rng_name(generator), "philox4x32-10");
  gsl_rng_set(generator, 42);
  gibbs_stream stream = gibbs_stream_open(42, GIBBS_PURPOSE_SCRIPT, 0, 0);
  for (int k = 0; k < 9; k++) cr_expect_eq(gsl_rng_get(generator), gibbs_stream_word(&stream));
  gsl_rng_free(generator);
}

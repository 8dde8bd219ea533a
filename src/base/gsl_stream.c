/* gsl_stream.c - Philox streams as a gsl_rng_type. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/gsl_stream.h"

static void seed_stream(void *state, unsigned long seed) {
  *(gibbs_stream *)state = gibbs_stream_open(seed, GIBBS_PURPOSE_SCRIPT, 0, 0);
}

static unsigned long draw_word(void *state) {
  return gibbs_stream_word(state);
}

static double draw_uniform(void *state) {
  return gibbs_stream_uniform(state);
}

const gsl_rng_type gibbs_gsl_philox = {.name = "philox4x32-10",
                                       .max = 0xFFFFFFFFul,
                                       .min = 0,
                                       .size = sizeof(gibbs_stream),
                                       .set = seed_stream,
                                       .get = draw_word,
                                       .get_double = draw_uniform};

gsl_rng gibbs_gsl_stream(gibbs_stream *stream) {
  return (gsl_rng){.type = &gibbs_gsl_philox, .state = stream};
}

/* start.c - where Markov chains start. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "chains.h"

static double draw_value(const gibbs_segment *segment, gibbs_stream *stream) {
  switch (segment->domain) {
  case GIBBS_SPINS:
    return (gibbs_stream_word(stream) >> 31) ? 1 : -1;
  case GIBBS_BITS:
    return gibbs_stream_word(stream) >> 31;
  case GIBBS_POTTS:
    return 1 + floor(gibbs_stream_uniform(stream) * (double)segment->states);
  default:
    return gibbs_stream_normal(stream);
  }
}

static void draw_chain(const gibbs_chains *chains, size_t c, double *values) {
  const gibbs_normal_form *form = chains->own.target.form;
  const gibbs_segment *segments = gibbs_normal_form_segments(form);
  gibbs_stream stream = gibbs_stream_open(chains->seed, GIBBS_PURPOSE_CHAIN, (uint32_t)c, 0);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(form); k++)
    for (size_t u = 0; u < segments[k].units; u++) {
      size_t at = (segments[k].first_unit + u) * chains->chains + c;
      double drawn = draw_value(&segments[k], &stream);
      bool held = chains->held_values && chains->own.held[segments[k].first_unit + u];
      values[at] = held ? chains->held_values[at] : drawn;
    }
}

gibbs_status gibbs_chains_start(gibbs_chains *chains, gibbs_error *err) {
  if (chains->kernel->start && !chains->held_values)
    return chains->kernel->start(chains->instance, chains->seed, err);
  size_t units = chains->own.target.units;
  double *values =
      units <= SIZE_MAX / sizeof *values / chains->chains ? malloc(units * chains->chains * sizeof *values) : NULL;
  if (!values) return gibbs_fail_memory(err, "chains", units * chains->chains * sizeof *values);
  for (size_t c = 0; c < chains->chains; c++) draw_chain(chains, c, values);
  gibbs_status status = chains->kernel->set(chains->instance, values, chains->chains, err);
  free(values);
  return status;
}

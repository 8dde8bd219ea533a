/* recording.c - what chains do, streamed into a series. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/recording.h"

#include <stdlib.h>
#include <string.h>

struct gibbs_recording {
  gibbs_chains *chains;
  gibbs_meter *meter;
  gibbs_series *series;
  size_t values, measure_count; /* numbers a chain: of the meter, and of the kernel */
  size_t *measures;
  uint64_t every;
  double *row; /* [number * chains + chain] */
};

void gibbs_recording_free(gibbs_recording *recording) {
  if (!recording) return;
  gibbs_meter_free(recording->meter);
  gibbs_series_free(recording->series);
  free(recording->measures);
  free(recording->row);
  free(recording);
}

static gibbs_status make_row(gibbs_recording *recording, gibbs_error *err) {
  size_t numbers = recording->values + recording->measure_count, chains = gibbs_chains_count(recording->chains);
  if (numbers == 0) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "nothing is to be recorded");
  if (numbers > SIZE_MAX / sizeof(double) / chains)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "%zu numbers of %zu chains are too many to record", numbers, chains);
  recording->row = malloc(numbers * chains * sizeof *recording->row);
  if (!recording->row) return gibbs_fail_memory(err, "a recording", numbers * chains * sizeof *recording->row);
  bool pooled = numbers * chains > GIBBS_RECORDING_APART;
  return gibbs_series_new(numbers, chains, pooled, &recording->series, err);
}

static gibbs_status copy_measures(gibbs_recording *recording, const size_t measures[], size_t count,
                                  gibbs_error *err) {
  if (count == 0) return GIBBS_OK;
  recording->measures = malloc(count * sizeof *measures);
  if (!recording->measures) return gibbs_fail_memory(err, "a recording", count * sizeof *measures);
  memcpy(recording->measures, measures, count * sizeof *measures);
  recording->measure_count = count;
  return GIBBS_OK;
}

gibbs_status gibbs_recording_new(gibbs_chains *chains, gibbs_expr *const exprs[], size_t count,
                                 const size_t measures[], size_t measure_count, uint64_t every, gibbs_recording **out,
                                 gibbs_error *err) {
  if (every == 0) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a row each 0 sweeps; there must be at least 1 between");
  gibbs_recording *recording = calloc(1, sizeof *recording);
  if (!recording) return gibbs_fail_memory(err, "a recording", sizeof *recording);
  recording->chains = chains;
  recording->every = every;
  gibbs_status status = copy_measures(recording, measures, measure_count, err);
  if (status == GIBBS_OK && count > 0) status = gibbs_meter_new(chains, exprs, count, &recording->meter, err);
  if (status == GIBBS_OK) {
    recording->values = recording->meter ? gibbs_meter_size(recording->meter) : 0;
    status = make_row(recording, err);
  }
  if (status == GIBBS_OK)
    *out = recording;
  else
    gibbs_recording_free(recording);
  return status;
}

static gibbs_status record_row(gibbs_recording *recording, gibbs_error *err) {
  size_t chains = gibbs_chains_count(recording->chains);
  double *row = recording->row;
  gibbs_status status = gibbs_chains_advance(recording->chains, recording->every, err);
  if (status == GIBBS_OK && recording->meter) status = gibbs_meter_read(recording->meter, row, err);
  if (status != GIBBS_OK) return status;
  for (size_t i = 0; i < recording->measure_count; i++)
    gibbs_chains_measure(recording->chains, recording->measures[i], row + (recording->values + i) * chains);
  return gibbs_series_add(recording->series, row, err);
}

gibbs_status gibbs_recording_run(gibbs_recording *recording, uint64_t rows, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (uint64_t row = 0; status == GIBBS_OK && row < rows; row++) status = record_row(recording, err);
  return status;
}

const gibbs_series *gibbs_recording_series(const gibbs_recording *recording) {
  return recording->series;
}

uint64_t gibbs_recording_every(const gibbs_recording *recording) {
  return recording->every;
}

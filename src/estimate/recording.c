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
  bool keep;
  double *kept; /* rows, one after the other */
  size_t room;  /* in rows */
};

void gibbs_recording_free(gibbs_recording *recording) {
  if (!recording) return;
  gibbs_meter_free(recording->meter);
  gibbs_series_free(recording->series);
  free(recording->measures);
  free(recording->row);
  free(recording->kept);
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

static size_t row_size(const gibbs_recording *recording) {
  return (recording->values + recording->measure_count) * gibbs_chains_count(recording->chains);
}

/* Room for one more row. */
static gibbs_status grow(gibbs_recording *recording, gibbs_error *err) {
  uint64_t rows = gibbs_series_rows(recording->series);
  if (!recording->keep || rows < recording->room) return GIBBS_OK;
  size_t room = 2 * recording->room + 64, bytes = row_size(recording) * sizeof(double);
  double *kept = room > SIZE_MAX / bytes ? NULL : realloc(recording->kept, room * bytes);
  if (!kept) return gibbs_fail_memory(err, "the rows of a recording", room * bytes);
  recording->kept = kept;
  recording->room = room;
  return GIBBS_OK;
}

static gibbs_status add_row(gibbs_recording *recording, gibbs_error *err) {
  size_t size = row_size(recording), rows = (size_t)gibbs_series_rows(recording->series);
  gibbs_status status = gibbs_series_add(recording->series, recording->row, err);
  if (status == GIBBS_OK && recording->keep)
    memcpy(recording->kept + rows * size, recording->row, size * sizeof(double));
  return status;
}

static gibbs_status record_row(gibbs_recording *recording, gibbs_error *err) {
  size_t chains = gibbs_chains_count(recording->chains);
  double *row = recording->row;
  gibbs_status status = grow(recording, err);
  if (status == GIBBS_OK) status = gibbs_chains_advance(recording->chains, recording->every, err);
  if (status == GIBBS_OK && recording->meter) status = gibbs_meter_read(recording->meter, row, err);
  if (status != GIBBS_OK) return status;
  for (size_t i = 0; i < recording->measure_count; i++)
    gibbs_chains_measure(recording->chains, recording->measures[i], row + (recording->values + i) * chains);
  return add_row(recording, err);
}

gibbs_status gibbs_recording_run(gibbs_recording *recording, uint64_t rows, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  gibbs_progress task;
  gibbs_progress_begin(&task, "recording", "sweep", 0, rows * recording->every);
  for (uint64_t row = 0; status == GIBBS_OK && row < rows; row++) {
    status = record_row(recording, err);
    if (gibbs_progress_wanted(&task)) gibbs_chains_tell(recording->chains, &task);
    gibbs_progress_step(&task, (row + 1) * recording->every);
  }
  gibbs_progress_end(&task);
  return status;
}

void gibbs_recording_keep(gibbs_recording *recording) {
  recording->keep = true;
}

bool gibbs_recording_keeps(const gibbs_recording *recording) {
  return recording->keep;
}

void gibbs_recording_values(const gibbs_recording *recording, size_t value, uint64_t first, double *out) {
  size_t size = row_size(recording), chains = gibbs_chains_count(recording->chains);
  size_t rows = (size_t)(gibbs_series_rows(recording->series) - first);
  const double *from = recording->kept + (size_t)first * size + value * chains;
  for (size_t row = 0; row < rows; row++)
    for (size_t c = 0; c < chains; c++) out[c * rows + row] = from[row * size + c];
}

const gibbs_series *gibbs_recording_series(const gibbs_recording *recording) {
  return recording->series;
}

uint64_t gibbs_recording_every(const gibbs_recording *recording) {
  return recording->every;
}

/* training_schedule.c - the rate as a function of the step. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "training_parts.h"

/* The rate as a fraction f = t / (steps - 1) of the way has gone by. */
typedef struct schedule_row {
  bool changes, to_zero; /* heeds rate_end; may end at 0 */
  double (*rate)(double rate, double end, double f);
} schedule_row;

static double stay(double rate, double end, double f) {
  (void)end;
  (void)f;
  return rate;
}

static double go_straight(double rate, double end, double f) {
  return rate + (end - rate) * f;
}

static double go_by_factors(double rate, double end, double f) {
  return rate * pow(end / rate, f);
}

static double go_by_cosine(double rate, double end, double f) {
  return end + (rate - end) * (0.5 + 0.5 * cos(3.14159265358979323846 * f));
}

static double go_inversely(double rate, double end, double f) {
  return rate / (1 + (rate / end - 1) * f);
}

static const schedule_row rows[GIBBS_SCHEDULE_COUNT] = {
    [GIBBS_SCHEDULE_CONSTANT] = {false, true, stay},
    [GIBBS_SCHEDULE_LINEAR] = {true, true, go_straight},
    [GIBBS_SCHEDULE_EXPONENTIAL] = {true, false, go_by_factors},
    [GIBBS_SCHEDULE_COSINE] = {true, true, go_by_cosine},
    [GIBBS_SCHEDULE_INVERSE] = {true, false, go_inversely},
};

static const char *name_of(gibbs_schedule schedule) {
  static const char *const names[] = {
#define X(id, name, doc) name,
      GIBBS_SCHEDULE_LIST(X)
#undef X
  };
  return names[schedule];
}

gibbs_status training_schedule_check(const gibbs_training_options *options, gibbs_error *err) {
  if ((unsigned)options->schedule >= GIBBS_SCHEDULE_COUNT)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "training: unknown schedule number %d", (int)options->schedule);
  const schedule_row *row = &rows[options->schedule];
  if (!row->changes && options->rate_end != 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "training: rate_end is %g, and the schedule '%s' keeps the rate; choose another schedule",
                      options->rate_end, name_of(options->schedule));
  if (!row->to_zero && options->rate_end == 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "training: the schedule '%s' never gets to rate_end = 0; say where it ends, above 0",
                      name_of(options->schedule));
  return GIBBS_OK;
}

double training_rate(const gibbs_training_options *options, uint64_t t) {
  double f = options->steps > 1 ? (double)t / (double)(options->steps - 1) : 0;
  return rows[options->schedule].rate(options->rate, options->rate_end, f);
}

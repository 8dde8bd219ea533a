/* training_step.c - one step of a training, and the run of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gibbs/control.h"
#include "gibbs/progress.h"
#include "training_parts.h"

/* ---- what is not finite ---------------------------------------------------------------------------------------- */

static gibbs_status blame_component(const gibbs_training *t, const char *what, gibbs_error *err) {
  double largest = 0;
  size_t parameter = 0, element = 0;
  for (size_t k = 0; k < t->count; k++)
    for (size_t i = 0; i < t->at[k + 1] - t->at[k]; i++) {
      double size = fabs(t->rows[k][i]);
      if (size <= largest) continue; /* NaN is not */
      largest = size;
      parameter = k;
      element = i;
      if (!isfinite(size)) goto found;
    }
found:
  return gibbs_fail(
      err, GIBBS_ERR_NUMERIC,
      "training: step %llu: the %s by parameter '%s', element %zu, is %g; the parameters are those before "
      "the step. A smaller rate, or 'clip', may help",
      (unsigned long long)t->done + 1, what, gibbs_parameter_name(gibbs_expr_as_parameter(t->parameters[parameter])),
      element + 1, t->rows[parameter][element]);
}

static gibbs_status check_measure(const gibbs_training *t, const training_measure *measure, gibbs_error *err) {
  const char *what = isinf(measure->value) ? "objective" : "constraint";
  double bad = isinf(measure->value) ? measure->value : measure->constraint;
  if (isinf(measure->value) || isinf(measure->constraint) || !isfinite(measure->violation))
    return gibbs_fail(
        err, GIBBS_ERR_NUMERIC,
        "training: step %llu: the %s is %g; the parameters are those before the step. A smaller rate may "
        "help",
        (unsigned long long)t->done + 1, what, isinf(bad) ? bad : measure->violation);
  return GIBBS_OK;
}

/* ---- from samples to a move ---------------------------------------------------------------------------------- */

static gibbs_status precondition(gibbs_training *t, const gibbs_sample_report *report, gibbs_error *err) {
  const gibbs_training_options *o = &t->options;
  if (!training_wants_slopes(o)) return GIBBS_OK;
  if (!report->known || report->count == 0)
    return gibbs_fail(
        err, GIBBS_ERR_UNSUPPORTED,
        "training: step %llu: there are no samples of the model; leave out 'centred', 'standardised' and "
        "'natural'",
        (unsigned long long)t->done + 1);
  gibbs_status status = o->centred        ? training_centre(t, report, err)
                        : o->standardised ? training_standardise(t, report, err)
                                          : training_natural(t, report, err);
  if (status == GIBBS_OK && !isfinite(training_norm(t, t->gradient)))
    status = blame_component(t, "preconditioned gradient", err);
  return status;
}

static void move(gibbs_training *t, double rate, double shrink) {
  if (!t->options.centred) {
    training_update(t, rate, shrink, t->gradient, NULL);
    return;
  }
  training_update(t, rate, shrink, t->gradient, t->move);
  training_uncentre(t, t->move);
  training_add(t, t->move);
}

static bool is_averaged(const gibbs_training *t, uint64_t step) {
  double last = floor(t->options.average * (double)t->options.steps);
  return t->live.mean && (double)(t->options.steps - step) < last;
}

static gibbs_status take_averages(gibbs_training *t, const training_measure *measure, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  training_average(t);
  if (t->source.constrained) status = gibbs_series_add(t->violations, &measure->violation, err);
  if (status == GIBBS_OK && isfinite(measure->value)) status = gibbs_series_add(t->values, &measure->value, err);
  return status;
}

static bool is_ill(const gibbs_training *t, const gibbs_sample_report *report) {
  return report->known &&
         (report->ess_share < t->options.ess_floor || report->changed < t->options.change_floor); /* NaN is not */
}

static bool watches_health(const gibbs_training *t) {
  return t->options.ess_floor > 0 || t->options.change_floor > 0;
}

/* Floors of what is not known would hold nothing. */
static gibbs_status check_health(const gibbs_training *t, const gibbs_sample_report *report, gibbs_error *err) {
  if (!watches_health(t)) return GIBBS_OK;
  if (!report->known)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "training: there are no chains of the model; leave out ess_floor and change_floor");
  if (t->options.change_floor > 0 && isnan(report->changed))
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "training: the kernel does not tell how many units it changes; leave out change_floor");
  return GIBBS_OK;
}

/* ---- one step
 * ------------------------------------------------------------------------------------------------------ */

static bool is_kept(const gibbs_training *t, uint64_t step) {
  return step % t->options.keep_every == 0 || step == t->options.steps;
}

static gibbs_training_record begin_record(const gibbs_training *t) {
  gibbs_training_record r;
#define COUNT(field, doc) r.field = 0;
#define REAL(field, doc) r.field = NAN;
  GIBBS_TRAINING_RECORD(COUNT, REAL)
#undef COUNT
#undef REAL
  r.step = t->done + 1;
  r.rate = t->scale * training_rate(&t->options, t->done);
  if (t->source.constrained) r.multiplier = t->live.scalars.multiplier;
  return r;
}

static void note_report(gibbs_training_record *r, const gibbs_sample_report *report) {
  if (!report->known) return;
  r->free_energy = report->free_energy;
  r->free_energy_error = report->error;
  r->ess = report->ess_share;
  r->r_hat = report->r_hat;
  r->changed = report->changed;
}

static gibbs_status name_step(const gibbs_training *t, gibbs_status status, gibbs_error *err) {
  char who[64];
  if (status == GIBBS_OK || status == GIBBS_ERR_INTERRUPT) return status;
  snprintf(who, sizeof who, "training: step %llu", (unsigned long long)t->done + 1);
  (void)gibbs_error_prefix(err, who);
  return status;
}

static gibbs_status measure(gibbs_training *t, gibbs_training_record *r, training_measure *m,
                            gibbs_sample_report *report, gibbs_error *err) {
  bool kept = is_kept(t, r->step), wanted = kept || watches_health(t) || training_wants_slopes(&t->options);
  gibbs_status status = t->source.sample(t->source.context, t->live.scalars.multiplier, kept, m, t->rows, err);
  status = status == GIBBS_OK ? check_measure(t, m, err) : name_step(t, status, err);
  if (status == GIBBS_OK && wanted && t->source.sampled) status = t->source.report(t->source.context, report, err);
  if (status != GIBBS_OK) return status;
  status = check_health(t, report, err);
  if (status != GIBBS_OK) return status;
  r->value = m->value;
  r->value_error = m->value_error;
  if (t->source.constrained) {
    r->constraint = m->constraint;
    r->constraint_error = m->constraint_error;
  }
  note_report(r, report);
  return GIBBS_OK;
}

static gibbs_status advance(gibbs_training *t, const gibbs_training_record *r, const training_measure *m,
                            const gibbs_sample_report *report, gibbs_error *err) {
  double shrink = t->options.clip > 0 && r->gradient_norm > t->options.clip ? t->options.clip / r->gradient_norm : 1;
  gibbs_status status = precondition(t, report, err);
  if (status != GIBBS_OK) return status;
  move(t, r->rate, shrink);
  t->live.scalars.multiplier += t->options.multiplier_rate * r->rate * m->violation;
  return is_averaged(t, r->step) ? take_averages(t, m, err) : GIBBS_OK;
}

static gibbs_status note_record(gibbs_training *t, const gibbs_training_record *r, bool kept, gibbs_error *err) {
  t->latest = *r;
  if (!kept) return GIBBS_OK;
  if (t->history_length == t->history_room) {
    size_t room = 2 * t->history_room + 64;
    gibbs_training_record *history =
        room <= SIZE_MAX / sizeof *history ? realloc(t->history, room * sizeof *history) : NULL;
    if (!history) return gibbs_fail_memory(err, "the history of a training", t->history_room * sizeof *history);
    t->history = history;
    t->history_room = room;
  }
  t->history[t->history_length++] = *r;
  return GIBBS_OK;
}

static bool is_look(const gibbs_training *t, uint64_t step) {
  return t->source.held_out && (step % t->options.check_every == 0 || step == t->options.steps);
}

/* The point before the step is looked at, for that is where the samples are. */
static gibbs_status look(gibbs_training *t, gibbs_training_record *r, gibbs_error *err) {
  gibbs_status status = is_look(t, r->step) ? training_look(t, r->step, err) : GIBBS_OK;
  r->held_out = t->held_out;
  r->held_out_error = t->held_out_error;
  return status;
}

static gibbs_status close_step(gibbs_training *t, const gibbs_training_record *r, bool ill, gibbs_error *err) {
  t->done++;
  t->healthy = ill ? 0 : t->healthy + 1;
  bool good = watches_health(t) && t->healthy >= t->options.check_every;
  gibbs_status status = note_record(t, r, ill || is_kept(t, r->step), err);
  return status == GIBBS_OK && good ? training_keep_good(t, err) : status;
}

static gibbs_status take_step(gibbs_training *t, gibbs_error *err) {
  gibbs_training_record r = begin_record(t);
  training_measure m = {NAN, NAN, NAN, NAN, 0};
  gibbs_sample_report report = {.known = false};
  gibbs_status status = measure(t, &r, &m, &report, err);
  if (status != GIBBS_OK) return status;
  r.gradient_norm = training_norm(t, t->gradient);
  if (!isfinite(r.gradient_norm)) return blame_component(t, "gradient", err);
  bool ill = watches_health(t) && is_ill(t, &report);
  if (!ill) status = look(t, &r, err);
  if (status == GIBBS_OK) status = ill ? training_go_back(t, err) : advance(t, &r, &m, &report, err);
  if (status != GIBBS_OK) return status;
  r.rollbacks = t->rollbacks;
  return close_step(t, &r, ill, err);
}

/* The first step may take long, for the chains warm up in it: it can be interrupted, and is undone then. */
static gibbs_status take_first_step(gibbs_training *t, gibbs_error *err) {
  double *state = NULL;
  size_t count = 0;
  gibbs_status status = watches_health(t) ? training_keep_good(t, err) : GIBBS_OK;
  if (status == GIBBS_OK) status = gibbs_training_save(t, &state, &count, err);
  if (status != GIBBS_OK) return status;
  status = take_step(t, err);
  if (status == GIBBS_ERR_INTERRUPT && t->done == 0) {
    gibbs_status undone = gibbs_training_restore(t, state, count, err);
    if (undone != GIBBS_OK) status = undone;
  }
  free(state);
  return status;
}

static gibbs_status take_whole_step(gibbs_training *t, gibbs_error *err) {
  if (gibbs_interrupted()) return gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
  if (t->done == 0) return take_first_step(t, err);
  gibbs_interrupt_hold();
  gibbs_status status = take_step(t, err);
  gibbs_interrupt_release();
  return status;
}

bool gibbs_training_ended(const gibbs_training *t, gibbs_training_end *end) {
  if (t->out_of_patience)
    *end = GIBBS_TRAINING_END_PATIENCE;
  else if (t->out_of_equilibrium)
    *end = GIBBS_TRAINING_END_OUT_OF_EQUILIBRIUM;
  else if (t->done >= t->options.steps)
    *end = GIBBS_TRAINING_END_STEPS;
  else if (t->stopped || t->interrupted)
    *end = t->stopped ? GIBBS_TRAINING_END_STOPPED : GIBBS_TRAINING_END_INTERRUPTED;
  else
    return false;
  return true;
}

/* Values are known of the steps in the history: the last one stays. */
static void tell(gibbs_progress *task, const gibbs_training_record *r) {
  const struct {
    const char *name;
    double value;
  } metrics[GIBBS_PROGRESS_METRICS] = {
      {"value", r->value}, {"constraint", r->constraint}, {"gradient", r->gradient_norm}, {"held out", r->held_out}};
  for (size_t k = 0; k < GIBBS_PROGRESS_METRICS; k++)
    if (!isnan(metrics[k].value)) gibbs_progress_metric(task, k, metrics[k].name, metrics[k].value);
  gibbs_progress_step(task, r->step);
}

gibbs_status gibbs_training_run(gibbs_training *t, uint64_t steps,
                                gibbs_status (*watch)(void *context, const gibbs_training_record *record,
                                                      gibbs_error *err),
                                void *context, gibbs_error *err) {
  gibbs_training_end end;
  if (t->finished)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "training: this run is finished; its parameters are the result");
  t->interrupted = t->stopped = false;
  gibbs_status status = GIBBS_OK;
  gibbs_progress task;
  gibbs_progress_begin(&task, "training", "step", t->done, t->options.steps);
  for (; status == GIBBS_OK && steps > 0 && !gibbs_training_ended(t, &end); steps--) {
    status = take_whole_step(t, err);
    if (status == GIBBS_OK) tell(&task, &t->latest);
    t->interrupted = status == GIBBS_ERR_INTERRUPT;
    if (status != GIBBS_OK || !watch) continue;
    status = watch(context, &t->latest, err);
    t->interrupted = status == GIBBS_ERR_INTERRUPT && gibbs_interrupted();
    t->stopped = status == GIBBS_ERR_INTERRUPT && !t->interrupted;
  }
  gibbs_progress_end(&task);
  return status;
}

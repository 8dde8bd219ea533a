/* training_state.c - a training as numbers, to be written down and gone on with. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "training_parts.h"

enum { FORMAT = 1, SCALARS = sizeof(training_scalars) / sizeof(double) };

/* ---- what goes back together -------------------------------------------------------------------------------- */

static void pack_series(const gibbs_series *series, training_pack *pack, gibbs_status *status, gibbs_error *err) {
  double *state = NULL;
  size_t count = 0;
  if (*status == GIBBS_OK && series) *status = gibbs_series_save(series, &state, &count, err);
  training_pack_block(pack, state, count);
  free(state);
}

void training_pack_live(const gibbs_training *t, training_pack *pack, gibbs_status *status, gibbs_error *err) {
  double *state = NULL;
  size_t count = 0;
  for (size_t k = 0; k < t->count; k++)
    training_pack_numbers(pack, gibbs_parameter_values(gibbs_expr_as_parameter(t->parameters[k])),
                          t->at[k + 1] - t->at[k]);
  double scalars[SCALARS];
  memcpy(scalars, &t->live.scalars, sizeof scalars);
  training_pack_numbers(pack, scalars, SCALARS);
  training_pack_numbers(pack, t->live.all, t->live.count);
  pack_series(t->values, pack, status, err);
  pack_series(t->violations, pack, status, err);
  if (*status == GIBBS_OK) *status = t->source.save(t->source.context, &state, &count, err);
  training_pack_block(pack, state, count);
  free(state);
}

void training_unpack_live(const gibbs_training *t, training_unpack *unpack, training_live_state *out) {
  out->x = training_unpack_finite(unpack, t->size);
  out->scalars = training_unpack_finite(unpack, SCALARS);
  out->vectors = training_unpack_finite(unpack, t->live.count);
  out->values = training_unpack_block(unpack, &out->values_count);
  out->violations = training_unpack_block(unpack, &out->violations_count);
  out->source = training_unpack_block(unpack, &out->source_count);
  unpack->bad |= (out->values_count > 0) != (t->values != NULL);
  unpack->bad |= (out->violations_count > 0) != (t->violations != NULL);
}

static gibbs_status read_series(bool wanted, const double *state, size_t count, gibbs_series **out,
                                gibbs_error *err) {
  *out = NULL;
  if (!wanted) return GIBBS_OK;
  gibbs_status status = gibbs_series_new(1, 1, true, out, err);
  return status == GIBBS_OK ? gibbs_series_restore(*out, state, count, err) : status;
}

/* Parameters first, for what is made of chains may look at them; they are put back where the rest does not fit. */
static gibbs_status restore_source(gibbs_training *t, const training_live_state *state, gibbs_error *err) {
  double *before = malloc(t->size * sizeof *before);
  if (!before) return gibbs_fail_memory(err, "parameters", t->size * sizeof *before);
  training_read(t, before);
  training_write(t, state->x);
  gibbs_status status = t->source.restore(t->source.context, state->source, state->source_count, err);
  if (status != GIBBS_OK) training_write(t, before);
  free(before);
  return status;
}

gibbs_status training_apply_live(gibbs_training *t, const training_live_state *state, gibbs_error *err) {
  gibbs_series *values = NULL, *violations = NULL;
  gibbs_status status = read_series(t->values != NULL, state->values, state->values_count, &values, err);
  if (status == GIBBS_OK)
    status = read_series(t->violations != NULL, state->violations, state->violations_count, &violations, err);
  if (status == GIBBS_OK) status = restore_source(t, state, err);
  if (status != GIBBS_OK) {
    gibbs_series_free(values);
    gibbs_series_free(violations);
    return status;
  }
  gibbs_series_free(t->values);
  gibbs_series_free(t->violations);
  t->values = values;
  t->violations = violations;
  memcpy(&t->live.scalars, state->scalars, sizeof t->live.scalars);
  if (t->live.count) memcpy(t->live.all, state->vectors, t->live.count * sizeof *t->live.all);
  return GIBBS_OK;
}

/* ---- who may read it: the same parameters and options ---------------------------------------------------------- */

/* FNV-1a of the names and shapes: 32 bits, which a double holds. */
static uint32_t mix(uint32_t hash, const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) hash = (hash ^ ((const unsigned char *)bytes)[i]) * 16777619u;
  return hash;
}

static double fingerprint(const gibbs_training *t) {
  uint32_t hash = 2166136261u;
  for (size_t k = 0; k < t->count; k++) {
    const gibbs_parameter *parameter = gibbs_expr_as_parameter(t->parameters[k]);
    const gibbs_shape *shape = gibbs_parameter_shape(parameter);
    hash = mix(hash, gibbs_parameter_name(parameter), strlen(gibbs_parameter_name(parameter)) + 1);
    for (size_t d = 0; d < shape->rank; d++) hash = mix(hash, &shape->extent[d], sizeof shape->extent[d]);
  }
  return hash;
}

static void pack_options(const gibbs_training *t, training_pack *pack) {
  const gibbs_training_options *o = &t->options;
  training_pack_number(pack, (double)o->optimiser);
  training_pack_number(pack, (double)o->schedule);
#define ROW(field, initial, low, high, doc) training_pack_number(pack, (double)o->field);
#define FLAG(field, doc) training_pack_number(pack, o->field);
  GIBBS_TRAINING_OPTIONS(ROW, ROW, FLAG)
#undef ROW
#undef FLAG
}

/* A longer run goes on from a shorter one where nothing depends on how long it is. */
static bool may_differ(const gibbs_training_options *o, const char *name) {
  return strcmp(name, "steps") == 0 && o->schedule == GIBBS_SCHEDULE_CONSTANT && o->average == 0;
}

static gibbs_status check_option(const gibbs_training_options *o, const char *name, double mine, double theirs,
                                 gibbs_error *err) {
  if (mine == theirs || may_differ(o, name)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                    "the state of a training was made with %s = %g, and this one has %g; give it the same options",
                    name, theirs, mine);
}

static gibbs_status check_options(const gibbs_training *t, training_unpack *unpack, gibbs_error *err) {
  const gibbs_training_options *o = &t->options;
  gibbs_status status = check_option(o, "method", (double)o->optimiser, training_unpack_number(unpack), err);
  if (status == GIBBS_OK)
    status = check_option(o, "schedule", (double)o->schedule, training_unpack_number(unpack), err);
#define ROW(field, initial, low, high, doc)                                                                          \
  if (status == GIBBS_OK) status = check_option(o, #field, (double)o->field, training_unpack_number(unpack), err);
#define FLAG(field, doc) ROW(field, 0, 0, 1, doc)
  GIBBS_TRAINING_OPTIONS(ROW, ROW, FLAG)
#undef ROW
#undef FLAG
  return status;
}

static double kind_of(const gibbs_training *t) {
  return t->source.constrained + 2 * t->source.sampled + 4 * t->source.held_out;
}

static gibbs_status check_owner(const gibbs_training *t, training_unpack *unpack, gibbs_error *err) {
  if (training_unpack_number(unpack) != FORMAT)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "this is not the state of a training that this program can read");
  double size = training_unpack_number(unpack), mark = training_unpack_number(unpack);
  if (size != (double)t->size || mark != fingerprint(t))
    return gibbs_fail(err, GIBBS_ERR_SHAPE,
                      "the state of a training is of other parameters: %g numbers, where there are %zu here, or of "
                      "other names or shapes",
                      size, t->size);
  if (training_unpack_number(unpack) != kind_of(t))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "the state of a training is of one with another estimate, constraint or held-out objective: "
                      "one has it, the other not");
  return check_options(t, unpack, err);
}

/* ---- saving
 * -------------------------------------------------------------------------------------------------------- */

static void pack_progress(const gibbs_training *t, training_pack *pack) {
  const double numbers[] = {(double)t->done,  (double)t->rollbacks, (double)t->healthy,    (double)t->setbacks,
                            t->scale,         t->out_of_patience,   t->out_of_equilibrium, (double)t->best_step,
                            t->best_value,    t->best_error,        (double)t->idle,       t->held_out,
                            t->held_out_error};
  training_pack_numbers(pack, numbers, sizeof numbers / sizeof *numbers);
  if (t->best) training_pack_numbers(pack, t->best, t->size);
}

static void pack_history(const gibbs_training *t, training_pack *pack) {
  training_pack_number(pack, (double)t->history_length);
  for (size_t k = 0; k < t->history_length; k++) {
#define ROW(field, doc) training_pack_number(pack, (double)t->history[k].field);
    GIBBS_TRAINING_RECORD(ROW, ROW)
#undef ROW
  }
}

gibbs_status gibbs_training_save(const gibbs_training *t, double **state, size_t *count, gibbs_error *err) {
  if (t->finished)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "training: this run is finished, and cannot be saved to go on");
  training_pack pack = {0};
  double *look = NULL;
  size_t looks = 0;
  gibbs_status status = GIBBS_OK;
  training_pack_number(&pack, FORMAT);
  training_pack_number(&pack, (double)t->size);
  training_pack_number(&pack, fingerprint(t));
  training_pack_number(&pack, kind_of(t));
  pack_options(t, &pack);
  pack_progress(t, &pack);
  training_pack_live(t, &pack, &status, err);
  training_pack_block(&pack, t->good.state, t->good.count);
  pack_history(t, &pack);
  if (status == GIBBS_OK && t->source.held_out) status = t->source.look_save(t->source.context, &look, &looks, err);
  training_pack_block(&pack, look, looks);
  free(look);
  if (status == GIBBS_OK) return training_pack_end(&pack, state, count, err);
  free(pack.data);
  return status;
}

/* ---- restoring: all is read and checked before anything is changed
 * ------------------------------------------------- */

typedef struct whole_state {
  uint64_t done, rollbacks, healthy, setbacks, out_of_patience, out_of_equilibrium, best_step, idle, history_length;
  double scale, best_value, best_error, held_out, held_out_error;
  const double *best, *good, *look, *history;
  size_t good_count, look_count;
  training_live_state live;
} whole_state;

enum {
#define ROW(field, doc) +1
  FIELDS = 0 GIBBS_TRAINING_RECORD(ROW, ROW)
#undef ROW
};

static void unpack_progress(const gibbs_training *t, training_unpack *unpack, whole_state *s) {
  s->done = training_unpack_integer(unpack);
  s->rollbacks = training_unpack_integer(unpack);
  s->healthy = training_unpack_integer(unpack);
  s->setbacks = training_unpack_integer(unpack);
  s->scale = training_unpack_number(unpack);
  s->out_of_patience = training_unpack_integer(unpack);
  s->out_of_equilibrium = training_unpack_integer(unpack);
  s->best_step = training_unpack_integer(unpack);
  s->best_value = training_unpack_number(unpack);
  s->best_error = training_unpack_number(unpack);
  s->idle = training_unpack_integer(unpack);
  s->held_out = training_unpack_number(unpack);
  s->held_out_error = training_unpack_number(unpack);
  s->best = t->best ? training_unpack_finite(unpack, t->size) : NULL;
  unpack->bad |= s->done > t->options.steps || s->rollbacks > s->done || s->best_step > s->done || s->idle > s->done;
  unpack->bad |= !(s->scale > 0 && s->scale <= 1) || s->out_of_patience > 1 || s->out_of_equilibrium > 1;
}

static void check_good(const gibbs_training *t, training_unpack *unpack, const whole_state *s) {
  training_unpack good = {.at = s->good, .left = s->good_count};
  training_live_state state;
  if (s->good_count == 0) return;
  training_unpack_live(t, &good, &state);
  unpack->bad |= good.bad || good.left != 0;
}

static void unpack_history(training_unpack *unpack, whole_state *s) {
  s->history_length = training_unpack_integer(unpack);
  unpack->bad |= s->history_length > unpack->left / FIELDS;
  if (!unpack->bad) s->history = training_unpack_numbers(unpack, (size_t)s->history_length * FIELDS);
  for (size_t k = 0; !unpack->bad && k < s->history_length; k++) {
    training_unpack counts = {.at = s->history + k * FIELDS, .left = 2}; /* step, rollbacks */
    training_unpack_integer(&counts);
    training_unpack_integer(&counts);
    unpack->bad |= counts.bad;
  }
}

static gibbs_status read_state(const gibbs_training *t, const double *state, size_t count, whole_state *s,
                               gibbs_error *err) {
  training_unpack unpack = {.at = state, .left = count};
  gibbs_status status = check_owner(t, &unpack, err);
  if (status != GIBBS_OK) return status;
  unpack_progress(t, &unpack, s);
  training_unpack_live(t, &unpack, &s->live);
  s->good = training_unpack_block(&unpack, &s->good_count);
  check_good(t, &unpack, s);
  unpack_history(&unpack, s);
  s->look = training_unpack_block(&unpack, &s->look_count);
  if (unpack.bad || unpack.left != 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "the state of a training is damaged: %zu numbers that do not fit together", count);
  return GIBBS_OK;
}

static gibbs_status copy_good(const whole_state *s, double **out, gibbs_error *err) {
  *out = NULL;
  if (s->good_count == 0) return GIBBS_OK;
  *out = malloc(s->good_count * sizeof **out);
  if (!*out) return gibbs_fail_memory(err, "a point to go back to", s->good_count * sizeof **out);
  memcpy(*out, s->good, s->good_count * sizeof **out);
  return GIBBS_OK;
}

static gibbs_status copy_history(const whole_state *s, gibbs_training_record **out, gibbs_error *err) {
  *out = malloc((size_t)(s->history_length + 1) * sizeof **out);
  if (!*out) return gibbs_fail_memory(err, "a history", (size_t)s->history_length * sizeof **out);
  const double *at = s->history;
  for (size_t k = 0; k < s->history_length; k++) {
#define COUNT(field, doc) (*out)[k].field = (uint64_t)*at++;
#define REAL(field, doc) (*out)[k].field = *at++;
    GIBBS_TRAINING_RECORD(COUNT, REAL)
#undef COUNT
#undef REAL
  }
  return GIBBS_OK;
}

/* The held-out objective's chains, then the others': where these do not fit, those are put back. */
static gibbs_status apply_chains(gibbs_training *t, const whole_state *s, gibbs_error *err) {
  const training_source *source = &t->source;
  if (!source->held_out) return training_apply_live(t, &s->live, err);
  double *before = NULL;
  size_t count = 0;
  gibbs_status status = source->look_save(source->context, &before, &count, err);
  if (status == GIBBS_OK) status = source->look_restore(source->context, s->look, s->look_count, err);
  if (status == GIBBS_OK) {
    status = training_apply_live(t, &s->live, err);
    if (status != GIBBS_OK && source->look_restore(source->context, before, count, NULL) != GIBBS_OK)
      status = gibbs_fail(err, status, "the state of a training does not fit, and the held-out chains are lost");
  }
  free(before);
  return status;
}

static void apply_progress(gibbs_training *t, const whole_state *s) {
  t->done = s->done;
  t->rollbacks = s->rollbacks;
  t->healthy = s->healthy;
  t->setbacks = s->setbacks;
  t->scale = s->scale;
  t->out_of_patience = s->out_of_patience != 0;
  t->out_of_equilibrium = s->out_of_equilibrium != 0;
  t->best_step = s->best_step;
  t->best_value = s->best_value;
  t->best_error = s->best_error;
  t->idle = s->idle;
  t->held_out = s->held_out;
  t->held_out_error = s->held_out_error;
  if (t->best) memcpy(t->best, s->best, t->size * sizeof *t->best);
  t->interrupted = t->stopped = false;
}

gibbs_status gibbs_training_restore(gibbs_training *t, const double *state, size_t count, gibbs_error *err) {
  whole_state s = {0};
  double *good = NULL;
  gibbs_training_record *history = NULL;
  if (t->finished)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "training: this run is finished; make a new one to go on from a state");
  gibbs_status status = read_state(t, state, count, &s, err);
  if (status == GIBBS_OK) status = copy_good(&s, &good, err);
  if (status == GIBBS_OK) status = copy_history(&s, &history, err);
  if (status == GIBBS_OK) status = apply_chains(t, &s, err);
  if (status != GIBBS_OK) {
    free(good);
    free(history);
    return status;
  }
  apply_progress(t, &s);
  free(t->good.state);
  free(t->history);
  t->good = (training_kept){good, s.good_count};
  t->history = history;
  t->history_length = (size_t)s.history_length;
  t->history_room = t->history_length + 1;
  return GIBBS_OK;
}

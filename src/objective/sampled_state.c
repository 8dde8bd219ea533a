/* sampled_state.c - the chains, the order of the data and the counters of an objective on samples, as numbers. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampled.h"

#define FORMAT 7301
enum { head = 6, place_head = 11 };

/* Rows that neither the chains nor the data have. */
static size_t count_rows(const gibbs_place *place) {
  return place->d && place->snapshots > 1 && (place->taken || place->open) ? place->samples * place->units : 0;
}

static size_t count_window(const gibbs_place *place) {
  return place->window.filled ? place->window.room * place->chain_count : 0;
}

/* ---- saving -------------------------------------------------------------------------------------------------------
 */

typedef struct saved {
  double *chains, *carried; /* NULL: there are none */
  size_t count, carried_count;
} saved;

static void free_saved(saved *list, size_t count) {
  for (size_t k = 0; list && k < count; k++) {
    free(list[k].chains);
    free(list[k].carried);
  }
  free(list);
}

static double *write_place(const gibbs_place *place, const saved *s, double *out) {
  const gibbs_window *w = &place->window;
  size_t window = count_window(place), rows = count_rows(place);
  const double numbers[place_head] = {(double)s->count,
                                      (double)rows,
                                      (double)window,
                                      (double)place->taken,
                                      place->open,
                                      (double)place->base,
                                      (double)place->snapshot,
                                      (double)place->order.position,
                                      (double)(w->filled * 1024 + w->next),
                                      (double)w->last,
                                      (double)s->carried_count};
  memcpy(out, numbers, sizeof numbers);
  out += place_head;
  if (s->count) memcpy(out, s->chains, s->count * sizeof *out);
  out += s->count;
  if (s->carried_count) memcpy(out, s->carried, s->carried_count * sizeof *out);
  out += s->carried_count;
  if (rows) memcpy(out, place->rows, rows * sizeof *out);
  if (window) memcpy(out + rows, w->energy, window * sizeof *out);
  return out + rows + window;
}

gibbs_status gibbs_objective_save(const gibbs_objective *o, double **state, size_t *count, gibbs_error *err) {
  *state = NULL;
  *count = 0;
  if (!o->sampled || o->sampled->beside) return GIBBS_OK;
  const gibbs_sampler *sampler = o->sampled->sampler;
  size_t n = sampler->place_count, size = head + o->scene_count;
  saved *list = calloc(n + 1, sizeof *list);
  gibbs_status status = list ? GIBBS_OK : gibbs_fail_memory(err, "a saved state", n * sizeof *list);
  for (size_t k = 0; status == GIBBS_OK && k < n; k++) {
    const gibbs_place *place = sampler->places[k];
    if (place->chains) status = gibbs_chains_save(place->chains, &list[k].chains, &list[k].count, err);
    if (place->carried && status == GIBBS_OK)
      status = gibbs_carried_save(place->carried, &list[k].carried, &list[k].carried_count, err);
    size += place_head + list[k].count + list[k].carried_count + count_rows(place) + count_window(place);
  }
  double *out = status == GIBBS_OK ? malloc(size * sizeof *out) : NULL;
  if (status == GIBBS_OK && !out) status = gibbs_fail_memory(err, "a saved state", size * sizeof *out);
  if (status == GIBBS_OK) {
    const double numbers[head] = {FORMAT,        (double)size,           (double)n, (double)sampler->evaluation,
                                  sampler->open, (double)sampler->groups};
    memcpy(out, numbers, sizeof numbers);
    double *at = out + head;
    for (size_t k = 0; k < o->scene_count; k++) *at++ = o->sampled->scenes[k].separate;
    for (size_t k = 0; k < n; k++) at = write_place(sampler->places[k], &list[k], at);
    *state = out;
    *count = size;
  }
  free_saved(list, n);
  return status;
}

/* ---- restoring ----------------------------------------------------------------------------------------------------
 */

static bool is_count(double x) {
  return x >= 0 && x < 9007199254740992.0 && x == floor(x);
}

static gibbs_status refuse(gibbs_error *err, const char *what) {
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the saved state does not fit the objective: %s", what);
}

static size_t count_place(const double *at) {
  return place_head + (size_t)at[0] + (size_t)at[1] + (size_t)at[2] + (size_t)at[10];
}

/* Whether the numbers of a place can be its own; *size: how many there are in all. */
static gibbs_status check_place(const gibbs_place *place, const double *at, size_t left, size_t *size,
                                gibbs_error *err) {
  for (size_t k = 0; k < place_head; k++)
    if (left < place_head || !is_count(at[k])) return refuse(err, "it is damaged");
  if (fmax(fmax(at[0], at[1]), fmax(at[2], at[10])) > (double)left) return refuse(err, "it is damaged");
  *size = count_place(at);
  if (*size > left || at[4] > 1) return refuse(err, "it is damaged");
  bool chains = place->chains != NULL, many = chains && place->snapshots > 1 && (at[3] > 0 || at[4] > 0);
  if ((at[0] > 0) != chains || (at[10] > 0 && !chains))
    return refuse(err, "there are chains in one of them where the other has data");
  if (at[1] != (many ? (double)(place->samples * place->units) : 0) || at[6] > (double)place->snapshots)
    return refuse(err, "it has other snapshots");
  size_t filled = (size_t)at[8] / 1024, next = (size_t)at[8] % 1024;
  if (at[8] > 1024 * 1024 || filled > GIBBS_WINDOW_ROWS || next >= GIBBS_WINDOW_ROWS ||
      at[2] != (filled ? (double)(GIBBS_WINDOW_ROWS * place->chain_count) : 0))
    return refuse(err, "it has another number of chains");
  return GIBBS_OK;
}

static gibbs_status check_state(const gibbs_objective *o, const double *state, size_t count, gibbs_error *err) {
  const gibbs_sampler *sampler = o->sampled->sampler;
  if (count < head || state[0] != FORMAT) return refuse(err, "it is none of an objective on samples");
  for (size_t k = 1; k < head; k++)
    if (!is_count(state[k])) return refuse(err, "it is damaged");
  if (state[1] != (double)count || state[4] > 1) return refuse(err, "it is damaged");
  if (state[2] != (double)sampler->place_count || state[5] != (double)sampler->groups)
    return refuse(err, "it has other distributions and data, or other numbers of chains");
  size_t at = head + o->scene_count, size = 0;
  gibbs_status status = GIBBS_OK;
  if (count < at) return refuse(err, "it is damaged");
  for (size_t k = head; k < at; k++)
    if (state[k] != 0 && state[k] != 1) return refuse(err, "it is damaged");
  for (size_t k = 0; status == GIBBS_OK && k < sampler->place_count; k++, at += size)
    status = check_place(sampler->places[k], state + at, count - at, &size, err);
  return status == GIBBS_OK && at != count ? refuse(err, "it is damaged") : status;
}

/* What the rows were is in the chains, and in the order of the data. */
static gibbs_status restore_rows(gibbs_place *place, const double *rows, size_t count, gibbs_error *err) {
  if (count) memcpy(place->own_rows, rows, count * sizeof *rows);
  if (count || !place->taken || place->order.whole) return GIBBS_OK;
  if (place->d) return gibbs_place_read(place, 0, err);
  place->order.position -= place->chain_count;
  return gibbs_order_take(&place->order, place->chain_count, place->own_rows, err);
}

static gibbs_status restore_carried(gibbs_place *place, const double *from, size_t count, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (count == 0) {
    gibbs_carried_free(place->carried);
    place->carried = NULL;
    return GIBBS_OK;
  }
  if (!place->carried) status = gibbs_carried_new(place->chains, NULL, &place->carried, err);
  if (status == GIBBS_OK) status = gibbs_carried_restore(place->carried, from, count, err);
  return status == GIBBS_OK && place->taken ? gibbs_place_count(place, err) : status;
}

static gibbs_status restore_window(gibbs_place *place, const double *at, const double *energy, gibbs_error *err) {
  gibbs_window *w = &place->window;
  size_t count = (size_t)at[2];
  if (count && !w->energy) w->energy = malloc(count * sizeof *w->energy);
  if (count && !w->energy) return gibbs_fail_memory(err, "energies", count * sizeof *w->energy);
  w->room = GIBBS_WINDOW_ROWS;
  w->filled = (size_t)at[8] / 1024;
  w->next = (size_t)at[8] % 1024;
  w->last = (uint64_t)at[9];
  if (count) memcpy(w->energy, energy, count * sizeof *energy);
  return GIBBS_OK;
}

static gibbs_status restore_place(gibbs_place *place, const double *at, gibbs_error *err) {
  size_t chains = (size_t)at[0], rows = (size_t)at[1];
  const double *from = at + place_head;
  gibbs_status status = chains ? gibbs_chains_restore(place->chains, from, chains, err) : GIBBS_OK;
  if (status != GIBBS_OK) return status;
  place->taken = (uint64_t)at[3];
  place->open = at[4] != 0;
  place->base = (uint64_t)at[5];
  place->snapshot = (size_t)at[6];
  place->order.position = (uint64_t)at[7];
  place->order.made = 0;
  if (place->order.data && !place->order.whole && place->taken && place->order.position < place->chain_count)
    return refuse(err, "it is damaged");
  from += chains;
  status = restore_carried(place, from, (size_t)at[10], err);
  from += (size_t)at[10];
  if (status == GIBBS_OK) status = restore_rows(place, from, rows, err);
  return status == GIBBS_OK ? restore_window(place, at, from + rows, err) : status;
}

static gibbs_status restore_state(gibbs_objective *o, const double *state, gibbs_error *err) {
  gibbs_sampler *sampler = o->sampled->sampler;
  size_t at = head + o->scene_count;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < sampler->place_count; k++) {
    const double *from = state + at;
    at += count_place(from);
    status = restore_place(sampler->places[k], from, err);
  }
  if (status != GIBBS_OK) return status;
  for (size_t k = 0; k < o->scene_count; k++) o->sampled->scenes[k].separate = state[head + k] != 0;
  sampler->evaluation = (uint64_t)state[3];
  sampler->open = state[4] != 0;
  gibbs_gauges_forget(sampler);
  return GIBBS_OK;
}

/* Where the state cannot be taken over, what was there is put back. */
gibbs_status gibbs_objective_restore(gibbs_objective *o, const double *state, size_t count, gibbs_error *err) {
  if (!o->sampled || o->sampled->beside)
    return count == 0 ? GIBBS_OK : refuse(err, "the objective has no samples of its own");
  double *before = NULL;
  size_t size = 0;
  gibbs_error ignored;
  gibbs_status status = check_state(o, state, count, err);
  if (status == GIBBS_OK) status = gibbs_objective_save(o, &before, &size, err);
  if (status == GIBBS_OK) {
    status = restore_state(o, state, err);
    if (status != GIBBS_OK) (void)!restore_state(o, before, &ignored);
  }
  free(before);
  return status;
}

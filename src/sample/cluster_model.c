/* cluster_model.c - a pairwise normal form seen as bonds between units and fields on them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cluster.h"

/* ---- what can be done ------------------------------------------------------------------------------------ */

static bool check_units(const gibbs_normal_form *form, char *why, size_t size) {
  const gibbs_segment *segments = gibbs_normal_form_segments(form);
  bool potts = segments[0].domain == GIBBS_POTTS;
  for (size_t k = 0; k < gibbs_normal_form_segment_count(form); k++) {
    const gibbs_segment *s = &segments[k];
    if (s->domain == GIBBS_REALS)
      snprintf(why, size, "units take real values");
    else if ((s->domain == GIBBS_POTTS) != potts || s->states != segments[0].states)
      snprintf(why, size, "Potts units stand beside units of another kind or number of states");
    else if (s->states > GIBBS_CLUSTER_MOST_STATES)
      snprintf(why, size, "units have %zu states, and it does at most %d", s->states, GIBBS_CLUSTER_MOST_STATES);
    else
      continue;
    return false;
  }
  return true;
}

bool gibbs_cluster_can(const gibbs_target *target, char *why, size_t size) {
  const gibbs_normal_form *form = target->form;
  if (!gibbs_normal_form_is_pairwise(form)) {
    snprintf(why, size, "the energy has other terms than fields and pair couplings");
    return false;
  }
  if (!check_units(form, why, size)) return false;
  if (target->units >= INT32_MAX) {
    snprintf(why, size, "there are %zu units, and it counts up to 2^31", target->units);
    return false;
  }
  if (gibbs_normal_form_segments(form)->domain != GIBBS_POTTS) return true;
  gibbs_cluster_model model;
  gibbs_error err = {.code = GIBBS_OK};
  if (gibbs_cluster_model_new(target, true, &model, &err) == GIBBS_OK)
    gibbs_cluster_model_clear(&model);
  else
    snprintf(why, size, "%s", err.message);
  return err.code == GIBBS_OK;
}

bool gibbs_cluster_suits(const gibbs_target *target) {
  gibbs_cluster_model model;
  gibbs_error err;
  if (target->held || gibbs_normal_form_dense_count(target->form) > 0) return false;
  if (!gibbs_normal_form_regular(target->form)->found && !gibbs_normal_form_has_sparse(target->form)) return false;
  if (gibbs_cluster_model_new(target, true, &model, &err) != GIBBS_OK) return false;
  bool staggered = model.repulsive && gibbs_cluster_has_field(&model); /* as bonds see it */
  bool suits = !model.field && !staggered && gibbs_cluster_satisfiable(&model);
  gibbs_cluster_model_clear(&model);
  return suits;
}

/* ---- bonds --------------------------------------------------------------------------------------------------- */

void gibbs_cluster_bonds_clear(gibbs_cluster_bonds *bonds) {
  free(bonds->from);
  free(bonds->to);
  free(bonds->chance);
  *bonds = (gibbs_cluster_bonds){0};
}

static bool enlarge(uint32_t **array, size_t room) {
  uint32_t *larger = realloc(*array, room * sizeof *larger);
  if (larger) *array = larger;
  return larger != NULL;
}

static uint32_t encode_chance(double strength) {
  double p = -expm1(-fabs(strength)) * 0x1p31;
  uint32_t digits = p >= 0x1p31 - 1 ? INT32_MAX : (uint32_t)(p + 0.5);
  return digits << 1 | (strength > 0);
}

gibbs_status gibbs_cluster_add_bond(gibbs_cluster_bonds *bonds, size_t *room, size_t from, size_t to, double strength,
                                    gibbs_error *err) {
  if (bonds->count == *room) {
    size_t more = *room ? *room + *room / 2 : 64;
    if (!enlarge(&bonds->from, more) || !enlarge(&bonds->to, more) || !enlarge(&bonds->chance, more))
      return gibbs_fail_memory(err, "bonds", 3 * more * sizeof(uint32_t));
    *room = more;
  }
  size_t k = bonds->count++;
  bonds->from[k] = (uint32_t)from, bonds->to[k] = (uint32_t)to, bonds->chance[k] = encode_chance(strength);
  return GIBBS_OK;
}

/* ---- two-state units: x = shift + slope s with s = -1, +1; one element a unit
 * -------------------------------------- */

typedef struct two_state {
  const gibbs_target *target;
  double *shift, *slope; /* [segment of the form] */
  gibbs_cluster_bonds *bonds;
  size_t room;
  double *field;
} two_state;

static double slope_of(gibbs_domain domain) {
  return domain == GIBBS_SPINS ? 1 : 0.5;
}
static double shift_of(gibbs_domain domain) {
  return domain == GIBBS_SPINS ? 0 : 0.5;
}

static gibbs_domain domain_of_element(const gibbs_normal_form *form, size_t e) {
  const gibbs_segment *s = gibbs_normal_form_segments(form);
  while (e >= s->first_element + s->elements) s++;
  return s->domain;
}

/* J x y, where x and y are elements of these domains. */
static gibbs_status lower_pair(two_state *t, size_t e, gibbs_domain x, size_t f, gibbs_domain y, double coupling,
                               gibbs_error *err) {
  if (coupling == 0) return GIBBS_OK;
  t->field[e] += coupling * slope_of(x) * shift_of(y);
  t->field[f] += coupling * slope_of(y) * shift_of(x);
  return gibbs_cluster_add_bond(t->bonds, &t->room, e, f, 2 * coupling * slope_of(x) * slope_of(y), err);
}

static gibbs_status lower_sparse(two_state *t, gibbs_error *err) {
  const gibbs_sparse *sparse = NULL;
  gibbs_normal_form *form = t->target->form;
  if (!gibbs_normal_form_has_sparse(form) && !gibbs_normal_form_regular(form)->found) return GIBBS_OK;
  gibbs_status status = gibbs_normal_form_sparse(form, &sparse, err);
  for (size_t e = 0; status == GIBBS_OK && e < sparse->rows; e++) {
    gibbs_domain x = domain_of_element(form, e);
    for (size_t k = sparse->first[e]; status == GIBBS_OK && k < sparse->first[e + 1]; k++) {
      size_t f = sparse->column[k];
      if (f > e) status = lower_pair(t, e, x, f, domain_of_element(form, f), sparse->value[k], err);
    }
  }
  return status;
}

static gibbs_status lower_block(two_state *t, const gibbs_dense *block, gibbs_error *err) {
  const gibbs_normal_form *form = t->target->form;
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < block->rows; i++) {
    size_t e = block->row_at + i;
    gibbs_domain x = domain_of_element(form, e);
    for (size_t j = 0; status == GIBBS_OK && j < block->columns; j++) {
      size_t f = block->column_at + j;
      if (f > e)
        status = lower_pair(t, e, x, f, domain_of_element(form, f), block->value[i * block->columns + j], err);
    }
  }
  return status;
}

/* What the shifts of the units at both ends of a lattice's bonds leave behind as fields. */
static void lower_shifts(two_state *t, const gibbs_regular *lattice) {
  gibbs_domain domain = gibbs_normal_form_segments(t->target->form)->domain;
  double factor = slope_of(domain) * shift_of(domain);
  for (size_t d = 0; d < lattice->directions && factor > 0; d++)
    for (size_t e = 0; e < t->target->units; e++)
      for (int backward = 0; backward < 2; backward++)
        if (gibbs_cluster_partner(lattice, d, backward, e) != GIBBS_CLUSTER_NONE)
          t->field[e] += factor * lattice->direction[d].coupling;
}

static gibbs_status lower_two_state(gibbs_cluster_model *model, gibbs_error *err) {
  const gibbs_target *target = model->target;
  two_state t = {.target = target, .bonds = &model->bonds, .field = model->field};
  const double *fields = NULL;
  const gibbs_segment *segments = gibbs_normal_form_segments(target->form);
  gibbs_status status = gibbs_normal_form_fields(target->form, &fields, err);
  if (status != GIBBS_OK) return status;
  for (size_t k = 0; fields && k < gibbs_normal_form_segment_count(target->form); k++)
    for (size_t u = segments[k].first_unit; u < segments[k].first_unit + segments[k].units; u++)
      t.field[u] = fields[u] * slope_of(segments[k].domain);
  if (model->regular) {
    lower_shifts(&t, model->regular);
    return GIBBS_OK;
  }
  status = lower_sparse(&t, err);
  for (size_t k = 0; status == GIBBS_OK && k < gibbs_normal_form_dense_count(target->form); k++)
    status = lower_block(&t, &gibbs_normal_form_dense(target->form)[k], err);
  return status;
}

/* ---- models --------------------------------------------------------------------------------------------------- */

/* Bonds in ascending order of their first unit: sparse rows and dense blocks have been added one after the other. */
static gibbs_status sort_bonds(gibbs_cluster_bonds *bonds, size_t units, gibbs_error *err) {
  bool sorted = true;
  for (size_t k = 1; k < bonds->count; k++) sorted = sorted && bonds->from[k - 1] <= bonds->from[k];
  if (sorted) return GIBBS_OK;
  size_t *at = calloc(units + 1, sizeof *at), bytes = bonds->count * sizeof(uint32_t);
  gibbs_cluster_bonds s = {bonds->count, malloc(bytes), malloc(bytes), malloc(bytes)};
  bool made = at && s.from && s.to && s.chance;
  for (size_t k = 0; made && k < bonds->count; k++) at[bonds->from[k] + 1]++;
  for (size_t u = 0; made && u < units; u++) at[u + 1] += at[u];
  for (size_t k = 0; made && k < bonds->count; k++) {
    size_t to = at[bonds->from[k]]++;
    s.from[to] = bonds->from[k], s.to[to] = bonds->to[k], s.chance[to] = bonds->chance[k];
  }
  free(at);
  gibbs_cluster_bonds_clear(made ? bonds : &s);
  if (made) *bonds = s;
  return made ? GIBBS_OK : gibbs_fail_memory(err, "bonds", 3 * bytes);
}

/* A field that is the same everywhere, or nowhere, needs no array. */
static void collapse_field(gibbs_cluster_model *model) {
  size_t count = model->units * (model->states > 2 ? model->states : 1);
  double first = model->states > 2 ? 0 : model->field[0];
  for (size_t k = 0; k < count; k++)
    if (model->field[k] != first) return;
  model->level = first;
  free(model->field);
  model->field = NULL;
}

static gibbs_status lower_fields_and_bonds(gibbs_cluster_model *model, gibbs_error *err) {
  size_t count = model->units * (model->states > 2 ? model->states : 1);
  const gibbs_segment *segments = gibbs_normal_form_segments(model->target->form);
  bool spins = segments[0].domain == GIBBS_SPINS;
  if (model->regular && spins && gibbs_normal_form_uniform_field(model->target->form, &model->level)) return GIBBS_OK;
  model->level = 0;
  model->field = calloc(count ? count : 1, sizeof *model->field);
  if (!model->field) return gibbs_fail_memory(err, "fields", count * sizeof *model->field);
  gibbs_status status = segments[0].domain == GIBBS_POTTS
                            ? gibbs_cluster_lower_potts(model->target, &model->bonds, model->field, err)
                            : lower_two_state(model, err);
  if (status == GIBBS_OK) status = sort_bonds(&model->bonds, model->units, err);
  if (status == GIBBS_OK) collapse_field(model);
  return status;
}

static gibbs_status lower_lattice(gibbs_cluster_model *model, gibbs_error *err) {
  const gibbs_regular *lattice = model->regular;
  double slope = slope_of(gibbs_normal_form_segments(model->target->form)->domain);
  model->strength = malloc((lattice->directions + 1) * sizeof *model->strength);
  if (!model->strength) return gibbs_fail_memory(err, "couplings", lattice->directions * sizeof *model->strength);
  for (size_t d = 0; d < lattice->directions; d++)
    model->strength[d] = 2 * slope * slope * lattice->direction[d].coupling;
  return GIBBS_OK;
}

gibbs_status gibbs_cluster_model_new(const gibbs_target *target, bool lattice, gibbs_cluster_model *out,
                                     gibbs_error *err) {
  const gibbs_segment *segments = gibbs_normal_form_segments(target->form);
  const gibbs_regular *regular = gibbs_normal_form_regular(target->form);
  gibbs_cluster_model m = {
      .target = target, .units = target->units, .states = segments[0].states, .lattice = lattice};
  bool alone = gibbs_normal_form_segment_count(target->form) == 1; /* rows of bits hold the lattice, and no more */
  if (lattice && regular->found && alone && segments[0].domain != GIBBS_POTTS) m.regular = regular;
  gibbs_status status = m.regular ? lower_lattice(&m, err) : GIBBS_OK;
  if (status == GIBBS_OK) status = lower_fields_and_bonds(&m, err);
  for (size_t d = 0; status == GIBBS_OK && m.regular && d < regular->directions; d++)
    m.repulsive = m.repulsive || m.strength[d] > 0;
  for (size_t k = 0; status == GIBBS_OK && k < m.bonds.count; k++)
    m.repulsive = m.repulsive || (m.bonds.chance[k] & 1);
  if (status == GIBBS_OK)
    *out = m;
  else
    gibbs_cluster_model_clear(&m);
  return status;
}

gibbs_status gibbs_cluster_model_refresh(gibbs_cluster_model *model, gibbs_error *err) {
  gibbs_cluster_model fresh;
  gibbs_status status = gibbs_cluster_model_new(model->target, model->lattice, &fresh, err);
  if (status != GIBBS_OK) return status;
  gibbs_cluster_model_clear(model);
  *model = fresh;
  return GIBBS_OK;
}

void gibbs_cluster_model_clear(gibbs_cluster_model *model) {
  gibbs_cluster_bonds_clear(&model->bonds);
  free(model->strength);
  free(model->field);
  model->strength = model->field = NULL;
}

static double value_of(gibbs_domain domain, uint8_t state) {
  return domain == GIBBS_SPINS ? 2.0 * state - 1 : domain == GIBBS_BITS ? state : state + 1.0;
}

void gibbs_cluster_read(const gibbs_cluster_model *model, size_t chains, const double *values, size_t stride,
                        uint8_t *state) {
  const gibbs_segment *s = gibbs_normal_form_segments(model->target->form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(model->target->form); k++, s++)
    for (size_t u = s->first_unit; u < s->first_unit + s->units; u++)
      for (size_t c = 0; c < chains; c++) {
        double x = values[u * stride + c];
        state[c * model->units + u] = (uint8_t)(s->domain == GIBBS_SPINS ? x > 0 : x - (s->domain == GIBBS_POTTS));
      }
}

void gibbs_cluster_write(const gibbs_cluster_model *model, size_t chains, const uint8_t *state, double *values,
                         size_t stride) {
  const gibbs_segment *s = gibbs_normal_form_segments(model->target->form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(model->target->form); k++, s++)
    for (size_t u = s->first_unit; u < s->first_unit + s->units; u++)
      for (size_t c = 0; c < chains; c++) values[u * stride + c] = value_of(s->domain, state[c * model->units + u]);
}

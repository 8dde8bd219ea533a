/* known.c - free energies that are known exactly and cheaply, by structure. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/known.h"

#include <math.h>
#include <stdlib.h>

#include "gibbs/exact.h"
#include "gibbs/ising_exact.h"
#include "transfer_model.h"

static const double most_form_bits = 20, most_general_bits = 13, most_table_bits = 20;
static const double most_table_work = 268435456; /* states of all tables together: about a second */

/* ---- independent units ----------------------------------------------------------------------------------------- */

static bool all_zero(const double *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (values[i] != 0) return false;
  return true;
}

/* Whether no two units are coupled, for the present values. */
static gibbs_status find_uncoupled(gibbs_normal_form *form, bool *uncoupled, gibbs_error *err) {
  const gibbs_regular *regular = gibbs_normal_form_regular(form);
  const gibbs_sparse *sparse = NULL;
  gibbs_status status = GIBBS_OK;
  *uncoupled = gibbs_normal_form_is_pairwise(form);
  for (size_t k = 0; *uncoupled && k < gibbs_normal_form_dense_count(form); k++) {
    const gibbs_dense *block = &gibbs_normal_form_dense(form)[k];
    *uncoupled = all_zero(block->value, block->rows * block->columns);
  }
  if (*uncoupled && regular->found) {
    for (size_t k = 0; *uncoupled && k < regular->directions; k++) *uncoupled = regular->direction[k].coupling == 0;
  } else if (*uncoupled && gibbs_normal_form_has_sparse(form)) {
    status = gibbs_normal_form_sparse(form, &sparse, err);
    *uncoupled = status == GIBBS_OK && all_zero(sparse->value, sparse->entries);
  }
  return status;
}

/* log sum over the states of one unit of exp(-field of the state). */
static double unit_log_sum(gibbs_domain domain, size_t states, const double *field) {
  if (domain == GIBBS_SPINS) return fabs(field[0]) + log1p(exp(-2 * fabs(field[0])));
  if (domain == GIBBS_BITS) return fmax(-field[0], 0) + log1p(exp(-fabs(field[0])));
  double top = -field[0], total = 0;
  for (size_t q = 1; q < states; q++) top = fmax(top, -field[q]);
  for (size_t q = 0; q < states; q++) total += exp(-field[q] - top);
  return top + log(total);
}

static gibbs_status sum_independent(gibbs_normal_form *form, double *out, bool *done, gibbs_error *err) {
  const double *fields = NULL;
  double log_z = -gibbs_normal_form_constant(form);
  gibbs_status status = find_uncoupled(form, done, err);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(form); k++)
    *done = *done && gibbs_normal_form_segments(form)[k].domain != GIBBS_REALS;
  if (status == GIBBS_OK && *done) status = gibbs_normal_form_fields(form, &fields, err);
  if (status != GIBBS_OK || !*done) return status;
  for (size_t k = 0; k < gibbs_normal_form_segment_count(form); k++) {
    const gibbs_segment *s = &gibbs_normal_form_segments(form)[k];
    size_t step = s->units ? s->elements / s->units : 0;
    if (!fields) log_z += (double)s->units * log((double)s->states);
    for (size_t u = 0; fields && u < s->units; u++)
      log_z += unit_log_sum(s->domain, s->states, fields + s->first_element + u * step);
  }
  *out = -log_z;
  return GIBBS_OK;
}

/* ---- Kaufman's torus ------------------------------------------------------------------------------------------- */

/* One coupling in both directions of a periodic square lattice of spins, and nothing else. */
static bool is_plain_torus(gibbs_normal_form *form) {
  const gibbs_regular *r = gibbs_normal_form_regular(form);
  double field = 0;
  bool plain = r->found && gibbs_normal_form_is_pairwise(form) && gibbs_normal_form_uniform_field(form, &field) &&
               field == 0 && gibbs_normal_form_segment_count(form) == 1 &&
               gibbs_normal_form_segments(form)->domain == GIBBS_SPINS;
  plain = plain && r->axes == 2 && r->basis == 1 && r->directions == 2;
  for (size_t a = 0; plain && a < 2; a++) plain = r->periodic[a] && r->extent[a] >= 3;
  for (size_t k = 0; plain && k < 2; k++) {
    long down = labs(r->direction[k].offset[0]), right = labs(r->direction[k].offset[1]);
    plain = down + right == 1 && r->direction[k].coupling == r->direction[0].coupling;
  }
  return plain && labs(r->direction[0].offset[0]) != labs(r->direction[1].offset[0]);
}

/* Where both lengths are even, turning every second spin changes the sign of the coupling. */
static gibbs_status solve_torus(gibbs_normal_form *form, double *out, bool *done, gibbs_error *err) {
  const gibbs_regular *r = gibbs_normal_form_regular(form);
  gibbs_ising_solution solution;
  *done = is_plain_torus(form);
  if (!*done) return GIBBS_OK;
  double K = -r->direction[0].coupling;
  *done = K > 0 || (r->extent[0] % 2 == 0 && r->extent[1] % 2 == 0);
  if (!*done) return GIBBS_OK;
  gibbs_status status = gibbs_ising_torus(r->extent[0], r->extent[1], fabs(K), &solution, err);
  if (status == GIBBS_OK) *out = solution.free_energy + gibbs_normal_form_constant(form);
  return status;
}

/* ---- sums, and elimination ------------------------------------------------------------------------------------- */

/* A refusal of one way is no failure: there are others. */
static gibbs_status pass_over(gibbs_status status) {
  return status == GIBBS_ERR_SIZE || status == GIBBS_ERR_UNSUPPORTED ? GIBBS_OK : status;
}

static gibbs_status sum_states(gibbs_distribution *d, double *out, bool *done, gibbs_error *err) {
  gibbs_distribution *side = NULL;
  gibbs_status status = gibbs_exact_side(d, &side, err);
  *done = false;
  if (status != GIBBS_OK) return pass_over(status);
  double bits = gibbs_variables_log2_states(gibbs_distribution_visible(side), gibbs_distribution_visible_count(side));
  *done = bits <= (gibbs_distribution_form(side)->found ? most_form_bits : most_general_bits) + 1e-9;
  return *done ? gibbs_exact_free_energy(d, out, err) : GIBBS_OK;
}

static gibbs_status eliminate(gibbs_distribution *d, double *out, bool *done, gibbs_error *err) {
  gibbs_transfer_model model = {0};
  double log_z = 0;
  *done = false;
  gibbs_status status = gibbs_transfer_open(d, 0, &model, err);
  if (status == GIBBS_OK) status = gibbs_elimination_plan(&model.list, most_table_bits, false, &model.plan, err);
  *done = status == GIBBS_OK && model.plan.entries <= most_table_work;
  if (*done) status = gibbs_transfer_sum(&model, 1, &log_z, err);
  if (*done) *out = -log_z;
  gibbs_transfer_close(&model);
  return pass_over(status);
}

/* ---- all together ---------------------------------------------------------------------------------------------- */

static gibbs_status open_form(gibbs_distribution *d, gibbs_normal_form **out, gibbs_error *err) {
  size_t visible = gibbs_distribution_visible_count(d), hidden = gibbs_distribution_hidden_count(d);
  gibbs_expr **variables = calloc(visible + hidden + 1, sizeof *variables);
  if (!variables) return gibbs_fail_memory(err, "a list of variables", (visible + hidden) * sizeof *variables);
  for (size_t k = 0; k < visible; k++) variables[k] = gibbs_distribution_visible(d)[k];
  for (size_t k = 0; k < hidden; k++) variables[visible + k] = gibbs_distribution_hidden(d)[k];
  gibbs_status status = gibbs_normal_form_new(gibbs_distribution_energy(d), variables, visible + hidden, out, err);
  free(variables);
  return status;
}

gibbs_status gibbs_known_free_energy(gibbs_distribution *d, double *out, const char **how, gibbs_error *err) {
  static const char *const names[] = {"independent", "exact", "kaufman", "transfer"};
  gibbs_normal_form *form = NULL;
  double value = 0;
  bool done = false;
  size_t k = 0;
  gibbs_status status = open_form(d, &form, err);
  if (status == GIBBS_OK) status = sum_independent(form, &value, &done, err);
  if (status == GIBBS_OK && !done && ++k) status = sum_states(d, &value, &done, err);
  if (status == GIBBS_OK && !done && ++k) status = solve_torus(form, &value, &done, err);
  if (status == GIBBS_OK && !done && ++k) status = eliminate(d, &value, &done, err);
  gibbs_normal_form_free(form);
  if (status == GIBBS_OK && !done)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "the free energy is not known: too many states for a quick sum, too wide for elimination, and "
                      "no square Ising torus without field. Estimate it, by annealed importance sampling for one");
  if (status != GIBBS_OK) return status;
  *out = value;
  if (how) *how = names[k];
  return GIBBS_OK;
}

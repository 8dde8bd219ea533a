/* neighbour_layers.c - rows and their one-unit neighbours in two-layer machines: structure, steps and derivatives. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neighbour_layers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/builder.h"
#include "gibbs/private/vectormath.h"

/* Steps of x_j that products take, times the size of the unit: eight of them stay far from overflow. */
static const double MOST_STEP = 80;
/* Numbers held for the parts together. */
static const size_t MOST_PARTS = (size_t)1 << 21;

/* ---- structure ------------------------------------------------------------------------------------------------- */

/* dp/dv of every visible variable, then the arguments; and inputs of the same shapes. */
static gibbs_status find_pieces(gibbs_layers_of_units *x, const gibbs_form *form, gibbs_error *err) {
  size_t visible = gibbs_distribution_visible_count(x->q), count = visible + form->term_count;
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(form->polynomial), err), *b = &room;
  x->pieces = calloc(2 * count, sizeof *x->pieces);
  if (!x->pieces) gibbs_build_fail(b, gibbs_fail_memory(err, "an objective of data", 2 * count * sizeof *x->pieces));
  if (!x->pieces) return gibbs_build_end(b);
  x->seeds = x->pieces + count;
  x->piece_count = count;
  for (size_t k = 0; b->status == GIBBS_OK && k < count; k++) {
    gibbs_expr *piece = k < visible ? gibbs_build_gradient(b, form->polynomial, gibbs_distribution_visible(x->q)[k])
                                    : form->terms[k - visible].argument;
    if (b->status != GIBBS_OK) break;
    x->pieces[k] = gibbs_expr_retain(piece);
    x->seeds[k] = gibbs_build_take(b, gibbs_build_input(b, "seed", gibbs_expr_shape(piece)));
  }
  return gibbs_build_end(b);
}

static gibbs_status find_segments(gibbs_layers_of_units *x, const gibbs_form *form, gibbs_error *err) {
  x->segments = calloc(form->term_count + 1, sizeof *x->segments);
  if (!x->segments) return gibbs_fail_memory(err, "an objective of data", form->term_count * sizeof *x->segments);
  x->segment_count = form->term_count;
  for (size_t k = 0; k < form->term_count; k++) {
    size_t count = gibbs_expr_size(form->terms[k].argument);
    size_t padded = (count + LAYER_LANES - 1) / LAYER_LANES * LAYER_LANES;
    x->segments[k] = (layer_segment){
        .spin = form->terms[k].op == GIBBS_OP_LOGCOSH, .first = x->width, .count = count, .padded = padded};
    x->width += padded;
  }
  return GIBBS_OK;
}

static gibbs_status make_room(gibbs_layers_of_units *x, gibbs_error *err) {
  size_t table = x->units * x->width, width = x->width + 1;
  x->room = MOST_PARTS / LAYER_PARTS / width;
  x->room = x->room < 1 ? 1 : x->room > LAYER_BLOCK ? LAYER_BLOCK : x->room;
  size_t block = (x->units + x->width) * LAYER_BLOCK, rows = x->room * x->width;
  size_t numbers =
      3 * table + 3 * x->units + 2 * x->units * LAYER_BLOCK + block + (2 + LAYER_PARTS) * rows + LAYER_PARTS;
  x->size = calloc(numbers, sizeof *x->size);
  if (!x->size) return gibbs_fail_memory(err, "neighbours of data", numbers * sizeof *x->size);
  x->bend = x->size + x->units;
  x->bend_total = x->bend + x->units;
  x->up = x->bend_total + x->units;
  x->down = x->up + table;
  x->step_total = x->down + table;
  x->in = x->step_total + table;
  x->row_slope = x->in + x->units * LAYER_BLOCK;
  x->out = x->row_slope + x->units * LAYER_BLOCK;
  x->upper = x->out + block;
  x->lower = x->upper + rows;
  x->part = x->lower + rows;
  x->part_value = x->part + LAYER_PARTS * rows;
  return GIBBS_OK;
}

static void measure_units(gibbs_layers_of_units *x) {
  for (size_t k = 0, u = 0; k < gibbs_distribution_visible_count(x->q); k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(gibbs_distribution_visible(x->q)[k]);
    for (size_t i = 0; i < gibbs_variable_units(variable); i++)
      x->size[u++] = gibbs_variable_domain(variable) == GIBBS_SPINS ? 2 : 1;
  }
}

static gibbs_status compile_forward(gibbs_layers_of_units *x, gibbs_error *err) {
  gibbs_output *kinds = calloc(x->piece_count, sizeof *kinds);
  if (!kinds) return gibbs_fail_memory(err, "an objective of data", x->piece_count * sizeof *kinds);
  for (size_t k = 0; k < x->piece_count; k++) kinds[k] = GIBBS_OUTPUT_EACH;
  gibbs_status status = gibbs_program_new(x->pieces, kinds, x->piece_count, gibbs_distribution_visible(x->q),
                                          gibbs_distribution_visible_count(x->q), &x->forward, err);
  free(kinds);
  return status;
}

gibbs_status gibbs_neighbour_layers_new(gibbs_distribution *q, gibbs_layers_of_units **out, gibbs_error *err) {
  const gibbs_form *form = gibbs_distribution_form(q);
  *out = NULL;
  if (!form->found) return GIBBS_OK;
  gibbs_layers_of_units *x = calloc(1, sizeof *x);
  if (!x) return gibbs_fail_memory(err, "an objective of data", sizeof *x);
  x->q = gibbs_distribution_retain(q);
  x->units = gibbs_variables_units(gibbs_distribution_visible(q), gibbs_distribution_visible_count(q));
  gibbs_status status = find_pieces(x, form, err);
  if (status == GIBBS_OK) status = find_segments(x, form, err);
  if (status == GIBBS_OK) status = make_room(x, err);
  if (status == GIBBS_OK) measure_units(x);
  if (status == GIBBS_OK) status = compile_forward(x, err);
  if (status == GIBBS_OK)
    *out = x;
  else
    gibbs_neighbour_layers_free(x);
  return status;
}

static void drop_backward(gibbs_layers_of_units *x) {
  for (size_t k = 0; k < x->parameter_count; k++) gibbs_expr_release(x->parameters[k]);
  free(x->parameters);
  gibbs_workspace_free(x->backward_space);
  gibbs_program_free(x->backward);
  x->parameters = NULL;
  x->parameter_count = 0;
  x->backward_space = NULL;
  x->backward = NULL;
}

void gibbs_neighbour_layers_free(gibbs_layers_of_units *x) {
  if (!x) return;
  drop_backward(x);
  gibbs_workspace_free(x->forward_space);
  gibbs_program_free(x->forward);
  for (size_t k = 0; k < 2 * x->piece_count; k++) gibbs_expr_release(x->pieces[k]);
  free(x->pieces);
  free(x->segments);
  free(x->size);
  gibbs_distribution_release(x->q);
  free(x);
}

/* ---- derivatives: sum_k seed_k . piece_k, added up over configurations
 * ------------------------------------------------
 */

static gibbs_status compile_backward(gibbs_layers_of_units *x, gibbs_expr *const parameters[], size_t count,
                                     gibbs_error *err) {
  size_t visible = gibbs_distribution_visible_count(x->q), inputs = visible + x->piece_count;
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(x->pieces[0]), err), *b = &room;
  gibbs_expr **nodes = calloc(inputs + count, sizeof *nodes), **slopes = nodes + inputs, *total = NULL;
  gibbs_output *kinds = calloc(count, sizeof *kinds);
  if (!nodes || !kinds) gibbs_build_fail(b, gibbs_fail_memory(err, "a gradient", inputs * sizeof *nodes));
  for (size_t k = 0; b->status == GIBBS_OK && k < x->piece_count; k++) {
    gibbs_expr *one = gibbs_build_dot(b, x->seeds[k], x->pieces[k]);
    total = total ? gibbs_build_binary(b, GIBBS_OP_ADD, total, one) : one;
  }
  for (size_t k = 0; b->status == GIBBS_OK && k < count; k++) {
    slopes[k] = gibbs_build_gradient(b, total, parameters[k]);
    kinds[k] = GIBBS_OUTPUT_TOTAL;
  }
  if (b->status == GIBBS_OK) {
    memcpy(nodes, gibbs_distribution_visible(x->q), visible * sizeof *nodes);
    memcpy(nodes + visible, x->seeds, x->piece_count * sizeof *nodes);
    b->status = gibbs_program_new(slopes, kinds, count, nodes, inputs, &x->backward, err);
  }
  free(nodes);
  free(kinds);
  return gibbs_build_end(b);
}

static gibbs_status aim_backward(gibbs_layers_of_units *x, gibbs_expr *const parameters[], size_t count,
                                 gibbs_error *err) {
  if (x->backward && x->parameter_count == count &&
      memcmp(x->parameters, parameters, count * sizeof *parameters) == 0)
    return gibbs_program_prepare(x->backward, err);
  drop_backward(x);
  x->parameters = calloc(count, sizeof *x->parameters);
  if (!x->parameters) return gibbs_fail_memory(err, "a list of parameters", count * sizeof *parameters);
  x->parameter_count = count;
  for (size_t k = 0; k < count; k++) x->parameters[k] = gibbs_expr_retain(parameters[k]);
  gibbs_status status = compile_backward(x, parameters, count, err);
  if (status == GIBBS_OK) status = gibbs_program_prepare(x->backward, err);
  return status == GIBBS_OK ? gibbs_workspace_new(x->backward, &x->backward_space, err) : status;
}

/* The variables in `in`, and the pieces (or seeds) in `out`, as a program wants them. */
static gibbs_status run(gibbs_layers_of_units *x, size_t count, double *const totals[], gibbs_error *err) {
  size_t visible = gibbs_distribution_visible_count(x->q);
  const double **in = calloc(visible + x->piece_count, sizeof *in);
  double **out = calloc(x->piece_count, sizeof *out), *at = x->in;
  gibbs_status status = in && out ? GIBBS_OK : gibbs_fail_memory(err, "a batch", x->piece_count * sizeof *in);
  for (size_t k = 0; status == GIBBS_OK && k < visible; k++) {
    in[k] = at;
    at += gibbs_expr_size(gibbs_distribution_visible(x->q)[k]) * LAYER_BLOCK;
  }
  at = x->out;
  for (size_t k = 0; status == GIBBS_OK && k < x->piece_count; k++) {
    in[visible + k] = out[k] = at;
    at += gibbs_expr_size(x->pieces[k]) * LAYER_BLOCK;
  }
  if (status == GIBBS_OK)
    status = totals ? gibbs_program_run(x->backward, x->backward_space, count, LAYER_BLOCK, in, totals, err)
                    : gibbs_program_run(x->forward, x->forward_space, count, LAYER_BLOCK, in, out, err);
  free(in);
  free(out);
  return status;
}

/* ---- steps: what the pieces are at 0 and at every unit alone
 * ---------------------------------------------------------
 */

/* Configurations first..first+count-1 of: all units 0; then unit u alone 1. */
static void set_unit_vectors(gibbs_layers_of_units *x, size_t first, size_t count) {
  memset(x->in, 0, x->units * LAYER_BLOCK * sizeof *x->in);
  for (size_t c = 0; c < count; c++)
    if (first + c > 0) x->in[(first + c - 1) * LAYER_BLOCK + c] = 1;
}

/* The element of the pieces that belongs to a hidden unit. */
static const double *argument_of(const gibbs_layers_of_units *x, size_t segment, size_t j) {
  size_t at = x->units;
  for (size_t k = 0; k < segment; k++) at += x->segments[k].count;
  return x->out + (at + j) * LAYER_BLOCK;
}

/* The pieces at 0 are kept where step_total and bend_total are summed afterwards. */
static double take_steps(gibbs_layers_of_units *x, size_t first, size_t count) {
  double largest = 0;
  for (size_t c = 0; c < count; c++) {
    size_t u = first + c - 1;
    double *up = x->up + u * x->width, *down = x->down + u * x->width;
    if (first + c > 0) x->bend[u] = x->out[u * LAYER_BLOCK + c] - x->bend_total[u];
    for (size_t k = 0; k < x->segment_count; k++)
      for (size_t j = 0; j < x->segments[k].count; j++) {
        size_t at = x->segments[k].first + j;
        double value = argument_of(x, k, j)[c];
        if (first + c == 0) x->step_total[at] = value;
        if (first + c == 0) continue;
        double step = x->size[u] * (value - x->step_total[at]);
        largest = fmax(largest, fabs(step));
        up[at] = step;
        down[at] = -step;
      }
    if (first + c == 0)
      for (size_t i = 0; i < x->units; i++) x->bend_total[i] = x->out[i * LAYER_BLOCK];
  }
  return largest;
}

static gibbs_status measure_steps(gibbs_layers_of_units *x, bool *fits, gibbs_error *err) {
  double largest = 0;
  size_t table = x->units * x->width;
  memset(x->up, 0, 2 * table * sizeof *x->up); /* `down` stands behind; what pads a lane makes no step */
  gibbs_status status = gibbs_program_prepare(x->forward, err);
  if (status == GIBBS_OK && !x->forward_space) status = gibbs_workspace_new(x->forward, &x->forward_space, err);
  for (size_t first = 0; status == GIBBS_OK && first <= x->units; first += LAYER_BLOCK) {
    size_t count = x->units + 1 - first < LAYER_BLOCK ? x->units + 1 - first : LAYER_BLOCK;
    set_unit_vectors(x, first, count);
    status = run(x, count, NULL, err);
    if (status == GIBBS_OK) largest = fmax(largest, take_steps(x, first, count));
  }
  *fits = largest <= MOST_STEP;
  if (status != GIBBS_OK || !*fits) return status;
  gibbs_vector_exp(x->up, x->up, 2 * table);
  double group = 700 / (largest + 1e-9);
  x->group = (size_t)fmin(group, 1024) / LAYER_LANES * LAYER_LANES;
  return status;
}

/* Derivatives by the steps: seeds at every unit alone, and their sum with the other sign at 0. */
static void seed_unit_vectors(gibbs_layers_of_units *x, double factor, size_t first, size_t count) {
  size_t elements = x->units;
  for (size_t k = 0; k < x->segment_count; k++) elements += x->segments[k].count;
  memset(x->out, 0, elements * LAYER_BLOCK * sizeof *x->out);
  for (size_t c = 0; c < count; c++)
    for (size_t u = first + c > 0 ? first + c - 1 : 0; u < (first + c > 0 ? first + c : x->units); u++) {
      double sign = first + c > 0 ? factor : -factor, *out = x->out + c;
      out[u * LAYER_BLOCK] += sign * x->bend_total[u];
      out += x->units * LAYER_BLOCK;
      for (size_t k = 0; k < x->segment_count; k++)
        for (size_t j = 0; j < x->segments[k].count; j++, out += LAYER_BLOCK)
          *out += sign * x->step_total[u * x->width + x->segments[k].first + j];
    }
}

static gibbs_status add_steps(gibbs_layers_of_units *x, double factor, double *const totals[], gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t first = 0; status == GIBBS_OK && first <= x->units; first += LAYER_BLOCK) {
    size_t count = x->units + 1 - first < LAYER_BLOCK ? x->units + 1 - first : LAYER_BLOCK;
    set_unit_vectors(x, first, count);
    seed_unit_vectors(x, factor, first, count);
    status = run(x, count, totals, err);
  }
  return status;
}

/* ---- rows --------------------------------------------------------------------------------------------------------
 */

/* Derivatives by dp/dv and by the arguments at the rows themselves. */
static void seed_rows(gibbs_layers_of_units *x, double factor, size_t rows) {
  double *out = x->out;
  for (size_t r = 0; r < rows; r++) {
    double own = 0;
    for (size_t u = 0; u < x->units; u++) {
      double slope = x->row_slope[u * LAYER_BLOCK + r], state = x->in[u * LAYER_BLOCK + r];
      own += slope;
      out[u * LAYER_BLOCK + r] = -factor * slope * (state > 0 ? -x->size[u] : x->size[u]);
    }
    double *seed = out + x->units * LAYER_BLOCK + r;
    for (size_t k = 0; k < x->segment_count; k++)
      for (size_t j = 0; j < x->segments[k].count; j++, seed += LAYER_BLOCK) {
        size_t at = r * x->width + x->segments[k].first + j;
        double total = -own * (x->segments[k].spin ? x->upper[at] - x->lower[at] : x->upper[at]);
        for (size_t part = 0; part < LAYER_PARTS; part++) total += x->part[part * x->room * x->width + at];
        *seed = factor * total;
      }
  }
}

static gibbs_status take_rows(gibbs_layers_of_units *x, gibbs_neighbour_rule rule, const double *rows,
                              const double *weight, size_t count, double factor, double *const totals[],
                              double *value, gibbs_error *err) {
  for (size_t u = 0; u < x->units; u++)
    for (size_t r = 0; r < count; r++) x->in[u * LAYER_BLOCK + r] = rows[r * x->units + u];
  gibbs_status status = run(x, count, NULL, err);
  if (status == GIBBS_OK) status = gibbs_neighbour_layers_sum(x, rule, count, weight, totals != NULL, value, err);
  if (status != GIBBS_OK || !totals) return status;
  seed_rows(x, factor, count);
  return run(x, count, totals, err);
}

gibbs_status gibbs_neighbour_layers_add(gibbs_layers_of_units *x, gibbs_neighbour_rule rule, const double *rows,
                                        const double *weight, size_t count, double factor,
                                        gibbs_expr *const parameters[], size_t parameter_count,
                                        double *const totals[], double *value, bool *done, gibbs_error *err) {
  bool derivatives = totals && parameter_count > 0;
  gibbs_status status = measure_steps(x, done, err);
  if (status != GIBBS_OK || !*done) return status;
  if (derivatives) status = aim_backward(x, parameters, parameter_count, err);
  memset(x->step_total, 0, x->units * x->width * sizeof *x->step_total);
  memset(x->bend_total, 0, x->units * sizeof *x->bend_total);
  for (size_t first = 0; status == GIBBS_OK && first < count; first += x->room) {
    size_t some = count - first < x->room ? count - first : x->room;
    status = take_rows(x, rule, rows + first * x->units, weight + first, some, factor, derivatives ? totals : NULL,
                       value, err);
  }
  return status == GIBBS_OK && derivatives ? add_steps(x, factor, totals, err) : status;
}

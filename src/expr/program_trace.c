/* program_trace.c - from a value that is not finite back to the operation that made it so. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program_trace.h"

#include <math.h>
#include <stdio.h>

#include "vectormath.h"

static bool is_finite(const gibbs_plain *plain, size_t value) {
  return gibbs_vector_finite(plain->at[value], plain->frame->values[value].node->size);
}

/* "", or where the script made the node. */
static const char *say_origin(const gibbs_expr *node, char *text, size_t size) {
  const char *origin = gibbs_expr_origin(node);
  text[0] = '\0';
  if (origin) snprintf(text, size, ", made at %s", origin);
  return text;
}

/* The first element that is not finite. */
static size_t find_element(const gibbs_plain *plain, size_t value) {
  size_t e = 0;
  while (isfinite(plain->at[value][e])) e++;
  return e;
}

static double argument_element(const gibbs_plain *plain, size_t value, size_t k, size_t e) {
  const gibbs_frame *f = plain->frame;
  size_t argument = f->arguments[f->values[value].first + k];
  return plain->at[argument][f->values[argument].node->size == 1 ? 0 : e];
}

static gibbs_status report(const gibbs_plain *plain, size_t value, gibbs_error *err) {
  const gibbs_expr *node = plain->frame->values[value].node;
  size_t e = find_element(plain, value);
  double x = plain->at[value][e];
  char origin[200];
  say_origin(node, origin, sizeof origin);
  if (node->kind == GIBBS_KIND_VARIABLE) {
    const char *name = gibbs_variable_name(node->of.variable);
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the variable '%s' holds %g; values must be finite",
                      name[0] ? name : "unnamed", x);
  }
  if (node->kind == GIBBS_KIND_CONSTANT)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "a constant is %g%s; values must be finite", x, origin);
  if (node->kind == GIBBS_KIND_ELEMENTWISE && node->argument_count == 1)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s of %g is %g%s", gibbs_expr_verb(node),
                      argument_element(plain, value, 0, e), x, origin);
  if (node->kind == GIBBS_KIND_ELEMENTWISE)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s of %g and %g is %g%s", gibbs_expr_verb(node),
                      argument_element(plain, value, 0, e), argument_element(plain, value, 1, e), x, origin);
  return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s of finite values is %g%s", gibbs_expr_verb(node), x, origin);
}

static gibbs_status walk_back(gibbs_plain *plain, size_t value, gibbs_error *err);

/* An energy of +infinity is a state that does not occur: only for want of others is it to blame. */
static gibbs_status search_states(gibbs_plain *plain, size_t value, gibbs_error *err) {
  gibbs_plain *body = plain->bodies[plain->frame->values[value].leader];
  const gibbs_frame *f = body->frame;
  for (int any = 0; any < 2; any++)
    for (uint64_t state = 0; state < f->states; state++) {
      gibbs_plain_set_state(body, state);
      gibbs_status status = gibbs_plain_run(body, err);
      if (status != GIBBS_OK) return status;
      for (size_t k = f->root_count; k-- > 0;) {
        double x = *body->at[f->roots[k]];
        bool excused = k + 1 == f->root_count && x > 0 && isinf(x) && !any;
        if (!is_finite(body, f->roots[k]) && !excused) return walk_back(body, f->roots[k], err);
      }
    }
  return report(plain, value, err);
}

/* What a sum over states takes from here, its leader takes. */
static gibbs_status walk_back(gibbs_plain *plain, size_t value, gibbs_error *err) {
  const gibbs_frame *f = plain->frame;
  for (size_t k = 0; k < f->values[f->values[value].leader].count;) {
    size_t argument = f->arguments[f->values[f->values[value].leader].first + k];
    if (is_finite(plain, argument)) {
      k++;
    } else {
      value = argument;
      k = 0;
    }
  }
  bool sum = f->values[f->values[value].leader].body != NULL;
  return sum ? search_states(plain, value, err) : report(plain, value, err);
}

gibbs_status gibbs_trace(const gibbs_plain *prepared, size_t root, const double *const in[], size_t stride, size_t at,
                         gibbs_error *err) {
  const gibbs_frame *f = prepared->frame;
  gibbs_plain *plain = NULL;
  gibbs_status status = gibbs_plain_new(f, NULL, prepared, GIBBS_PLAIN_ALL, &plain, err);
  for (size_t i = 0; status == GIBBS_OK && i < f->count; i++)
    for (size_t e = 0; f->values[i].input != GIBBS_NONE && e < f->values[i].node->size; e++)
      plain->at[i][e] = in[f->values[i].input][e * stride + at];
  if (status == GIBBS_OK) status = gibbs_plain_run(plain, err);
  if (status == GIBBS_OK && is_finite(plain, root))
    status = gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s is too large for the numbers of this machine",
                        gibbs_expr_verb(f->values[root].node));
  else if (status == GIBBS_OK)
    status = walk_back(plain, root, err);
  gibbs_plain_free(plain);
  return status;
}

/* leaf.c - nodes that have no arguments: constants, variables, parameters, functionals; and callbacks. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "graph.h"

static gibbs_status make_leaf(gibbs_graph *graph, gibbs_kind kind, void *leaf, const gibbs_shape *shape,
                              gibbs_expr **out, gibbs_error *err) {
  gibbs_draft draft = {.kind = kind, .shape = *shape, .leaf = leaf};
  return gibbs_graph_node(graph, &draft, out, err);
}

gibbs_status gibbs_expr_constant(gibbs_graph *graph, gibbs_tensor *tensor, gibbs_expr **out, gibbs_error *err) {
  return make_leaf(graph, GIBBS_KIND_CONSTANT, tensor, gibbs_tensor_shape(tensor), out, err);
}

gibbs_status gibbs_expr_uniform(gibbs_graph *graph, double value, const gibbs_shape *shape, gibbs_expr **out,
                                gibbs_error *err) {
  gibbs_tensor *tensor = NULL;
  gibbs_status status = gibbs_tensor_new(shape, &tensor, err);
  if (status != GIBBS_OK) return status;
  double *values = gibbs_tensor_data(tensor);
  for (size_t k = 0; k < gibbs_tensor_size(tensor); k++) values[k] = value;
  status = gibbs_expr_constant(graph, tensor, out, err);
  gibbs_tensor_release(tensor);
  return status;
}

gibbs_status gibbs_expr_number(gibbs_graph *graph, double value, gibbs_expr **out, gibbs_error *err) {
  gibbs_shape scalar = gibbs_shape_scalar();
  return gibbs_expr_uniform(graph, value, &scalar, out, err);
}

gibbs_status gibbs_expr_variable(gibbs_graph *graph, gibbs_variable *variable, gibbs_expr **out, gibbs_error *err) {
  return make_leaf(graph, GIBBS_KIND_VARIABLE, variable, gibbs_variable_shape(variable), out, err);
}

gibbs_status gibbs_expr_parameter(gibbs_graph *graph, gibbs_parameter *parameter, gibbs_expr **out,
                                  gibbs_error *err) {
  return make_leaf(graph, GIBBS_KIND_PARAMETER, parameter, gibbs_parameter_shape(parameter), out, err);
}

gibbs_status gibbs_expr_functional(gibbs_graph *graph, gibbs_functional *functional, gibbs_expr **out,
                                   gibbs_error *err) {
  gibbs_shape scalar = gibbs_shape_scalar();
  return make_leaf(graph, GIBBS_KIND_FUNCTIONAL, functional, &scalar, out, err);
}

gibbs_status gibbs_expr_callback(gibbs_graph *graph, gibbs_callback *callback, gibbs_expr *const variables[],
                                 size_t count, gibbs_expr **out, gibbs_error *err) {
  if (count == 0) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "lua_energy: no variables; it needs at least one");
  for (size_t k = 0; k < count; k++)
    if (variables[k]->kind != GIBBS_KIND_VARIABLE)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "lua_energy: argument %zu is a %s; it takes variables", k + 1,
                        gibbs_expr_verb(variables[k]));
  gibbs_draft draft = {.kind = GIBBS_KIND_CALLBACK,
                       .shape = gibbs_shape_scalar(),
                       .leaf = callback,
                       .argument_count = count,
                       .arguments = variables};
  return gibbs_expr_make(graph, &draft, out, err);
}

gibbs_tensor *gibbs_expr_as_constant(const gibbs_expr *expr) {
  return expr->kind == GIBBS_KIND_CONSTANT ? expr->of.constant : NULL;
}

gibbs_variable *gibbs_expr_as_variable(const gibbs_expr *expr) {
  return expr->kind == GIBBS_KIND_VARIABLE ? expr->of.variable : NULL;
}

gibbs_parameter *gibbs_expr_as_parameter(const gibbs_expr *expr) {
  return expr->kind == GIBBS_KIND_PARAMETER ? expr->of.parameter : NULL;
}

gibbs_functional *gibbs_expr_as_functional(const gibbs_expr *expr) {
  return expr->kind == GIBBS_KIND_FUNCTIONAL ? expr->of.functional : NULL;
}

bool gibbs_expr_is_constant(const gibbs_expr *x) {
  return x->kind == GIBBS_KIND_CONSTANT;
}

double gibbs_expr_uniform_value(const gibbs_expr *x) {
  return gibbs_tensor_values(x->of.constant)[0];
}

bool gibbs_expr_is_value(const gibbs_expr *x, double value) {
  return x->uniform && gibbs_expr_uniform_value(x) == value;
}

bool gibbs_expr_two_values(const gibbs_expr *x, double *low, double *high) {
  while (x->kind == GIBBS_KIND_GATHER) x = x->arguments[0];
  if (x->kind != GIBBS_KIND_VARIABLE || gibbs_variable_domain(x->of.variable) == GIBBS_REALS) return false;
  *low = gibbs_variable_domain(x->of.variable) == GIBBS_SPINS ? -1.0 : 0.0;
  *high = 1.0;
  return true;
}

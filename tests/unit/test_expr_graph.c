/* test_expr_graph.c - nodes: one for equal expressions, gone with the last reference, however deep; shapes and
 * errors. */
#include "expressions.h"

#include <stdio.h>
#include <string.h>

TestSuite(graph, .init = begin_case, .fini = end_case);

Test(graph, equal_expressions_are_one_node) {
  gibbs_expr *x = reals(gibbs_shape_vector(3)), *y = reals(gibbs_shape_vector(3));
  cr_expect(add(x, y) == add(y, x) && mul(x, y) == mul(y, x));
  cr_expect(sub(x, y) != sub(y, x));
  cr_expect(num(2.5) == num(2.5) && num(2.5) != num(2));
  cr_expect(num(NAN) == num(NAN), "constants are compared bit by bit");
  cr_expect(num(0.0) != num(-0.0));
  cr_expect(constant(gibbs_shape_vector(6), 0, 1, 1) == constant(gibbs_shape_vector(6), 0, 1, 1));
  cr_expect(constant(gibbs_shape_vector(6), 0, 1, 1) != constant(gibbs_shape_matrix(2, 3), 0, 1, 1));
  cr_expect(un(GIBBS_OP_TANH, add(x, y)) == un(GIBBS_OP_TANH, add(y, x)));
  cr_expect(x != y, "two variables of one name are two variables");
}

Test(graph, leaves_are_found_again_and_keep_what_they_stand_for) {
  gibbs_shape shape = gibbs_shape_vector(2);
  gibbs_parameter *parameter = NULL;
  OK(gibbs_parameter_new("W", &shape, &parameter, &error));
  gibbs_expr *a = parameter_of(parameter);
  gibbs_expr *b = parameter_of(parameter);
  gibbs_parameter_release(parameter);
  cr_expect(a == b && gibbs_expr_as_parameter(a) == parameter);
  cr_expect_str_eq(gibbs_parameter_name(gibbs_expr_as_parameter(a)), "W");
  cr_expect(!gibbs_expr_as_variable(a) && !gibbs_expr_as_constant(a) && !gibbs_expr_as_functional(a));
}

static int released;
static void count_release(void *payload) {
  released += payload == &released;
}

Test(graph, functionals_and_callbacks_are_released_once) {
  gibbs_functional functional = {.references = 1, .payload = &released, .release = count_release};
  gibbs_callback callback = {.references = 1, .payload = &released, .release = count_release};
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *f = NULL, *g = NULL, *e = NULL;
  released = 0;
  OK(gibbs_expr_functional(graph, &functional, &f, &error));
  OK(gibbs_expr_functional(graph, &functional, &g, &error));
  OK(gibbs_expr_callback(graph, &callback, &x, 1, &e, &error));
  cr_expect(f == g && gibbs_expr_as_functional(f) == &functional && e->shape.rank == 0);
  gibbs_functional_release(&functional);
  gibbs_callback_release(&callback);
  gibbs_expr_release(f);
  cr_expect(released == 0);
  gibbs_expr_release(g);
  gibbs_expr_release(e);
  cr_expect(released == 2);
}

Test(graph, a_callback_takes_variables_only) {
  gibbs_callback callback = {.references = 1};
  gibbs_expr *x = num(3), *e = NULL;
  cr_expect(gibbs_expr_callback(graph, &callback, &x, 1, &e, &error) == GIBBS_ERR_ARGUMENT);
  cr_expect_str_eq(error.message, "lua_energy: argument 1 is a constant; it takes variables");
  cr_expect(gibbs_expr_callback(graph, &callback, &x, 0, &e, &error) == GIBBS_ERR_ARGUMENT && !e);
}

Test(graph, lives_until_its_last_node_is_gone) {
  gibbs_graph *other = NULL;
  gibbs_expr *node = NULL;
  OK(gibbs_graph_new(&other, &error));
  OK(gibbs_expr_number(other, 3, &node, &error));
  gibbs_graph_release(other);
  cr_expect(gibbs_graph_nodes(gibbs_expr_graph(node)) == 1);
  gibbs_expr_release(node);
  gibbs_expr_release(NULL);
  gibbs_graph_release(NULL);
}

Test(graph, nodes_remember_the_place_that_made_them_first) {
  char place[] = "script.lua:7";
  gibbs_graph_set_origin(graph, place);
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *y = un(GIBBS_OP_EXP, x);
  place[0] = 'X'; /* the text is the graph's own copy */
  gibbs_graph_set_origin(graph, "script.lua:8");
  gibbs_expr *again = un(GIBBS_OP_EXP, x), *z = un(GIBBS_OP_TANH, x);
  gibbs_graph_set_origin(graph, NULL);
  gibbs_expr *slope = gradient(sum(z), x);
  cr_expect(y == again);
  cr_expect_str_eq(gibbs_expr_origin(y), "script.lua:7");
  cr_expect_str_eq(gibbs_expr_origin(z), "script.lua:8");
  cr_expect_str_eq(gibbs_expr_origin(slope), "script.lua:8", "a derivative is from where its function is from");
  cr_expect_null(gibbs_expr_origin(num(17)));
}

Test(graph, many_places_are_kept_apart) {
  gibbs_expr *x[1000];
  char place[32];
  for (int round = 0; round < 2; round++)
    for (int k = 0; k < 1000; k++) {
      snprintf(place, sizeof place, "script.lua:%d", k);
      gibbs_graph_set_origin(graph, place);
      if (round == 0) x[k] = num(k + 0.25);
      cr_assert_str_eq(gibbs_expr_origin(round == 0 ? x[k] : num(-k - 0.25)), place);
    }
  gibbs_graph_set_origin(graph, NULL);
}

/* ---- depth and size ------------------------------------------------------------------------------- */

enum { depth = 1000000 };

/* E = tanh(E + x), a million times: every walk is a loop. */
static gibbs_expr *make_chain(gibbs_expr *x) {
  gibbs_expr *e = gibbs_expr_retain(x);
  for (size_t k = 0; k < depth; k++) {
    gibbs_expr *sum_of_both = NULL, *next = NULL;
    OK(gibbs_expr_binary(GIBBS_OP_ADD, e, x, &sum_of_both, &error));
    OK(gibbs_expr_unary(GIBBS_OP_TANH, sum_of_both, &next, &error));
    gibbs_expr_release(sum_of_both);
    gibbs_expr_release(e);
    e = next;
  }
  return e;
}

Test(graph, chains_of_a_million_nodes_are_walked_without_recursion) {
  gibbs_expr *x = reals(gibbs_shape_scalar()), *e = make_chain(x), *slope = NULL, *moved = NULL, *y = num(0.5);
  char text[64];
  cr_expect(gibbs_graph_nodes(graph) >= 2 * depth);
  cr_expect(gibbs_expr_depends(e, x));
  cr_expect(gibbs_expr_degree(e, &x, 1) == GIBBS_DEGREE_UNBOUNDED);
  cr_expect(strlen(gibbs_expr_print(e, text, sizeof text)) < sizeof text);
  OK(gibbs_expr_gradient(e, &x, 1, &slope, &error));
  OK(gibbs_expr_substitute(e, &x, &y, 1, &moved, &error));
  cr_expect(gibbs_expr_as_constant(moved) != NULL);
  gibbs_expr_release(slope);
  gibbs_expr_release(moved);
  gibbs_expr_release(e);
}

/* Rules that look through their arguments must not do so a million levels deep. */
Test(graph, chains_of_scalings_do_not_grow_the_stack) {
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *s = reals(gibbs_shape_scalar()), *t = reals(gibbs_shape_scalar());
  gibbs_expr *e = gibbs_expr_retain(x);
  for (size_t k = 0; k < 100000; k++) {
    static const gibbs_op op[4] = {GIBBS_OP_MUL, GIBBS_OP_DIV, GIBBS_OP_MUL, GIBBS_OP_SUB};
    gibbs_expr *next = NULL;
    OK(gibbs_expr_binary(op[k % 4], e, k % 2 ? s : t, &next, &error));
    gibbs_expr_release(e);
    e = next;
    OK(gibbs_expr_unary(GIBBS_OP_NEG, e, &next, &error));
    gibbs_expr_release(e);
    e = next;
  }
  gibbs_expr *total = NULL, *product = NULL;
  OK(gibbs_expr_sum(e, &total, &error));
  OK(gibbs_expr_dot(e, x, &product, &error));
  gibbs_expr_release(total);
  gibbs_expr_release(product);
  gibbs_expr_release(e);
}

/* x_{k+1} = x_k + x_k^2 has 2^k terms when written out: shared nodes are visited once. */
Test(graph, shared_nodes_are_visited_once) {
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *e = x;
  for (int k = 0; k < 200; k++) e = add(e, mul(num(0.5), un(GIBBS_OP_TANH, sub(e, mul(num(3), e)))));
  gibbs_expr **terms = NULL;
  double *coefficients = NULL;
  size_t count = 0;
  OK(gibbs_expr_terms(sum(e), &terms, &coefficients, &count, &error));
  for (size_t k = 0; k < count; k++) gibbs_expr_release(terms[k]);
  free(terms);
  free(coefficients);
  cr_expect(count == 201);
  cr_expect(gibbs_expr_depends(gradient(sum(e), x), x));
}

/* ---- shapes and errors ---------------------------------------------------------------------------- */

#define EXPECT_FAILURE(code, text, call)                                                                             \
  do {                                                                                                               \
    gibbs_expr *result = NULL;                                                                                       \
    cr_expect((call) == (code) && !result);                                                                          \
    cr_expect_str_eq(error.message, text);                                                                           \
  } while (0)

Test(graph, errors_name_both_shapes) {
  gibbs_expr *m = reals(gibbs_shape_matrix(4, 3)), *v = reals(gibbs_shape_vector(3)),
             *w = reals(gibbs_shape_vector(4)), *s = reals(gibbs_shape_scalar());
  gibbs_shape six = gibbs_shape_vector(6), empty = gibbs_shape_vector(0);
  const uint32_t at[6] = {0, 1, 2, 3, 4, 5};
  const long offsets[3] = {1, 1, 1};
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "add: shapes 4x3 and 3 do not agree; they must be equal, or one a scalar",
                 gibbs_expr_binary(GIBBS_OP_ADD, m, v, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "dot: shapes 3 and 4 do not agree; they must be equal",
                 gibbs_expr_dot(v, w, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "dot: shapes 3 and scalar do not agree; they must be equal",
                 gibbs_expr_dot(v, s, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "matmul: a 4x3 matrix cannot multiply a vector of 4; it needs 3",
                 gibbs_expr_matmul(m, false, w, false, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "matmul: a 3x4 matrix cannot multiply a vector of 3; it needs 4",
                 gibbs_expr_matmul(m, true, v, false, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "matmul: a 4x3 matrix cannot multiply a 4x3 one; that needs 3 rows",
                 gibbs_expr_matmul(m, false, m, false, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "matmul: shapes 3 and 4x3; it takes a matrix and then a matrix or a vector",
                 gibbs_expr_matmul(v, false, m, false, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "matmul: a vector of 3 cannot be transposed; only a matrix can",
                 gibbs_expr_matmul(m, false, v, true, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "outer: shapes 3 and 4x3; it takes two vectors",
                 gibbs_expr_outer(v, m, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "transpose: shape 3; it takes a matrix", gibbs_expr_transpose(v, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "reshape: 4x3 (12 elements) cannot become 6 (6); the numbers must agree",
                 gibbs_expr_reshape(m, &six, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "shape: axis 1 has length 0; lengths are at least 1",
                 gibbs_expr_reshape(m, &empty, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_ARGUMENT, "element: 5 of 4; elements are counted from 1",
                 gibbs_expr_element(m, 4, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "element: a scalar has no elements to choose from",
                 gibbs_expr_element(s, 0, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "shift: 3 offsets for a tensor of 2 axes; at most one for each axis",
                 gibbs_expr_shift(m, offsets, 3, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "sum: axis 3 of a tensor with 2 axes", gibbs_expr_sum_axis(m, 2, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_ARGUMENT, "gather: position 4 is outside a tensor of 3 elements",
                 gibbs_expr_gather(v, at, &six, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_ARGUMENT, "add: one argument; it takes two",
                 gibbs_expr_unary(GIBBS_OP_ADD, v, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_ARGUMENT, "tanh: two arguments; it takes one",
                 gibbs_expr_binary(GIBBS_OP_TANH, v, v, &result, &error));
}

Test(graph, huge_results_are_refused_before_memory_is_asked_for) {
  gibbs_expr *v = reshape(reals(gibbs_shape_scalar()), gibbs_shape_vector(1));
  gibbs_expr *result = NULL;
  cr_expect(gibbs_expr_expand(v, 0, SIZE_MAX / 8, &result, &error) == GIBBS_ERR_SHAPE && !result);
  gibbs_shape deep = {.rank = 6, .extent = {1, 1, 1, 1, 1, 1}};
  gibbs_expr *full = reals(deep);
  cr_expect(gibbs_expr_expand(full, 0, 2, &result, &error) == GIBBS_ERR_SHAPE && !result);
  cr_expect_str_eq(error.message, "expand: axis 1 of a tensor with 6 axes; at most 6 axes");
}

Test(graph, two_graphs_do_not_mix) {
  gibbs_graph *other = NULL;
  gibbs_expr *stranger = NULL, *x = reals(gibbs_shape_scalar()), *result = NULL;
  OK(gibbs_graph_new(&other, &error));
  OK(gibbs_expr_number(other, 3, &stranger, &error));
  cr_expect(gibbs_expr_binary(GIBBS_OP_ADD, x, stranger, &result, &error) == GIBBS_ERR_ARGUMENT && !result);
  cr_expect_str_eq(error.message, "expression: parts of two different graphs; all have to be of one graph");
  cr_expect(gibbs_expr_gradient(x, &stranger, 1, &result, &error) == GIBBS_ERR_ARGUMENT);
  cr_expect(gibbs_expr_substitute(x, &x, &stranger, 1, &result, &error) == GIBBS_ERR_ARGUMENT);
  gibbs_expr_release(stranger);
  gibbs_graph_release(other);
}

Test(graph, variables_check_their_domain) {
  gibbs_variable *variable = NULL;
  gibbs_shape shape = gibbs_shape_vector(3), deep = {.rank = 6, .extent = {1, 1, 1, 1, 1, 1}};
  cr_expect(gibbs_variable_new("p", GIBBS_POTTS, 1, &shape, &variable, &error) == GIBBS_ERR_ARGUMENT);
  cr_expect_str_eq(error.message, "potts: 1 states; a unit has 2 to 65535");
  cr_expect(gibbs_variable_new("p", GIBBS_POTTS, 2, &deep, &variable, &error) == GIBBS_ERR_SHAPE && !variable);
  OK(gibbs_variable_new(NULL, GIBBS_POTTS, 5, &shape, &variable, &error));
  cr_expect(gibbs_variable_units(variable) == 3 && gibbs_variable_size(variable) == 15);
  cr_expect(gibbs_variable_states(variable) == 5 && gibbs_variable_shape(variable)->rank == 2);
  cr_expect_str_eq(gibbs_variable_name(variable), "");
  cr_expect_str_eq(gibbs_domain_name(gibbs_variable_domain(variable)), "potts");
  gibbs_variable_release(variable);
}

Test(graph, marginals_say_what_they_cannot_sum) {
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *many = spins(21), *h = spins(2), *e = sum(h);
  EXPECT_FAILURE(GIBBS_ERR_UNSUPPORTED, "marginal: variable 'x' is real; only states can be summed over",
                 gibbs_expr_marginal(sum(x), &x, 1, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SIZE, "marginal: 2^21 joint states; at most 2^20 can be summed over",
                 gibbs_expr_marginal(sum(many), &many, 1, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_SHAPE, "marginal: an energy of shape 2; it has to be a scalar",
                 gibbs_expr_marginal(h, &h, 1, &result, &error));
  EXPECT_FAILURE(GIBBS_ERR_ARGUMENT, "marginal: argument 1 is a sum; it sums over variables",
                 gibbs_expr_marginal(e, &e, 1, &result, &error));
}

/* Nodes come and go: those that stay are found, wherever the table has moved them. */
Test(graph, nodes_are_found_after_others_have_gone) {
  enum { many = 3000 };
  static gibbs_expr *nodes[many];
  for (int round = 0; round < 3; round++) {
    for (int k = 0; k < many; k++) OK(gibbs_expr_number(graph, k + 0.5 * round, &nodes[k], &error));
    for (int k = 0; k < many; k++)
      if (k % 3 != round) gibbs_expr_release(nodes[k]);
    for (int k = round; k < many; k += 3) {
      gibbs_expr *again = NULL;
      OK(gibbs_expr_number(graph, k + 0.5 * round, &again, &error));
      cr_assert(again == nodes[k], "round %d, number %d", round, k);
      gibbs_expr_release(again);
      gibbs_expr_release(nodes[k]);
    }
  }
}

Test(graph, lists_of_positions_are_shared_and_go_with_their_last_user) {
  gibbs_expr *x = reals(gibbs_shape_vector(5)), *y = reals(gibbs_shape_vector(5));
  for (uint32_t k = 0; k < 400; k++) {
    uint32_t at[4] = {k % 5, k / 5 % 5, k / 25 % 5, k / 125};
    gibbs_expr *a = gather(x, at, gibbs_shape_vector(4)), *b = gather(y, at, gibbs_shape_vector(4));
    cr_assert(a != b && a->of.index == b->of.index);
  }
  cr_expect(graph->index_count == 400);
  while (made_count > 2) gibbs_expr_release(made[--made_count]);
  cr_expect(graph->index_count == 0);
}
